"""Rows of ``captures`` and ``links``: where every record lies, and what it names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from archiver.instants import from_text, to_text
from archiver.model import Capture, Link, Mention
from archiver.posted import MARK
from archiver.store.filter import Filter

COLUMNS = (
    "warc_record_id, warc_type, site, crawl, url, urlkey, timestamp, warc_date, mime, status, digest, "
    'filename, "offset", length, truncated, profile, refers_to, location, etag, last_modified, source, '
    "x_robots_tag, tdm, source_uri, corrected"
)
_RECORDED = COLUMNS.rpartition(", ")[0]  # what the record itself says


def corrected(date: str) -> str:
    """The SQL of the instant that counts in the place of a date of a run, null where the date does."""
    return f"CASE WHEN no_later < {date} THEN no_later WHEN no_earlier > {date} THEN no_earlier END"


# What a POST answered is no page that validators are known of, nor the original of one.
GOT = f"instr(url, '{MARK}') = 0"
_CORRECTED = f"(SELECT {corrected('?8')} FROM crawls WHERE id = ?4)"
_MARKS = ", ".join(f"?{n}" for n in range(1, 25))
_INSERT = f"INSERT OR IGNORE INTO captures ({COLUMNS}) VALUES ({_MARKS}, {_CORRECTED})"


def save_captures(db: sqlite3.Connection, captures: Iterable[Capture]) -> None:
    """Insert captures; one whose record id is known already stays as it is."""
    db.executemany(_INSERT, (_row(capture) for capture in captures))


def _row(c: Capture) -> tuple[Any, ...]:
    return (
        c.warc_record_id,
        c.warc_type,
        c.site,
        c.crawl,
        c.url,
        c.urlkey,
        c.timestamp,
        to_text(c.warc_date),
        c.mime,
        c.status,
        c.payload_digest,
        c.filename,
        c.offset,
        c.length,
        c.truncated,
        c.profile,
        c.refers_to,
        c.location,
        c.etag,
        c.last_modified,
        c.source,
        c.x_robots_tag,
        c.tdm,
        c.source_uri,
    )


def capture_from(row: sqlite3.Row) -> Capture:
    """The capture in a row that has all of ``COLUMNS``."""
    return Capture(
        warc_record_id=row["warc_record_id"],
        warc_type=row["warc_type"],
        site=row["site"],
        crawl=row["crawl"],
        url=row["url"],
        urlkey=row["urlkey"],
        timestamp=row["timestamp"],
        warc_date=from_text(row["warc_date"]),
        mime=row["mime"],
        status=row["status"],
        payload_digest=row["digest"],
        filename=row["filename"],
        offset=row["offset"],
        length=row["length"],
        truncated=row["truncated"],
        profile=row["profile"],
        refers_to=row["refers_to"],
        location=row["location"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        source=row["source"],
        x_robots_tag=row["x_robots_tag"],
        tdm=row["tdm"],
        source_uri=row["source_uri"],
        corrected=from_text(row["corrected"]) if row["corrected"] else None,
    )


def capture(db: sqlite3.Connection, record: str) -> Capture | None:
    """The capture with this WARC record id, or None."""
    row = db.execute(f"SELECT {COLUMNS} FROM captures WHERE warc_record_id = ?", (record,)).fetchone()
    return capture_from(row) if row else None


def capture_at(db: sqlite3.Connection, site: str, url: str, moment: datetime) -> Capture | None:
    """The response of this address that was captured in this second, or None."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM captures WHERE site = ? AND url = ? AND timestamp = ?"
        " AND warc_type = 'response' ORDER BY warc_date LIMIT 1",
        (site, url, moment.strftime("%Y%m%d%H%M%S")),
    ).fetchone()
    return capture_from(row) if row else None


def captures_of(db: sqlite3.Connection, site: str) -> Iterator[Capture]:
    """All captures of a site in the order of their arrival: by crawl, file and offset."""
    rows = db.execute(
        f'SELECT {COLUMNS} FROM captures WHERE site = ? ORDER BY crawl, filename, "offset"', (site,)
    )
    return map(capture_from, rows)


