"""The nights on which nothing was observed: a night that was not run is no night without news."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from archiver.site import Site
from archiver.store.crawls import cut_off_nights, first_cut_off, last_nights, night_of, save_nights_not_run

# A clock that was set years ahead for an hour does not fill the table.
MOST = 400


def note_missed_nights(db: sqlite3.Connection, sites: Iterable[Site], crawl: str) -> list[str]:
    """Note for each site the nights between the last that is known and this crawl's; all of them, sorted.

    In the transaction of the caller. A site that was never crawled missed no night; one whose first
    crawls were all cut off missed those, and all since.
    """
    tonight = night_of(crawl)
    known, missed = last_nights(db, tonight), set[str]()
    for site in sites:
        last = known.get(site.name) or _before_the_first(db, site.name, crawl)
        nights = nights_between(last, tonight) if last else []
        if not nights:
            continue
        cut_off = cut_off_nights(db, nights[0])
        reasons = {night: "the crawl was cut off" if night in cut_off else "no crawl ran" for night in nights}
        save_nights_not_run(db, site.name, crawl, reasons)
        missed.update(nights)
    return sorted(missed)


def _before_the_first(db: sqlite3.Connection, site: str, crawl: str) -> str | None:
    """The day before that of the first crawl that captured something of a site and was cut off, or None."""
    first = first_cut_off(db, site, crawl)
    return (date.fromisoformat(night_of(first)) - timedelta(days=1)).isoformat() if first else None


def nights_between(last: str, tonight: str) -> list[str]:
    """The days between two, without both, the latest ``MOST`` of them; as ISO 8601, in their order."""
    first, end = date.fromisoformat(last), date.fromisoformat(tonight)
    days = (end - first).days
    return [(end - timedelta(days=ago)).isoformat() for ago in range(min(days - 1, MOST), 0, -1)]
