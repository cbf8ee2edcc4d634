"""The figures of a night, counted from rows."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.instants import to_text
from archiver.model import Link
from archiver.night import Night
from archiver.store.captures import save_captures, save_links
from archiver.store.crawls import Coverage, rows_of_crawl, save_coverage
from archiver.store.database import open_database
from archiver.store.figures import figures_of
from archiver.store.nights import KEPT, nights_before, published_days, save_night
from tests.store.test_chosen import capture

NOW = datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, TONIGHT = "20260501T020000Z-aaaa", "20260601T020000Z-bbbb"
BASE = "https://a.example"


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    db = open_database(tmp_path / "a.db")
    with db:
        db.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '{}')")
        for crawl, started in ((FIRST, NOW - 31 * DAY), (TONIGHT, NOW)):
            db.execute(
                "INSERT INTO crawls (id, command, started, finished, software) VALUES (?, 'crawl', ?, NULL, 'x')",
                (crawl, to_text(started)),
            )
            save_coverage(db, Coverage(site="s", crawl=crawl, state="complete"))
    return db


def ask(db: sqlite3.Connection, path: str, *, crawl: str = TONIGHT, status: int | None = 200, kind: str = "page",
        role: str = "page", reason: str | None = None, via: str | None = None) -> str:  # fmt: skip
    """An address that a crawl asked for, and its answer; the record id."""
    url, record = BASE + path, f"<{path} {crawl}>"
    if status is not None:
        at = NOW if crawl == TONIGHT else NOW - 31 * DAY
        made = capture(record, url, warc_date=at, crawl=crawl, status=status)
        save_captures(db, [made])
        db.execute("UPDATE captures SET kind = ? WHERE warc_record_id = ?", (kind, record))
    state = "done" if status == 200 else "given up"
    db.execute(
        "INSERT INTO frontier (site, url, state, reason, role, priority, hops, via, crawl, capture)"
        " VALUES ('s', ?, ?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (site, url) DO UPDATE SET"
        " (state, reason, crawl, capture) = (excluded.state, excluded.reason, excluded.crawl,"
        " coalesce(excluded.capture, capture))",
        (url, state, reason, role, via is not None, via, crawl, record if status is not None else None),
    )
    return record


def add_article(db: sqlite3.Connection, path: str, *, first: datetime, date: str | None, chars: int = 1000,
                before: int | None = None, crawl: str = TONIGHT) -> None:  # fmt: skip
    """An article that was read tonight; ``before`` is the length of its body in an earlier version."""
    record = ask(db, path, crawl=crawl, kind="article")
    earliest = record if first == NOW else ask(db, "/captured-before", crawl=FIRST, kind="article")
    version = 1 if before is None else 2
    db.execute(
        "INSERT INTO articles (id, site, url, canonical_url, title, body, body_markdown, date_published, published_day,"
        " text_digest, version, versions, first_seen, last_seen, observed, capture, captures, extractor, profile)"
        " VALUES (?, 's', ?, ?, 't', ?, '', ?, ?, '', ?, ?, ?, ?, 'live', ?, '[]', 'e', 'p')",
        (
            path,
            BASE + path,
            BASE + path,
            "x" * chars,
            date,
            date,
            version,
            version,
            to_text(first),
            to_text(NOW),
            record,
        ),
    )
    db.execute("INSERT INTO article_aliases VALUES ('s', ?, ?)", (BASE + path, path))
    for number in range(1, version + 1):
        length = chars if number == version else before or 0
        db.execute(
            "INSERT INTO article_versions VALUES (?, ?, 't', ?, '', '[]', ?, NULL, ?, ?, ?, json_array(?))",
            (
                path,
                number,
                "x" * length,
                date if number == version else "2026-04-01",
                to_text(first),
                to_text(NOW),
                record,
                earliest if number == 1 else record,
            ),
        )


def tonight(db: sqlite3.Connection) -> Night:
    return figures_of(
        db,
        "s",
        Coverage(site="s", crawl=TONIGHT, state="complete"),
        reader="r",
        begun={BASE + path for path in ("/nyheter/", "/feed", "/lost", "/")},
    )


def test_answers_count_where_they_are_news(db: sqlite3.Connection) -> None:
    with db:
        for path in ("/was-there", "/walled"):
            ask(db, path, crawl=FIRST)
        ask(db, "/login", crawl=FIRST, kind="login")
        ask(db, "/down", crawl=FIRST)
        ask(db, "/was-there", status=404, kind="error", reason="not found (404)")
        ask(db, "/walled", kind="consent")
        ask(db, "/login", kind="login")  # as ever
        ask(db, "/down", status=None, reason="timeout")
        ask(db, "/never-answered", status=None, reason="timeout")
        ask(db, "/new-one", status=503, kind="error", reason="server error (503)")
        ask(db, "/fine")
        ask(db, "/", role="listing", kind="consent")
    found = tonight(db)
    assert (found.asked, found.refused, found.broken, found.pages, found.walls) == (5, 1, 2, 2, 1)
    assert found.samples["wall"] == f"{BASE}/walled"
    assert found.samples["wall kind"] == "consent"


def test_what_articles_lack_and_what_they_have_lost(db: sqlite3.Connection) -> None:
    with db:
        add_article(db, "/new", first=NOW, date=None)
        add_article(db, "/same", first=NOW - 40 * DAY, date="2026-04-01", before=1100)
        add_article(db, "/teaser", first=NOW - 40 * DAY, date="2026-04-01", chars=200, before=1100)
        add_article(db, "/undated", first=NOW - 40 * DAY, date=None, before=1100)
        add_article(db, "/not-asked", first=NOW - 40 * DAY, date=None, crawl=FIRST)
    found = tonight(db)
    assert (found.articles, found.new, found.reread, found.with_date, found.body_chars) == (4, 1, 3, 2, 1000)
    assert found.lacking == {"date": 1, "author": 1}
    assert found.had == {"date": 3, "title": 3, "body": 3}
    assert found.lost == {"date": 1, "body": 1}
    assert found.lengths == (1000,)
    assert found.samples["short-body"] == f"{BASE}/teaser"


def test_a_listing_that_is_behind(db: sqlite3.Connection) -> None:
    with db:
        for n in range(5):
            add_article(db, f"/a{n}", first=NOW - (n + 3) * DAY, date="2026-05-20")
        add_article(db, "/today", first=NOW, date="2026-06-01")
        for n in range(7):
            add_article(db, f"/before-{n}", first=NOW - 31 * DAY, date=f"2025-01-0{n + 1}")
        db.execute("UPDATE articles SET observed = 'retrospective' WHERE id LIKE '/before%'")
        old = ask(db, "/nyheter/", crawl=FIRST, role="listing", kind="listing")
        page_2 = ask(db, "/nyheter/2/", crawl=FIRST, role="listing", kind="listing", via=f"{BASE}/nyheter/")
        feed = ask(db, "/feed", role="feed", kind="file")
        ask(db, "/nyheter/", role="listing", kind="listing")
        ask(db, "/lost", role="listing", status=500, kind="error", reason="server error (500)")
        links = [
            Link(record=old, url=f"{BASE}/a3", kind="listing"),
            Link(record=page_2, url=f"{BASE}/a4", kind="listing"),
        ]
        links += [Link(record=old, url=f"{BASE}/before-6", kind="listing")]
        links += [Link(record=feed, url=f"{BASE}/a{n}", kind="feed") for n in range(5)]
        save_links(db, "s", links)
    found = {listing.url.removeprefix(BASE): listing for listing in tonight(db).listings}
    assert (found["/feed"].entries, found["/feed"].behind, found["/feed"].newest) == (5, 0, "2026-05-20")
    page = found["/nyheter/"]
    assert (page.entries, page.behind, page.followed, page.could_follow) == (0, 3, 3, 7)
    assert found["/lost"].entries is None
    assert set(found) == {"/feed", "/nyheter/", "/lost"}


def test_what_is_named_for_the_first_time(db: sqlite3.Connection) -> None:
    with db:
        before = ask(db, "/feed", crawl=FIRST, role="feed", kind="file")
        feed = ask(db, "/feed", role="feed", kind="file")
        add_article(db, "/read", first=NOW, date=None)
        ask(db, "/missing", status=404, kind="error", reason="not found (404)")
        ask(db, "/known-for-long", status=404, kind="error", reason="not found (404)")
        ask(db, "/hidden", status=None, reason="suppressed")
        paths = ("/read", "/missing", "/known-for-long", "/hidden", "/not-asked-yet")
        save_links(db, "s", [Link(record=feed, url=BASE + path, kind="feed") for path in paths])
        save_links(db, "s", [Link(record=before, url=f"{BASE}/known-for-long", kind="feed")])
    found = tonight(db)
    assert (found.named, found.unread, found.samples["unread"]) == (2, 1, f"{BASE}/missing")


def test_nights_come_back_as_they_were_with_their_alarms(db: sqlite3.Connection) -> None:
    with db:
        add_article(db, "/a", first=NOW, date="2026-06-01")
        ask(db, "/", role="listing", kind="listing")
        night = tonight(db)
        save_night(db, night)
        db.execute("INSERT INTO findings VALUES ('s', ?, 'silence', 'warning', 'm', NULL, NULL)", (TONIGHT,))
        db.execute("INSERT INTO findings VALUES ('s', ?, 'flood', 'note', 'm', NULL, NULL)", (TONIGHT,))
    [found] = nights_before(db, "s", "20260602T020000Z-cccc")
    assert found.alarms == {"silence"}
    assert (found.listings, found.layout, found.lengths, found.day) == (
        night.listings,
        night.layout,
        night.lengths,
        night.day,
    )
    assert nights_before(db, "s", TONIGHT) == []
    with db:  # two years in which nothing came
        for n in range(KEPT + 300):
            crawl = f"{NOW + (n + 1) * DAY:%Y%m%d}T020000Z-cccc"
            db.execute(
                "INSERT INTO crawls (id, command, started, finished, software) VALUES (?, 'crawl', 'x', NULL, 'x')",
                (crawl,),
            )
            save_coverage(db, Coverage(site="s", crawl=crawl, state="complete"))
            save_night(db, Night(site="s", crawl=crawl, day=NOW.date()))
    kept = nights_before(db, "s", "~")
    assert (len(kept), kept[0].crawl, kept[-1].crawl) == (KEPT + 1, TONIGHT, crawl)
    assert [row["crawl"] for row in rows_of_crawl(db, TONIGHT)["nights"]] == [TONIGHT]


def test_an_article_that_appears_late_is_no_silence(db: sqlite3.Connection) -> None:
    with db:
        add_article(db, "/on-the-day", first=NOW, date="2026-05-31")
        add_article(db, "/dated-back", first=NOW, date="2026-01-01")
        add_article(db, "/undated", first=NOW - 9 * DAY, date=None)
        add_article(db, "/to-come", first=NOW, date="2026-12-24")
    days = sorted(day.isoformat() for day in published_days(db, "s"))
    assert days == ["2026-05-23", "2026-05-31", "2026-06-01", "2026-06-01"]
