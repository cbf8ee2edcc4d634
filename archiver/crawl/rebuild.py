"""Rebuild: captures, crawls, coverage and frontier from WARC files and profiles alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from archiver.crawl.reading import seeds
from archiver.crawl.recovery import adopt
from archiver.home import Home
from archiver.instants import from_text
from archiver.model import Capture
from archiver.site import Site, parse_site
from archiver.store.crawls import Coverage, begin_crawl, finish_crawl, save_coverage
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
        elif (site := _profile_in(folder, name)) is not None:
            sites.append(site)
    return sites


def warc_files(home: Home, site: str) -> list[Path]:
    """The WARC files of a site in the order in which they were begun."""
    return sorted(home.archive(site).glob("*.warc.gz"))


def rebuild_site(home: Home, db: sqlite3.Connection, site: Site) -> Iterator[str]:
    """Bring back one site, crawl by crawl; yields the id of each crawl once its rows are there.

    The caller derives after each, so that articles come back as the nights made them.
    """
    with transaction(db):
        save_site(db, site)
    frontier = Frontier(db, site.name, crawl="")
    with transaction(db):
        frontier.add(seeds(site))
    by_crawl: dict[str, list[Path]] = {}
    for path in open_files(home.archive(site.name)):
        set_torn_tail_aside(path)
        settle(path)
    for path in warc_files(home, site.name):
        by_crawl.setdefault(crawl_of(path), []).append(path)
    for crawl, files in sorted(by_crawl.items()):
        with transaction(db):
            frontier.again(roles=LISTINGS)
        frontier.crawl = crawl
        captures: list[Capture] = []
        for path in files:
            with transaction(db):
                _crawl_rows(db, site, path)
            captures += captures_in(path, site=site.name)
        adopt(home, db, site, frontier, captures)
        yield crawl
    write_index(home.index(site.name), _all_captures(home, site.name))


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
                command="crawl",
                at=from_text(record.get("WARC-Date") or ""),
                software=fields.get("software", ""),
            )
        elif record.type == "metadata" and target.startswith(OUTCOME):
            outcome = msgspec.json.decode(bytes(record.block), type=Coverage)
            save_coverage(db, outcome)
            finish_crawl(db, outcome.crawl, at=from_text(record.get("WARC-Date") or ""))


def _profile_in(folder: Path, name: str) -> Site | None:
    for path in sorted(folder.glob("*.warc.gz"), reverse=True):
        for record in iter_records(path):
            if (record.get("WARC-Target-URI") or "") == PROFILE + name:
                return parse_site(json.loads(bytes(record.block)), source=str(path))
    return None
