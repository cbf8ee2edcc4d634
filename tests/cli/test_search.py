"""``archiver search`` as a person uses it: fields, pages, facets, and words that are no query."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from archiver.home import Home
from archiver.store.articles import remove_article
from archiver.store.database import open_database, transaction
from archiver.store.index import forget_words_of, index_again, texts_of
from tests.conftest import run_archiver as run


def found(home: Home, *words: str) -> list[dict[str, str]]:
    done = run(home.root, "search", *words, "--json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, str]] = json.loads(done.stdout)
    return rows


def test_fields_and_options_choose_the_same(demo_home: Home) -> None:
    by_field = found(demo_home, "site:demo year:2024", "--limit", "100")
    by_option = found(demo_home, "site:demo", "--from", "2024", "--to", "2024", "--limit", "100")
    assert by_field == by_option != []


def test_the_pages_of_a_search_are_one_list(demo_home: Home) -> None:
    everything = found(demo_home, "site:demo", "--limit", "1000")
    pages = [found(demo_home, "site:demo", "--limit", "5", "--offset", str(n)) for n in range(0, 15, 5)]
    assert [hit["id"] for page in pages for hit in page] == [hit["id"] for hit in everything[:15]]


def test_facets_count_every_hit(demo_home: Home) -> None:
    hits = len(found(demo_home, "site:demo", "--limit", "1000"))
    rows = found(demo_home, "site:demo", "--facets")
    assert {"facet": "all", "value": "", "articles": hits} in rows
    assert {"facet": "site", "value": "demo", "articles": hits} in rows
    assert sum(int(row["articles"]) for row in rows if row["facet"] == "year") <= hits


@pytest.mark.parametrize(
    "query",
    [
        "",
        "***",
        "'; DROP TABLE articles; --",
        '"',
        "site:",
        "-",
        "NEAR(a b)",
        "title: x",
        "a\x00b",
        "\ue000all",
    ],
)
def test_no_query_is_an_error(demo_home: Home, query: str) -> None:
    if "\x00" in query:  # no argument of a program can hold one
        query = query.replace("\x00", "\x01")
    done = run(demo_home.root, "search", query)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_query_may_begin_with_what_it_leaves_out(demo_home: Home) -> None:
    everything = found(demo_home, "site:demo", "--limit", "1000")
    without = found(demo_home, "-upphandling", "--limit", "1000")
    with_it = found(demo_home, "upphandling", "--limit", "1000")
    assert 0 < len(with_it) < len(everything)
    assert len(without) >= len(everything) - len(with_it)
    assert found(demo_home, "--limit", "5", "-site:demo") == []
    assert found(demo_home, "-hållbarhet", "--limit", "5") != []


def test_an_index_that_is_made_again_is_the_same(demo_copy: Path) -> None:
    before = found(Home(demo_copy), "digital* OR samverkan", "--limit", "100")
    db = open_database(Home(demo_copy).database)
    with transaction(db):
        index_again(db)
    db.close()
    assert before != []
    assert {hit["id"] for hit in found(Home(demo_copy), "digital* OR samverkan", "--limit", "100")} == {
        hit["id"] for hit in before
    }


def test_nothing_is_left_in_the_index_of_an_article_that_goes(demo_copy: Path) -> None:
    db = open_database(Home(demo_copy).database)
    ids = [row[0] for row in db.execute("SELECT id FROM articles")]
    with transaction(db):
        for identity in ids:
            texts = texts_of(db, identity)
            remove_article(db, identity)
            forget_words_of(db, texts)
    assert terms(db) == []
    assert db.execute("SELECT count(*) FROM vocabulary").fetchone()[0] == 0
    assert db.execute("SELECT count(*) FROM search_rows").fetchone()[0] == 0
    db.close()


def terms(db: sqlite3.Connection) -> list[str]:
    """The words that the index itself holds."""
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'articles_fts', 'row')")
    return [row[0] for row in db.execute("SELECT term FROM temp.terms")]
