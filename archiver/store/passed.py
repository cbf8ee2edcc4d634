"""What listings pass over: addresses that stand where articles stand, and that no pattern takes.

Events or jobs may stand among articles for years, and nobody wants them. So those do not count whose like
stood there in the first night of which that is known: the like of an address is its path without its last
part, and without numbers.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

_NUMBER = re.compile(r"\d+")


class PassedOver:
    """What the listings of a site passed over up to a crawl, this one too."""

    def __init__(self, db: sqlite3.Connection, site: str, crawl: str) -> None:
        self.db = db
        self.site = site
        rows = db.execute(_PASSED, {"site": site, "crawl": crawl}).fetchall()
        first = db.execute(_FIRST, (site, crawl)).fetchone()[0] or crawl
        self._usual = {like(row["url"]) for row in rows if row["since"] <= first}
        self._lost = {row["url"] for row in rows if not row["is_known"]}
        self._dated = {row["url"] for row in rows if row["is_dated"]} & self._lost

    def on(self, records: Iterable[str]) -> list[str]:
        """The addresses that these captures pass over, in their order."""
        return list(dict.fromkeys(row[0] for record in records for row in self.db.execute(_ON, (record,))))

    def lost(self, addresses: Sequence[str]) -> list[str]:
        """Those that no other source names and whose like never was passed over in the beginning.

        Behind them come those with a date that stood there before, as far as their like still stands there.
        """
        found = [url for url in addresses if url in self._lost and like(url) not in self._usual]
        likes = {like(url) for url in found}
        return list(dict.fromkeys([*found, *sorted(url for url in self._dated if like(url) in likes)]))


def like(url: str) -> str:
    """What an address has in common with others of its kind."""
    parts = urlsplit(url)
    return parts.netloc + _NUMBER.sub("#", parts.path.rstrip("/").rpartition("/")[0])


# The listings come first, as they are few; SQLite would begin with all captures.
_PASSED = """
    SELECT l.url, min(c.crawl) AS since, max(l.date IS NOT NULL) AS is_dated,
        EXISTS (SELECT 1 FROM frontier k WHERE k.site = :site AND k.url = l.url
            AND k.role IN ('article', 'page')) AS is_known
    FROM frontier f CROSS JOIN captures c ON c.site = f.site AND c.url = f.url
    CROSS JOIN links l ON l.capture = c.warc_record_id AND l.kind = 'passed'
    WHERE f.site = :site AND f.role = 'listing' AND c.crawl <= :crawl AND c.source = 'crawl'
    GROUP BY l.url
"""
_FIRST = """
    SELECT min(n.crawl) FROM nights n, json_each(n.listings) one
    WHERE n.site = ? AND n.crawl < ? AND one.value ->> 'passed' IS NOT NULL
"""
_ON = "SELECT url FROM links WHERE capture = ? AND kind = 'passed'"
