"""What there is of each site, and what each night observed of it, for programs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields

from archiver.store.filter import Filter


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedSite:
    """A site, as its profile describes it, and what there is of it.

    ``last_capture`` and ``last_observed`` are UTC instants as text with ``Z``, None where there is none.
    """

    name: str
    display_name: str
    publisher: str | None
    country: str | None
    language: str | None
    timezone: str
    articles: int
    captures: int
    last_capture: str | None
    last_observed: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What one crawl observed of one site in one night: it separates no news from not observed.

    ``night`` is the UTC day; ``state`` complete, partial, failed or not run, and ``reason`` why.
    """

    site: str
    night: str
    crawl: str
    state: str
    reason: str | None
    listings: int
    due: int
    fetched: int
    failed: int
    articles_new: int
    articles_changed: int


def archived_sites(db: sqlite3.Connection) -> list[ArchivedSite]:
    """The sites of which there is something, by name."""
    own = ("name", "display_name", "publisher", "country", "language", "timezone")
    columns = ", ".join(f"{'s' if f.name in own else 'h'}.{f.name}" for f in fields(ArchivedSite))
    rows = db.execute(f"SELECT {columns} FROM sites s JOIN site_health h ON h.site = s.name ORDER BY s.name")
    return [ArchivedSite(**dict(row)) for row in rows]


def coverage(db: sqlite3.Connection, wanted: Filter) -> list[Coverage]:
    """What was observed of the sites of a filter on its days, by site, night and crawl."""
    columns = ", ".join(f.name for f in fields(Coverage))
    (on_nights, nights), (on_sites, sites) = wanted.days("night"), wanted.on_sites()
    rows = db.execute(
        f"SELECT {columns} FROM coverage WHERE {on_nights} AND {on_sites} ORDER BY site, night, crawl",
        nights + sites,
    )
    return [Coverage(**dict(row)) for row in rows]
