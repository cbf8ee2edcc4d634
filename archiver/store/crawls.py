"""Rows of ``crawls``, ``coverage`` and ``findings``: which runs there were, and their outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from archiver.instants import to_text
from archiver.store.clocks import OBSERVES, RAN, correct_clocks, note_order

RAN_AFTER = "ran-after"
"""The field of a warcinfo record that names the runs before its own that began on a later day."""

CoverageState = Literal["complete", "partial", "failed", "not run"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What one crawl observed of one site.

    ``listings`` were read to the end, ``due`` addresses were to be fetched, ``fetched``
    have a complete answer, ``failed`` have none; ``profile`` is the digest of the site's. It
    separates *no news* from *not observed*.
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
    profile: str | None = None

    @property
    def night(self) -> str:
        """The UTC day on which the crawl started, from its id."""
        return night_of(self.crawl)


def night_of(crawl: str) -> str:
    """The UTC day on which a crawl started, from its id."""
    return f"{crawl[:4]}-{crawl[4:6]}-{crawl[6:8]}"


def start_crawl(
    db: sqlite3.Connection, crawl: str, *, command: str, at: datetime, software: str
) -> list[str]:
    """The row of a crawl that asks sites from now on; the runs before it that began on a later day.

    In a transaction: captures of a run whose clock is found to be wrong count when they were made.
    """
    begin_crawl(db, crawl, command=command, at=at, software=software)
    later = note_order(db, crawl)
    if later:
        correct_clocks(db)
    return later


def begin_crawl(db: sqlite3.Connection, crawl: str, *, command: str, at: datetime, software: str) -> None:
    """The row of a crawl; a crawl that is known is left as it is.

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


def began_later(db: sqlite3.Connection, later: Sequence[str], crawl: str) -> str | None:
    """When the last of these runs before a crawl began that say later, as text; None where that was told."""
    told = set[str]()
    for row in db.execute("SELECT ran_after FROM crawls WHERE ran_after IS NOT NULL AND id <> ?", (crawl,)):
        told.update(row["ran_after"].split())
    new = [other for other in later if other not in told]
    return to_text(begun(new[-1]) or datetime.max) if new else None


def finish_crawl(db: sqlite3.Connection, crawl: str, *, at: datetime) -> None:
    """Note when a crawl ended. One without this was cut off."""
    db.execute("UPDATE crawls SET finished = ? WHERE id = ?", (to_text(at), crawl))


