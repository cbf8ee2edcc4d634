"""Whole crawls of the demo site: what is stored, what a second night adds, what a kill leaves."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archiver.demo import DemoServer, articles
from archiver.home import Home
from archiver.instants import now
from tests.conftest import Archiver, run_archiver
from tests.servers.news import listing, write_profile
from tests.servers.raw import RawServer, answer

COLUMNS = "id, url, title, body, body_markdown, date_published, date_modified, authors, versions, captures"


def rows(home: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute(query, values).fetchall()


def warc_files(home: Path) -> list[Path]:
    return sorted(home.glob("collections/*/archive/*.warc.gz"))


def test_every_article_of_the_site_is_stored_with_its_title_and_day(demo_home: Home) -> None:
    stored = {url.split("/", 3)[3]: (title, date) for url, title, date in rows(
        demo_home.root, "SELECT url, title, date_published FROM articles")}  # fmt: skip
    truth = articles()
    assert len(stored) == len(truth)
    for article in truth:
        title, date = stored[article.path.lstrip("/")]
        assert title == article.title
        assert (str(date)[:10] if date else None) == (
            article.published.date().isoformat() if article.published else None
        )


def test_no_chrome_is_in_any_body(demo_home: Home) -> None:
    for (body,) in rows(demo_home.root, "SELECT body FROM articles"):
        for chrome in ("Nyhetsarkiv", "Senaste nyheter", "kakor för att webbplatsen", "Läs också", "Dela på"):
            assert chrome not in str(body)


def test_every_exchange_is_a_pair_of_records_with_a_warcinfo_first(demo_home: Home) -> None:
    (path,) = warc_files(demo_home.root)
    with path.open("rb") as file:
        records = [(r.record_type, dict(r.headers)) for r in ArchiveIterator(file, parse_http=False)]
    assert records[0][0] == WarcRecordType.warcinfo
    answers = [h for kind, h in records if kind in (WarcRecordType.response, WarcRecordType.revisit)]
    requests = {h["WARC-Concurrent-To"] for kind, h in records if kind == WarcRecordType.request}
    assert requests == {h["WARC-Record-ID"] for h in answers}
    targets = {h["WARC-Target-URI"].split("/", 3)[3] for h in answers}
    assert {"robots.txt", "sitemap.xml", "nyheter/", "nyheter/rss.xml"} <= targets


def test_each_row_names_the_bytes_of_its_record(demo_home: Home) -> None:
    query = 'SELECT warc_record_id, filename, "offset", length FROM captures'
    for record, filename, offset, length in rows(demo_home.root, query):
        path = demo_home.archive("demo") / str(filename)
        with path.open("rb") as file:
            file.seek(int(str(offset)))
            found = next(iter(ArchiveIterator(file, parse_http=False)))
            assert found.headers["WARC-Record-ID"] == record
        assert int(str(length)) > 0


def test_the_same_crawl_twice_changes_nothing(archiver: Archiver, demo_copy: Path) -> None:
    home = demo_copy
    before = rows(home, f"SELECT {COLUMNS} FROM articles ORDER BY id")
    fetched = rows(home, "SELECT count(*) FROM captures")[0][0]
    again = archiver("crawl", "--delay", "0")
    assert again.returncode == 0
    assert " 0 new articles, 0 changed" in again.stderr
    assert rows(home, f"SELECT {COLUMNS} FROM articles ORDER BY id") == before
    more = int(str(rows(home, "SELECT count(*) FROM captures")[0][0])) - int(str(fetched))
    assert more < 40, "only listings are asked for again"
    kinds = dict(rows(home, "SELECT warc_type, count(*) FROM captures GROUP BY 1"))
    assert kinds["revisit"] == more, "what has not changed is a revisit"


def test_a_changed_article_gets_a_version_and_a_gone_one_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with DemoServer() as first:
        port = first.port
        assert (
            run_archiver(home, "sites", "add", first.news_url, "--name", "d", "--delay", "0").returncode == 0
        )
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
    before = {row[0]: row for row in rows(home, "SELECT id, versions, body FROM articles")}
    with DemoServer(port=port, changed=True):
        full = run_archiver(home, "crawl", "--full", "--delay", "0")
    assert full.returncode == 0, full.stderr
    after = {row[0]: row for row in rows(home, "SELECT id, versions, body FROM articles")}
    assert set(before) < set(after), "nothing is lost, and the new article is there"
    changed = [i for i in before if after[i][1] == 2]
    assert len(changed) == 1
    assert before[changed[0]][2] != after[changed[0]][2]
    (gone,) = rows(home, "SELECT id, gone_since FROM articles WHERE gone_since IS NOT NULL")
    assert before[gone[0]][2] == after[gone[0]][2], "the last good text stays"
    shown = run_archiver(home, "show", str(changed[0]), "--diff", "1", "2")
    assert shown.returncode == 0
    assert any(line.startswith("+") or "{+" in line for line in shown.stdout.splitlines()[2:])


def test_a_limit_stops_and_the_next_crawl_goes_on(archiver: Archiver, demo_site: Path) -> None:
    home = demo_site
    assert archiver("crawl", "--limit", "10", "--delay", "0").returncode == 0
    assert rows(home, "SELECT count(*) FROM frontier WHERE state = 'pending'")[0][0] != 0
    assert archiver("crawl", "--delay", "0").returncode == 0
    assert rows(home, "SELECT count(*) FROM articles")[0][0] == len(articles())
    twice = rows(
        home, "SELECT url FROM captures WHERE url NOT LIKE '%robots.txt' GROUP BY url HAVING count(*) > 1"
    )
    assert twice == []


def crawl_and_kill(home: Path, number: int, after: int) -> int:
    """Start a crawl and send it a signal once so many bytes are stored; its exit code."""
    crawl = subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(home), "crawl", "--delay", "0"],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and crawl.poll() is None:
        size = sum(path.stat().st_size for path in home.glob("collections/*/archive/*.warc.gz*"))
        if size >= after:
            crawl.send_signal(number)
            break
        time.sleep(0.002)
    crawl.communicate(timeout=60)
    assert crawl.returncode in (0, -number, 128 + number)
    return crawl.returncode


def told(home: Path) -> list[tuple[object, ...]]:
    """What the articles say, whatever port the site was served at."""
    columns = "substr(url, instr(substr(url, 9), '/') + 8), title, body, date_published, authors, versions"
    return rows(home, f"SELECT {columns} FROM articles ORDER BY 1")


@pytest.mark.parametrize("part", [(0, 40_000), (40_000, 110_000), (110_000, 170_000)])
def test_a_killed_crawl_goes_on_and_loses_and_repeats_nothing(
    demo_site: Path, demo_home: Home, part: tuple[int, int]
) -> None:
    home, after = demo_site, random.randrange(*part)
    assert crawl_and_kill(home, signal.SIGKILL, after) == -signal.SIGKILL
    resumed = run_archiver(home, "crawl", "--delay", "0")
    assert resumed.returncode == 0, resumed.stderr
    assert rows(home, "SELECT count(*) FROM articles")[0][0] == len(articles())
    twice = rows(
        home, "SELECT url FROM captures WHERE url NOT LIKE '%robots.txt' GROUP BY url HAVING count(*) > 1"
    )
    assert twice == []
    stored = {row[0] for row in rows(home, "SELECT warc_record_id FROM captures")}
    in_files = set()
    for path in warc_files(home):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if record.record_type in (WarcRecordType.response, WarcRecordType.revisit):
                    in_files.add(record.headers["WARC-Record-ID"])
    assert stored == in_files
    assert not list(home.glob("collections/*/archive/*.open"))
    assert told(home) == told(demo_home.root)
    verified = run_archiver(home, "verify", "--fixity", "--json")
    assert json.loads(verified.stdout) == []


def test_an_interrupted_crawl_says_so_and_is_whole(demo_site: Path) -> None:
    home = demo_site
    crawl_and_kill(home, signal.SIGTERM, 60_000)
    assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
    assert rows(home, "SELECT count(*) FROM articles")[0][0] == len(articles())


def test_a_crawl_of_a_dead_host_fails_with_one_line(archiver: Archiver, tmp_path: Path) -> None:
    with DemoServer() as server:
        archiver("sites", "add", server.news_url, "--name", "d", "--delay", "0")
    began = now()
    done = archiver("crawl", "--delay", "0")
    assert done.returncode == 4
    assert "robots.txt unreachable" in done.stderr
    assert "Traceback" not in done.stderr
    assert (now() - began).total_seconds() < 60


def test_a_listing_that_is_gone_is_no_night_without_news(demo_site: Path) -> None:
    home = demo_site
    profile = home / "sites" / "demo.toml"
    profile.write_text(profile.read_text("utf-8").replace("/nyheter/rss.xml", "/nyheter/flode.xml"), "utf-8")
    done = run_archiver(home, "crawl", "--delay", "0")
    assert done.returncode == 3
    assert "a listing could not be read" in done.stderr
    assert "flode.xml: not found (404)" in done.stderr
    (finding,) = rows(home, "SELECT severity, message FROM findings")
    assert finding[0] == "warning"
    assert "flode.xml" in str(finding[1])
    profile.write_text(profile.read_text("utf-8").replace("/nyheter/flode.xml", "/nyheter/rss.xml"), "utf-8")
    for _ in range(2):
        corrected = run_archiver(home, "crawl", "--full", "--delay", "0")
        assert corrected.returncode == 0, "what the profile names no more is no listing of the site"
    before = rows(home, "SELECT * FROM frontier ORDER BY url")
    (home / "archiver.db").unlink()
    assert run_archiver(home, "rebuild").returncode == 0
    assert rows(home, "SELECT * FROM frontier ORDER BY url") == before


def test_nothing_is_answered_from_a_cache(tmp_path: Path) -> None:
    with RawServer(
        {"/nyheter/": answer(listing(["/nyheter/a/"])), "/nyheter/a/": answer("<p>a</p>")}
    ) as server:
        write_profile(tmp_path, server, more="[crawl]\ndelay = 0\n")
        settings = {
            "HTTPCACHE_ENABLED": "1",
            "HTTPCACHE_DIR": tmp_path / "cache",
            "ARCHIVER_DATA_DIR": tmp_path,
        }
        words = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        for night in (1, 2):
            done = subprocess.run(
                [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=s", *words],
                capture_output=True, timeout=60, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert server.times("/nyheter/") == night
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE url LIKE '%/nyheter/'") == [(2,)]
