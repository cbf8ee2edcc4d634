"""What a disk or a busy database refuses a night: it is told all the same, and no later night denies it."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Archiver, run_archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import coverage, news
from tests.servers.news import article, write_profile
from tests.servers.raw import RawServer, answer


def test_a_night_that_cannot_write_its_files_is_told_all_the_same(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    home.mkdir()
    (home / "metadata.yaml").symlink_to(tmp_path / "no folder" / "metadata.yaml")
    with RawServer(news(3)) as server:
        write_profile(home, server)
        done = archiver("nightly", "--delay", "0")
    assert done.returncode == 1
    assert "not stored: " in done.stdout
    assert "s: 3 new, 0 changed, 3 in all" in done.stdout
    [page] = home.glob("runs/*/report.html")
    assert page.with_name("report.json").exists()


def test_a_night_whose_outcome_was_not_stored_did_run(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(3)) as server:
        write_profile(home, server)
        for days in (0, 1):
            assert archiver("nightly", "--delay", "0", days=days).returncode == 0
        with closing(sqlite3.connect(home / "archiver.db")) as db, db:
            db.execute("DELETE FROM coverage WHERE crawl = (SELECT max(id) FROM crawls)")
        done = archiver("nightly", "--delay", "0", days=2)
    told = coverage(home)
    assert [row[2] for row in told] == ["complete", "not run", "complete"]
    assert told[1][3] == "what came of the crawl could not be stored"
    assert f"not run to the end since the last crawl: {told[1][1]}\n" in done.stdout
    assert "not run since" not in done.stdout


@pytest.mark.soak
def test_a_night_during_which_the_database_is_locked(tmp_path: Path) -> None:
    def late(number: int) -> bytes:
        asked.set()
        time.sleep(0.5)
        return answer(article("Sent svar"))

    def lock() -> None:
        asked.wait(60)
        with closing(sqlite3.connect(tmp_path / "archiver.db", timeout=30, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            time.sleep(45)
            db.execute("ROLLBACK")

    asked = threading.Event()
    with RawServer(news(30) | {"/nyheter/1/": late}) as server:
        write_profile(tmp_path, server)
        locker = threading.Thread(target=lock)
        locker.start()
        done = run_archiver(tmp_path, "nightly", "--delay", "0.1", timeout=300)
        locker.join()
        assert done.returncode == 1
        assert "database is locked" in done.stdout
        [(state, reason)] = rows(tmp_path, "SELECT state, reason FROM coverage")
        assert (state, "database is locked" in reason) == ("partial", True)
        after = run_archiver(tmp_path, "nightly", "--delay", "0", days=1)
        assert (after.returncode, "not run" in after.stdout) == (0, False)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(30,)]
    assert run_archiver(tmp_path, "verify", days=2).returncode == 0


def test_a_night_that_cannot_begin_leaves_its_exit_code(archiver: Archiver, tmp_path: Path) -> None:
    home, figures = tmp_path / "data", tmp_path / "archiver.prom"
    env = {"ARCHIVER_NIGHTLY_TEXTFILE": str(figures)}
    with RawServer(news(2)) as server:
        write_profile(home, server)
        assert archiver("nightly", "--delay", "0", env=env).returncode == 0
        assert "archiver_last_run_exit_code 0" in figures.read_text()
        (home / "archiver.db").write_bytes(b"no database at all" * 1000)
        broken = archiver("nightly", "--delay", "0", env=env)
    assert broken.returncode == 78
    assert "archiver_last_run_exit_code 78" in figures.read_text()
