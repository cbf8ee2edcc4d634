"""The nights on which nothing was observed: a night that was not run is no night without news."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from archiver.site import Site
from archiver.store.crawls import cut_off_nights, last_nights, night_of, save_nights_not_run

# A clock that was set years ahead for an hour does not fill the table.
MOST = 400


def note_missed_nights(db: sqlite3.Connection, sites: Iterable[Site], crawl: str) -> list[str]:
    """Note for each site the nights between the last that is known and this crawl's; all of them, sorted.

    In the transaction of the caller. A site that was never crawled missed no night.
    """
    tonight = night_of(crawl)
    known, missed = last_nights(db, tonight), set[str]()
    for site in sites:
        last = known.get(site.name)
        nights = nights_between(last, tonight) if last else []
        if not nights:
            continue
        cut_off = cut_off_nights(db, nights[0])
        reasons = {night: "the crawl was cut off" if night in cut_off else "no crawl ran" for night in nights}
        save_nights_not_run(db, site.name, crawl, reasons)
        missed.update(nights)
    return sorted(missed)


def nights_between(last: str, tonight: str) -> list[str]:
    """The days between two, without both, the latest ``MOST`` of them; as ISO 8601, in their order."""
    first, end = date.fromisoformat(last), date.fromisoformat(tonight)
    days = (end - first).days
    return [(end - timedelta(days=ago)).isoformat() for ago in range(min(days - 1, MOST), 0, -1)]
