"""Runs whose clock was wrong: which they are, and between which instants they really ran.

A run knows the runs before it that began on a later day by their own clock (``ran_after``). One of the
two is wrong. The later run is believed, as its clock is the present one, unless it puts itself before
most of all runs that there were: then its clock was never set. What a wrong clock captured counts as
captured between the runs around it; records and rows keep the date that they were given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from archiver.instants import from_text, to_text
from archiver.store.captures import corrected, forget_derived

OBSERVES = "command NOT IN ('import', 'backfill')"
"""The condition for runs that ask a site itself; others say nothing of how it is."""


RAN = "coalesce(c.no_later, c.no_earlier, c.started)"
"""The SQL of when a run ``c`` began, as far as that is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """A run as it says itself: its id, when it began and ended, which runs were before it and say later."""

    id: str
    started: str
    finished: str | None = None
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """Instants between which a run with a wrong clock ran; one of the two is None."""

    no_earlier: str | None = None
    no_later: str | None = None


def bounds_of(runs: Iterable[Ran]) -> dict[str, Bounds]:
    """The runs whose clock was wrong, each with when it ran."""
    known = {run.id: run for run in runs}
    found: dict[str, Bounds] = {}
    for run, so_many in _latest_first(known):
        later = [known[name] for name in run.after if name in known]
        doubtful = [other for other in later if other.id not in found]
        if run.id in found or not later:
            continue
        if 2 * len(doubtful) > so_many:
            found[run.id] = Bounds(no_earlier=max(other.finished or other.started for other in doubtful))
        else:  # of those that follow a wrong clock the first says most, and comes here last
            before = to_text(from_text(run.started) - timedelta(seconds=1))
            found |= {other.id: Bounds(no_later=before) for other in later if not _is_behind(found, other)}
    return found


def _is_behind(found: Mapping[str, Bounds], run: Ran) -> bool:
    return run.id in found and found[run.id].no_earlier is not None


def _latest_first(known: Mapping[str, Ran]) -> list[tuple[Ran, int]]:
    """The runs, the one that ran last first, each with the number of those before it."""
    earlier = dict.fromkeys(known, 0)
    for place, name in enumerate(sorted(known)):
        earlier[name] += place
    for run in known.values():
        for other in run.after & known.keys():
            earlier[run.id] += 1
            earlier[other] -= 1
    return sorted(((run, earlier[run.id]) for run in known.values()), key=lambda r: r[1], reverse=True)


def note_order(db: sqlite3.Connection, crawl: str) -> list[str]:
    """Note the runs before one that begins now that began on a later day; their ids. In a transaction."""
    rows = db.execute(
        f"SELECT id FROM crawls WHERE {OBSERVES} AND substr(id, 1, 8) > substr(?, 1, 8) ORDER BY id",
        (crawl,),
    )
    later = [row[0] for row in rows]
    if later:
        note_after(db, crawl, later)
    return later


def note_after(db: sqlite3.Connection, crawl: str, later: Iterable[str]) -> None:
    """Keep which runs were before a run and say later. In a transaction."""
    db.execute("UPDATE crawls SET ran_after = ? WHERE id = ?", (" ".join(later), crawl))


def correct_clocks(db: sqlite3.Connection) -> bool:
    """Have captures count when they were made; True where that changed for any. In a transaction.

    What is derived of their addresses is due again.
    """
    if not db.execute("SELECT EXISTS (SELECT 1 FROM crawls WHERE ran_after IS NOT NULL)").fetchone()[0]:
        return False
    rows = db.execute(f"SELECT * FROM crawls WHERE {OBSERVES}").fetchall()
    found = bounds_of(map(_ran, rows))
    moved = 0
    for row in rows:
        bounds = found.get(row["id"], Bounds())
        if bounds != Bounds():
            db.execute(_NOT_MISSED, (row["id"],))
        if bounds != Bounds(no_earlier=row["no_earlier"], no_later=row["no_later"]):
            moved += _correct(db, row["id"], bounds)
    return moved > 0


def _ran(row: sqlite3.Row) -> Ran:
    after = frozenset((row["ran_after"] or "").split())
    return Ran(id=row["id"], started=row["started"], finished=row["finished"], after=after)


def _correct(db: sqlite3.Connection, crawl: str, bounds: Bounds) -> int:
    """Store when a run ran, and so its captures; the number of those that count otherwise now."""
    db.execute(
        "UPDATE crawls SET no_earlier = ?, no_later = ? WHERE id = ?",
        (bounds.no_earlier, bounds.no_later, crawl),
    )
    moved = db.execute(_MOVED, (crawl,)).fetchall()
    db.executemany("UPDATE captures SET corrected = ? WHERE warc_record_id = ?", (row[:2] for row in moved))
    for site in {row["site"] for row in moved}:
        forget_derived(db, site, {row["url"] for row in moved if row["site"] == site})
    return len(moved)


# The nights that a run with a wrong clock took for missed are those up to its own wrong day.
_NOT_MISSED = "DELETE FROM coverage WHERE crawl = ? AND state = 'not run' AND reason <> 'not due'"

_MOVED = f"""
    SELECT {corrected("c.warc_date")} AS instant, c.warc_record_id, c.site, c.url
    FROM captures c JOIN crawls r ON r.id = c.crawl WHERE c.crawl = ? AND c.corrected IS NOT instant
"""
