"""Rebuild: captures, crawls, coverage and frontier from WARC files and profiles alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.crawl.pack import finish_packing
from archiver.crawl.records import PROFILE, CrawlRecords, crawls_in, profile_of
from archiver.crawl.recovery import adopt, warc_files
from archiver.crawl.reported import Reported
from archiver.crawl.targets import seeds
from archiver.derivations import Derivation, read_derivations
from archiver.home import Home
from archiver.instants import now
from archiver.site import Site
from archiver.store.captures import captures_by_key, forget_derived
from archiver.store.clocks import correct_clocks, note_after
from archiver.store.crawls import RAN_AFTER, begin_crawl, begun, finish_crawl, save_coverage
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site
from archiver.warc.cdxj import write_index
from archiver.warc.file import open_files, settle
from archiver.warc.imported import is_backfill, is_import
from archiver.warc.manifest import standing_files
from archiver.warc.places import add_place, located, places
from archiver.warc.reader import iter_records, set_torn_tail_aside


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the caller of ``rebuild_site`` derives next, under which profile.

    ``crawl`` is the one whose rows have just come back, None where a person had articles derived
    again; ``everything`` is that of ``SiteDerivation``.
    """

    site: Site
    crawl: str | None = None
    everything: bool = False


def archived_sites(home: Home) -> list[Site]:
    """Every site that has a collection: by its profile, or else by the newest one in its WARC files."""
    sites = []
    for name in home.archived():
        if home.profile(name).exists():
            sites.append(home.site(name))
        elif (site := _profile_in(warc_files(home, name)[::-1], name)) is not None:
            sites.append(site)
    return sites


def rebuild_site(
    home: Home,
    db: sqlite3.Connection,
    site: Site,
    *,
    only_read: bool = False,
    lost: Callable[[str], None],
) -> Iterator[Step]:
    """Bring back one site, crawl by crawl; yields what is to be derived once the rows of each are there.

    The caller derives after each with its profile, so that articles come back as the nights, and
    people, made them. ``only_read`` leaves all files as they are: torn tails, open files, the index.
    ``lost`` is told of each place that is damaged and of each file that is missing.
    """
    if not only_read:
        _mend(home, db, site)
    frontier = Frontier(db, site.name, crawl="")
    waiting = read_derivations(home, site.name, lost)
    reported = Reported(home, db, frontier, every_page=site.crawl.follow == "all")
    is_known, underived = False, None
    for text in _missing(home, site.name):
        lost(text)

    def damaged(path: Path, offset: int) -> None:
        lost(f"{path}: damaged at byte {offset}; the record there is not in the database")

    for crawl in crawls_in(warc_files(home, site.name), site.name, damaged):
        then, is_known = crawl.profile or site, True
        with transaction(db):
            save_site(db, then)
            reported.before(crawl.id)
            _begin(db, frontier, then, crawl)
        if is_import(crawl.info) and not only_read:
            _places(home.archive(site.name), crawl)
        adopt(home, db, then, frontier, crawl.captures)
        with transaction(db):
            reported.of(crawl.id)
        step = Step(site=then, crawl=crawl.id)
        if not crawl.was_cut_off:
            yield step
        underived = step if crawl.was_cut_off else None  # as the next crawl derives it, if there is one
        yield from _derived_again(db, waiting, crawl.id)
    if underived is not None:
        yield underived
    yield from _derived_again(db, waiting)
    with transaction(db):
        if not is_known:
            save_site(db, site)
        was_corrected = reported.finish()
    if was_corrected:  # by when a crawl ended: its report knows better than its WARC file
        yield Step(site=site)
    if not only_read:
        write_index(home.index(site.name), captures_by_key(db, site.name))


def _begin(db: sqlite3.Connection, frontier: Frontier, site: Site, crawl: CrawlRecords) -> None:
    """The rows of a crawl, and what was due when it began; others ask the site for nothing."""
    if is_import(crawl.info) or is_backfill(crawl.info):
        frontier.add(seeds(site))
    else:
        begin = begun(crawl.id) or crawl.begun or now()
        day = (crawl.begun or begin).date()
        again = crawl.info.get("asked-again", "listings")
        frontier.again(again, begin)
        frontier.wait_to_be_led(again, (target.url for target in seeds(site)))
        frontier.leave(site.host_names - site.hosts_on(day))
        frontier.begin_with(seeds(site, day))
    _crawl_rows(db, crawl)


def _derived_again(
    db: sqlite3.Connection, waiting: list[Derivation], crawl: str | None = None
) -> Iterator[Step]:
    """What people had derived again after this crawl, or, without one, after those that are lost."""
    for made in [made for made in waiting if crawl in (None, made.after)]:
        waiting.remove(made)
        with transaction(db):
            save_site(db, made.site)
            forget_derived(db, made.site.name, made.urls or ())
        yield Step(site=made.site, everything=made.urls is None)


def _missing(home: Home, site: str) -> Iterator[str]:
    """The files that manifests or the path index name and that are not there."""
    for archive in home.archives(site):
        for name in sorted({*standing_files(archive.parent), *places(archive)}):
            if not (path := located(archive, name)).exists():
                yield f"{path}: the file is missing; what it held is not in the database"


def _mend(home: Home, db: sqlite3.Connection, site: Site) -> None:
    """Closes what a crash left open, and finishes what it cut off."""
    for path in (path for archive in home.archives(site.name) for path in open_files(archive)):
        set_torn_tail_aside(path)
        settle(path)
    finish_packing(home, db, site.name)


def _places(archive: Path, crawl: CrawlRecords) -> None:
    """Notes again where the files lie that the import left in their place, unless it is noted otherwise."""
    for imported in crawl.imports:
        place = imported.place()
        if place is not None and place[0] not in places(archive):
            add_place(archive, *place)


def _crawl_rows(db: sqlite3.Connection, crawl: CrawlRecords) -> None:
    """The rows of ``crawls`` and ``coverage`` that a crawl's warcinfo and outcome give."""
    if crawl.begun is not None:
        command, software = crawl.info.get("command", "crawl"), crawl.info.get("software", "")
        begin_crawl(db, crawl.id, command=command, at=crawl.begun, software=software)
        if RAN_AFTER in crawl.info:
            note_after(db, crawl.id, crawl.info[RAN_AFTER].split())
    if crawl.outcome is not None:
        coverage, ended = crawl.outcome
        save_coverage(db, coverage)
        finish_crawl(db, coverage.crawl, at=ended)
    correct_clocks(db)


def _profile_in(files: Iterable[Path], name: str) -> Site | None:
    """The profile that the first of these files that names one says was in force, or None."""
    for path in files:
        for record in iter_records(path):
            if record.get("WARC-Target-URI") == PROFILE + name and (found := profile_of(record, path)):
                return found
    return None
