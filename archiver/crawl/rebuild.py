"""Rebuild: captures, crawls, coverage and frontier from WARC files and profiles alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from archiver.crawl.reading import seeds
from archiver.crawl.recovery import adopt
from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.instants import from_text
from archiver.model import Capture
from archiver.reports import reports
from archiver.site import Site, parse_site
from archiver.store.crawls import Coverage, begin_crawl, finish_crawl, restore_crawl, save_coverage
from archiver.store.database import transaction
from archiver.store.frontier import LISTINGS, Frontier
from archiver.store.sites import save_site
from archiver.warc.cdxj import write_index
from archiver.warc.file import open_files, settle
from archiver.warc.reader import captures_in, crawl_of, iter_records, set_torn_tail_aside
from archiver.warc.record import parse_warc_fields

OUTCOME = "urn:nyhetsarkiv:outcome:"
PROFILE = "urn:nyhetsarkiv:profile:"


def archived_sites(home: Home) -> list[Site]:
    """Every site that has a collection: by its profile, or else by the newest one in its WARC files."""
    sites = []
    for folder in sorted((home.root / "collections").glob("*/archive")):
        name = folder.parent.name
        if home.profile(name).exists():
            sites.append(home.site(name))
        elif (site := _profile_in(sorted(folder.glob("*.warc.gz"), reverse=True), name)) is not None:
            sites.append(site)
    return sites


def warc_files(home: Home, site: str) -> list[Path]:
    """The WARC files of a site in the order in which they were begun."""
    return sorted(home.archive(site).glob("*.warc.gz"))


def rebuild_site(
    home: Home, db: sqlite3.Connection, site: Site, *, only_read: bool = False
) -> Iterator[tuple[str, Site]]:
    """Bring back one site, crawl by crawl; yields each crawl, once its rows are there, and its profile.

    The caller derives after each with that profile, so that articles come back as the nights
    made them. ``only_read`` leaves all files as they are: torn tails, open files, the index.
    """
    if not only_read:
        _mend(home, site)
    by_crawl: dict[str, list[Path]] = {}
    for path in warc_files(home, site.name):
        by_crawl.setdefault(crawl_of(path), []).append(path)
    frontier = Frontier(db, site.name, crawl="")
    for crawl, files in sorted(by_crawl.items()):
        then = _profile_in(files, site.name) or site
        with transaction(db):
            save_site(db, then)
            frontier.add(seeds(then))
            frontier.again(roles=LISTINGS)
        frontier.crawl = crawl
        captures: list[Capture] = []
        for path in files:
            with transaction(db):
                _crawl_rows(db, then, path)
            captures += captures_in(path, site=site.name)
        adopt(home, db, then, frontier, captures)
        yield crawl, then
    with transaction(db):
        if not by_crawl:
            save_site(db, site)
        frontier.add(seeds(site))
        for report in reports(home):
            # A crawl that stored nothing left no WARC file; what it came to stands in its report.
            with suppress(KeyError, TypeError, ValueError, sqlite3.Error):
                restore_crawl(db, report["rows"], site.name)
    if not only_read:
        write_index(home.index(site.name), _all_captures(home, site.name))


def _mend(home: Home, site: Site) -> None:
    """Closes what a crash left open."""
    for path in open_files(home.archive(site.name)):
        set_torn_tail_aside(path)
        settle(path)


def _all_captures(home: Home, site: str) -> Iterator[Capture]:
    for path in warc_files(home, site):
        yield from captures_in(path, site=site)


def _crawl_rows(db: sqlite3.Connection, site: Site, path: Path) -> None:
    """The rows of ``crawls`` and ``coverage`` that a file's warcinfo and outcome give."""
    for record in iter_records(path):
        target = record.get("WARC-Target-URI") or ""
        if record.type == "warcinfo":
            fields = dict(parse_warc_fields(record.block))
            begin_crawl(
                db,
                fields.get("isPartOf", ""),
                command=fields.get("command", "crawl"),
                at=from_text(record.get("WARC-Date") or ""),
                software=fields.get("software", ""),
            )
        elif record.type == "metadata" and target.startswith(OUTCOME):
            outcome = msgspec.json.decode(bytes(record.block), type=Coverage)
            save_coverage(db, outcome)
            finish_crawl(db, outcome.crawl, at=from_text(record.get("WARC-Date") or ""))


def _profile_in(files: Iterable[Path], name: str) -> Site | None:
    """The profile that the first of these files says was in force, None where none says it.

    One that this version can no longer read counts as none.
    """
    for path in files:
        for record in iter_records(path):
            if (record.get("WARC-Target-URI") or "") == PROFILE + name:
                with suppress(ConfigurationError, ValueError):
                    return parse_site(json.loads(bytes(record.block)), source=str(path))
    return None
