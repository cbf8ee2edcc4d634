"""What the listings of a site said in a crawl: how much they name, and how far they are behind."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

from archiver.night import ListingNight
from archiver.store.captures import read_as

NEWEST = 60  # articles that a listing is held against
OLDER = 5  # that were there before the first night, so that a listing is known from the beginning
LAG = timedelta(days=2)  # that a listing may be behind


def listings_of(db: sqlite3.Connection, site: str, crawl: str, night: str) -> tuple[ListingNight, ...]:
    """What each listing, feed and sitemap said with which the crawl began, by address."""
    newest = _newest(db, site, date.fromisoformat(night) - LAG)
    return tuple(_listing(db, site, row, newest) for row in db.execute(_LISTINGS, (site, crawl)))


_LISTINGS = """
    SELECT f.url, f.role, f.state, c.warc_record_id AS record, c.kind, coalesce(o.digest, c.digest) AS digest
    FROM frontier f LEFT JOIN captures c ON c.warc_record_id = f.capture AND c.crawl = f.crawl
    LEFT JOIN captures o ON o.warc_record_id = c.refers_to
    WHERE f.site = ? AND f.crawl = ? AND f.role IN ('listing', 'feed', 'sitemap') AND f.hops = 0
        AND f.state IN ('done', 'given up') AND coalesce(f.reason, '') NOT LIKE 'redirect%'
    ORDER BY f.role, f.url
"""


def _listing(db: sqlite3.Connection, site: str, row: sqlite3.Row, newest: list[str]) -> ListingNight:
    has = [_names(db, site, row["url"], row["role"], article) for article in newest]
    behind = has.index(True) if True in has else len(has)
    record = read_as(db, row["record"]) if row["state"] == "done" and row["record"] is not None else None
    return ListingNight(
        url=row["url"],
        role=row["role"],
        entries=_entries(db, site, row, record) if record else None,
        newest=_newest_day(db, record) if record else None,
        behind=behind,
        followed=sum(has[behind:]),
        could_follow=len(has) - behind,
        digest=row["digest"],
        kind=row["kind"],
    )


def _newest(db: sqlite3.Connection, site: str, until: date) -> list[str]:
    """The ids of the articles that appeared last up to a day, the newest first.

    What was there before the site was first seen whole comes behind them, by its day; what web archives
    alone have does not count.
    """
    rows = db.execute(
        """
        SELECT * FROM (SELECT id FROM articles WHERE site = :site AND observed = 'live' AND first_seen < :end
            ORDER BY first_seen DESC, id LIMIT :newest)
        UNION ALL SELECT * FROM (SELECT id FROM articles
            WHERE site = :site AND observed <> 'live' AND published_day IS NOT NULL
            AND EXISTS (SELECT 1 FROM captures c
                WHERE c.warc_record_id = articles.capture AND c.source <> 'backfill')
            ORDER BY published_day DESC, id LIMIT :older)
        """,
        {
            "site": site,
            "end": (until + timedelta(days=1)).isoformat(),
            "newest": NEWEST,
            "older": OLDER,
        },
    )
    return [row[0] for row in rows]


def _names(db: sqlite3.Connection, site: str, url: str, role: str, article: str) -> bool:
    """True where a listing, or a further page of it, has ever named an article."""
    row = db.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM article_aliases x JOIN links l ON l.site = x.site AND l.url = x.url
            JOIN captures c ON c.warc_record_id = l.capture
            WHERE x.article_id = :article AND l.site = :site AND l.kind = :role AND (c.url = :url OR EXISTS (
                SELECT 1 FROM frontier f
                WHERE f.site = l.site AND (f.url = c.url OR f.capture = l.capture) AND f.role = :role
                    AND f.via = :url)))
        """,
        {"article": article, "site": site, "role": role, "url": url},
    ).fetchone()
    return bool(row[0])


def _entries(db: sqlite3.Connection, site: str, row: sqlite3.Row, record: str) -> int:
    """How many addresses a listing names; those of the parts of a sitemap are its own."""
    count = _links(db, record, row["role"])
    if row["role"] == "sitemap":
        parts = db.execute(
            """
            SELECT f.capture FROM frontier f JOIN captures c ON c.warc_record_id = f.capture
            WHERE f.site = ? AND f.via = ? AND f.role = 'sitemap' AND f.state = 'done'
            """,
            (site, row["url"]),
        ).fetchall()
        count += sum(_links(db, read_as(db, part[0]), "sitemap") for part in parts)
    return count


def _links(db: sqlite3.Connection, record: str, kind: str) -> int:
    row = db.execute("SELECT count(*) FROM links WHERE capture = ? AND kind = ?", (record, kind)).fetchone()
    return int(row[0])


def _newest_day(db: sqlite3.Connection, record: str) -> str | None:
    """The newest day of the articles that a listing names."""
    row = db.execute(
        "SELECT max(a.published_day) FROM links l JOIN article_aliases x ON x.site = l.site AND x.url = l.url"
        " JOIN articles a ON a.id = x.article_id WHERE l.capture = ?",
        (record,),
    ).fetchone()
    return str(row[0]) if row[0] else None
