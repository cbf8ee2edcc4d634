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
    seen, tonight = last_observed(db), date.fromisoformat(night_of(crawl))

    def is_due(site: Site) -> bool:
        last = seen.get(site.name)
        return last is None or not 0 <= (tonight - date.fromisoformat(last)).days < site.crawl.every

    def is_due_today(site: Site) -> bool:
        return site.crawl.every == 1 or is_due(site)

    due = sorted((s for s in sites if is_due_today(s)), key=lambda site: (seen.get(site.name, ""), site.name))
    return due, [site for site in sites if not is_due_today(site)]
