"""Which sites a night crawls, and in which order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

from archiver.site import Site
from archiver.store.crawls import last_observed, night_of


def due_sites(db: sqlite3.Connection, sites: Sequence[Site], crawl: str) -> tuple[list[Site], list[Site]]:
    """The sites that are due on the night of this crawl, and the others.

    First those that were not observed for longest, so that what one night had no time for comes
    first in the next.
    """
    seen, tonight = last_observed(db), night_of(crawl)
    by_age = sorted(sites, key=lambda site: (seen.get(site.name, ""), site.name))
    due = [site for site in by_age if is_due(site, seen.get(site.name), tonight)]
    return due, [site for site in by_age if site not in due]


def is_due(site: Site, last: str | None, tonight: str) -> bool:
    """True unless a site that is crawled once in several nights was observed in one of the last."""
    if site.crawl.every == 1 or last is None:
        return True
    nights = (date.fromisoformat(tonight) - date.fromisoformat(last)).days
    return nights not in range(site.crawl.every)
