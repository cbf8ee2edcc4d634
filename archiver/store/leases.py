"""Leases: which pending addresses of a site are asked for next, and which are out."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from archiver.address import host_of
from archiver.model import Target
from archiver.store.failures import was_asked_to_wait

_IS_LIST = "role IN ('listing', 'feed', 'sitemap')"

# What goes before pages that were answered before; the index ``frontier_new`` says the same.
NEW = f"(capture IS NULL OR {_IS_LIST})"

# Lists that may ask to wait as another one did: not those with which the profile begins, as far as they
# answered before, and its pages.
_DEEPER = f"({_IS_LIST} AND NOT (hops = 0 AND (crawl IS NOT NULL OR role = 'listing')))"

_FAILING_LIST = f"failing IS NOT NULL AND {_IS_LIST}"
"""A list that fails: it is tried one at a time, as soon as the site has answered something else."""


_BY_PRIORITY = "priority DESC, rowid"
_LONGEST_AGO = "crawl, priority DESC, rowid"

# A list that fails is looked for among so many of the first.
LOOKED_AMONG = 200


def _turns(*, wary: bool) -> Iterator[tuple[str, str, bool]]:
    """Conditions for what goes first, second and so on, each with its order, and whether it waits for all
    that is out.

    Pages that were answered before come when nothing else is pending, and what fails at last: what ends a
    crawl is not to end each one before anything else is seen. Where the last one was ended so, a crawl is
    ``wary``, and asks for all but the profile's own lists behind the new pages.
    """
    if wary:
        yield f"{NEW} AND failing IS NULL AND NOT {_DEEPER}", _BY_PRIORITY, False
    yield f"{NEW} AND failing IS NULL", _BY_PRIORITY, wary
    yield "failing IS NULL", _BY_PRIORITY, False
    yield "1", _LONGEST_AGO, True


class Leases:
    """The leases of one site's crawl. The caller opens and commits transactions."""

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self.db = db
        self.site = site
        self._is_wary = was_asked_to_wait(db, site)
        self._out: set[str] = set()
        self._tried: set[str] = set()  # of these the list that failed when it was last asked for

    def take(
        self, count: int, *, without: Collection[str], away: Collection[str], answered: bool
    ) -> list[Target]:
        """Take up to ``count`` pending addresses, the highest priority and the oldest first.

        ``without`` are hosts that are to be asked for nothing, ``away`` those for which nobody waits. As
        long as the site has not ``answered``, or last that it is busy, one address is taken at a time.
        """
        if answered and not self._tried:
            tried = self._take(1, NEW, without, among=_FAILING_LIST)
            self._tried = {target.url for target in tried}
            if tried:
                return tried
        for condition, order, is_late in _turns(wary=self._is_wary):
            if is_late and any(host_of(url) not in {*without, *away} for url in self._out):
                return []  # what comes in may name what goes before
            if taken := self._take(count if answered else 1, condition, without, order=order):
                return taken
        return []

    def end(self, url: str) -> None:
        """What was asked for is acknowledged, or was not asked for."""
        self._out.discard(url)
        self._tried.discard(url)

    def _take(
        self,
        count: int,
        condition: str,
        without: Collection[str],
        *,
        order: str = _BY_PRIORITY,
        among: str = "1",
    ) -> list[Target]:
        """Of the first that fit the condition those that fit the other, the longest ago first."""
        elsewhere, prefixes = not_on(without)
        again = "" if among == "1" else " ORDER BY crawl, n"
        rows = self.db.execute(
            f"""
            UPDATE frontier SET state = 'leased'
            WHERE rowid IN (SELECT n FROM (SELECT rowid AS n, role, failing, crawl FROM frontier
                WHERE site = ? AND state = 'pending' AND {condition}{elsewhere}
                ORDER BY {order} LIMIT ?) WHERE {among}{again} LIMIT ?)
            RETURNING rowid, url, role, priority, hops, redirects, via, crawl
            """,
            (self.site, *prefixes, count if among == "1" else LOOKED_AMONG, count),
        ).fetchall()
        tried = {row["rowid"]: row["crawl"] or "" for row in rows if order == _LONGEST_AGO}
        rows.sort(key=lambda row: (tried.get(row["rowid"], ""), -row["priority"], row["rowid"]))
        self._out.update(row["url"] for row in rows)
        return [target_from(row) for row in rows]


def not_on(hosts: Collection[str]) -> tuple[str, list[str | int]]:
    """A condition for addresses on none of these hosts, and what its marks stand for."""
    clause = " AND substr(url, instr(url, '://') + 3, ?) <> ?"
    values: list[str | int] = []
    for host in hosts:
        values += [len(host) + 1, f"{host}/"]
    return clause * len(hosts), values


def target_from(row: sqlite3.Row) -> Target:
    """The address of a row."""
    return Target(
        url=row["url"], role=row["role"], priority=row["priority"], hops=row["hops"],
        redirects=row["redirects"], via=row["via"],
    )  # fmt: skip
