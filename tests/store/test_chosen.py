"""Which captures belong to some articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.model import Article, Capture, Link, Version
from archiver.store.articles import save_article
from archiver.store.captures import save_captures, save_links
from archiver.store.chosen import (
    choose_all,
    choose_for_articles,
    choose_originals,
    chosen_files,
    is_chosen,
    leave_out,
    place,
    placed_capture,
    placed_captures,
    placed_original,
    revisits_without_original,
)
from archiver.store.database import open_database, open_reader
from archiver.store.filter import Filter
from archiver.warc.surt import urlkey
from tests.export.test_formats import article

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAGE, MOVED, OTHER = "https://a.example/1", "https://a.example/?p=1", "https://a.example/2"
IMAGE, LISTING = "https://a.example/bild.png", "https://a.example/"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def capture(name: str, url: str, *, file: str = "a.warc.gz", at: int = 0, **values: Any) -> Capture:
    known: dict[str, Any] = {
        "warc_record_id": name, "warc_type": "response", "site": "s", "crawl": "c", "url": url,
        "urlkey": urlkey(url), "timestamp": "20260102120000", "warc_date": NOON + timedelta(seconds=at),
        "mime": "text/html", "status": 200, "payload_digest": f"sha256:{name}", "filename": file, "offset": at,
        "length": 1,
    }  # fmt: skip
    return Capture(**known | values)


CAPTURES = [
    capture("<listing>", LISTING),
    capture("<page>", PAGE, at=1),
    capture("<moved>", MOVED, at=2, status=301),
    capture("<image>", IMAGE, at=3),
    capture("<other>", OTHER, at=4),
    capture("<same>", PAGE, file="b.warc.gz", warc_type="revisit", refers_to="<twin>"),
    capture("<twin>", "https://a.example/twin", file="c.warc.gz", warc_type="revisit", refers_to="<first>"),
    capture("<first>", "https://a.example/first", file="c.warc.gz", at=1),
    capture(
        "<unchanged>", PAGE, file="b.warc.gz", at=1, warc_type="revisit", status=304, profile=NOT_MODIFIED
    ),
    capture("<theirs>", MOVED, file="d.warc.gz", warc_type="revisit", payload_digest="sha256:<by digest>"),
    capture("<by digest>", "https://a.example/d", file="d.warc.gz", at=1),
    capture("<lost>", MOVED, file="d.warc.gz", at=2, warc_type="revisit", refers_to="<elsewhere>"),
]
WITH_THE_ARTICLE = {c.warc_record_id for c in CAPTURES} - {"<other>"}


def save(db: sqlite3.Connection, made: Article, record: str, *captures: str) -> None:
    version = Version(
        version=1, title="t", body="b", body_markdown="b", authors=(), date_published=None, date_modified=None,
        first_seen="", last_seen="", capture=record, captures=captures,
    )  # fmt: skip
    save_article(
        db, made, published_day=(made.date_published or "")[:10] or None, text_digest="", simhash=None,
        versions=[version], aliases=[made.url, MOVED] if made.url == PAGE else [made.url], stripped=[],
    )  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(tmp_path / "archiver.db")) as made:
        made.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '')")
        made.execute("INSERT INTO crawls (id, command, started, software) VALUES ('c', '', '', '')")
        save_captures(made, CAPTURES)
        save_links(
            made,
            "s",
            [
                Link(record="<page>", url=IMAGE, kind="image"),  # type: ignore[arg-type]
                Link(record="<page>", url=OTHER, kind="body"),
                Link(record="<listing>", url=OTHER, kind="listing"),
            ],
        )
        for number, (url, record, parts) in enumerate(
            ((PAGE, "<page>", ("<page>", "<listing>")), (OTHER, "<other>", ("<other>",)))
        ):
            made_one = article(
                id=f"{number:016x}", site="s", url=url, canonical_url=url, date_published=f"202{number}-05-01",
                first_seen="", last_seen="", observed="live", profile="p", title=f"t{number}",
                capture={"warc_record_id": record}, captures=parts,
            )  # fmt: skip
            save(made, made_one, record, *parts)
    with closing(open_reader(tmp_path / "archiver.db")) as reader:
        yield reader


def chosen(db: sqlite3.Connection) -> set[str]:
    return {c.warc_record_id for c in CAPTURES if is_chosen(db, c.warc_record_id)}


@pytest.mark.parametrize(
    "wanted", [Filter(until="2020"), Filter(query="t0"), Filter(sites=("s",), query="t0")]
)
def test_an_article_with_all_that_it_needs(db: sqlite3.Connection, wanted: Filter) -> None:
    assert choose_for_articles(db, wanted) == 1
    choose_originals(db, lambda revisit: None)
    assert chosen(db) == WITH_THE_ARTICLE
    assert chosen_files(db) == [
        ("s", "a.warc.gz", False),
        ("s", "b.warc.gz", True),
        ("s", "c.warc.gz", True),
        ("s", "d.warc.gz", True),
    ]


def test_an_article_that_needs_nothing_else(db: sqlite3.Connection) -> None:
    assert choose_for_articles(db, Filter(since="2021")) == 1
    assert chosen(db) == {"<other>"}


def test_an_original_that_no_row_tells(db: sqlite3.Connection) -> None:
    asked = []

    def find(revisit: Capture) -> Capture:
        asked.append(revisit.warc_record_id)
        return next(c for c in CAPTURES if c.warc_record_id == "<other>")

    choose_for_articles(db, Filter(until="2020"))
    choose_originals(db, find)
    assert sorted(asked) == ["<lost>", "<unchanged>"]
    assert chosen(db) == {*WITH_THE_ARTICLE, "<other>"}
    for name in chosen(db):
        place(db, name, "new.warc.gz", 0, 1)
    assert revisits_without_original(db) == 0
    assert placed_original(db, "<lost>") == placed_capture(db, "<other>") is not None
    assert placed_original(db, "<other>") is None


def test_a_whole_site(db: sqlite3.Connection) -> None:
    choose_all(db, ["s"])
    assert chosen(db) == {c.warc_record_id for c in CAPTURES}
    assert {is_whole for _, _, is_whole in chosen_files(db)} == {True}


def test_what_is_left_out(db: sqlite3.Connection) -> None:
    choose_all(db, ["s"])
    leave_out(db, "s", urlkey(PAGE).__eq__)
    leave_out(db, "x", urlkey(OTHER).__eq__)
    assert chosen(db) == {c.warc_record_id for c in CAPTURES if c.url != PAGE}
    leave_out(db, "s", lambda key: key.startswith("example,a)/"))
    assert chosen(db) == set()
    assert chosen_files(db) == []


def test_where_they_lie_and_what_they_lack(db: sqlite3.Connection) -> None:
    choose_all(db, ["s"])
    choose_originals(db, lambda revisit: None)
    for number, one in enumerate(CAPTURES):
        place(db, one.warc_record_id, "new.warc.gz", number, 7)
    placed = list(placed_captures(db))
    assert {(c.filename, c.length) for c in placed} == {("new.warc.gz", 7)}
    assert [c.urlkey for c in placed] == sorted(c.urlkey for c in CAPTURES)
    assert {(c.warc_record_id, c.offset) for c in placed} == {
        (c.warc_record_id, number) for number, c in enumerate(CAPTURES)
    }
    assert revisits_without_original(db) == 1
