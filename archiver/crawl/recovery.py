"""Recovery: what a crash left on disk and in the frontier is brought together again.

A session syncs WARC records before it commits their rows. Where it died in between, whole
records lie at the end of a file that no row knows. They are adopted here: rows, links and
acknowledgements follow from the bytes, as they would have from the crawl.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archiver.crawl.reading import read
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.model import Capture, Target
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.captures import known_end, save_captures, save_links
from archiver.store.crawls import begin_crawl
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.warc.reader import captures_in, read_page, set_torn_tail_aside
from archiver.warc.writer import finish_file


def adopt(home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier) -> int:
    """Adopt whole records that no row knows, in open files; the number of them.

    A torn tail is set aside in a file of its own; the whole records before it stay as
    they are. The file is then closed under its final name.
    """
    adopted = 0
    ends = known_end(db, site.name)
    for path in sorted(home.archive(site.name).glob("*.warc.gz.open")):
        set_torn_tail_aside(path)
        known = ends.get(path.name.removesuffix(".open"), 0)
        new = [c for c in captures_in(path, site=site.name) if c.offset >= known]
        _store(home, db, site, frontier, new)
        adopted += len(new)
        finish_file(path)
    return adopted


def _store(
    home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier, captures: list[Capture]
) -> None:
    with transaction(db):
        for capture in captures:
            begin_crawl(
                db, capture.crawl, command="crawl", at=capture.warc_date, software="adopted after a crash"
            )
        save_captures(db, captures)
        for capture in captures:
            _acknowledge(home.archive(site.name), db, site, frontier, capture)


def _acknowledge(
    archive: Path, db: sqlite3.Connection, site: Site, frontier: Frontier, capture: Capture
) -> None:
    target = frontier.role_of(capture.url)
    if target is None or capture.truncated or capture.status is None or capture.status >= 400:
        return
    original = find_capture(db, capture.refers_to) if capture.refers_to else None
    try:
        page = read_page(archive, capture, original=original)
    except DamagedError:
        return
    links, follow = read(page, target, site).links, list(read(page, target, site).follow)
    if capture.location and site.owns(capture.location):
        follow.append(redirected(target, capture.location))
    save_links(db, site.name, links)
    frontier.add(follow)
    frontier.settle(capture.url, "done", None, capture.warc_record_id)


def redirected(target: Target, location: str) -> Target:
    """The address that a redirect leads to; it takes the place of the one that led there."""
    return Target(
        url=location,
        role=target.role,
        priority=target.priority + 1,
        hops=target.hops,
        redirects=target.redirects + 1,
        via=target.url,
    )
