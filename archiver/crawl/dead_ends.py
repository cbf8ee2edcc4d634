"""Pages that a list links to as its own, and that are not there."""

from __future__ import annotations

import sqlite3

from archiver.crawl.links import LinkedPage
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.originals import page_of
from archiver.posted import endpoint_of
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.failures import GONE
from archiver.store.frontier import LISTINGS

MOST = 20  # of a crawl that are looked at


def dead_ends(home: Home, db: sqlite3.Connection, site: Site, crawl: str) -> list[str]:
    """Addresses of further pages that this crawl found gone, of those to which the page before them links.

    One that the crawl counted up to itself is the end of a list; one that a list links to should be there.
    """
    lists, gone = ", ".join("?" * len(LISTINGS)), ", ".join("?" * len(GONE))
    rows = db.execute(
        f"""
        SELECT f.url, f.role, v.capture FROM frontier f JOIN frontier v ON v.site = f.site AND v.url = f.via
        WHERE f.site = ? AND f.crawl = ? AND f.state = 'given up' AND f.reason IN ({gone})
            AND f.role IN ({lists}) AND f.hops > 0 AND v.state = 'done' ORDER BY f.rowid LIMIT ?
        """,
        (site.name, crawl, *GONE, *LISTINGS, MOST),
    ).fetchall()
    return [row["url"] for row in rows if row["role"] == "sitemap" or _links_to(home, db, site, row)]


def _links_to(home: Home, db: sqlite3.Connection, site: Site, row: sqlite3.Row) -> bool:
    capture = find_capture(db, row["capture"] or "")
    if capture is None:
        return False
    try:
        page = page_of(db, home.archive(site.name), capture, limit=site.crawl.max_bytes)
    except DamagedError:
        return False
    linked = LinkedPage(page.body, url=endpoint_of(page.url), content_type=page.content_type)
    return row["url"] in linked.addresses()
