"""The frontier: every address once, leases that come back, states with reasons."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.model import Target
from archiver.site import parse_site
from archiver.store.database import open_database, transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site

SITE = parse_site({"name": "x", "start_urls": ["https://x.se/"]}, source="x")


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    db = open_database(tmp_path / "a.db")
    with transaction(db):
        save_site(db, SITE)
    return db


def target(number: int, priority: int = 0) -> Target:
    return Target(url=f"https://x.se/{number}", role="page", priority=priority)


def test_an_address_is_leased_once_by_priority_then_age(db: sqlite3.Connection) -> None:
    frontier = Frontier(db, "x", crawl="c1")
    frontier.add([target(1), target(2, 5), target(3), target(2, 9)])
    assert [t.url[-1] for t in frontier.lease(2)] == ["2", "1"]
    assert [t.url[-1] for t in frontier.lease(9)] == ["3"]
    assert frontier.lease(9) == []
    assert not frontier.waiting()


def test_what_is_new_goes_before_what_is_due_again(db: sqlite3.Connection) -> None:
    frontier = Frontier(db, "x", crawl="c1")
    frontier.add([target(1, 9), target(2)])
    frontier.lease(9)
    frontier.settle("https://x.se/1", "done", None, "<urn:uuid:1>")
    db.execute("UPDATE frontier SET due = '2026-01-01T02:00:00.000000Z' WHERE capture IS NOT NULL")
    frontier.give_back()
    frontier.again("listings", datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert [t.url[-1] for t in frontier.lease(9)] == ["2"]
    frontier.again("listings", datetime(2026, 1, 1, 2, tzinfo=UTC))
    frontier.add([target(3)])
    assert [t.url[-1] for t in frontier.lease(9)] == ["3"]
    assert [t.url[-1] for t in frontier.lease(9)] == ["1"]


def test_what_fails_is_tried_in_turn(db: sqlite3.Connection) -> None:
    """Else those that a site refuses first would end each crawl before the others are asked for."""
    frontier = Frontier(db, "x", crawl="c3")
    frontier.add(target(number) for number in range(4))
    db.execute(
        "UPDATE frontier SET failing = 'c1', crawl = iif(url LIKE '%/0' OR url LIKE '%/1', 'c2', 'c1')"
    )
    assert [t.url[-1] for t in frontier.lease(2)] == ["2", "3"]


def test_what_is_new_is_found_without_looking_at_what_is_due(db: sqlite3.Connection) -> None:
    """Else a site with a million pages that are due again would be gone through for each few of them."""
    import archiver.store.leases as module

    for condition, index in ((module.NEW, "frontier_new"), ("1", "frontier_pending")):
        plan = db.execute(
            f"EXPLAIN QUERY PLAN SELECT rowid FROM frontier WHERE site = 'x' AND state = 'pending' AND {condition}"
            " ORDER BY priority DESC, rowid LIMIT 16"
        ).fetchall()
        assert [row["detail"] for row in plan] == [f"SEARCH frontier USING INDEX {index} (site=?)"]


def test_leases_of_a_dead_crawl_come_back(db: sqlite3.Connection) -> None:
    dead = Frontier(db, "x", crawl="c1")
    dead.add([target(1), target(2)])
    dead.lease(2)
    dead.settle("https://x.se/1", "done", None, "<urn:uuid:1>")
    alive = Frontier(db, "x", crawl="c2")
    assert alive.give_back() == 1
    assert [t.url for t in alive.lease(9)] == ["https://x.se/2"]


def test_known_addresses_stay_as_they_are(db: sqlite3.Connection) -> None:
    frontier = Frontier(db, "x", crawl="c1")
    frontier.add([target(1)])
    frontier.lease(1)
    frontier.settle("https://x.se/1", "given up", "not found (404)", None)
    frontier.add([target(1, 99)])
    assert frontier.counts() == {"given up": 1}


def test_only_failures_that_may_pass_are_tried_again(db: sqlite3.Connection) -> None:
    frontier = Frontier(db, "x", crawl="c1")
    reasons = ["timeout", "server error (503)", "not found (404)", "too large", "robots.txt unreachable: x"]
    frontier.add(target(n) for n in range(len(reasons)))
    frontier.lease(9)
    for number, reason in enumerate(reasons):
        frontier.settle(f"https://x.se/{number}", "given up", reason, None)
    frontier.again("listings", datetime(2026, 1, 2, tzinfo=UTC))
    assert sorted(t.url[-1] for t in frontier.lease(9)) == ["0", "1", "4"]


def test_sites_do_not_see_each_other(db: sqlite3.Connection) -> None:
    with transaction(db):
        save_site(db, parse_site({"name": "y", "start_urls": ["https://y.se/"]}, source="y"))
    Frontier(db, "y", crawl="c1").add([target(1)])
    assert Frontier(db, "x", crawl="c1").lease(9) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=200))
def test_memory_that_forgets_loses_and_doubles_nothing(numbers: list[int]) -> None:
    import archiver.store.frontier as module

    db = open_database(Path(":memory:"))
    with transaction(db):
        save_site(db, SITE)
    remembered, module.REMEMBERED = module.REMEMBERED, 7
    try:
        frontier = Frontier(db, "x", crawl="c1")
        frontier.add(target(n) for n in numbers if frontier.unseen(target(n).url))
    finally:
        module.REMEMBERED = remembered
    leased = [t.url for t in frontier.lease(1000)]
    assert sorted(leased) == sorted({target(n).url for n in numbers})
    db.close()
