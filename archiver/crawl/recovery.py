"""Recovery: what a crash left on disk and in the frontier is brought together again.

A session syncs WARC records before it commits their rows. Where it died in between, there
are whole records that no row knows. They are adopted here: rows, links and acknowledgements
follow from the bytes, as they would have from the crawl. A rebuild is the same, for every
record there is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from archiver.crawl.going_on import acknowledge
from archiver.crawl.items import Visit
from archiver.crawl.pack import finish_packing
from archiver.crawl.records import crawls_in
from archiver.crawl.targets import seeds
from archiver.crawl.verdict import verdict
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.instants import now
from archiver.model import Capture, Target
from archiver.originals import page_of
from archiver.posted import lasting
from archiver.site import Site
from archiver.store.captures import capture as find_capture
from archiver.store.captures import captures_in_file, save_captures, save_links
from archiver.store.crawls import Coverage, begin_crawl, ended_crawls, finish_crawl, save_coverage
from archiver.store.database import transaction
from archiver.store.frontier import LISTINGS, Frontier
from archiver.store.sites import save_site
from archiver.warc.cdxj import merge_index
from archiver.warc.file import open_files, settle
from archiver.warc.imported import is_backfill, is_import
from archiver.warc.manifest import attest_missing
from archiver.warc.reader import captures_in, ended_at, info_of, set_torn_tail_aside

UNFINISHED = ".importing"
"""What the name of a copy ends in until it is whole."""


def warc_files(home: Home, site: str) -> list[Path]:
    """The WARC files of a site in the order in which they were begun."""
    found = (path for archive in home.archives(site) for path in archive.glob("*.warc.gz"))
    return sorted(found, key=lambda path: (path.name, path))


# An answer of these kinds may pass: its address stays to be asked again.
_PASSING = frozenset({408, 429})


def recover(
    home: Home,
    db: sqlite3.Connection,
    site: Site,
    frontier: Frontier,
    damaged: Callable[[str], None] = lambda text: None,
) -> int:
    """Adopt whole records that no row knows; the number of them.

    Every file of a crawl that did not store its outcome is read: rows may be missing
    anywhere in it, as a file is closed before its last rows are stored, and a power cut may
    take back what SQLite had committed. A torn tail is set aside in a file of its own; the
    whole records before it stay as they are. A file that no manifest names gets one. ``damaged``
    is told of records that are not whole amid others; they stay as they are.
    """
    adopted = 0
    finish_packing(home, db, site.name)
    for path in home.archive(site.name).glob(f".*{UNFINISHED}"):
        path.unlink()  # an import was cut off; the file that it copied is where it was
    for archive in home.archives(site.name):
        for path in open_files(archive):
            set_torn_tail_aside(path)
            settle(path)
        attest_missing(archive.parent, sorted(archive.glob(f"{site.name}-*.warc.gz")))
    ended = set(ended_crawls(db, site.name))
    for path in warc_files(home, site.name):
        if not path.name.startswith(f"{site.name}-"):
            continue
        # Asked of the file itself: two crawls may have begun in the second that its name tells.
        info = info_of(path)
        if info.get("isPartOf", "") in ended:
            continue
        if is_import(info):
            adopted += adopt_import(home, db, site, path, is_last=True)
            continue
        if is_backfill(info):
            adopted += _adopt_backfill(home, db, site, frontier, path)
            continue
        broken = list[int]()
        captures = list(captures_in(path, site=site.name, damaged=broken.append))
        for offset in broken:
            damaged(f"{path}: damaged at byte {offset}; archiver repair mends the file")
        adopted += adopt_unknown(home, db, site, frontier, captures)
        merge_index(home.index(site.name), captures)
    return adopted


def adopt_import(home: Home, db: sqlite3.Connection, site: Site, path: Path, *, is_last: bool) -> int:
    """Make the rows of a file that an import wrote, in one transaction, then index it; their number.

    ``is_last`` where the import has nothing more to add: then its outcome is stored, too.
    """
    frontier = Frontier(db, site.name, crawl="")
    info = info_of(path)
    crawl = info.get("isPartOf", "")
    names: set[str] = set()  # that rows have for where the captures lie: this file, or one elsewhere

    def captures() -> Iterator[Capture]:
        for capture in captures_in(path, site=site.name):
            names.add(capture.filename)
            yield capture

    with transaction(db):
        save_site(db, site)
        begin_crawl(db, crawl, command="import", at=now(), software=info.get("software", ""))
        frontier.add(seeds(site))
        adopted = take_over(home, db, site, frontier, captures())
    held = (captures_in_file(db, site.name, name) for name in names)
    merge_index(home.index(site.name), chain.from_iterable(held))
    if is_last:  # only now: nobody looks again at what has ended
        with transaction(db):
            save_coverage(db, import_coverage(site.name, crawl))
            if (ended := ended_at(path)) is not None:
                finish_crawl(db, crawl, at=ended)
    return adopted


def _adopt_backfill(home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier, path: Path) -> int:
    """Adopt what a backfill wrote into a file, its outcome too where it came so far; how many captures."""
    adopted = 0
    for crawl in crawls_in([path], site.name, lambda path, offset: None):
        with transaction(db):
            software = crawl.info.get("software", "")
            begin_crawl(db, crawl.id, command="backfill", at=now(), software=software)
            frontier.add(seeds(site))
        adopted += adopt_unknown(home, db, site, frontier, crawl.captures)
        merge_index(home.index(site.name), crawl.captures)
        if crawl.outcome is not None:
            with transaction(db):
                save_coverage(db, crawl.outcome[0])
                finish_crawl(db, crawl.id, at=crawl.outcome[1])
    return adopted


def import_coverage(site: str, crawl: str) -> Coverage:
    """The outcome of an import: it has its captures, and the site was not observed."""
    return Coverage(site=site, crawl=crawl, state="not run", reason="import: the site was not asked")


def take_over(
    home: Home, db: sqlite3.Connection, site: Site, frontier: Frontier, captures: Iterable[Capture]
) -> int:
    """Make rows and links of captures that an import or a backfill took over; their number.

    Links are those of the listings that the profile or the crawls know. No address becomes due or done.
    """
    seeded = {target.url: target for target in seeds(site)}
    listings: list[tuple[Target, Capture]] = []
    number = 0
    for capture in captures:
        number += 1
        save_captures(db, [capture])
        target = frontier.target(capture.url) or seeded.get(capture.url)
        if target is not None and target.role in LISTINGS:
            listings.append((target, capture))
    for target, capture in listings:
        if (visit := _visit(home.archive(site.name), db, site, target, capture)) is not None:
            save_links(db, site.name, visit.links)
    return number


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

    An address is acknowledged by its last capture among them, where that is final; by what an
    import took over none is.
    """
    crawled = [capture for capture in captures if capture.source == "crawl"]
    last = {lasting(capture.url): capture.warc_record_id for capture in crawled}
    with transaction(db):
        for capture in captures:
            command = "crawl" if capture.source == "crawl" else capture.source
            begin_crawl(db, capture.crawl, command=command, at=capture.warc_date, software="")
        for capture in crawled:
            save_captures(db, [capture])
            if last[lasting(capture.url)] == capture.warc_record_id and is_final(capture):
                _acknowledge(home.archive(site.name), db, site, frontier, capture)
        take_over(home, db, site, frontier, (c for c in captures if c.source != "crawl"))
    return len(captures)


def _acknowledge(
    archive: Path, db: sqlite3.Connection, site: Site, frontier: Frontier, capture: Capture
) -> None:
    target = frontier.target(lasting(capture.url))
    visit = _visit(archive, db, site, target, capture) if target is not None else None
    if visit is None:
        return
    save_links(db, site.name, visit.links)
    acknowledge(db, frontier, visit, crawl=capture.crawl)


def _visit(
    archive: Path, db: sqlite3.Connection, site: Site, target: Target, capture: Capture
) -> Visit | None:
    """The visit that a capture was, None where there was no whole answer."""
    if capture.status is None or (capture.truncated and capture.warc_type == "response"):
        return None
    try:
        return verdict(
            target,
            site,
            status=capture.status,
            location=capture.location,
            page=lambda: page_of(db, archive, capture, limit=site.crawl.max_bytes),
            capture=capture,
            year=capture.warc_date.year,
        )
    except DamagedError:
        return None
