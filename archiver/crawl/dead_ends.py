"""Pages that a list links to as its own, and that are not to be had."""

from __future__ import annotations

import sqlite3

from archiver.crawl.links import LinkedPage
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.originals import page_of
from archiver.posted import endpoint_of
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.failures import DENIED, GONE
from archiver.store.frontier import LISTINGS
from archiver.store.landings import REDIRECT_TO

MOST = 20  # that are looked at


def dead_ends(home: Home, db: sqlite3.Connection, site: Site, crawl: str) -> list[str]:
    """Addresses of further pages that this crawl found gone, of those to which the page before them links.

    One that the crawl counted up to itself is the end of a list; one that a list links to should be there.
    """
    return [row["url"] for row in _not_had(home, db, site, GONE, crawl)]


def denied(home: Home, db: sqlite3.Connection, site: Site) -> list[str]:
    """Further pages that the server keeps to others, and to which a list links, each with the reason."""
    return [f"{row['url']}: {row['reason']}" for row in _not_had(home, db, site, DENIED)]


def _not_had(
    home: Home, db: sqlite3.Connection, site: Site, reasons: tuple[str, ...], crawl: str | None = None
) -> list[sqlite3.Row]:
    """Further pages that a crawl gave up for one of these reasons, those that were asked for last first."""
    lists, marks = ", ".join("?" * len(LISTINGS)), ", ".join("?" * len(reasons))
    rows = db.execute(
        f"""
        SELECT url, role, via, reason FROM frontier WHERE site = ? AND state = 'given up' AND hops > 0
            AND role IN ({lists}) AND reason IN ({marks}) AND (? IS NULL OR crawl = ?)
        ORDER BY crawl DESC, rowid LIMIT ?
        """,
        (site.name, *LISTINGS, *reasons, crawl, crawl, MOST),
    ).fetchall()
    return [row for row in rows if row["role"] == "sitemap" or _is_named(home, db, site, row)]


def _is_named(home: Home, db: sqlite3.Connection, site: Site, row: sqlite3.Row) -> bool:
    """True where the page that led to an address, or to what redirected there, still links to it."""
    for _ in range(site.crawl.max_redirects + 1):
        before = db.execute(
            "SELECT url, via, reason, capture FROM frontier WHERE site = ? AND url = ? AND state = 'done'",
            (site.name, row["via"]),
        ).fetchone()
        if before is None:
            return False
        if not (before["reason"] or "").startswith(REDIRECT_TO):
            return _links_to(home, db, site, before["capture"], row["url"])
        row = before
    return False


def _links_to(home: Home, db: sqlite3.Connection, site: Site, record: str | None, url: str) -> bool:
    capture = find_capture(db, record or "")
    if capture is None:
        return False
    try:
        page = page_of(db, home.archive(site.name), capture, limit=site.crawl.max_bytes)
    except DamagedError:
        return False
    linked = LinkedPage(page.body, url=endpoint_of(page.url), content_type=page.content_type)
    return url in linked.addresses()
