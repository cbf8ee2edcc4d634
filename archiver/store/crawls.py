"""Rows of ``crawls``, ``coverage`` and ``findings``: which runs there were, and their outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from archiver.instants import to_text

CoverageState = Literal["complete", "partial", "failed", "not run"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What one crawl observed of one site.

    ``listings`` were read to the end, ``due`` addresses were to be fetched, ``fetched``
    have a complete answer, ``failed`` have none. It separates *no news* from *not observed*.
    """

    site: str
    crawl: str
    state: CoverageState
    reason: str | None = None
    listings: int = 0
    due: int = 0
    fetched: int = 0
    failed: int = 0
    articles_new: int = 0
    articles_changed: int = 0

    @property
    def night(self) -> str:
        """The UTC day on which the crawl started, from its id."""
        return f"{self.crawl[:4]}-{self.crawl[4:6]}-{self.crawl[6:8]}"


def begin_crawl(db: sqlite3.Connection, crawl: str, *, command: str, at: datetime, software: str) -> None:
    """The row of a crawl that starts now; a crawl that is known is left as it is.

    When it started is what its id says, so that the row can be made again; ``at`` is for an id
    that says nothing.
    """
    db.execute(
        "INSERT OR IGNORE INTO crawls (id, command, started, software) VALUES (?, ?, ?, ?)",
        (crawl, command, to_text(begun(crawl) or at), software),
    )


def begun(crawl: str) -> datetime | None:
    """When a crawl began, to the second, as its id says; None for an id that says nothing."""
    with suppress(ValueError):
        return datetime.strptime(crawl[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return None


def finish_crawl(db: sqlite3.Connection, crawl: str, *, at: datetime) -> None:
    """Note when a crawl ended. One without this was cut off."""
    db.execute("UPDATE crawls SET finished = ? WHERE id = ?", (to_text(at), crawl))


def save_coverage(db: sqlite3.Connection, coverage: Coverage) -> None:
    """Insert or replace what a crawl observed of a site."""
    db.execute(
        """
        INSERT OR REPLACE INTO coverage (site, night, crawl, state, reason, listings, due, fetched,
            failed, articles_new, articles_changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            coverage.site,
            coverage.night,
            coverage.crawl,
            coverage.state,
            coverage.reason,
            coverage.listings,
            coverage.due,
            coverage.fetched,
            coverage.failed,
            coverage.articles_new,
            coverage.articles_changed,
        ),
    )


def count_articles(db: sqlite3.Connection, site: str, crawl: str, *, new: int, changed: int) -> None:
    """Note how many articles a crawl brought; its outcome was stored before they were derived."""
    db.execute(
        "UPDATE coverage SET articles_new = ?, articles_changed = ? WHERE site = ? AND crawl = ?",
        (new, changed, site, crawl),
    )


def ended_crawls(db: sqlite3.Connection, site: str) -> list[str]:
    """The crawls that stored their outcome of a site: all their rows are there."""
    return [row[0] for row in db.execute("SELECT crawl FROM coverage WHERE site = ?", (site,))]


def first_complete_crawl(db: sqlite3.Connection, site: str) -> str | None:
    """When the first crawl that saw the whole site began, as text, or None."""
    row = db.execute(
        """
        SELECT c.started FROM coverage v JOIN crawls c ON c.id = v.crawl
        WHERE v.site = ? AND v.state = 'complete' ORDER BY c.started LIMIT 1
        """,
        (site,),
    ).fetchone()
    return row[0] if row else None


def save_finding(
    db: sqlite3.Connection,
    *,
    site: str,
    crawl: str,
    code: str,
    severity: Literal["note", "warning", "error"],
    message: str,
    url: str | None = None,
    hint: str | None = None,
) -> None:
    """Keep one thing that a person should know of a site; the same finding twice is one."""
    db.execute(
        "INSERT OR REPLACE INTO findings (site, crawl, code, severity, message, url, hint)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (site, crawl, code, severity, message, url, hint),
    )


CRAWL_TABLES = {"crawls": "id", "coverage": "crawl", "findings": "crawl", "nights": "crawl"}
"""What is known of a crawl beside its captures, and the column that names it."""

CrawlRows = Mapping[str, list[dict[str, Any]]]


def rows_of_crawl(db: sqlite3.Connection, crawl: str) -> CrawlRows:
    """The rows of a crawl, table by table, as its report keeps them."""
    return {
        table: [dict(row) for row in db.execute(f"SELECT * FROM {table} WHERE {key} = ?", (crawl,))]
        for table, key in CRAWL_TABLES.items()
    }


def restore_crawl(db: sqlite3.Connection, rows: CrawlRows, site: str) -> None:
    """Bring back what a report says of a site; a crawl that did not touch it leaves nothing.

    Raises KeyError, ValueError or TypeError where the report is none of ours, sqlite3.Error for rows
    that do not fit.
    """
    own = [row for table in ("coverage", "findings") for row in rows[table] if row["site"] == site]
    if not own:
        return
    for table in CRAWL_TABLES:
        known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        for row in rows.get(table, ()):  # a report of an older version has no nights
            if row.get("site", site) == site:
                values = {name: value for name, value in row.items() if name in known}
                names, marks = ", ".join(values), ", ".join("?" * len(values))
                db.execute(f"REPLACE INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
