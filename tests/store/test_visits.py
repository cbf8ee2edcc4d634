"""When pages are due again: often while they are fresh, rarely once they are old, never never."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.instants import from_text, to_text
from archiver.store.captures import save_captures
from archiver.store.database import open_database, transaction
from archiver.store.visits import LATEST, NO_ARTICLE, SOONEST, WATCHED, plan_visits
from tests.store.test_chosen import capture

NOW = datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    db = open_database(tmp_path / "a.db")
    with db:
        db.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '{}')")
        db.execute(
            "INSERT INTO crawls (id, command, started, finished, software) VALUES ('c', 'crawl', '2026-01-02T12:00:00Z', NULL, 'x')"
        )
    return db


def add(db: sqlite3.Connection, name: str, *, kind: str = "article", state: str = "done", reason: str | None = None,
        role: str = "article", published: str | None = None, seen: tuple[datetime, ...] = (NOW - 40 * DAY,),
        asked: datetime = NOW) -> None:  # fmt: skip
    """An address that was asked for, and its article where it is one, with versions first seen then."""
    url = f"https://a.example/{name}/"
    save_captures(db, [capture(f"<{name}>", url, warc_date=asked)])
    db.execute("UPDATE captures SET kind = ? WHERE url = ?", (kind, url))
    db.execute(
        "INSERT INTO frontier (site, url, state, reason, role, priority, hops, crawl, capture) VALUES ('s', ?, ?, ?, ?, 0, 0, 'c', ?)",
        (url, state, reason, role, f"<{name}>"),
    )
    if kind != "article":
        return
    first, last = to_text(seen[0]), to_text(asked)
    db.execute(
        "INSERT INTO articles (id, site, url, canonical_url, body, body_markdown, date_published, text_digest, version,"
        " versions, first_seen, last_seen, observed, capture, captures, extractor, profile)"
        " VALUES (?, 's', ?, ?, '', '', ?, '', ?, ?, ?, ?, 'live', ?, '[]', 'e', 'p')",
        (name, url, url, published, len(seen), len(seen), first, last, f"<{name}>"),
    )
    db.execute("INSERT INTO article_aliases VALUES ('s', ?, ?)", (url, name))
    for number, moment in enumerate(seen, 1):
        db.execute(
            "INSERT INTO article_versions (article_id, version, body, body_markdown, authors, first_seen, last_seen,"
            " capture, captures) VALUES (?, ?, '', '', '[]', ?, ?, ?, '[]')",
            (name, number, to_text(moment), last, f"<{name}>"),
        )


def planned(db: sqlite3.Connection) -> dict[str, timedelta | None]:
    """After how long each page is due again."""
    with transaction(db):
        plan_visits(db, "s")
    return {
        row[0].split("/")[3]: from_text(row[1]) - from_text(row[2]) if row[1] else None
        for row in db.execute(
            "SELECT f.url, f.due, c.warc_date FROM frontier f JOIN captures c ON c.warc_record_id = f.capture"
        )
    }


def about(found: timedelta | None, wanted: timedelta) -> bool:
    return found is not None and 0.89 * wanted <= found <= 1.11 * wanted


def add_newest(db: sqlite3.Connection) -> None:
    """The articles that are read every night, so that all others are not among them."""
    for n in range(WATCHED):
        add(db, f"newest-{n}", published="2026-05-31", seen=(NOW - 300 * DAY,))
    db.execute("UPDATE articles SET published_day = date_published WHERE id LIKE 'newest-%'")


def test_the_newest_articles_are_due_every_night(db: sqlite3.Connection) -> None:
    with db:
        add(db, "older", published="2026-05-30", seen=(NOW - 300 * DAY,))
        add_newest(db)
    due = planned(db)
    assert [about(due[f"newest-{n}"], SOONEST) for n in range(WATCHED)] == [True] * WATCHED
    assert not about(due["older"], SOONEST)


def test_pages_are_due_by_how_long_they_have_stayed_as_they_are(db: sqlite3.Connection) -> None:
    with db:
        add_newest(db)
        add(db, "fresh", published="2026-06-01", seen=(NOW,))
        add(db, "month", published="2026-05-02T02:30:00+00:00", seen=(NOW,))
        add(db, "undated", seen=(NOW - 40 * DAY,))
        add(db, "ancient", published="2009-01-01", seen=(NOW,))
        add(db, "edited", published="2009-01-01", seen=(NOW - 400 * DAY, NOW - 8 * DAY))
        add(db, "future", published="2031-01-01", seen=(NOW - 40 * DAY,))
        add(db, "vague", published="2009", seen=(NOW - 40 * DAY,))
        add(db, "gone", state="given up", reason="gone (410)", seen=(NOW - 40 * DAY,))
        add(db, "wall", kind="consent", role="page")
        add(db, "listing-like", kind="listing", role="page")
        add(db, "moved", kind="redirect", reason="redirect to https://a.example/x/")
        add(db, "sent-home", reason="redirect to https://a.example/")
        add(db, "feed", kind="file", role="feed")
    due = planned(db)
    assert about(due["fresh"], SOONEST)
    assert about(due["month"], 7.5 * DAY)
    for name in ("undated", "future", "vague", "gone", "sent-home"):
        assert about(due[name], 10 * DAY), name
    assert about(due["ancient"], LATEST)
    assert about(due["edited"], 2 * DAY)
    assert about(due["wall"], SOONEST)
    assert about(due["listing-like"], NO_ARTICLE)
    assert due["moved"] is None
    assert due["feed"] is None


def test_what_came_in_one_night_is_not_due_in_one(db: sqlite3.Connection) -> None:
    with db:
        for n in range(200):
            add(db, f"old-{n}", published="2009-01-01", seen=(NOW,))
    days = {wait.days for wait in planned(db).values() if wait}
    assert len(days) > 25


def test_a_plan_stays_until_the_page_is_answered_again(db: sqlite3.Connection) -> None:
    with db:
        add(db, "a", seen=(NOW - 40 * DAY,))
        first = planned(db)
        db.execute("UPDATE article_versions SET first_seen = ?", (to_text(NOW),))
        assert planned(db) == first
