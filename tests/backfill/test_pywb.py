"""A real pywb: its CDX server and its TimeMaps, and what came from it played by another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from tests.conftest import run_archiver
from tests.imports.archive import check_rebuild, findings, new_home, pages, run, select
from tests.imports.foreign import STYLES, packed
from tests.replay.conftest import Replay, pywb, tools
from tests.replay.test_replay import digest

__all__ = ["tools"]
OLD = "2026-01-{:02}T05:06:07Z"


@pytest.fixture(scope="module")
def others(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replay, Home]]:
    """The archive of somebody else, of WARC files as several programs write them, in pywb."""
    home = new_home(tmp_path_factory.mktemp("others"))
    for day, style in enumerate(sorted(STYLES), 1):
        path = home.root / f"{style}.warc.gz"
        path.write_bytes(
            packed(STYLES[style](pages(4, changed=day > 3, date=OLD.replace("{:02}", f"{day:02}"))))
        )
        run(home, "import", str(path))
    with pywb(tools, home.root) as replay:
        yield replay, home


def test_the_archive_of_another(others: tuple[Replay, Home], tools: Path, tmp_path: Path) -> None:
    replay, there = others
    home = new_home(tmp_path / "data")
    source = f"{replay.base}/n/cdx"
    assert run(home, "backfill", "n", "--from", source, "--delay", "0", "--every") in (0, 3)
    known = (
        "SELECT timestamp || url FROM captures WHERE status IN (200, 301, 404) AND warc_type <> 'conversion'"
    )
    assert set(select(home, known)) <= set(select(there, known))
    assert len(select(home, known)) >= 0.9 * len(set(select(there, known)))
    assert select(home, "SELECT count(*) FROM articles") == select(there, "SELECT count(*) FROM articles")
    # What some programs wrote, pywb hands on: a coding that the body is not in. It is kept as it was sent.
    assert set(findings(home)) <= {("note", "unapplied-coding")}
    with pywb(tools, home.root) as own, closing(sqlite3.connect(home.database)) as db:
        query = "SELECT timestamp, url, digest, warc_date FROM captures WHERE status = 200"
        for stamp, url, stated, _ in db.execute(query).fetchall():
            played = own.get(f"/n/{stamp}id_/{url}")
            assert played.headers["Memento-Datetime"]
            assert digest(played.body) == stated, url
    check_rebuild(home)


@pytest.fixture(scope="module")
def somebody(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replay, str]]:
    """Two nights of the demo site, changed in between, as somebody archived it; and its profile."""
    home, port = Home(tmp_path_factory.mktemp("somebody")), 0
    for changed in (False, True):
        with DemoServer(port=port, changed=changed) as server:
            port = server.port
            if not changed:
                added = run_archiver(
                    home.root, "sites", "add", server.news_url, "--name", "n", "--delay", "0"
                )
                assert added.returncode == 0, added.stderr
            done = run_archiver(home.root, "crawl", "--delay", "0", *(["--full"] if changed else []))
            assert done.returncode == 0, done.stderr
    with pywb(tools, home.root) as replay:
        yield replay, home.profile("n").read_text("utf-8")


def test_years_of_the_past_in_one_command(somebody: tuple[Replay, str], tmp_path: Path) -> None:
    """Who begins to archive a site today gets the history that somebody else has of it."""
    replay, profile = somebody
    home = Home(tmp_path / "data").prepare()
    home.profile("n").write_text(profile, "utf-8")
    host = urlsplit(home.site("n").start_urls[0]).netloc
    with DemoServer(port=int(host.partition(":")[2]), changed=True):
        done = run_archiver(home.root, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
    before = dict(_select(home, "SELECT id, body FROM articles"))
    for begin in ("h", "s", "h"):  # a query of one's own: what was changed, and what is gone
        source = f"{replay.base}/n/cdx?matchType=prefix&url={host}/nyheter/{begin}"
        assert run(home, "backfill", "n", "--from", source, "--delay", "0") == 0
    assert len(_select(home, "SELECT id FROM crawls WHERE command = 'backfill'")) == 2
    after = dict(_select(home, "SELECT id, body FROM articles"))
    assert {identity: after[identity] for identity in before} == before
    assert _select(home, "SELECT state, reason FROM article_states") == [("gone", "status 410")]
    versions = _select(
        home,
        "SELECT v.version, c.source FROM article_versions v JOIN captures c ON c.warc_record_id = v.capture"
        " JOIN articles a ON a.id = v.article_id WHERE a.versions > 1 ORDER BY v.version",
    )
    assert versions == [(1, "backfill"), (2, "crawl")]
    assert run(home, "verify", "--fixity", "--derive") == 0
    check_rebuild(home)


def test_time_maps_of_what_is_known(somebody: tuple[Replay, str], tmp_path: Path) -> None:
    replay, profile = somebody
    home = Home(tmp_path / "data").prepare()
    home.profile("n").write_text(profile, "utf-8")
    source = f"{replay.base}/n/timemap/link/{{url}}"
    assert run(home, "backfill", "n", "--from", source, "--delay", "0") == 0
    assert _select(home, "SELECT DISTINCT source FROM captures") == [("backfill",)]
    assert len(_select(home, "SELECT DISTINCT url FROM captures")) == 3
    assert run(home, "backfill", "n", "--from", f"{replay.base}/", "--delay", "0") == 2


def _select(home: Home, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return db.execute(query).fetchall()
