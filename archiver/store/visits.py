"""When a page is asked for again: soon while it is fresh or changes, ever more rarely while it stays."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from archiver.instants import from_text, to_text
from archiver.model import STAND_INS

# A page that has stayed as it is for four days is asked for again after one more.
SHARE = 4
# A night's crawl does not begin at the same second as that of the night before.
SOONEST = timedelta(hours=20)
LATEST = timedelta(days=180)
NO_ARTICLE = timedelta(days=90)
# The newest articles are read every night, few as they are: what happens to a site shows on them at once.
WATCHED = 6


def plan_visits(
    db: sqlite3.Connection, site: str, is_hidden: Callable[[str], bool] = lambda url: False
) -> None:
    """Say of each page of a site that was answered since the last time when it is due again.

    In the caller's transaction. A page that fails for now is tried again by rules of its own.
    What is said depends on nothing but the rows of captures and articles;
    what is hidden is never due.
    """
    rows = db.execute(_ANSWERED, {"site": site, "watched": WATCHED}).fetchall()
    db.executemany(
        "UPDATE frontier SET due = ? WHERE rowid = ?",
        ((to_text(_due(row)), row["place"]) for row in rows if not is_hidden(row["url"])),
    )


# A redirect for good is not followed again, unless the article was last seen where it begins: it may return.
_ANSWERED = """
    SELECT f.rowid AS place, f.url, c.seen_date AS asked, c.kind, a.id AS article, a.date_published,
        (SELECT min(o.seen_date) FROM captures o WHERE o.site = f.site AND o.url = f.url) AS met,
        a.version, v.first_seen, a.id IN (SELECT id FROM articles WHERE site = :site
            ORDER BY published_day DESC, first_seen DESC, id LIMIT :watched) AS is_watched
    FROM frontier f JOIN captures c ON c.warc_record_id = f.capture AND c.crawl = f.crawl
    LEFT JOIN article_aliases x ON x.site = f.site AND x.url = f.url
    LEFT JOIN articles a ON a.id = x.article_id
    LEFT JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
    WHERE f.site = :site AND f.due IS NULL AND f.state IN ('done', 'given up') AND f.failing IS NULL
        AND f.role IN ('article', 'page')
        AND (f.reason IS NULL OR f.reason NOT LIKE 'redirect%' OR a.url = f.url
            OR c.status IN (302, 303, 307))
"""


def _due(row: sqlite3.Row) -> datetime:
    asked = from_text(row["asked"])
    if row["is_watched"]:
        wait = SOONEST
    elif row["article"] is not None:
        stayed = (asked - _changed(row)) / SHARE
        wait = min(max(stayed, SOONEST), LATEST)
    else:
        met = asked - from_text(row["met"])
        wait = min(max(met / SHARE, SOONEST), NO_ARTICLE) if row["kind"] in STAND_INS else NO_ARTICLE
    return asked + wait * _spread(row["url"])


def _changed(row: sqlite3.Row) -> datetime:
    """When an article last became what it is: its newest version, or the day on which it was published."""
    seen = from_text(row["first_seen"])
    if row["version"] > 1:
        return seen
    published = _instant(row["date_published"])
    return min(published, seen) if published else seen


def _instant(date: str | None) -> datetime | None:
    """The beginning of a stated date, where it says a day at least."""
    try:
        found = datetime.fromisoformat(date) if date and len(date) >= 10 else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _spread(url: str) -> float:
    """Between 0.9 and 1.1, the same for an address always: what came in one night is not due in one."""
    number = int.from_bytes(hashlib.sha256(url.encode("utf-8", "replace")).digest()[:4], "big")
    return 0.9 + number / 2**32 / 5