def captures_between(db: sqlite3.Connection, wanted: Filter, *, key: str | None = None) -> Iterator[Capture]:
    """The captures of the sites of a filter that were made on its days, by site and time.

    ``key`` is the urlkey of the one address that is meant.
    """
    (on_days, days), (on_sites, sites) = wanted.days("substr(seen_date, 1, 10)"), wanted.on_sites()
    condition, values = f"{on_days} AND {on_sites}", days + sites
    if key is not None:
        condition += " AND urlkey = ?"
        values.append(key)
    rows = db.execute(
        f"SELECT {COLUMNS} FROM captures WHERE {condition} ORDER BY site, seen_date, warc_record_id", values
    )
    return map(capture_from, rows)


def captures_of_crawl(db: sqlite3.Connection, site: str, crawl: str) -> Iterator[Capture]:
    """The captures that one crawl made of a site, by file and offset."""
    rows = db.execute(
        f'SELECT {COLUMNS} FROM captures WHERE site = ? AND crawl = ? ORDER BY filename, "offset"',
        (site, crawl),
    )
    return map(capture_from, rows)


def original_of(db: sqlite3.Connection, site: str, digest: str) -> Capture | None:
    """The first whole response of this site with this payload digest, or None.

    What a crawl brings never rests on what a web archive gave.
    """
    # Left to itself SQLite takes an index of the site, and reads all its captures for every page.
    row = db.execute(
        f"""
        SELECT {COLUMNS} FROM captures INDEXED BY captures_digest
        WHERE digest = ? AND warc_type = 'response' AND site = ? AND truncated IS NULL
            AND source <> 'backfill' AND {GOT}
        ORDER BY seen_date LIMIT 1
        """,
        (digest, site),
    ).fetchone()
    return capture_from(row) if row else None


def captures_at(db: sqlite3.Connection, site: str, url: str) -> list[Capture]:
    """The captures of an address in the order of their arrival."""
    rows = db.execute(
        f'SELECT {COLUMNS} FROM captures WHERE site = ? AND url = ? ORDER BY crawl, filename, "offset"',
        (site, url),
    )
    return [capture_from(row) for row in rows]


def whole_answers(db: sqlite3.Connection, site: str, url: str) -> Iterator[Capture]:
    """The pages that crawls got whole from an address, and the 304 that came instead, the newest first."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM captures WHERE site = ? AND url = ? AND source = 'crawl'"
        " AND status IN (200, 304) AND truncated IS NULL ORDER BY seen_date DESC",
        (site, url),
    )
    return map(capture_from, rows)


def last_profile(db: sqlite3.Connection, site: str, url: str) -> str | None:
    """The digest of the profile by which an address was last read whole, None where nobody knows."""
    row = db.execute(
        "SELECT v.profile FROM captures c LEFT JOIN coverage v ON v.site = c.site AND v.crawl = c.crawl"
        " AND v.state <> 'not run' WHERE c.site = ? AND c.url = ? AND c.source = 'crawl' AND c.status = 200"
        " AND c.truncated IS NULL ORDER BY c.seen_date DESC LIMIT 1",
        (site, url),
    ).fetchone()
    return row[0] if row else None


def last_answer(db: sqlite3.Connection, site: str, url: str) -> datetime | None:
    """When a crawl last got a whole answer from an address that was no error of the server, or None."""
    row = db.execute(
        "SELECT max(seen_date) FROM captures WHERE site = ? AND url = ? AND source = 'crawl'"
        " AND status < 500 AND status <> 429 AND truncated IS NULL",
        (site, url),
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def asks_for_no_archive(db: sqlite3.Connection, site: str) -> list[str]:
    """The addresses whose newest answer that was derived asks that no archive shows it."""
    rows = db.execute(_NOARCHIVE, (site,))
    return [row[0] for row in rows]


def was_ever_asked(db: sqlite3.Connection, site: str) -> bool:
    """True where any capture of a site that was derived asked that no archive shows it."""
    row = db.execute(f"SELECT EXISTS (SELECT 1 FROM captures WHERE site = ? AND {_ASKED})", (site,))
    return bool(row.fetchone()[0])


def was_derived(db: sqlite3.Connection, record: str) -> bool:
    """True for a capture of which it is known what its page is, and what that asks for."""
    row = db.execute("SELECT extractor FROM captures WHERE warc_record_id = ?", (record,)).fetchone()
    return row is not None and row[0] is not None


def asks_not_to_be_shown(db: sqlite3.Connection, record: str) -> bool:
    """True for a capture that was derived, and asked that no archive shows it."""
    row = db.execute(f"SELECT 1 FROM captures WHERE warc_record_id = ? AND {_ASKED}", (record,)).fetchone()
    return row is not None


_ASKED = "asks LIKE '%noarchive%'"
_NOARCHIVE = f"""
    SELECT url FROM (SELECT url, {_ASKED} AS asked, max(seen_date) FROM captures
        WHERE site = ?1 AND status IN (200, 304) AND extractor IS NOT NULL
        AND url IN (SELECT url FROM captures WHERE site = ?1 AND {_ASKED}) GROUP BY url)
    WHERE asked ORDER BY url
