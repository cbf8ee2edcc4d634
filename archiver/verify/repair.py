"""Repair: what verify can mend. Files first, then the rows that say where records lie, then the index.

Nothing is lost: what is taken out of a file stays beside it. The caller holds the archive's lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from archiver.crawl.recovery import adopt_unknown, warc_files
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.site import Site
from archiver.store.captures import captures_by_key, correct
from archiver.store.crawls import begin_crawl
from archiver.store.database import open_database, transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site
from archiver.verify.index import check_index
from archiver.warc.cdxj import write_index
from archiver.warc.file import open_files, settle
from archiver.warc.manifest import attest
from archiver.warc.mend import mend
from archiver.warc.reader import captures_in


def repair_files(paths: Iterable[Path], *, now: datetime) -> Iterator[str]:
    """Mends files by themselves; a line for each that was."""
    for path in paths:
        yield from _mended(path, now, [])


def _mended(path: Path, now: datetime, changed: list[Path]) -> Iterator[str]:
    """Mends one file and notes in ``changed`` that it is another one now; a line where there was need."""
    try:
        kept = mend(path, now=now)
    except DamagedError as error:
        yield f"{error.message}: not mended; {error.hint}"
        return
    if kept is not None:
        changed.append(path)
        yield f"{path}: mended; what was taken out is kept in {kept.name}"


def repair_site(home: Home, site: Site, *, now: datetime) -> Iterator[str]:
    """Mends one site of an archive, so that its files, rows and index agree; a line for each change."""
    for archive in home.archives(site.name):
        changed = list[Path]()
        for path in sorted([*archive.glob("*.warc.gz"), *open_files(archive)]):
            yield from _mended(path, now, changed)
        for path in open_files(archive):
            if settle(path) is not None:
                yield f"{path}: closed"
        # Of others a manifest says what they are: what somebody changed must not be attested anew.
        attest(archive.parent, [path for path in changed if path.exists()])
    with closing(open_database(home.database)) as db:
        yield from _rows(home, db, site)
        if any(check_index(home.index(site.name), db, site.name)):
            lines = write_index(home.index(site.name), captures_by_key(db, site.name))
            yield f"{home.index(site.name)}: written again, {lines} lines"


def _rows(home: Home, db: sqlite3.Connection, site: Site) -> Iterator[str]:
    """Has rows say what their records say, and adopts whole records that none knows."""
    frontier = Frontier(db, site.name, crawl="")
    with transaction(db):
        save_site(db, site)
    for path in warc_files(home, site.name):
        captures = list(captures_in(path, site=site.name))
        with transaction(db):
            # A record may name another crawl by now than its row did, and one that has no row yet.
            for capture in captures:
                command = "crawl" if capture.source == "crawl" else capture.source
                begin_crawl(db, capture.crawl, command=command, at=capture.warc_date, software="")
            corrected = correct(db, captures)
        if corrected:
            yield f"{path}: {corrected} rows say now what their records say"
        if adopted := adopt_unknown(home, db, site, frontier, captures):
            yield f"{path}: {adopted} records got their rows; archiver derive makes articles of them"
