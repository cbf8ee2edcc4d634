"""What sites reserve: the one rule of what is left out of a published dataset, and how much that is.

Pages that ask not to be archived, and what was suppressed, are no articles in the first place. Beyond these
an article is reserved where the newest page at one of its addresses says ``tdm-reservation=1`` (by TDMRep's
header, its meta, or the newest file of the server), or asks for ``noarchive`` on a site whose profile
ignores that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver.instants import from_text
from archiver.reservations import TDM_FILE
from archiver.store.articles import count_articles
from archiver.store.filter import Filter
from archiver.store.suppressions import HIDDEN
from archiver.wishes import NOARCHIVE

TABLE = "reserved"
"""The temporary table of the ids that ``articles(…, without=TABLE)`` leaves out."""
Today = Callable[[str, str, str, datetime, set[str]], set[str]]
"""What is asked of a page today: of its site, address, crawl and instant, and what was asked then."""
_TDM = "tdm-reservation=1"
_WITH_FILE = "SELECT DISTINCT site FROM captures WHERE url LIKE ?"
_NEWEST = """
SELECT al.article_id, al.site, al.url, c.crawl, c.seen_date, c.asks FROM article_aliases al
JOIN (SELECT site, url, crawl, asks, max(seen_date) AS seen_date FROM captures
    WHERE site = ?1 AND status IN (200, 304) AND extractor IS NOT NULL
    AND (?2 OR url IN (SELECT url FROM captures WHERE site = ?1 AND asks IS NOT NULL)) GROUP BY url) c
ON c.site = al.site AND c.url = al.url
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserved:
    """How many articles sites reserve, and how many pages are hidden.

    ``tdm`` and ``noarchive`` count articles that the filter lets through; ``asked`` pages of the sites that
    ask not to be archived, and ``suppressed`` addresses that are hidden on request, whatever is on them.
    """

    tdm: int
    noarchive: int
    asked: int
    suppressed: int


def find_reserved(db: sqlite3.Connection, wanted: Filter, today: Today) -> Reserved:
    """Fill the temporary table ``TABLE``; what is in it and what is hidden, counted for a filter."""
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {TABLE} (id TEXT PRIMARY KEY, reason TEXT) WITHOUT ROWID")
    db.execute(f"DELETE FROM temp.{TABLE}")
    with_file = {row[0] for row in db.execute(_WITH_FILE, (f"%{TDM_FILE}",))}
    for site in wanted.sites or [row[0] for row in db.execute("SELECT name FROM sites ORDER BY name")]:
        found = _reserved_of(db, site, today, has_file=site in with_file)
        # Reserved by one of its pages and not by another, an article is reserved; TDMRep is named first.
        db.executemany(
            f"INSERT INTO temp.{TABLE} VALUES (?, ?) ON CONFLICT (id) DO UPDATE"
            " SET reason = max(reason, excluded.reason)",
            found,
        )
    return Reserved(
        tdm=count_articles(db, wanted, among=f"SELECT id FROM temp.{TABLE} WHERE reason = 'tdm'"),
        noarchive=count_articles(
            db, wanted, among=f"SELECT id FROM temp.{TABLE} WHERE reason = '{NOARCHIVE}'"
        ),
        asked=_count_pages(db, wanted, NOARCHIVE),
        suppressed=_count_pages(db, wanted, HIDDEN),
    )


def _reserved_of(
    db: sqlite3.Connection, site: str, today: Today, *, has_file: bool
) -> Iterator[tuple[str, str]]:
    """Ids of reserved articles of a site, and why; without a file, only pages that ask are looked at."""
    for row in db.execute(_NEWEST, (site, has_file)):
        asks = set((row["asks"] or "").split())
        if has_file:
            asks = today(site, row["url"], row["crawl"], from_text(row["seen_date"]), asks)
        if _TDM in asks or NOARCHIVE in asks:
            yield row["article_id"], "tdm" if _TDM in asks else NOARCHIVE


def _count_pages(db: sqlite3.Connection, wanted: Filter, kind: str) -> int:
    on_sites, sites = wanted.on_sites()
    row = db.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT site, url FROM captures WHERE kind = ? AND {on_sites})",
        (kind, *sites),
    ).fetchone()
    return int(row[0])
