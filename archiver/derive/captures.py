"""The captures of one site, asked of the database; its addresses are numbered as they came.

An archive of many years has more captures than fit into memory. What is asked of all of them is asked
in SQL, of tables that last as long as the derivation and that SQLite keeps on the disk.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator

from archiver.derive.pages import holds_page
from archiver.model import Capture
from archiver.store.captures import COLUMNS, capture_from
from archiver.store.captures import capture as find_capture
from archiver.warc.record import NOT_MODIFIED
from archiver.wishes import header_wishes

PAGE, NO_PAGE, COPY = "page", "no page", "copy"

_TABLES = (
    "DROP TABLE IF EXISTS temp.addresses",
    "DROP TABLE IF EXISTS temp.arrivals",
    "DROP TABLE IF EXISTS temp.redirects",
    "CREATE TEMP TABLE addresses (n INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE)",
    "CREATE TEMP TABLE arrivals (place INTEGER PRIMARY KEY, capture INTEGER NOT NULL, n INTEGER NOT NULL,"
    " holds TEXT NOT NULL)",
    "CREATE TEMP TABLE redirects (url TEXT, source TEXT, PRIMARY KEY (url, source)) WITHOUT ROWID",
)
_ORDER = 'ORDER BY crawl, filename, "offset"'
_ADDRESSES = f"INSERT OR IGNORE INTO temp.addresses (url) SELECT url FROM captures WHERE site = ? {_ORDER}"
# A 304 stands for the page of its original; one that nobody asked for has none. A copy is a conversion,
# a text, of a page that is there itself.
_ARRIVALS = f"""
    INSERT INTO temp.arrivals (capture, n, holds)
    SELECT c.rowid, a.n, CASE
        WHEN NOT CASE WHEN c.profile = '{NOT_MODIFIED}'
                THEN iif(u.url IS NULL, 0, holds_page(u.status, u.truncated, u.mime, u.url))
            ELSE holds_page(c.status, c.truncated, c.mime, c.url) END THEN '{NO_PAGE}'
        WHEN c.warc_type = 'conversion' AND EXISTS (
            SELECT 1 FROM captures o WHERE o.site = c.site AND o.url = c.url
            AND o.timestamp = c.timestamp AND o.warc_type <> 'conversion') THEN '{COPY}'
        ELSE '{PAGE}' END
    FROM captures c JOIN temp.addresses a ON a.url = c.url
    LEFT JOIN captures u ON u.warc_record_id = c.refers_to AND c.profile = '{NOT_MODIFIED}'
    WHERE c.site = ? ORDER BY c.crawl, c.filename, c."offset"