"""


def save_links(db: sqlite3.Connection, site: str, links: Iterable[Link]) -> None:
    """Insert what captures name; the same link of the same capture once."""
    db.executemany(
        "INSERT OR IGNORE INTO links (capture, site, kind, url, text, date, modified)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((link.record, site, link.kind, link.url, link.text, link.date, link.modified) for link in links),
    )


def links_of(db: sqlite3.Connection, record: str) -> set[str]:
    """The addresses that a feed, a sitemap or a listing names in this capture."""
    rows = db.execute(
        "SELECT url FROM links WHERE capture = ? AND kind IN ('feed', 'sitemap', 'listing')", (record,)
    )
    return {row[0] for row in rows}


def read_as(db: sqlite3.Connection, record: str) -> str:
    """The capture whose links a capture stands for: its own, or for a 304 that of the last page before it.

    That need not be the original: a page that came whole with the bytes of an earlier one was read again,
    maybe by another profile.
    """
    row = db.execute(
        """
        SELECT coalesce((SELECT o.warc_record_id FROM captures o WHERE o.site = c.site AND o.url = c.url
            AND o.seen_date < c.seen_date AND o.status = 200 AND o.truncated IS NULL AND o.source = 'crawl'
            ORDER BY o.seen_date DESC LIMIT 1), c.refers_to)
        FROM captures c WHERE c.warc_record_id = ? AND c.status = 304
        """,
        (record,),
    ).fetchone()
    return str(row[0]) if row and row[0] else record


def was_said_before(db: sqlite3.Connection, site: str, link: Link, crawl: str) -> bool:
    """True where a capture of another crawl says just the same of the same address."""
    row = db.execute(
        """
        SELECT EXISTS (SELECT 1 FROM links l JOIN captures c ON c.warc_record_id = l.capture
            WHERE l.site = ? AND l.url = ? AND l.kind = ? AND l.text IS ? AND l.date IS ? AND c.crawl <> ?)
        """,
        (site, link.url, link.kind, link.text, link.date, crawl),
    )
    return bool(row.fetchone()[0])


def mentions_of(db: sqlite3.Connection, site: str, url: str) -> list[Mention]:
    """What feeds, sitemaps and listings say of an address, the newest capture of each first."""
    rows = db.execute(
        """
        SELECT l.kind, l.text, l.date, l.capture, c.url AS source FROM links l
        JOIN captures c ON c.warc_record_id = l.capture
        WHERE l.site = ? AND l.url = ? AND l.kind IN ('feed', 'sitemap', 'listing')
        ORDER BY l.kind, c.seen_date DESC, l.capture
        """,
        (site, url),
    )
    return [
        Mention(
            url=url, kind=row["kind"], title=row["text"], date=row["date"],
            record=row["capture"], where=row["source"],
        )
        for row in rows
    ]  # fmt: skip


def captures_in_file(db: sqlite3.Connection, site: str, filename: str) -> Iterator[Capture]:
    """The captures that lie in one file, by offset."""
    rows = db.execute(
        f'SELECT {COLUMNS} FROM captures WHERE site = ? AND filename = ? ORDER BY "offset"', (site, filename)
    )
    return map(capture_from, rows)


def captures_by_key(db: sqlite3.Connection, site: str) -> Iterator[Capture]:
    """All captures of a site in the order of an index: by urlkey and timestamp."""
    rows = db.execute(f"SELECT {COLUMNS} FROM captures WHERE site = ? ORDER BY urlkey, timestamp", (site,))
    return map(capture_from, rows)


def captured_urls(db: sqlite3.Connection, site: str | None = None) -> Iterator[str]:
    """Every address that was captured, of one site or of all."""
    where, values = ("", ()) if site is None else (" WHERE site = ?", (site,))
    return (row[0] for row in db.execute(f"SELECT DISTINCT url FROM captures{where}", values))


def filenames_of(db: sqlite3.Connection, site: str) -> list[tuple[str, int]]:
    """The files that rows of a site name, each with the number of captures in it."""
    rows = db.execute("SELECT filename, count(*) FROM captures WHERE site = ? GROUP BY filename", (site,))
    return [(row[0], row[1]) for row in rows]


def sites_with_captures(db: sqlite3.Connection) -> list[str]:
    """The sites that have captures, by name."""
    return [row[0] for row in db.execute("SELECT DISTINCT site FROM captures ORDER BY site")]


def correct(db: sqlite3.Connection, captures: Iterable[Capture]) -> int:
    """Have rows say what their records say; the number of those that said something else."""
    differs = f"({_RECORDED}) IS NOT ({_MARKS})"
    values = f"({_RECORDED}) = ({_MARKS}), corrected = {_CORRECTED}"
    statement = f"UPDATE captures SET {values} WHERE warc_record_id = ?1 AND {differs}"
    return sum(db.execute(statement, _row(capture)).rowcount for capture in captures)


def move_captures(db: sqlite3.Connection, site: str, filename: str, *, into: str, by: int) -> int:
    """Note that all records of a file lie in another one, ``by`` bytes further on; their number."""
    return db.execute(
        'UPDATE captures SET filename = ?, "offset" = "offset" + ? WHERE site = ? AND filename = ?',
        (into, by, site, filename),
    ).rowcount


def crawls_in_file(db: sqlite3.Connection, site: str, filename: str) -> list[str]:
    """The crawls of which a file holds captures."""
    rows = db.execute("SELECT DISTINCT crawl FROM captures WHERE site = ? AND filename = ?", (site, filename))
    return [row[0] for row in rows]


def underived_crawl(db: sqlite3.Connection, site: str) -> str | None:
    """The newest crawl with captures of a site that were never derived, or None."""
    row = db.execute(
        "SELECT max(crawl) FROM captures WHERE site = ? AND extractor IS NULL", (site,)
    ).fetchone()
    return str(row[0]) if row[0] else None


def newest_crawl(db: sqlite3.Connection, site: str) -> str | None:
    """The crawl that brought the newest captures of a site, or None."""
    row = db.execute(
        "SELECT crawl FROM captures WHERE site = ? ORDER BY substr(crawl, 1, 16) DESC, rowid DESC LIMIT 1",
        (site,),
    ).fetchone()
    return str(row[0]) if row else None


def forget_derived(db: sqlite3.Connection, site: str, urls: Iterable[str]) -> None:
    """Make due what was derived of these addresses."""
    db.executemany(
        "UPDATE captures SET kind = NULL, reason = NULL, extractor = NULL WHERE site = ? AND url = ?",
        ((site, url) for url in urls),
    )
