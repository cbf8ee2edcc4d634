"""What a run observed, kept on the disk: of each page a row to ask, and what was extracted packed beside it.

A row has what grouping needs of a page; the whole extraction is read back when its article is built.
A page that several captures of an address hold is one row.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from archiver.derive.captures import SiteCaptures
from archiver.derive.observing import Observer
from archiver.derive.pages import Observation
from archiver.derive.renderings import plain_version
from archiver.derive.stand_ins import said_of, unnamed
from archiver.model import Capture, Extraction, PageKind
from archiver.store.captures import capture as find_capture
from archiver.wishes import NOARCHIVE

_TABLES = (
    """
    CREATE TEMP TABLE pages (
        id INTEGER PRIMARY KEY, n INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL,
        further TEXT NOT NULL, wishes TEXT NOT NULL, part INTEGER, title TEXT, canonical TEXT,
        chars INTEGER, content BLOB,
        said BLOB, unnamed BLOB, is_worded INTEGER)
    """,
    "CREATE INDEX temp.pages_n ON pages(n)",
    "CREATE INDEX temp.pages_title ON pages(title)",
    "CREATE TEMP TABLE extractions (page INTEGER PRIMARY KEY, packed BLOB NOT NULL)",
    """
    CREATE TEMP TABLE observations (
        place INTEGER PRIMARY KEY, n INTEGER NOT NULL, record TEXT NOT NULL, page INTEGER NOT NULL)
    """,
    "CREATE INDEX temp.observations_n ON observations(n)",
    "CREATE INDEX temp.observations_record ON observations(record)",
    # The newest page of each address: ``stem`` is the address without a slash at its end, ``plain`` that
    # of the article of which it is a rendering, ``name`` the last part of its path.
    """
    CREATE TEMP TABLE newest (
        place INTEGER PRIMARY KEY, n INTEGER NOT NULL UNIQUE, page INTEGER NOT NULL,
        stem TEXT NOT NULL, plain TEXT, name TEXT NOT NULL)
    """,
    "CREATE INDEX temp.newest_stem ON newest(stem)",
    """
    CREATE TEMP VIEW articles_now AS
        SELECT x.place, x.n, x.stem, x.plain, p.id AS page, p.title, p.canonical, p.part, p.chars, p.content
        FROM newest x JOIN pages p ON p.id = x.page WHERE p.kind = 'article'
    """,
)
_NONE = (None,) * 5
_NAMES = ("pages", "extractions", "observations", "newest")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Extraction).decode


class Observed:
    """The observations of a run, by the number of their address, in the order in which they were made."""

    def __init__(self, db: sqlite3.Connection, captures: SiteCaptures) -> None:
        self.db = db
        self.captures = captures
        db.execute("DROP VIEW IF EXISTS temp.articles_now")
        for name in _NAMES:
            db.execute(f"DROP TABLE IF EXISTS temp.{name}")
        for statement in _TABLES:
            db.execute(statement)

    # -- taking in

    def add(self, n: int, observer: Observer) -> None:
        """Observe the pages at an address, by WARC-Date; the same payload is read once."""
        url = self.captures.url(n)
        known: dict[tuple[str | None, bool], int] = {}
        newest = None
        for capture in observer.pages_at(url):
            # The same bytes may come with another header.
            key = self.captures.page_digest(capture), NOARCHIVE in self.captures.wishes(capture)
            page = known.get(key)
            if page is None and (seen := observer.observe(capture)) is not None:
                page = known[key] = self._save(n, seen)
            if page is not None:
                newest = page
                self.db.execute(
                    "INSERT INTO temp.observations (n, record, page) VALUES (?, ?, ?)",
                    (n, capture.warc_record_id, page),
                )
        if newest is not None:
            self._save_newest(n, url, newest)

    def _save(self, n: int, seen: Observation) -> int:
        e = seen.extraction
        # Of a page that only sends its readers on, the canonical address is where it sends them.
        about: tuple[object, ...] = (None, e.canonical_url if e.kind is PageKind.REDIRECT else None, *_NONE)
        if e.kind is PageKind.ARTICLE:
            bare = unnamed(seen.content)
            about = (
                e.title, e.canonical_url, len(e.body), _digest(seen.content),
                _digest(said_of(seen.content)), _digest(bare), any(bare[:2]),
            )  # fmt: skip
        row = (n, e.kind.value, e.reason, json.dumps(seen.parts), " ".join(e.wishes), e.part, *about)
        page = self.db.execute(f"INSERT INTO temp.pages VALUES (NULL{', ?' * len(row)})", row).lastrowid or 0
        if e.kind is PageKind.ARTICLE:
            packed = _encode(replace(e, links=()))
            self.db.execute("INSERT INTO temp.extractions VALUES (?, ?)", (page, packed))
        return page

    def _save_newest(self, n: int, url: str, page: int) -> None:
        name = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        self.db.execute(
            "INSERT INTO temp.newest (n, page, stem, plain, name) VALUES (?, ?, ?, ?, ?)",
            (n, page, url.rstrip("/"), plain_version(url), name),
        )

    # -- asking

    def is_withheld(self, members: Iterable[int]) -> bool:
        """True where the newest page at one of these addresses asks that no archive shows it.

        A version for print or the like asks for itself alone.
        """
        asked = "SELECT 1 FROM temp.newest x JOIN temp.pages p ON p.id = x.page WHERE x.n = ? AND p.kind = ?"
        kind = PageKind.NOARCHIVE.value
        return any(self.db.execute(f"{asked} AND x.plain IS NULL", (n, kind)).fetchone() for n in members)

    def flags(self, condition: str = "1") -> bytearray:
        """For each number of an address, 1 where one of its pages is of this kind."""
        found = bytearray(self.captures.addresses + 1)
        for row in self.db.execute(f"SELECT n FROM temp.pages WHERE {condition}"):
            found[row[0]] = 1
        return found

    def further_pages(self) -> Iterator[tuple[int, list[str]]]:
        """Each address whose pages were read with further pages, and the record ids of these."""
        rows = self.db.execute("SELECT n, further FROM temp.pages WHERE further <> '[]'")
        return ((row[0], json.loads(row[1])) for row in rows)

    def extraction(self, page: int) -> Extraction:
        """What was extracted from an article's page."""
        row = self.db.execute("SELECT packed FROM temp.extractions WHERE page = ?", (page,)).fetchone()
        return _decode(row[0])

    def articles_at(self, n: int) -> list[Observation]:
        """What the article pages at an address say, by WARC-Date."""
        rows = self.db.execute(
            "SELECT o.record, o.page, p.further FROM temp.observations o JOIN temp.pages p ON p.id = o.page"
            " WHERE o.n = ? AND p.kind = ? ORDER BY o.place",
            (n, PageKind.ARTICLE.value),
        ).fetchall()
        read = {page: self.extraction(page) for page in {row["page"] for row in rows}}
        return [
            Observation(
                capture=self._capture(row["record"]),
                extraction=read[row["page"]],
                parts=tuple(json.loads(row["further"])),
            )
            for row in rows
        ]

    def _capture(self, record: str) -> Capture:
        found = find_capture(self.db, record)
        if found is None:
            raise LookupError(record)
        return found


def _digest(content: object) -> bytes:
    return hashlib.blake2b(_encode(content), digest_size=16).digest()
