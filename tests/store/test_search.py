"""Search: a person's words never fail, and mean what people expect."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.store.articles import search_row
from archiver.store.filter import Filter, match_expression
from archiver.store.search import search

TEXTS = {
    "a1": ("Samverkan i vården", "Det offentliga behöver samverka mer."),
    "b2": ("Digitalisering", "En digitaliseringsstrategi för vård och omsorg i Ålesund."),
    "c3": ("OR och AND", "Villkor som OR, AND och NOT i databaser."),
}


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    from archiver.store.database import open_database

    db = open_database(Path(":memory:"))
    db.execute("PRAGMA foreign_keys = OFF")
    for key, (title, body) in TEXTS.items():
        identity = key.ljust(16, "0")
        db.execute(
            "INSERT INTO articles (id, site, url, canonical_url, title, body, body_markdown, version,"
            " versions, first_seen, last_seen, observed, capture, captures, extractor, profile,"
            " published_day, text_digest)"
            " VALUES (?, 's', 'u', 'u', ?, ?, '', 1, 1, 'x', 'x', 'live', 'c', '[]', 'e', 'p', '2020-05', 'd')",
            (identity, title, body),
        )
        db.execute(
            "INSERT INTO articles_fts (rowid, id, title, body) VALUES (?, ?, ?, ?)",
            (search_row(identity), identity, title, body),
        )
    yield db
    db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("samverkan", ["a1"]),
        ("samverk*", ["a1"]),
        ("vården OR vård", ["a1", "b2"]),
        ('"behöver samverka"', ["a1"]),
        ('"samverka behöver"', []),
        ("vård -digitaliseringsstrategi", []),
        ("alesund", ["b2"]),
        ("or", ["c3"]),
        ("", []),
        ("-", []),
        ('"', []),
    ],
)
def test_what_a_query_finds(db: sqlite3.Connection, query: str, found: list[str]) -> None:
    assert sorted(hit.id[:2] for hit in search(db, Filter(query=query))) == found


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab\"*-'()^:{}+ ANDORTNEAåö\x00\n;.,%_"), max_size=30))
def test_no_query_is_an_error(db: sqlite3.Connection, query: str) -> None:
    search(db, Filter(query=query))


@pytest.mark.parametrize(
    ("since", "until", "matches"),
    [
        ("2020", None, True),
        ("2020-05-31", None, True),
        ("2020-06", None, False),
        (None, "2020-05-01", True),
        (None, "2020-04", False),
        ("2020-05", "2020-05", True),
        ("2019", "2019", False),
    ],
)
def test_a_month_matches_when_it_overlaps(
    db: sqlite3.Connection, since: str | None, until: str | None, matches: bool
) -> None:
    hits = search(db, Filter(query="samverkan", since=since, until=until))
    assert bool(hits) is matches


def test_the_expression_is_quoted_throughout() -> None:
    assert match_expression('a "b c" -d e*') == '("a" AND "b c" AND "e"*) NOT ("d")'
