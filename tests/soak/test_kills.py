"""Crawls that are killed again and again, and a frontier of a million addresses."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archiver.demo import DemoServer
from tests.conftest import run_archiver

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

KILLS = 20
SEED = 3
ADDRESSES = 1_000_000
MEMORY_LIMIT = 150 * 1024  # kB
# Of an article, what does not depend on when it was captured.
LASTING = (
    "id", "url", "canonical_url", "title", "description", "body", "body_markdown", "authors", "keywords",
    "date_published", "date_modified", "language", "version", "versions", "gone_since",
)  # fmt: skip


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute(query).fetchall()


def add(home: Path, server: DemoServer) -> None:
    added = run_archiver(home, "sites", "add", server.news_url, "--name", "d", "--delay", "0")
    assert added.returncode == 0, added.stderr


def articles(home: Path) -> list[dict[str, Any]]:
    """The exported articles without what depends on when they were captured, by id."""
    done = run_archiver(home, "export", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    found = ({key: row[key] for key in LASTING} for row in map(json.loads, done.stdout.splitlines()))
    return sorted(found, key=lambda row: str(row["id"]))


def captured(home: Path) -> tuple[set[str], list[str]]:
    """The addresses of all captures, and of those of articles and pages one a capture, sorted.

    A crawl that died behind its last page is over: the next one reads the listings again.
    """
    every = {url for (url,) in rows(home, "SELECT url FROM captures")}
    lasting = rows(
        home,
        "SELECT c.url FROM captures c JOIN frontier f ON f.site = c.site AND f.url = c.url"
        " WHERE f.role IN ('article', 'page') ORDER BY c.url",
    )
    return every, [url for (url,) in lasting]


def records(home: Path) -> list[str]:
    """The ids of all response and revisit records in the WARC files, sorted."""
    found = []
    for path in home.glob("collections/*/archive/*.warc.gz"):
        with path.open("rb") as file:
            found += [
                record.headers["WARC-Record-ID"]
                for record in ArchiveIterator(file, parse_http=False)
                if record.record_type in (WarcRecordType.response, WarcRecordType.revisit)
            ]
    return sorted(found)


def crawl_for(home: Path, seconds: float) -> bool:
    """Crawl and kill after so many seconds; True where it was still at work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(home), "crawl", "--delay", "0"],
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait(60) == -signal.SIGKILL


def test_twenty_kills_lose_nothing_and_store_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    calm = tmp_path / "calm"
    with DemoServer() as server:
        add(calm, server)
        began = time.monotonic()
        assert run_archiver(calm, "crawl", "--delay", "0").returncode == 0
        whole = time.monotonic() - began
        deaths, place = 0, 0
        while deaths < KILLS:
            # Points all over a crawl: one that ends before its death begins with a new archive.
            home = tmp_path / f"killed-{place}"
            if not home.exists():
                add(home, server)
            if crawl_for(home, chance.uniform(0.3, 1.0) * whole):
                deaths += 1
            else:
                check(home, calm)
                place += 1
        killed = tmp_path / f"killed-{place}"
        done = run_archiver(killed, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
        check(killed, calm)


def check(home: Path, calm: Path) -> None:
    """The archive holds what an undisturbed one holds, once, and knows every record."""
    assert captured(home) == captured(calm)
    assert [row[0] for row in rows(home, "SELECT warc_record_id FROM captures ORDER BY 1")] == records(home)
    assert articles(home) == articles(calm)
    assert not list(home.glob("collections/*/archive/*.open"))
    assert json.loads(run_archiver(home, "verify", "--fixity", "--json").stdout) == []
    assert rows(home, "SELECT DISTINCT state FROM frontier WHERE state IN ('pending', 'leased')") == []


FILL = """
import resource, sys
from pathlib import Path
from archiver.model import Target
from archiver.site import parse_site
from archiver.store.database import open_database, transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site

total = int(sys.argv[2])
db = open_database(Path(sys.argv[1]))
with transaction(db):
    save_site(db, parse_site({"name": "x", "start_urls": ["https://x.se/"]}, source="x"))
frontier = Frontier(db, "x", crawl="c")
urls = (f"https://www.example.se/nyheter/2024/en-ganska-lang-adress-{n}/" for n in range(total))
for first in range(0, total, 5000):
    with transaction(db):
        page = (next(urls) for _ in range(min(5000, total - first)))
        frontier.add(Target(url=u, role="article", priority=6000) for u in page if frontier.unseen(u))
leased = set()
for _ in range(500):
    with transaction(db):
        taken = frontier.lease(16)
        leased.update(target.url for target in taken)
        for target in taken:
            frontier.settle(target.url, "done", None, None)
counts = frontier.counts()
assert counts == {"done": 8000, "pending": total - 8000}, counts
assert len(leased) == 8000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_million_addresses_need_little_memory(tmp_path: Path) -> None:
    # A small process between: a child's memory begins with what its parent held when it was made.
    between = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    fill = [sys.executable, "-c", FILL, str(tmp_path / "a.db"), str(ADDRESSES)]
    done = subprocess.run(
        [sys.executable, "-c", between, *fill], capture_output=True, text=True, check=False, timeout=1500
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MEMORY_LIMIT
