"""Hints: what a feed, a sitemap or a listing says of an article that has changed since it was asked for.

A hint makes a page due tonight, and is believed no further: the page itself says whether it changed.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from archiver.extract.dates import read_date
from archiver.instants import from_text

# A source in a time zone ahead may date a change so much later than it is; what is later yet is wrong.
AHEAD = timedelta(hours=14)


def hinted(db: sqlite3.Connection, site: str, record: str) -> list[str]:
    """The pages that a capture of a source says have changed since they were asked for, the latest first.

    Such is what it dates later than that, and what it dates or names otherwise than at its last capture.
    """
    moment = db.execute("SELECT seen_date FROM captures WHERE warc_record_id = ?", (record,)).fetchone()
    latest = from_text(moment["seen_date"]) + AHEAD
    found: dict[str, tuple[datetime, datetime]] = {}
    for row in db.execute(_SAID, {"site": site, "record": record}):
        asked = from_text(row["asked"])
        changed = _moment(row["stated"])
        if changed is not None and asked < changed <= latest:
            found[row["url"]] = (changed, asked)
        elif row["is_other"]:
            found.setdefault(row["url"], (asked, asked))
    return sorted(found, key=lambda url: (-found[url][0].timestamp(), found[url][1]))


# A 304, and what came again with the same bytes, says what the page before it did. What was never
# answered has no text that could have changed; what fails is tried by rules of its own.
_SAID = """
    WITH
        here AS (SELECT * FROM captures WHERE warc_record_id = :record),
        whole AS (SELECT o.warc_record_id, o.seen_date, row_number() OVER (ORDER BY o.seen_date DESC) AS place
            FROM here JOIN captures o ON o.site = here.site AND o.url = here.url AND o.source = 'crawl'
                AND o.status = 200 AND o.truncated IS NULL AND o.seen_date <= here.seen_date),
        said AS (SELECT l.*, coalesce(a.url, l.url) AS page, coalesce(l.modified, l.date) AS stated,
                b.capture IS NOT NULL
                    AND (l.text, l.date, l.modified) IS NOT (b.text, b.date, b.modified) AS is_other
            FROM whole JOIN links l ON l.capture = whole.warc_record_id AND whole.place = 1
            LEFT JOIN article_aliases x ON x.site = l.site AND x.url = l.url
            LEFT JOIN articles a ON a.id = x.article_id
            LEFT JOIN links b ON b.kind = l.kind AND b.url = l.url
                AND b.capture = (SELECT warc_record_id FROM whole WHERE place = 2)
            WHERE l.kind IN ('feed', 'sitemap', 'listing'))
    SELECT s.page AS url, s.stated, c.seen_date AS asked,
        s.is_other AND c.seen_date < (SELECT seen_date FROM whole WHERE place = 1) AS is_other
    FROM said s JOIN frontier f ON f.site = :site AND f.url = s.page AND f.failing IS NULL
        AND f.role IN ('article', 'page')
    JOIN captures c ON c.warc_record_id = f.capture AND (f.state = 'done' OR c.status IN (404, 410))
    WHERE (s.is_other OR s.stated NOT GLOB '[12][0-9][0-9][0-9]-*'
        OR substr(s.stated, 1, 10) >= substr(c.seen_date, 1, 10))
"""


def _moment(stated: str | None) -> datetime | None:
    """The moment that a source states; of a day its beginning."""
    stamp = read_date(stated, zone=UTC) if stated else None
    if stamp is None:
        return None
    if stamp.moment is not None:
        return stamp.moment
    return datetime(stamp.day.year, stamp.day.month, stamp.day.day, tzinfo=UTC)
