"""The captures that an export takes along: chosen in SQL, kept in temporary tables of the connection.

The database itself is only read. ``wanted_articles`` holds ids of articles, ``chosen`` record ids,
``originals`` the original of each chosen revisit, NULL where there is none, ``placed`` where each
chosen record lies in what is written.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from archiver.instants import from_text
from archiver.model import Capture
from archiver.store.captures import COLUMNS, capture_from
from archiver.store.filter import Filter
from archiver.store.vocabulary import compounds

# What only tells where to find other pages; a link of any other kind is a part of the page.
_LEADS_ELSEWHERE = ("feed", "sitemap", "listing", "passed", "redirect", "next", "canonical", "body")
_COLUMNS = ", ".join(f"c.{name}" for name in COLUMNS.split(", "))
_TABLES = """
CREATE TEMP TABLE wanted_articles (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE chosen (record TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE originals (record TEXT PRIMARY KEY, original TEXT) WITHOUT ROWID;
CREATE TEMP TABLE placed (
    record TEXT PRIMARY KEY, filename TEXT, "offset" INTEGER, length INTEGER
) WITHOUT ROWID;
"""
_OF_VERSIONS = """
INSERT OR IGNORE INTO chosen
    SELECT one.value FROM wanted_articles w JOIN articles a ON a.id = w.id, json_each(a.captures) one
    UNION SELECT a.capture FROM wanted_articles w JOIN articles a ON a.id = w.id
    UNION SELECT one.value FROM wanted_articles w JOIN article_versions v ON v.article_id = w.id,
        json_each(v.captures) one
    UNION SELECT v.capture FROM wanted_articles w JOIN article_versions v ON v.article_id = w.id
"""
_OF_ADDRESSES = """
INSERT OR IGNORE INTO chosen
    SELECT c.warc_record_id FROM wanted_articles w JOIN article_aliases al ON al.article_id = w.id
    JOIN captures c ON c.site = al.site AND c.url = al.url
"""
_OF_PARTS = f"""
INSERT OR IGNORE INTO chosen
    SELECT c.warc_record_id FROM chosen n JOIN links l ON l.capture = n.record
    JOIN captures c ON c.site = l.site AND c.url = l.url
    WHERE l.kind NOT IN ({", ".join(f"'{kind}'" for kind in _LEADS_ELSEWHERE)})
"""
# An original of another archive's file may be known by its payload alone.
_ORIGINALS = """
INSERT OR IGNORE INTO originals
    SELECT n.record, coalesce(
        (SELECT o.warc_record_id FROM captures o WHERE o.warc_record_id = c.refers_to),
        (SELECT o.warc_record_id FROM captures o WHERE o.digest = c.digest AND o.warc_type = 'response'
            AND o.site = c.site AND o.truncated IS NULL ORDER BY o.warc_date LIMIT 1)
    ) AS original
    FROM chosen n JOIN captures c ON c.warc_record_id = n.record
    WHERE c.warc_type = 'revisit' AND original IS NOT NULL
"""


def choose_all(db: sqlite3.Connection, sites: Iterable[str]) -> None:
    """Choose every capture of these sites. The connection reads one state of the archive from now on."""
    _begin(db)
    for site in sites:
        db.execute("INSERT INTO chosen SELECT warc_record_id FROM captures WHERE site = ?", (site,))


def choose_for_articles(db: sqlite3.Connection, wanted: Filter) -> int:
    """Choose what belongs to the articles that a filter lets through; the number of these.

    That is: the captures that any of their versions was derived from (the page, further pages, the
    listing or feed that gave a date), every capture of an address that they ever had, and what is a
    part of these pages.
    """
    _begin(db)
    where, values = wanted.where(longer=compounds(db))
    articles = db.execute(f"INSERT INTO wanted_articles SELECT a.id FROM articles a WHERE {where}", values)
    for statement in (_OF_VERSIONS, _OF_ADDRESSES, _OF_PARTS):
        db.execute(statement)
    return articles.rowcount


def choose_originals(db: sqlite3.Connection, find: Callable[[Capture], Capture | None]) -> None:
    """Choose the originals of all revisits that are chosen; ``find`` is asked where no row tells one."""
    untold = f"""
        SELECT {_COLUMNS} FROM chosen n JOIN captures c ON c.warc_record_id = n.record
        WHERE c.warc_type = 'revisit' AND n.record NOT IN (SELECT record FROM originals)
        """
    is_new = True
    while is_new:
        db.execute(_ORIGINALS)
        for revisit in map(capture_from, db.execute(untold).fetchall()):
            original = find(revisit)
            row = (revisit.warc_record_id, original and original.warc_record_id)
            db.execute("INSERT INTO originals VALUES (?, ?)", row)
        named = "SELECT original FROM originals WHERE original IS NOT NULL"
        is_new = db.execute(f"INSERT OR IGNORE INTO chosen {named}").rowcount > 0


def _begin(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


def leave_out(db: sqlite3.Connection, site: str, is_hidden: Callable[[str], bool]) -> None:
    """Choose nothing of a site whose urlkey is hidden."""
    db.create_function("is_hidden", 1, is_hidden, deterministic=True)
    db.execute(
        """
        DELETE FROM chosen WHERE record IN (
            SELECT n.record FROM chosen n JOIN captures c ON c.warc_record_id = n.record
            WHERE c.site = ? AND is_hidden(c.urlkey))
        """,
        (site,),
    )


def chosen_files(db: sqlite3.Connection) -> list[tuple[str, str, bool]]:
    """Site and name of each file that holds chosen captures, and whether all in it are chosen."""
    rows = db.execute(
        """
        SELECT c.site, c.filename, count(*),
            (SELECT count(*) FROM captures f WHERE f.site = c.site AND f.filename = c.filename)
        FROM chosen n JOIN captures c ON c.warc_record_id = n.record
        GROUP BY c.site, c.filename ORDER BY c.site, c.filename
        """
    )
    return [(row[0], row[1], row[2] == row[3]) for row in rows]


def newest_chosen(db: sqlite3.Connection) -> datetime:
    """When the newest of the chosen captures was made, by its record."""
    row = db.execute(
        "SELECT max(c.warc_date) FROM chosen n JOIN captures c ON c.warc_record_id = n.record"
    ).fetchone()
    return from_text(row[0])


def chosen_digest(db: sqlite3.Connection, site: str, filename: str) -> str:
    """A digest of which captures of a file are chosen."""
    state = hashlib.sha256()
    rows = db.execute(
        "SELECT c.warc_record_id FROM captures c JOIN chosen n ON n.record = c.warc_record_id"
        " WHERE c.site = ? AND c.filename = ? ORDER BY c.warc_record_id",
        (site, filename),
    )
    for row in rows:
        state.update(f"{row[0]}\n".encode())
    return state.hexdigest()


def is_chosen(db: sqlite3.Connection, record: str) -> bool:
    """True where the record is chosen."""
    return db.execute("SELECT 1 FROM chosen WHERE record = ?", (record,)).fetchone() is not None


def place(db: sqlite3.Connection, record: str, filename: str, offset: int, length: int) -> None:
    """Note where a chosen record lies in what is written."""
    db.execute("INSERT OR IGNORE INTO placed VALUES (?, ?, ?, ?)", (record, filename, offset, length))


def place_file(db: sqlite3.Connection, site: str, filename: str, into: str) -> None:
    """Note that all captures of a file lie where they lay, in a file of this name."""
    db.execute(
        """
        INSERT OR IGNORE INTO placed SELECT warc_record_id, ?, "offset", length FROM captures
        WHERE site = ? AND filename = ?
        """,
        (into, site, filename),
    )


def count_not_placed(db: sqlite3.Connection, site: str, filename: str) -> int:
    """How many chosen captures of a file were not found in it."""
    row = db.execute(
        """
        SELECT count(*) FROM chosen n JOIN captures c ON c.warc_record_id = n.record
        WHERE c.site = ? AND c.filename = ? AND n.record NOT IN (SELECT record FROM placed)
        """,
        (site, filename),
    ).fetchone()
    return int(row[0])


def placed_captures(db: sqlite3.Connection) -> Iterator[Capture]:
    """The captures as they lie in what is written, in the order of an index."""
    rows = db.execute(
        f"""
        SELECT {_COLUMNS}, p.filename AS new_name, p."offset" AS new_offset, p.length AS new_length
        FROM placed p JOIN captures c ON c.warc_record_id = p.record
        ORDER BY c.urlkey, c.timestamp, c.warc_record_id
        """
    )
    for row in rows:
        yield dataclasses.replace(
            capture_from(row), filename=row["new_name"], offset=row["new_offset"], length=row["new_length"]
        )


def placed_capture(db: sqlite3.Connection, record: str) -> Capture | None:
    """The capture with this record id, None where it is not among those written."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM captures WHERE warc_record_id = ?"
        " AND warc_record_id IN (SELECT record FROM placed WHERE record = ?)",
        (record, record),
    ).fetchone()
    return capture_from(row) if row else None


def placed_original(db: sqlite3.Connection, record: str) -> Capture | None:
    """The original of a chosen revisit, None where it is not among those written."""
    row = db.execute("SELECT original FROM originals WHERE record = ?", (record,)).fetchone()
    return placed_capture(db, row[0]) if row else None


def revisits_without_original(db: sqlite3.Connection) -> int:
    """How many revisits with a page are written whose original is not: the archive does not have it."""
    row = db.execute(
        """
        SELECT count(*) FROM placed p JOIN captures c ON c.warc_record_id = p.record
        JOIN originals o ON o.record = p.record
        WHERE c.status IS NOT 304 AND (o.original IS NULL OR o.original NOT IN (SELECT record FROM placed))
        """
    ).fetchone()
    return int(row[0])