"""


class SiteCaptures:
    """All captures of a site. Addresses have numbers from 1 to ``addresses``, as they came.

    An address that was never captured can be given a number behind these.
    """

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self.db = db
        self.site = site
        db.create_function("holds_page", 4, holds_page, deterministic=True)
        for statement in _TABLES:
            db.execute(statement)
        db.execute(_ADDRESSES, (site,))
        db.execute(_ARRIVALS, (site,))
        db.execute("CREATE INDEX temp.arrivals_n ON arrivals(n)")
        db.execute(
            "INSERT OR IGNORE INTO temp.redirects SELECT location, url FROM captures"
            " WHERE site = ? AND location <> '' AND location <> url",
            (site,),
        )
        self.addresses: int = db.execute("SELECT count(*) FROM temp.addresses").fetchone()[0]

    def number(self, url: str) -> int | None:
        """The number of an address, or None."""
        row = self.db.execute("SELECT n FROM temp.addresses WHERE url = ?", (url,)).fetchone()
        return row[0] if row else None

    def captured(self, url: str) -> int | None:
        """The number of an address that was captured, or None."""
        n = self.number(url)
        return n if n is not None and n <= self.addresses else None

    def given(self, url: str) -> int:
        """The number of an address, given to it now where it has none."""
        self.db.execute("INSERT OR IGNORE INTO temp.addresses (url) VALUES (?)", (url,))
        return self.number(url) or 0

    def url(self, n: int) -> str:
        """The address with this number."""
        return str(self.db.execute("SELECT url FROM temp.addresses WHERE n = ?", (n,)).fetchone()[0])

    def at(self, url: str) -> list[Capture]:
        """The captures of an address in the order of their arrival."""
        rows = self.db.execute(
            f"SELECT {COLUMNS} FROM captures WHERE site = ? AND url = ? {_ORDER}", (self.site, url)
        )
        return [capture_from(row) for row in rows]

    def pages_at(self, url: str) -> list[Capture]:
        """The captures of an address that hold a page, as they came."""
        rows = self.db.execute(
            f"SELECT {COLUMNS} FROM temp.arrivals a JOIN captures c ON c.rowid = a.capture"
            " WHERE a.n = ? AND a.holds = ? ORDER BY a.place",
            (self.number(url), PAGE),
        )
        return sorted(map(capture_from, rows), key=lambda c: c.seen)

    def page_digest(self, capture: Capture) -> str | None:
        """The payload digest of the page that a capture stands for: of a 304 that of its original."""
        if capture.profile != NOT_MODIFIED or capture.refers_to is None:
            return capture.payload_digest
        original = find_capture(self.db, capture.refers_to)
        return original.payload_digest if original else None

    def wishes(self, capture: Capture) -> set[str]:
        """What the header of a capture asks of machines; a 304 without a word leaves it at its original's."""
        found = header_wishes(capture.x_robots_tag, capture.tdm)
        if found or capture.profile != NOT_MODIFIED or capture.refers_to is None:
            return found
        original = find_capture(self.db, capture.refers_to)
        return header_wishes(original.x_robots_tag, original.tdm) if original else set()

    def sources(self, url: str) -> list[str]:
        """The addresses that ever redirected to this one."""
        rows = self.db.execute("SELECT source FROM temp.redirects WHERE url = ? ORDER BY source", (url,))
        return [row[0] for row in rows]

    def then(self, found: Iterable[Capture], at: Capture) -> Capture | None:
        """Of captures of an address the one of the crawl of a capture, or else the last before it.

        Others, who asked for each address on a day of its own, may have it only later: then the first.
        """
        captures = list(found)
        known = (c for c in captures if c.visit == at.visit or c.seen <= at.seen)
        last = max(known, key=lambda c: (c.visit == at.visit, c.seen), default=None)
        if last is not None or at.source == "crawl":
            return last
        return min(captures, key=lambda c: c.seen, default=None)

    def without_page(self) -> Iterator[tuple[Capture, str]]:
        """The captures that hold no page, and those that are a copy of one, in the order of arrival."""
        rows = self.db.execute(
            f"SELECT {COLUMNS}, a.holds FROM temp.arrivals a JOIN captures c ON c.rowid = a.capture"
            " WHERE a.holds <> ? ORDER BY a.place",
            (PAGE,),
        )
        return ((capture_from(row), row["holds"]) for row in rows)

    def distinct_pages(self) -> DistinctPages:
        """Captures of pages in the order of arrival, each payload of an address once."""
        return DistinctPages(self.db)

    def nearest(self, url: str, first: Capture) -> Capture | None:
        """The page at an address that was captured with ``first``, or else nearest to it.

        Where the address was never captured, the one with, or without, a slash at its end counts.
        """
        return min(
            self.pages_at(url) or self.pages_at(url.removesuffix("/") if url.endswith("/") else url + "/"),
            key=lambda c: (c.visit != first.visit, abs(c.seen - first.seen)),
            default=None,
        )

    def was_missed(self, url: str, first: Capture) -> bool:
        """True where the crawl of ``first`` asked for an address and got no whole answer."""
        asked = [c for c in self.at(url) if c.visit == first.visit]
        return bool(asked) and all(c.truncated or c.status is None or c.status >= 500 for c in asked)


class DistinctPages:
    """Captures of pages, each payload of an address once: their number, and any of them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        rows = db.execute(
            "SELECT min(a.place), a.capture FROM temp.arrivals a JOIN captures c ON c.rowid = a.capture"
            " WHERE a.holds = ? AND c.warc_type <> 'revisit' GROUP BY a.n, c.digest ORDER BY 1",
            (PAGE,),
        )
        self._rows = array("q", (row[1] for row in rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Capture:
        rowid = self._rows[place]
        return capture_from(
            self.db.execute(f"SELECT {COLUMNS} FROM captures WHERE rowid = ?", (rowid,)).fetchone()
        )

    def after(self, done: int) -> Iterator[Capture]:
        """Those behind the first ``done``."""
        return (self[place] for place in range(done, len(self)))
