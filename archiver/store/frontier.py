"""The frontier: every address that a site's crawl knows, and what became of it.

A row is pending, leased, done or given up, with the reason. A lease is given back when
its crawl died; an address is acknowledged in the transaction that stores its capture,
so that ``kill -9`` at any moment neither loses nor repeats it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from archiver.instants import from_text, is_day_of, to_text
from archiver.model import Role, State, Target
from archiver.store.failures import (
    INCOMPLETE,
    look_where_it_was,
    may_pass,
    try_again,
)
from archiver.store.landings import REDIRECT_TO
from archiver.store.leases import Leases, not_on, target_from
from archiver.store.visits import LATEST

# The roles of addresses that name others.
LISTINGS: tuple[Role, ...] = ("listing", "feed", "sitemap")

# What is asked for again when a crawl begins; its warcinfo says which of these it was.
AGAIN: dict[str, tuple[Role, ...]] = {
    "everything": (*LISTINGS, "article", "page"),
    "listings": LISTINGS,
    "first pages": LISTINGS,  # of lists, and all sitemaps
    "nothing": (),  # it goes on with what one that was cut off has left
}

# All pages of lists are asked for on one day in so many, and after as long without a crawl.
DEEP = 7
_FIRST = "hops = 0 OR role = 'sitemap'"

# A crawl that was cut off longer ago than this reads its listings again when it goes on.
STALE = timedelta(hours=12)

# Later than the id of any crawl.
_NEVER = "~"

# A crawl heeds hints of one page in so many, of at least and at most so many pages.
HEEDED, FEWEST_HEEDED, MOST_HEEDED = 200, 10, 100

# Addresses remembered in memory, to drop a page's menu links without asking the database.
REMEMBERED = 50_000

NAMED_NO_MORE = "the profile begins with it no more"


class Frontier:
    """The frontier of one site, in one crawl. The caller opens and commits transactions."""

    def __init__(self, db: sqlite3.Connection, site: str, *, crawl: str) -> None:
        self.db = db
        self.site = site
        self.crawl = crawl
        self._seen: set[int] = set()
        self._fresh = _NEVER
        self._to_heed: int | None = None
        self._leases = Leases(db, site)

    def unseen(self, url: str) -> bool:
        """True the first time that this crawl asks for an address.

        A false True is harmless, as ``add`` ignores what the table holds; that is what
        happens when the memory is full and forgets.
        """
        key = hash(url)
        if key in self._seen:
            return False
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen.add(key)
        return True

    def add(self, targets: Iterable[Target]) -> None:
        """Make addresses pending; one that is known in any state stays as it is."""
        self.db.executemany(
            """
            INSERT OR IGNORE INTO frontier (site, url, state, role, priority, hops, redirects, via)
            VALUES (?, ?, 'pending', ?, ?, ?, ?, ?)
            """,
            ((self.site, t.url, t.role, t.priority, t.hops, t.redirects, t.via) for t in targets),
        )

    def begin_with(self, targets: Iterable[Target]) -> None:
        """Make what the profile begins with known as that, whatever a crawl took it for before."""
        begun = list(targets)
        self.add(begun)
        self.db.executemany(
            "UPDATE frontier SET state = iif(state = 'leased', state, 'pending'), role = ?, priority = ?,"
            " hops = ?, redirects = 0, via = NULL, due = NULL WHERE site = ? AND url = ?"
            " AND (via IS NOT NULL OR role <> ?)",
            ((t.role, t.priority, t.hops, self.site, t.url, t.role) for t in begun),
        )

    def read_as_listing(self, target: Target, *, instead_of: Collection[Role]) -> None:
        """Have an address to which a listing leads read as one; what the profile begins with stays.

        ``instead_of`` is what it may have been taken for.
        """
        roles = ", ".join("?" * len(instead_of))
        self.db.execute(
            "UPDATE frontier SET role = 'listing', priority = ?, hops = ?, via = ? WHERE site = ? AND url = ?"
            f" AND via IS NOT NULL AND role IN ({roles})",
            (target.priority, target.hops, target.via, self.site, target.url, *instead_of),
        )

    def wait_to_be_led(self, what: str, begun: Iterable[str]) -> None:
        """Leave the ends of redirects of listings as they were, once ``again`` has made ``what`` due.

        They are asked for where the redirect still leads to them. Those with which the profile begins
        are due in any case.
        """
        if what == "nothing":
            return
        lists = ", ".join("?" * len(LISTINGS))
        self.db.execute(
            f"""
            UPDATE frontier SET state = iif(
                reason IS NULL OR reason LIKE '{REDIRECT_TO}%' OR reason LIKE 'not modified%',
                'done', 'given up')
            WHERE site = ? AND state = 'pending' AND crawl IS NOT NULL AND role IN ({lists})
                AND url NOT IN (SELECT value FROM json_each(?)) AND EXISTS (
                    SELECT 1 FROM frontier v WHERE v.site = frontier.site AND v.url = frontier.via
                        AND v.hops = frontier.hops AND v.role IN ({lists}))
            """,
            (self.site, *LISTINGS, json.dumps(list(begun)), *LISTINGS),
        )

    def lease(
        self,
        count: int,
        *,
        without: Collection[str] = (),
        away: Collection[str] = (),
        answered: bool = True,
    ) -> list[Target]:
        """Take up to ``count`` pending addresses, as ``Leases`` does."""
        return self._leases.take(count, without=without, away=away, answered=answered)

    def settle(
        self, url: str, state: State, reason: str | None, capture: str | None, *, crawl: str | None = None
    ) -> None:
        """Acknowledge an address: done, given up, or pending again; by this crawl, or by another one."""
        self._leases.end(url)
        by = crawl or self.crawl
        fails = state == "given up" and may_pass(reason)
        failing = "coalesce(failing, ?)" if fails else "failing" if state == "pending" else "NULL"
        self.db.execute(
            f"""
            UPDATE frontier SET state = ?, reason = ?, capture = coalesce(?, capture), crawl = ?, due = NULL,
                failing = {failing} WHERE site = ? AND url = ?
            """,
            (state, reason, capture, by, *([by] if fails else []), self.site, url),
        )

    def give_back(self) -> int:
        """Return all leases of this site to pending; the number of them."""
        return self.db.execute(
            "UPDATE frontier SET state = 'pending' WHERE site = ? AND state = 'leased'", (self.site,)
        ).rowcount

    def put_back(self, url: str) -> None:
        """Return the lease of one address, which was not asked for."""
        self._leases.end(url)
        self.db.execute(
            "UPDATE frontier SET state = 'pending' WHERE site = ? AND url = ? AND state = 'leased'",
            (self.site, url),
        )

    def again(self, what: str, at: datetime) -> None:
        """Have a crawl that began then ask again for what it is to (a key of ``AGAIN``).

        With the listings it asks for the pages that are due, and for what failed in passing or was
        forbidden. What is due later than anything is put off was planned by a clock that was ahead.
        """
        marks = AGAIN.get(what, LISTINGS)
        # What the crawl that left work has asked for stays asked for: going on repeats nothing.
        self._fresh = f"{at - STALE:%Y%m%dT%H%M%SZ}" if not marks else _NEVER
        self._to_heed = None
        if not marks:
            return
        which = _FIRST if what == "first pages" else "1"
        self.db.execute(
            f"""
            UPDATE frontier SET state = 'pending', redirects = 0, due = NULL WHERE site = ?
            AND state IN ('done', 'given up') AND role IN ({", ".join("?" * len(marks))}) AND ({which})
            """,
            (self.site, *marks),
        )
        self.db.execute(
            "UPDATE frontier SET state = 'pending', redirects = 0, due = NULL WHERE site = ?"
            " AND (due <= ? OR due > ?) AND state IN ('done', 'given up')",
            (self.site, to_text(at), to_text(at + 2 * LATEST)),
        )
        try_again(self.db, self.site, at, always=LISTINGS)
        look_where_it_was(self.db, self.site)

    def ask_again(self, urls: Iterable[str], *, crawl: str) -> None:
        """Make addresses pending that earlier crawls settled; what this one has asked for stays.

        So does what the crawl asked for that this one goes on with.
        """
        self.db.executemany(
            "UPDATE frontier SET state = 'pending', redirects = 0, due = NULL WHERE site = ? AND url = ?"
            " AND state IN ('done', 'given up') AND crawl IS NOT ? AND coalesce(crawl, '') < ?",
            ((self.site, url, crawl, self._fresh) for url in urls),
        )

    def heed(self, hints: Sequence[str], *, crawl: str) -> None:
        """Ask again for the first of the pages of which a source says that they have changed.

        A source that says so of all pages says nothing, and that costs little: a crawl heeds hints of one
        page in so many, and of each source at most half of what is left.
        """
        if not hints:
            return
        if self._to_heed is None:
            pages = sum(self.counts().values())
            self._to_heed = min(max(pages // HEEDED, FEWEST_HEEDED), MOST_HEEDED)
        chosen = hints[: (self._to_heed + 1) // 2]
        self._to_heed -= len(chosen)
        self.ask_again(chosen, crawl=crawl)

    def was_settled(self, url: str) -> bool:
        """True where a crawl has settled an address before, whatever came of it."""
        row = self.db.execute(
            "SELECT crawl FROM frontier WHERE site = ? AND url = ?", (self.site, url)
        ).fetchone()
        return row is not None and row["crawl"] is not None

    def capture_of(self, url: str) -> str | None:
        """The newest capture of an address, or None."""
        row = self.db.execute(
            "SELECT capture FROM frontier WHERE site = ? AND url = ?", (self.site, url)
        ).fetchone()
        return row["capture"] if row else None

    def due_again(self, at: datetime, *, every_page: bool = False) -> str:
        """What a crawl that begins now asks for again, unless it is to ask for everything.

        Nothing where an earlier one left work, not so long ago. All pages of lists on one day of each
        week, which the site's name tells, where the last crawl was long ago, and with ``every_page``.
        """
        row = self.db.execute(
            "SELECT max(started) FROM crawls WHERE id IN (SELECT crawl FROM frontier WHERE site = ?)",
            (self.site,),
        ).fetchone()
        is_fresh = bool(row[0]) and abs(at - from_text(row[0])) < STALE
        if is_fresh and self.waiting():
            return "nothing"
        is_long_ago = not row[0] or at - from_text(row[0]) >= timedelta(days=DEEP - 1)
        is_deep = every_page or is_long_ago or is_deep_day(self.site, at.date())
        return "listings" if is_deep else "first pages"

    def leave(self, hosts: Iterable[str]) -> None:
        """Give up what is pending on these hosts, which the site does not use any more, or not yet."""
        for host in hosts:
            for scheme in ("http", "https"):
                # A range and no LIKE: an underscore in a host stands for itself.
                first = f"{scheme}://{host}/"
                self.db.execute(
                    "UPDATE frontier SET state = 'given up', reason = 'the host is not in use', due = NULL"
                    " WHERE site = ? AND state = 'pending' AND url >= ? AND url < ?",
                    (self.site, first, first[:-1] + "0"),
                )

    def keep_to(self, begun: Iterable[str]) -> None:
        """Give up the pending lists with which the profile began once, and begins no more.

        With each goes where it redirected to, which has its depth, unless the profile begins there now.
        """
        kept = json.dumps(list(begun))
        lists = ", ".join("?" * len(LISTINGS))
        self.db.execute(
            f"""
            WITH RECURSIVE left_out(url, hops) AS (
                SELECT url, hops FROM frontier WHERE site = ? AND via IS NULL AND role IN ({lists})
                    AND url NOT IN (SELECT value FROM json_each(?))
                UNION SELECT f.url, f.hops FROM frontier f
                    JOIN left_out l ON f.via = l.url AND f.hops = l.hops
                    WHERE f.site = ? AND f.url NOT IN (SELECT value FROM json_each(?))
            )
            UPDATE frontier SET state = 'given up', reason = ?, crawl = ?, due = NULL
            WHERE site = ? AND state = 'pending' AND url IN (SELECT url FROM left_out)
            """,
            (self.site, *LISTINGS, kept, self.site, kept, NAMED_NO_MORE, self.crawl, self.site),
        )

    def waiting(self, *, without: Collection[str] = ()) -> bool:
        """True where an address is pending, on another host than these."""
        elsewhere, prefixes = not_on(without)
        row = self.db.execute(
            f"SELECT EXISTS (SELECT 1 FROM frontier WHERE site = ? AND state = 'pending'{elsewhere})",
            (self.site, *prefixes),
        ).fetchone()
        return bool(row[0])

    def give_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Bring back what ``given_up`` told of this site. Raises KeyError or sqlite3.Error for other rows."""
        self.db.executemany(
            """
            INSERT INTO frontier (site, url, state, reason, role, priority, hops, redirects, via, crawl,
                capture, failing)
            VALUES (:site, :url, 'given up', :reason, :role, :priority, :hops, :redirects, :via, :crawl,
                :capture, :failing)
            ON CONFLICT (site, url) DO UPDATE SET (state, reason, crawl, capture, failing)
                = (excluded.state, excluded.reason, excluded.crawl, excluded.capture, excluded.failing)
            """,
            [{"failing": None, **row} for row in rows if row["site"] == self.site],
        )

    def target(self, url: str) -> Target | None:
        """The address as the frontier knows it, or None."""
        row = self.db.execute(
            "SELECT url, role, priority, hops, redirects, via FROM frontier WHERE site = ? AND url = ?",
            (self.site, url),
        ).fetchone()
        return target_from(row) if row else None

    def came_whole(self, url: str) -> bool:
        """False where what an address last answered was not whole."""
        row = self.db.execute(
            "SELECT reason FROM frontier WHERE site = ? AND url = ?", (self.site, url)
        ).fetchone()
        return row is None or not (row[0] or "").startswith(INCOMPLETE)

    def counts(self) -> dict[str, int]:
        """How many addresses are in each state."""
        rows = self.db.execute(
            "SELECT state, count(*) FROM frontier WHERE site = ? GROUP BY state", (self.site,)
        )
        return {row[0]: row[1] for row in rows}


def is_deep_day(site: str, on: date) -> bool:
    """True on the day of a week on which all pages of a site's lists are asked for."""
    return is_day_of(site, on, out_of=DEEP)


def given_up(db: sqlite3.Connection, crawl: str) -> list[dict[str, Any]]:
    """The rows of what a crawl gave up: often nothing in the WARC files says so."""
    rows = db.execute("SELECT * FROM frontier WHERE crawl = ? AND state = 'given up'", (crawl,))
    return [dict(row) for row in rows]
