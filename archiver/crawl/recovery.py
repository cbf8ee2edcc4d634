"""Recovery: what a crash left on disk and in the frontier is brought together again.

A session syncs WARC records before it commits their rows. Where it died in between, whole
records lie at the end of a file that no row knows. They are adopted here: rows, links and
acknowledgements follow from the bytes, as they would have from the crawl. A rebuild is the
same, for every record there is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from archiver.crawl.verdict import verdict
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.model import Capture, Page
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.captures import known_end, save_captures, save_links
from archiver.store.crawls import begin_crawl
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.warc.cdxj import merge_index
from archiver.warc.file import open_files, settle
from archiver.warc.reader import captures_in, read_page, set_torn_tail_aside


def recover(home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier) -> int:
    """Adopt whole records that no row knows, in files left open; the number of them.

    A torn tail is set aside in a file of its own; the whole records before it stay as
    they are. The file is then closed under its final name.
    """
    adopted = 0
    ends = known_end(db, site.name)
    for path in open_files(home.archive(site.name)):
        set_torn_tail_aside(path)
        known = ends.get(path.name.removesuffix(".open"), 0)
        adopted += adopt(
            home, db, site, frontier, [c for c in captures_in(path, site=site.name) if c.offset >= known]
        )
        final = settle(path)
        if final is not None:
            merge_index(home.index(site.name), captures_in(final, site=site.name))
    return adopted


def adopt(
    home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier, captures: Iterable[Capture]
) -> int:
    """Make rows, links and acknowledgements of captures, in one transaction; their number."""
    count = 0
    with transaction(db):
        for capture in captures:
            begin_crawl(db, capture.crawl, command="crawl", at=capture.warc_date, software="")
            save_captures(db, [capture])
            _acknowledge(home.archive(site.name), db, site, frontier, capture)
            count += 1
    return count


def _acknowledge(
    archive: Path, db: sqlite3.Connection, site: Site, frontier: Frontier, capture: Capture
) -> None:
    target = frontier.target(capture.url)
    if target is None or capture.status is None or (capture.truncated and capture.warc_type == "response"):
        return
    original = find_capture(db, capture.refers_to) if capture.refers_to else None

    def page() -> Page:
        # Links are those of this capture, also where its bytes are kept with an earlier one.
        read = read_page(archive, capture, original=original, limit=site.crawl.max_bytes)
        return replace(read, record=capture.warc_record_id)

    try:
        visit = verdict(
            target,
            site,
            status=capture.status,
            location=capture.location,
            page=page,
            capture=capture,
            year=capture.warc_date.year,
        )
    except DamagedError:
        return
    save_links(db, site.name, visit.links)
    frontier.add(visit.follow)
    frontier.settle(capture.url, visit.state, visit.reason, capture.warc_record_id)
