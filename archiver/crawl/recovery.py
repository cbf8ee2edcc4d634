"""Recovery: what a crash left on disk and in the frontier is brought together again.

A session syncs WARC records before it commits their rows. Where it died in between, there
are whole records that no row knows. They are adopted here: rows, links and acknowledgements
follow from the bytes, as they would have from the crawl. A rebuild is the same, for every
record there is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from archiver.crawl.pack import finish_packing
from archiver.crawl.verdict import verdict
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.model import Capture, Page
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.captures import save_captures, save_links
from archiver.store.crawls import begin_crawl, ended_crawls
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.warc.cdxj import merge_index
from archiver.warc.file import open_files, settle
from archiver.warc.manifest import add_manifest, attested_files, digest_of
from archiver.warc.reader import captures_in, crawl_of, read_page, set_torn_tail_aside

# An answer of these kinds may pass: its address stays to be asked again.
_PASSING = frozenset({408, 429})


def recover(home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier) -> int:
    """Adopt whole records that no row knows; the number of them.

    Every file of a crawl that did not store its outcome is read: rows may be missing
    anywhere in it, as a file is closed before its last rows are stored, and a power cut may
    take back what SQLite had committed. A torn tail is set aside in a file of its own; the
    whole records before it stay as they are. A file that no manifest names gets one.
    """
    adopted = 0
    finish_packing(home, db, site.name)
    for path in open_files(home.archive(site.name)):
        set_torn_tail_aside(path)
        settle(path)
    collection = home.collection(site.name)
    ended, attested = set(ended_crawls(db, site.name)), attested_files(collection)
    for path in sorted(home.archive(site.name).glob(f"{site.name}-*.warc.gz")):
        # Asked of the file itself: two crawls may have begun in the second that its name tells.
        if path.name not in attested:
            add_manifest(collection, {path.name: digest_of(path)})
        if crawl_of(path) not in ended:
            captures = list(captures_in(path, site=site.name))
            adopted += adopt_unknown(home, db, site, frontier, captures)
            merge_index(home.index(site.name), captures)
    return adopted


def adopt_unknown(
    home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier, captures: Iterable[Capture]
) -> int:
    """Adopt those of a file's captures that no row knows; the number of them."""
    unknown = [c for c in captures if find_capture(db, c.warc_record_id) is None]
    return adopt(home, db, site, frontier, unknown, is_final=_is_final)


def _is_final(capture: Capture) -> bool:
    """False for an answer after which the crawl would have asked again."""
    return not capture.truncated and (capture.status or 500) < 500 and capture.status not in _PASSING


def adopt(
    home: Home,
    db: sqlite3.Connection,
    site: Site,
    frontier: Frontier,
    captures: Sequence[Capture],
    *,
    is_final: Callable[[Capture], bool] = lambda capture: True,
) -> int:
    """Make rows, links and acknowledgements of captures, in one transaction; their number.

    An address is acknowledged by its last capture among them, where that is final.
    """
    last = {capture.url: capture.warc_record_id for capture in captures}
    with transaction(db):
        for capture in captures:
            begin_crawl(db, capture.crawl, command="crawl", at=capture.warc_date, software="")
            save_captures(db, [capture])
            if last[capture.url] == capture.warc_record_id and is_final(capture):
                _acknowledge(home.archive(site.name), db, site, frontier, capture)
    return len(captures)


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
