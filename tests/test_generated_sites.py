"""Sites made by real generators, crawled without any profile written by hand, against their truth."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import run_archiver

# The page that a person would give, and the thresholds of the aim.
SITES = {
    "wp17": "/nyheter/",
    "hugo_papermod": "/archives/",
    "pelican_simple": "/archives.html",
    "nikola": "/archive.html",
    "puput": "/nyhetsarkiv/",
}
AIM = (
    "--min-found 100 --max-false 0 --min-f1 99 --min-title 100 --min-date 100 --max-chrome 0 --max-comments 0"
)


# Those without a robots.txt.
NO_RULES = ("pelican_simple", "puput")
MANNERS = "--max-robots 0 --max-refetch 0 --max-early 0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(shared: Path, site: str, log: Path) -> Iterator[str]:
    """The address of the site's news page while it is served on a free port."""
    folder = shared / "sites"
    command = [sys.executable, str(folder / "serve_frozen.py"), str(folder / f"{site}.tar.xz")]
    server = subprocess.Popen(
        [*command, "--port", str(free_port()), "--log", str(log), "--max-seconds", "300"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield found[0]
    finally:
        server.terminate()
        server.communicate(timeout=20)


# The others take longer, and are long tests, as all crawls from front pages are.
SHORT = ("pelican_simple",)


@pytest.mark.parametrize(
    "site", [site if site in SHORT else pytest.param(site, marks=pytest.mark.soak) for site in SITES]
)
@pytest.mark.parametrize("start", ["news page", pytest.param("front page", marks=pytest.mark.soak)])
def test_each_article_is_found_and_none_invented(shared: Path, tmp_path: Path, site: str, start: str) -> None:
    home = tmp_path / "data"
    with served(shared, site, tmp_path / "access.jsonl") as base:
        url = base + (SITES[site] if start == "news page" else "/")
        added = run_archiver(home, "sites", "add", url, "--name", site, "--delay", "0")
        assert added.returncode == 0, added.stderr
        began = time.time()
        crawled = run_archiver(home, "crawl", "--delay", "0")
        assert crawled.returncode == 0, crawled.stderr
        manners = [sys.executable, str(shared / "sites" / "polite.py"), str(tmp_path / "access.jsonl")]
        rules = [] if site in NO_RULES else ["--robots", f"{base}/robots.txt"]
        polite = subprocess.run(
            [*manners, *rules, "--since", str(began), *MANNERS.split()],
            capture_output=True,
            text=True,
            check=False,
        )
        assert polite.returncode == 0, polite.stdout + polite.stderr
        told = dict(line.split(None, 1) for line in polite.stdout.splitlines() if " " in line)
        # On one connection nothing overlaps, whatever the log says: it notes an answer's end in
        # milliseconds, after the answer has been read and the next request may be on its way.
        assert told["connections"] == "1" or told["concurrency"] == "1", polite.stdout
    articles = tmp_path / "articles.jsonl"
    run_archiver(home, "export", "--format", "jsonl", "-o", str(articles))
    check = [sys.executable, str(shared / "sites" / "check.py"), str(articles)]
    done = subprocess.run(
        [*check, str(shared / "sites" / "truth" / site), *AIM.split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
