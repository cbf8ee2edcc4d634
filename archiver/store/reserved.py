"""What sites reserve: the one rule of what is left out of a published dataset, and how much that is.

Pages that ask not to be archived, and what was suppressed, are no articles in the first place. Beyond these
an article is reserved where the newest page at one of its addresses says ``tdm-reservation=1`` (by TDMRep's
header, meta or file), or asks for ``noarchive`` on a site whose profile ignores that.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.store.articles import count_articles
from archiver.store.filter import Filter
from archiver.store.suppressions import HIDDEN

TABLE = "reserved"
"""The temporary table of the ids that ``articles(…, without=TABLE)`` leaves out."""
_TDM = "' ' || asks || ' ' LIKE '% tdm-reservation=1 %'"
_NOARCHIVE = "' ' || asks || ' ' LIKE '% noarchive %'"
_FIND = f"""
INSERT OR IGNORE INTO temp.{TABLE}
    SELECT al.article_id, CASE WHEN {_TDM} THEN 'tdm' ELSE 'noarchive' END FROM (
        SELECT site, url, asks, max(seen_date) FROM captures
        WHERE status IN (200, 304) AND extractor IS NOT NULL AND (site, url) IN (
            SELECT site, url FROM captures WHERE asks IS NOT NULL AND ({_TDM} OR {_NOARCHIVE}))
        GROUP BY site, url) newest
    JOIN article_aliases al ON al.site = newest.site AND al.url = newest.url
    WHERE {_TDM} OR {_NOARCHIVE} ORDER BY al.article_id, {_TDM} DESC
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


def find_reserved(db: sqlite3.Connection, wanted: Filter) -> Reserved:
    """Fill the temporary table ``TABLE``; what is in it and what is hidden, counted for a filter."""
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {TABLE} (id TEXT PRIMARY KEY, reason TEXT) WITHOUT ROWID")
    db.execute(f"DELETE FROM temp.{TABLE}")
    db.execute(_FIND)
    return Reserved(
        tdm=count_articles(db, wanted, among=f"SELECT id FROM temp.{TABLE} WHERE reason = 'tdm'"),
        noarchive=count_articles(db, wanted, among=f"SELECT id FROM temp.{TABLE} WHERE reason = 'noarchive'"),
        asked=_count_pages(db, wanted, "noarchive"),
        suppressed=_count_pages(db, wanted, HIDDEN),
    )


def _count_pages(db: sqlite3.Connection, wanted: Filter, kind: str) -> int:
    sites = f" AND site IN ({', '.join('?' * len(wanted.sites))})" if wanted.sites else ""
    row = db.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT site, url FROM captures WHERE kind = ?{sites})",
        (kind, *wanted.sites),
    ).fetchone()
    return int(row[0])
