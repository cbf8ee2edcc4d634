"""The nights on which nothing was observed: a night that was not run is no night without news."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from archiver.site import Site
from archiver.store.crawls import (
    cut_off_nights,
    first_cut_off,
    last_nights,
    night_of,
    save_nights_not_run,
    unstored_nights,
)

NO_CRAWL = "no crawl ran"
CUT_OFF = "the crawl was cut off"
UNSTORED = "what came of the crawl could not be stored"

# A clock that was set years ahead for an hour does not fill the table.
MOST = 400


def note_missed_nights(db: sqlite3.Connection, sites: Iterable[Site], crawl: str) -> dict[str, str]:
    """Note for each site the nights between the last that is known and this crawl's; all of them, sorted.

    With each comes why nothing is known of it.

    In the transaction of the caller. A site that was never crawled missed no night; one whose first
    crawls were all cut off missed those, and all since.
    """
    tonight = night_of(crawl)
    known, missed = last_nights(db, tonight), dict[str, str]()
    for site in sites:
        last = known.get(site.name) or _before_the_first(db, site.name, crawl)
        nights = nights_between(last, tonight) if last else []
        if not nights:
            continue
        reasons = dict.fromkeys(nights, NO_CRAWL)
        reasons |= dict.fromkeys(unstored_nights(db, site.name, nights[0]) & reasons.keys(), UNSTORED)
        reasons |= dict.fromkeys(cut_off_nights(db, nights[0]) & reasons.keys(), CUT_OFF)
        save_nights_not_run(db, site.name, crawl, reasons)
        missed |= reasons
    return dict(sorted(missed.items()))


def _before_the_first(db: sqlite3.Connection, site: str, crawl: str) -> str | None:
    """The day before that of the first crawl that captured something of a site and was cut off, or None."""
    first = first_cut_off(db, site, crawl)
    return (date.fromisoformat(night_of(first)) - timedelta(days=1)).isoformat() if first else None


def nights_between(last: str, tonight: str) -> list[str]:
    """The days between two, without both, the latest ``MOST`` of them; as ISO 8601, in their order."""
    first, end = date.fromisoformat(last), date.fromisoformat(tonight)
    days = (end - first).days
    return [(end - timedelta(days=ago)).isoformat() for ago in range(min(days - 1, MOST), 0, -1)]
