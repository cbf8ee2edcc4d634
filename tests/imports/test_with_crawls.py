"""An import between the nights of a crawl: the nights go on as they would have, and all of it comes back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from tests.conftest import run_archiver
from tests.imports.archive import (
    check_rebuild,
    contents,
    findings,
    new_home,
    old_pages,
    pages,
    rows,
    run,
    select,
)
from tests.imports.foreign import STYLES, heritrix, packed

FRONTIER = "SELECT url || ' ' || state || coalesce(reason, '') FROM frontier ORDER BY url"


def crawl(home: Home, *words: str) -> None:
    done = run_archiver(home.root, "crawl", "--delay", "0", *words)
    assert done.returncode == 0, done.stderr


@pytest.mark.soak
@pytest.mark.parametrize("options", [(), ("--in-place",)])
def test_three_nights_and_an_import(tmp_path: Path, options: tuple[str, ...]) -> None:
    home, alone = Home(tmp_path / "data"), Home(tmp_path / "alone")
    with DemoServer() as server:
        port = server.port
        for one in (home, alone):
            run_archiver(one.root, "sites", "add", server.news_url, "--name", "n", "--delay", "0")
            crawl(one)
        before = select(home, FRONTIER)
        path = tmp_path / "old.warc.gz"
        path.write_bytes(packed(STYLES["heritrix"](old_pages(f"http://127.0.0.1:{port}"))))
        assert run(home, "import", *options, str(path)) == 0
        assert select(home, FRONTIER) == before
        assert len(rows(home, "articles")) >= len(rows(alone, "articles"))
    profile = home.profile("n")
    profile.write_text(profile.read_text("utf-8") + '\n[[layouts]]\ntitle = "h1"\n', "utf-8")
    with DemoServer(port=port, changed=True):
        for one in (home, alone):
            crawl(one, "--full")
    with DemoServer(port=port, changed=True):
        for one in (home, alone):
            crawl(one)
    # A night asks for the same with an import as without.
    nights = "SELECT count(*) FROM captures WHERE source = 'crawl' GROUP BY crawl ORDER BY crawl"
    assert select(home, nights) == select(alone, nights)
    assert {code for _, code in findings(home)} <= {"lost-original"}
    frontier = select(home, FRONTIER)
    state = "SELECT site || last_state || coalesce(last_reason, '') FROM site_health"
    assert select(home, state) == select(alone, state)
    check_rebuild(home)
    assert select(home, FRONTIER) == frontier
    if not options:
        files = len(contents(home))
        assert run(home, "pack") == 0
        assert len(contents(home)) == 1 < files
        check_rebuild(home)
    assert {code for _, code in findings(home)} <= {"lost-original"}


def test_repair_brings_rows_of_an_import_back_without_touching_the_frontier(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "old.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(5))))
    assert run(home, "import", str(path)) == 0
    kept, frontier = rows(home, "captures"), select(home, FRONTIER)
    with closing(sqlite3.connect(home.database)) as db:
        for table in ("articles", "links", "captures"):
            db.execute(f"DELETE FROM {table}")
        db.commit()
    assert run(home, "repair") == 0
    assert [row[:21] for row in rows(home, "captures")] == [row[:21] for row in kept]
    assert select(home, FRONTIER) == frontier
    assert run(home, "derive") == 0
    assert findings(home) == []


def test_a_revisit_whose_original_is_another_payload_gives_no_article(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    records = STYLES["heritrix"](pages(4)[2:])
    lying = [
        r.replace(b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:AAAA")
        if b"Type: revisit" in r
        else r
        for r in records
    ]
    assert lying != records
    swapped = [_recut(r) for r in lying]
    path = tmp_path / "old.warc.gz"
    path.write_bytes(packed(swapped))
    assert run(home, "import", str(path)) == 0
    assert "the record cannot be read whole" in select(
        home, "SELECT reason FROM captures WHERE warc_type = 'revisit'"
    )
    assert len(rows(home, "articles")) == 2


def _recut(record: bytes) -> bytes:
    """A digest of the right length again."""
    return re.sub(rb"sha1:AAAA(\w{28})\w{4}", rb"sha1:AAAA\1", record)


def test_what_is_hidden_is_not_shown_under_an_address_that_an_import_brings(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    with_parameters = [replace(got, url=f"{got.url}?utm_source=rss") for got in pages()]
    brought = []
    for name, captures in (("plain", pages()), ("tracked", with_parameters)):
        brought.append(tmp_path / f"{name}.warc.gz")
        brought[-1].write_bytes(packed(heritrix(captures)))
    assert run(home, "import", str(brought[0])) == 0
    hidden, shown = sorted(select(home, "SELECT url FROM articles"))[:2]
    for words in (
        ("suppress", "add", hidden, "--reason", "request of 2026-11-20"),
        ("import", str(brought[1])),
        ("rebuild",),
    ):
        assert run(home, *words) == 0
        assert run(home, "timemap", hidden) == 2
        assert run(home, "timemap", f"{hidden}?utm_source=rss") == 2, words
    assert run(home, "timemap", f"{shown}?utm_source=rss") == 0
    assert run(home, "suppress", "remove", hidden) == 0
    assert run(home, "timemap", f"{hidden}?utm_source=rss") == 0
    assert "defect" not in [level for level, _ in findings(home)]


def test_what_is_hidden_is_hidden_in_a_collection_that_an_import_makes(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    other = tmp_path / "other.warc.gz"
    other.write_bytes(packed(heritrix(pages())))
    assert run(home, "import", str(other)) == 0
    hidden = str(select(home, "SELECT url FROM articles")[0])
    assert run(home, "suppress", "add", hidden, "--reason", "request of 2026-11-20") == 0
    second = new_home(home.root, "second", "www.example.org")
    anew = tmp_path / "anew.warc.gz"
    anew.write_bytes(packed(heritrix(pages(date="2022-03-04T05:06:{:02}Z"))))
    assert run(second, "import", "--site", "second", str(anew)) == 0
    assert run(home, "timemap", hidden, "--site", "second") == 2
