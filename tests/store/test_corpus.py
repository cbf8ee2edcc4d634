"""What corpus work asks of the database: duplicates marked, languages, nights, numbers that a migration fills."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.counting import count_sentences, count_words
from archiver.extract.fingerprint import text_digest
from archiver.home import Home
from archiver.store.corpus import CORPUS, NO_WORDS
from archiver.store.database import open_database, open_reader
from tests.store.planted import plant, planted


def rows(db: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(query)]


def test_of_articles_with_one_text_all_but_the_first_are_duplicates(tmp_path: Path) -> None:
    with closing(planted(tmp_path / "a.db")) as db:
        for name, day in (
            ("4", None),
            ("3", "2026-01"),
            ("2", "2026-01-05"),
            ("1", "2025"),
            ("0", "2025-12-31"),
        ):
            plant(db, "a" if day else "b", name, ("En text, som flera har.",), day=day)
        plant(db, "b", "alone", ("En annan text.",))
        found = rows(db, "SELECT article_id, kind, first_id, first_site, distance FROM duplicates ORDER BY 1")
        exact = ("exact", "a-0", "a", 0)
        assert found == [(name, *exact) for name in ("a-1", "a-2", "a-3", "b-4")]


def test_articles_without_words_are_no_duplicates(tmp_path: Path) -> None:
    assert text_digest(" … ") == NO_WORDS == f"sha256:{hashlib.sha256(b'').hexdigest()}"
    with closing(planted(tmp_path / "a.db")) as db:
        plant(db, "a", "1", ("",))
        plant(db, "a", "2", ("…",))
        assert not rows(db, "SELECT * FROM duplicates")


def test_of_a_near_pair_the_later_one_is_marked(tmp_path: Path) -> None:
    with closing(planted(tmp_path / "a.db")) as db:
        plant(db, "a", "later", ("Ett två tre",), simhash=7, day="2026-02-01")
        plant(db, "b", "first", ("Ett två fyra",), simhash=5, day="2026-01-01")
        plant(db, "b", "other tongue", ("Ett två fem",), simhash=5, day="2026-01-01", language="nb")
        found = rows(db, "SELECT article_id, site, kind, first_id, first_site, distance FROM duplicates")
        assert found == [("a-later", "a", "near", "b-first", "b", 1)]


def test_nights_say_what_was_observed(tmp_path: Path) -> None:
    with closing(planted(tmp_path / "a.db")) as db:
        plant(db, "a", "1", day="2026-01-02")
        query = "SELECT night, state, crawls, published FROM articles_by_night WHERE site = 'a'"
        # The import of 2020 observed nothing.
        assert rows(db, query) == [
            ("2026-01-01", "complete", 1, 0), ("2026-01-02", "partial", 1, 1), ("2026-01-03", "not run", 0, 0),
            ("2026-01-04", "complete", 1, 0),
        ]  # fmt: skip


def test_languages_have_their_articles_words_and_sentences(demo_home: Home) -> None:
    with closing(open_reader(demo_home.database)) as db:
        total = rows(db, "SELECT sum(articles), sum(words), sum(sentences) FROM languages")
        articles = rows(db, "SELECT body, language, words, sentences FROM articles")
    assert total == [(50, sum(a[2] for a in articles), sum(a[3] for a in articles))]  # type: ignore[misc]
    for body, language, words, sentences in articles:
        assert (count_words(str(body)), count_sentences(str(body), str(language))) == (words, sentences)


def test_an_older_database_is_counted_when_it_is_opened(demo_copy: Path) -> None:
    """Its rows are the same then as those of a new one."""
    path = demo_copy / "archiver.db"
    with closing(sqlite3.connect(path)) as db:
        before = rows(db, "SELECT id, words, sentences FROM articles ORDER BY id")
        described = rows(db, "SELECT * FROM descriptions")
        for name in ("coverage_by_month", "articles_by_night", "languages", "duplicates"):
            db.execute(f"DROP VIEW {name}")
        db.execute("DROP TABLE descriptions")
        db.execute("DROP INDEX articles_language")
        db.execute("ALTER TABLE articles DROP COLUMN words")
        db.execute("ALTER TABLE articles DROP COLUMN sentences")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'corpus'")
        db.execute("PRAGMA user_version = 15")
        db.commit()
    with closing(open_database(path)) as db:
        assert rows(db, "SELECT id, words, sentences FROM articles ORDER BY id") == before
        assert rows(db, "SELECT * FROM descriptions") == described
    assert CORPUS.count("CREATE VIEW") == 4


@pytest.mark.parametrize("view", ["duplicates", "languages"])
def test_views_over_all_articles_read_no_texts(tmp_path: Path, view: str) -> None:
    with closing(planted(tmp_path / "a.db")) as db:
        plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view}"))
    assert "SCAN articles USING COVERING INDEX" in plan
