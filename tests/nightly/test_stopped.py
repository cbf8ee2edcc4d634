"""A signal while a run derives: it ends soon, says what it came to, and the next run does the rest."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.nightly.conftest import Monitor
from tests.nightly.test_nightly import news
from tests.servers.news import write_profile
from tests.servers.raw import RawServer

PAGES = 250


def stopped_while_deriving(home: Path, command: str, sent: int, **env: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a run to which a signal came when all was crawled."""
    words = ["-m", "archiver", "--data-dir", str(home), command, "--delay", "0"]
    with subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    ) as run:
        deadline = time.monotonic() + 60
        while not is_crawled(home):
            assert time.monotonic() < deadline and run.poll() is None
            time.sleep(0.01)
        run.send_signal(sent)
        stdout, stderr = run.communicate(timeout=30)
    return run.returncode, stdout, stderr


def is_crawled(home: Path) -> bool:
    if not (home / "archiver.db").exists():
        return False
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        try:
            return bool(db.execute("SELECT count(*) FROM coverage").fetchone()[0])
        except sqlite3.OperationalError:
            return False  # it is only being made


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_night_that_is_stopped_while_it_derives_says_so(
    archiver: Archiver, tmp_path: Path, monitor: tuple[str, type[Monitor]], sent: int, code: int
) -> None:
    home, (url, heard) = tmp_path / "data", monitor
    with RawServer(news(PAGES)) as server:
        write_profile(home, server)
        ended = stopped_while_deriving(home, "nightly", sent, ARCHIVER_NIGHTLY_PING_URL=url)
        assert ended[0] == code, ended
        assert "interrupted; everything stored so far is whole, and the next night goes on" in ended[1]
        assert "s: 0 new, 0 changed, 0 in all, its pages not derived yet" in ended[1]
        assert [path.removeprefix("/ping/5f2a") for path, _ in heard.heard] == ["/start", f"/{code}"]
        [report] = home.glob("runs/*/report.json")
        [row] = (document := json.loads(report.read_text("utf-8")))["sites"]
        assert (document["exit_code"], row["fetched"], row["problems"]) == (code, PAGES + 1, [])
        assert rows(home, "SELECT count(*) FROM crawls WHERE finished IS NULL") == [(0,)]
        assert rows(home, "SELECT count(*) FROM articles") == [(0,)], "of half a site there is no row"
        again = archiver("nightly", "--delay", "0", days=1)
        assert again.returncode == 0
    assert f"s: {PAGES} new, 0 changed, {PAGES} in all" in again.stdout
    assert rows(home, "SELECT articles_new FROM coverage ORDER BY crawl") == [(0,), (PAGES,)]


def test_a_crawl_that_is_stopped_while_it_derives_says_so(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(PAGES)) as server:
        write_profile(home, server)
        code, _, stderr = stopped_while_deriving(home, "crawl", signal.SIGTERM)
        assert code == 143, stderr
        assert f"s: interrupted after {PAGES + 1} pages; the same command goes on" in stderr
        again = archiver("crawl", "--delay", "0")
    assert again.returncode == 0
    assert f"{PAGES} new articles" in again.stderr
