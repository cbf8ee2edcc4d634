"""An archive home: every WARC file of every site, with its rows and its index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from archiver.crawl.pack import unfinished
from archiver.errors import ArchiverError
from archiver.home import Home
from archiver.locking import locked_if_free
from archiver.model import Finding
from archiver.store.captures import filenames_of, sites_with_captures
from archiver.store.database import open_reader
from archiver.verify.files import SUFFIXES, Tally, verify_file
from archiver.verify.findings import finding
from archiver.verify.index import check_index
from archiver.verify.rows import FileRows
from archiver.warc.file import OPEN
from archiver.warc.findings import Fault
from archiver.warc.places import called, located
from archiver.warc.places import places as places_of


def archive_files(home: Home) -> dict[str, list[Path]]:
    """The WARC files of each site; while a run works, without those that it writes to.

    Those that an import left in their place are not among them.
    """
    with locked_if_free(home) as is_free:
        return {
            site: sorted(
                path
                for folder in home.archives(site)
                if folder.exists()
                for path in folder.iterdir()
                if path.name.endswith(SUFFIXES) and (is_free or not path.name.endswith(OPEN))
            )
            for site in home.archived()
        }


def verify_archive(
    home: Home, files: dict[str, list[Path]], *, now: datetime, tally: Tally
) -> Iterator[Finding]:
    """The findings of a whole archive, site by site.

    A run may work meanwhile: files that are closed stay as they are, and an index is looked
    at while no run changes it, or not at all.
    """
    db = None
    try:
        db = open_reader(home.database)
    except ArchiverError as error:
        code = "bad-database" if home.database.exists() else "no-database"
        fault = Fault(code=code, offset=0, detail=error.message if code == "bad-database" else "")
        yield tally.count(finding(fault, home.database, is_own=True))
    # A site whose folder is gone as a whole is one that rows name.
    lost = {site: list[Path]() for site in sites_with_captures(db)} if db is not None else {}
    for site, paths in sorted((lost | files).items()):
        rows = db
        for name in unfinished(home.archive(site)):
            # Until it is finished, records lie in two places and rows may name either.
            fault, rows = Fault(code="unfinished-pack", offset=0), None
            yield tally.count(finding(fault, home.archive(site) / name, is_own=True))
        for path in paths:
            yield from _verify_one(rows, site, path, now=now, tally=tally)
        for name, places in places_of(home.archive(site)).items():
            yield from _verify_elsewhere(rows, site, name, places, now=now, tally=tally)
        if rows is not None:
            yield from _missing(home, rows, site, tally)
            with locked_if_free(home) as is_free:
                if is_free:
                    yield from _index(home, rows, site, tally)
    if db is not None:
        db.close()


def _verify_one(
    db: sqlite3.Connection | None, site: str, path: Path, *, now: datetime, tally: Tally
) -> Iterator[Finding]:
    if db is None:
        yield from verify_file(path, now=now, tally=tally, is_own=True)
        return
    rows = FileRows(db, site, called(path, site))
    yield from verify_file(path, now=now, tally=tally, is_own=True, ask=rows.ask)
    for fault in rows.left():
        yield tally.count(finding(fault, path, is_own=True))


def _verify_elsewhere(
    db: sqlite3.Connection | None,
    site: str,
    name: str,
    places: tuple[Path, ...],
    *,
    now: datetime,
    tally: Tally,
) -> Iterator[Finding]:
    """What is wrong with those records of a file elsewhere that rows name."""
    path = next((place for place in places if place.exists()), None)
    shown = name.encode("utf-8", "replace").decode()
    if path is None or shown != name:  # no row has such a name
        fault = Fault(
            code="file-missing", offset=0, detail=f"rows call it {shown}; path-index.txt says where"
        )
        yield tally.count(finding(fault, places[0], is_own=True))
    elif db is not None:
        rows = FileRows(db, site, name)
        offsets = {row.offset for row in rows.rows.values()}
        yield from verify_file(
            path, now=now, tally=tally, is_own=True, ask=rows.ask, only=offsets.__contains__
        )
        for fault in rows.left():
            yield tally.count(finding(fault, path, is_own=True))


def _missing(home: Home, db: sqlite3.Connection, site: str, tally: Tally) -> Iterator[Finding]:
    """The files that rows name and that are not there, under either name."""
    archive = home.archive(site)
    for filename, rows in filenames_of(db, site):
        path = located(archive, filename)
        if not path.exists() and filename not in places_of(archive):
            fault = Fault(code="file-missing", offset=0, detail=f"{rows} captures lay in it")
            yield tally.count(finding(fault, path, is_own=True))


def _index(home: Home, db: sqlite3.Connection, site: str, tally: Tally) -> Iterator[Finding]:
    path = home.index(site)
    try:
        for fault in check_index(path, db, site):
            yield tally.count(finding(fault, path, is_own=True))
    except OSError as error:
        fault = Fault(code="unreadable", offset=0, detail=error.strerror or str(error))
        yield tally.count(finding(fault, path, is_own=True))
