"""The ten questions: each runs as it is printed, and finds what was planted for it and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from archiver.home import Home
from archiver.model import ArticleState
from archiver.store.database import open_reader
from archiver.store.metadata import datasette_metadata
from archiver.store.questions import canned_queries, questions
from tests.store.planted import SEEN, plant, planted

NAMES = [question.name for question in questions()]
GONE = ArticleState(state="gone", since=SEEN[2], until=None, url="u", capture="<https://a.example/gone 0>",
                    reason="status 404")  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("planted") / "archiver.db"
    with closing(planted(path)) as made:
        plant(
            made, "a", "silent", ("Ett. Två.", "Ett. Två. Tre."), titles=("Före", "Efter"), day="2025-12-30"
        )
        plant(
            made, "a", "owned", ("Hej.", "Hej hopp."), modified=("2025-01-01", "2026-01-02"), day="2026-01-01"
        )
        plant(made, "a", "gone", states=[GONE], day="2026-01-02", authors=("Robert'); DROP TABLE",))
        plant(made, "b", "copy", ("ett TVÅ: tre",), day="2026-01-04", authors=("Anna", "Bo"))
        plant(
            made,
            "b",
            "near",
            ("Miljø og velferd i en by",),
            simhash=0b111,
            day="2026-01-04",
            authors=("Anna",),
        )
        near = {"evidence": {"date_published": {"method": "json-ld", "where": "w", "raw": "r"}}}
        plant(made, "a", "near", ("Miljøet og velferden i en by",), simhash=0b110, day="2026-01", **near)
        plant(made, "a", "undated", ("Miljø er alt.",), observed="retrospective")
    with closing(open_reader(path)) as reader:
        yield reader


def ask(db: sqlite3.Connection, name: str, **values: str) -> list[dict[str, Any]]:
    (question,) = (q for q in questions() if q.name == name)
    return [dict(row) for row in db.execute(question.sql, dict(question.example) | values)]


def test_there_are_ten_and_each_says_why() -> None:
    assert len(NAMES) == 10
    assert all(q.title.endswith("?") and len(q.why) > 80 for q in questions())


@pytest.mark.parametrize("name", NAMES)
def test_a_question_runs_on_the_archive_of_the_demo(demo_home: Home, name: str) -> None:
    with closing(open_reader(demo_home.database)) as db:
        rows = ask(db, name)
    nothing_happened = ("silent-edits", "deleted", "shared-texts")
    assert bool(rows) == (name not in nothing_happened)


def test_datasette_is_given_every_question() -> None:
    given = datasette_metadata()["databases"]["archiver"]["queries"]
    assert given == canned_queries()
    assert list(given) == NAMES
    assert all(sqlite3.complete_statement(query["sql"] + ";") for query in given.values())


def test_silent_edits(db: sqlite3.Connection) -> None:
    (row,) = ask(db, "silent-edits")
    assert (row["title_before"], row["title_after"], row["characters_more"]) == ("Före", "Efter", 5)
    assert (row["seen"], row["article_id"]) == (SEEN[1], "a-silent")


def test_deleted(db: sqlite3.Connection) -> None:
    (row,) = ask(db, "deleted")
    assert (row["url"], row["state"], row["days"]) == ("https://a.example/gone", "gone", 3.0)


def test_months(db: sqlite3.Connection) -> None:
    rows = {(row.pop("site"), row.pop("month")): row for row in ask(db, "months")}
    assert set(rows) == {("a", "2025-12"), ("a", "2026-01"), ("b", "2026-01")}
    nights = {"complete": 2, "partial": 1, "failed": 0, "not_run": 1}
    assert rows["a", "2026-01"] == {"published": 3, **nights, "on_observed": 2, "per_night": 0.67}
    assert rows["b", "2026-01"]["failed"] == 1
    # Nobody looked in December: there is no rate, which is not a rate of 0.
    assert (rows["a", "2025-12"]["published"], rows["a", "2025-12"]["per_night"]) == (1, None)


def test_authors(db: sqlite3.Connection) -> None:
    rows = ask(db, "authors")
    assert [(row["name"], row["articles"]) for row in rows[:1]] == [("Anna", 2)]
    assert {row["name"] for row in rows} == {"Anna", "Bo", "Robert'); DROP TABLE"}
    assert rows[0]["words"] == 3 + 6


def test_shared_texts(db: sqlite3.Connection) -> None:
    rows = ask(db, "shared-texts")
    # The copy of b is of the text that a has by now; a date of a month alone proves nothing of a day.
    found = {(row["kind"], row["first_url"], row["later_url"]) for row in rows}
    a, b = "https://a.example", "https://b.example"
    assert found == {("exact", f"{a}/silent", f"{b}/copy"), ("near", f"{b}/near", f"{a}/near")}


def test_dates(db: sqlite3.Connection) -> None:
    rows = {(row["site"], row["known_by"]): (row["articles"], row["percent"]) for row in ask(db, "dates")}
    assert rows["a", "no date"] == (1, 20.0)
    assert rows["a", "json-ld"] == (1, 20.0)
    assert rows["b", "not recorded"] == (2, 100.0)


def test_first_night(db: sqlite3.Connection) -> None:
    a, b = ask(db, "first-night")
    assert (a["first_night"], a["first_complete_night"], a["retrospective"], a["live"]) == (
        "2026-01-01", "2026-01-01", 1, 4,
    )  # fmt: skip
    assert (b["first_night"], b["first_complete_night"]) == ("2026-01-01", "2026-01-02")


def test_topic(db: sqlite3.Connection) -> None:
    # As it is typed, and with all that begins with it; an article without a date is of no year.
    for word in ("miljø", "Miljo", "miljø og velferd"):
        rows = {row["year"]: (row["with_the_word"], row["articles"]) for row in ask(db, "topic", word=word)}
        assert rows == {"2025": (0, 1), "2026": (1 if " " in word else 2, 5)}
    for hostile in ("", '"', 'a" OR "b', "* ( NEAR"):
        assert len(ask(db, "topic", word=hostile)) == 2


def test_lengths(db: sqlite3.Connection) -> None:
    rows = {(row["site"], row["year"]): row for row in ask(db, "lengths")}
    assert rows["a", "2025"]["words_an_article"] == 3.0
    assert rows["a", "2025"]["words_a_sentence"] == 1.0


def test_as_it_stood(db: sqlite3.Connection) -> None:
    first = {row["url"]: row for row in ask(db, "as-it-stood", day="2026-01-01")}
    assert first["https://a.example/silent"]["title"] == "Före"
    assert first["https://a.example/gone"]["state"] is None
    last = {row["url"]: row for row in ask(db, "as-it-stood", day="2026-01-04")}
    assert last["https://a.example/silent"]["title"] == "Efter"
    assert last["https://a.example/silent"]["digest"] == "sha256:<https://a.example/silent 1>"
    assert last["https://a.example/gone"]["state"] == "gone"
    assert not ask(db, "as-it-stood", day="2025-12-31")
    assert len(ask(db, "as-it-stood", day="")) == len(last)