def save_coverage(db: sqlite3.Connection, coverage: Coverage) -> None:
    """Insert or replace what a crawl observed of a site."""
    db.execute(
        """
        INSERT OR REPLACE INTO coverage (site, night, crawl, state, reason, listings, due, fetched,
            failed, articles_new, articles_changed, profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
            coverage.profile,
        ),
    )


def save_failure(db: sqlite3.Connection, site: str, crawl: str, reason: str) -> None:
    """Note that a crawl could not even begin with a site."""
    save_coverage(db, Coverage(site=site, crawl=crawl, state="failed", reason=reason))


def count_articles(db: sqlite3.Connection, site: str, crawl: str, *, new: int, changed: int) -> None:
    """Note how many articles a crawl brought; its outcome was stored before they were derived."""
    db.execute(
        "UPDATE coverage SET articles_new = ?, articles_changed = ?"
        " WHERE site = ? AND crawl = ? AND night = ?",
        (new, changed, site, crawl, night_of(crawl)),
    )


def ended_crawls(db: sqlite3.Connection, site: str) -> list[str]:
    """The crawls that stored their outcome of a site: all their rows are there.

    A crawl that only noted nights before it, which were not run, stored none.
    """
    found = db.execute("SELECT crawl, night FROM coverage WHERE site = ?", (site,))
    return [crawl for crawl, night in found if night == night_of(crawl)]


def has_begun(db: sqlite3.Connection, site: str) -> bool:
    """True where a crawl of a site has begun, which need not have stored anything, nor come to an end.

    What imports and backfills brought says nothing of that.
    """
    row = db.execute(
        f"""
        SELECT iif(EXISTS (SELECT 1 FROM captures WHERE site = ?1),
            EXISTS (SELECT 1 FROM captures k JOIN crawls c ON c.id = k.crawl
                WHERE k.site = ?1 AND {OBSERVES}),
            EXISTS (SELECT 1 FROM crawls WHERE finished IS NULL AND {OBSERVES}))
        """,
        (site,),
    ).fetchone()
    return bool(row[0])


def first_complete_crawl(db: sqlite3.Connection, site: str) -> str | None:
    """When the first crawl that saw the whole site began, as text, or None."""
    row = db.execute(
        f"""
        SELECT {RAN} AS began
        FROM coverage v JOIN crawls c ON c.id = v.crawl
        WHERE v.site = ? AND v.state = 'complete' ORDER BY began LIMIT 1
        """,
        (site,),
    ).fetchone()
    return row[0] if row else None


def last_nights(db: sqlite3.Connection, before: str) -> dict[str, str]:
    """By site, the last night before this one of which something is known; others observed nothing."""
    return dict(
        db.execute(
            "SELECT v.site, max(v.night) FROM coverage v JOIN crawls c ON c.id = v.crawl"
            f" WHERE c.{OBSERVES} AND v.night < ? GROUP BY v.site",
            (before,),
        )
    )


def last_observed(db: sqlite3.Connection) -> dict[str, str]:
    """By site, the last night on which it was seen, whole or in part."""
    return dict(
        db.execute(
            "SELECT v.site, max(v.night) FROM coverage v JOIN crawls c ON c.id = v.crawl"
            f" WHERE c.{OBSERVES} AND v.state IN ('complete', 'partial') AND c.no_later IS NULL"
            " GROUP BY v.site"
        )
    )


def nights_cut_short(db: sqlite3.Connection, site: str, reason: str) -> int:
    """How many nights ended for this reason since the last that saw the site whole."""
    row = db.execute(
        "SELECT count(DISTINCT night) FROM coverage WHERE site = ?1 AND reason = ?2 AND night >"
        " (SELECT coalesce(max(night), '') FROM coverage WHERE site = ?1 AND state = 'complete')",
        (site, reason),
    ).fetchone()
    return int(row[0])


def save_nights_not_run(db: sqlite3.Connection, site: str, crawl: str, nights: Mapping[str, str]) -> None:
    """Note nights on which a site was not crawled, each with the reason, as this crawl found out."""
    db.executemany(
        "INSERT OR IGNORE INTO coverage (site, night, crawl, state, reason) VALUES (?, ?, ?, 'not run', ?)",
        ((site, night, crawl, reason) for night, reason in nights.items()),
    )


def cut_off_nights(db: sqlite3.Connection, since: str) -> set[str]:
    """The nights from this one on of which a crawl began and never ended."""
    found = db.execute(
        f"SELECT id FROM crawls WHERE finished IS NULL AND {OBSERVES} AND id >= ?",
        (since.replace("-", ""),),
    )
    return {night_of(row[0]) for row in found}


def unstored_nights(db: sqlite3.Connection, site: str, since: str) -> set[str]:
    """The nights from this one on of which a crawl of a site ended whose outcome is not known."""
    found = db.execute(
        f"SELECT id FROM crawls WHERE finished IS NOT NULL AND {OBSERVES} AND id >= ?"
        " AND (command = 'nightly'"
        " OR EXISTS (SELECT 1 FROM captures k WHERE k.site = ? AND k.crawl = crawls.id))",
        (since.replace("-", ""), site),
    )
    return {night_of(row[0]) for row in found}


def has_outcome(db: sqlite3.Connection, site: str, crawl: str) -> bool:
    """True where it is stored what a crawl observed of a site on its own night."""
    return crawl in ended_crawls(db, site)


def first_cut_off(db: sqlite3.Connection, site: str, before: str) -> str | None:
    """The first crawl before this one that captured something of a site and never ended, or None."""
    row = db.execute(
        f"SELECT min(id) FROM crawls WHERE finished IS NULL AND {OBSERVES}"
        " AND id < ? AND id IN (SELECT crawl FROM captures WHERE site = ?)",
        (before, site),
    ).fetchone()
    return str(row[0]) if row[0] else None


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
