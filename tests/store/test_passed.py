"""What listings pass over, from the links of years: what always stood there is no news."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.model import Link
from archiver.night import ListingNight, Night
from archiver.store.captures import save_captures, save_links
from archiver.store.crawls import Coverage, save_coverage
from archiver.store.database import open_database
from archiver.store.nights import save_night
from archiver.store.passed import PassedOver
from tests.store.test_chosen import capture
from tests.store.test_figures import BASE, NOW

HERE = f"{BASE}/nyheter/"


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    db = open_database(tmp_path / "a.db")
    with db:
        db.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '{}')")
        db.execute(
            "INSERT INTO frontier (site, url, state, role, priority, hops) VALUES ('s', ?, 'done', 'listing', 0, 0)",
            (HERE,),
        )
    return db


def lost(db: sqlite3.Connection, night: int, paths: Iterable[str], *, dated: bool = True, known: bool = True) -> list[str]:  # fmt: skip
    """What counts in a night in which the listing passes over these paths; ``known`` where it is counted."""
    at = NOW + timedelta(night)
    crawl, record = f"{at:%Y%m%d}T020000Z-aaaa", f"<{night}>"
    with db:
        db.execute(
            "INSERT INTO crawls (id, command, started, software) VALUES (?, 'crawl', 'x', 'x')", (crawl,)
        )
        save_coverage(db, Coverage(site="s", crawl=crawl, state="complete"))
        save_captures(db, [capture(record, HERE, warc_date=at, crawl=crawl)])
        date = "2026-06-01" if dated else None
        save_links(db, "s", [Link(record=record, url=BASE + p, kind="passed", date=date) for p in paths])
        passed = PassedOver(db, "s", crawl)
        found = passed.lost(passed.on([record]))
        listed = ListingNight(url=HERE, role="listing", entries=9, passed=len(found) if known else None)
        save_night(db, Night(site="s", crawl=crawl, day=at.date(), listings=(listed,)))
    return [url.removeprefix(BASE) for url in found]


def test_events_that_always_stood_there_never_count(db: sqlite3.Connection) -> None:
    for night in range(0, 1100, 7):
        at = NOW + timedelta(night)
        assert lost(db, night, [f"/event/{at.year}/{night}-{n}/" for n in range(3)]) == []


def test_what_came_later_counts_together(db: sqlite3.Connection) -> None:
    assert lost(db, 0, ["/event/1/"]) == []
    assert lost(db, 1, ["/event/2/", "/insikter/a/"]) == ["/insikter/a/"]
    assert lost(db, 9, ["/event/3/", "/insikter/c/"]) == ["/insikter/c/", "/insikter/a/"]
    assert lost(db, 10, ["/event/4/"]) == [], "it stands there no more"


def test_what_has_no_date_counts_while_it_stands_there(db: sqlite3.Connection) -> None:
    assert lost(db, 0, []) == []
    for night in range(1, 9):
        assert len(lost(db, night, [f"/kampanj/{night}/"], dated=False)) == 1


def test_what_a_feed_names_is_not_lost(db: sqlite3.Connection) -> None:
    assert lost(db, 0, []) == []
    with db:
        db.execute(
            "INSERT INTO frontier (site, url, state, role, priority, hops) VALUES ('s', ?, 'done', 'article', 0, 1)",
            (f"{BASE}/insikter/a/",),
        )
    assert lost(db, 1, ["/insikter/a/", "/insikter/b/"]) == ["/insikter/b/"]


def test_nights_of_an_older_version_say_nothing_of_it(db: sqlite3.Connection) -> None:
    assert lost(db, 0, [], known=False) == []
    assert lost(db, 1, ["/event/1/", "/event/2/", "/event/3/"]) == []
