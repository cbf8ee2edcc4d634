"""One run over some sites: crawl, derive, note what was observed and what was not, report."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Protocol

from archiver.amounts import count
from archiver.crawl.counts import Counts
from archiver.crawl.dead_ends import dead_ends
from archiver.crawl.describing import SOFTWARE
from archiver.crawl.outcome import OUT_OF_TIME
from archiver.crawl.recovery import recover
from archiver.crawl.robots import MAX_DELAY
from archiver.crawl.runner import NOT_DUE, CrawlRequest, Run, SiteResult, left_out
from archiver.derive.deriving import derive_all
from archiver.derive.observing import Clean
from archiver.derive.rows import Outcome
from archiver.derive.site import extractor_name
from archiver.errors import ArchiverError, ConfigurationError, StorageError
from archiver.home import Home
from archiver.instants import now
from archiver.nightly.health import check_health, save_findings
from archiver.nightly.lost import GONE
from archiver.nightly.missed import note_missed_nights
from archiver.nightly.report import CrawlReport
from archiver.reports import write_report
from archiver.site import Site
from archiver.stopping import StoppedError, Stopping
from archiver.store.crawls import (
    Coverage,
    began_later,
    count_articles,
    finish_crawl,
    has_outcome,
    nights_cut_short,
    save_coverage,
    save_failure,
    save_finding,
    start_crawl,
)
from archiver.store.database import open_database, transaction
from archiver.store.frontier import Frontier
from archiver.store.metadata import write_metadata
from archiver.store.sites import below_expectations, is_known, save_site
from archiver.store.sources import save_gaps
from archiver.store.states import states_found_by
from archiver.store.traffic import traffic_of
from archiver.store.validators import lying_validators, new_each_time
from archiver.warc.manifest import head

UNREADABLE = "the profile cannot be read"


class Watch(Protocol):
    """What is told how far a run is."""

    def crawling(self, site: Site, counts: Counts, done: bool) -> None:
        """A site is being crawled; ``done`` the last time."""

    def deriving(self, site: Site) -> Callable[[int, int], None]:
        """What is told how many pages of a site are derived, of how many."""


CleanOf = Callable[[Site], Clean | None]
"""Gives the cleaning function of a site's own spider."""


def run_crawl(
    home: Home,
    sites: Sequence[Site],
    request: CrawlRequest,
    *,
    not_due: Sequence[Site] = (),
    broken: Sequence[ConfigurationError] = (),
    clean_of: CleanOf,
    watch: Watch,
) -> CrawlReport:
    """Crawl and derive; the lock is held by the caller.

    Sites that are ``not_due`` are noted as such, ``broken`` profiles are reported only. A signal ends
    it early, the crawling and the deriving, and the report says so; one that comes later ends nothing
    any more, as what is left is to tell the report. Raises what ``Run.go`` raises.
    """
    stopping = Stopping()
    stopping.listen()
    report = CrawlReport(
        request.crawl,
        began=now(),
        command=request.command,
        limited=request.limit is not None,
        broken=broken,
    )
    with closing(open_database(home.database)) as db, transaction(db):
        later = start_crawl(db, request.crawl, command=request.command, at=report.began, software=SOFTWARE)
        report.later = began_later(db, later, request.crawl)
    if sites:
        run = Run(home, request, watch.crawling)
        report.results = run.go(sites)
        stopping.listen()  # again: the run had listeners of its own
        stopping.signal = stopping.signal or run.signal
    report.results += [left_out(site, request.crawl, NOT_DUE) for site in not_due]
    # What was crawled is told of, whatever the disk refuses from here on.
    with report.telling():
        _complete(home, report, clean_of, watch, stopping)
    report.signal = stopping.signal
    report.heads = {r.site.name: head(home.collection(r.site.name)) for r in report.results}
    report.ended = now()
    with report.telling():
        write_metadata(home)
    with report.telling():
        write_report(home, report.crawl, report.document())
    return report


def _complete(home: Home, report: CrawlReport, clean_of: CleanOf, watch: Watch, stopping: Stopping) -> None:
    """Store what the crawl came to, and derive."""
    with closing(open_database(home.database)) as db:
        for result in report.results:
            with report.telling():
                _make_up(home, db, result)
        _note_what_was_not_run(home, db, report)
        _derive(home, db, report, clean_of, watch, stopping)
        for result in report.results:
            name = result.site.name
            report.traffic[name] = traffic_of(db, name, report.crawl)
            report.articles[name] = _articles_of(db, name)
            report.states[name] = states_found_by(db, name, report.crawl)
            _note_dead_ends(home, db, result, report.crawl)
        with transaction(db):
            finish_crawl(db, report.crawl, at=now())


def _make_up(home: Home, db: sqlite3.Connection, result: SiteResult) -> None:
    """Store the outcome of a crawl that could not do it, where the database takes it now."""
    site, coverage = result.site, result.coverage
    if not isinstance(result.error, StorageError) or coverage is None:
        return
    if not has_outcome(db, site.name, coverage.crawl):
        frontier = Frontier(db, site.name, crawl=coverage.crawl)
        recover(home, db, site, frontier)
        with transaction(db):
            frontier.give_back()
            save_coverage(db, coverage)


def _note_what_was_not_run(home: Home, db: sqlite3.Connection, report: CrawlReport) -> None:
    """Note the sites that tonight left out, and the nights before it of which nothing is known.

    Only now: whatever a crash leaves of a run, the next one finds these nights itself.
    """
    sites = [result.site for result in report.results]
    with transaction(db):
        for result in report.results:
            if result.coverage is None and result.error is not None:
                save_site(db, result.site)
                save_failure(db, result.site.name, report.crawl, result.error.message)
        for error in report.broken:
            if error.site is not None and is_known(db, error.site):
                is_there = home.profile(error.site).exists()
                save_failure(db, error.site, report.crawl, UNREADABLE if is_there else GONE)
        report.missed = note_missed_nights(db, sites, report.crawl)
        for result in report.results:
            if result.coverage is not None and result.coverage.state == "not run":
                save_site(db, result.site)
                save_coverage(db, result.coverage)
            report.short[result.site.name] = nights_cut_short(db, result.site.name, OUT_OF_TIME)


def _derive(
    home: Home,
    db: sqlite3.Connection,
    report: CrawlReport,
    clean_of: CleanOf,
    watch: Watch,
    stopping: Stopping,
) -> None:
    """Derive site after site until a signal comes; what is left then is for the next run.

    A site of which that fails is reported, and the others are derived.
    """
    for place, result in enumerate(report.results):
        if stopping.signal is not None:
            return
        if result.coverage is None or result.coverage.state == "not run" or result.error is not None:
            continue
        try:
            clean, progress = clean_of(result.site), watch.deriving(result.site)
            outcome = derive_all(home, db, result.site, clean=clean, progress=progress, check=stopping.check)
            _judge(db, report, result, outcome, extractor_name(result.site, clean))
        except StoppedError:
            return
        except Exception as error:
            report.results[place] = replace(result, error=_not_derived(result.site, error))


def _judge(
    db: sqlite3.Connection, report: CrawlReport, result: SiteResult, outcome: Outcome, extractor: str
) -> None:
    """Say how a site is whose captures are derived, and keep it."""
    site, coverage = result.site, result.coverage
    assert coverage is not None
    report.articles[site.name] = _articles_of(db, site.name)
    report.expectations[site.name] = below_expectations(db, site)
    with transaction(db):
        report.outcomes[site.name] = outcome
        count_articles(db, site.name, report.crawl, new=outcome.new, changed=outcome.changed)
        report.health[site.name] = check_health(db, site, coverage, extractor=extractor)
        _save_findings(db, report, result, coverage)


def _not_derived(site: Site, error: Exception) -> ArchiverError:
    """What is said of a site whose captures could not be derived: they are stored, and stay due."""
    if isinstance(error, ArchiverError):
        return error
    return ArchiverError(
        f"its pages are stored, and could not be derived: {type(error).__name__}: {error}",
        hint=f"this is a defect; archiver -v derive {site.name} shows where",
        site=site.name,
    )


def _articles_of(db: sqlite3.Connection, site: str) -> int:
    row = db.execute("SELECT count(*) FROM articles WHERE site = ?", (site,)).fetchone()
    return int(row[0])


_ADDRESS = re.compile(r"https?://\S+?(?=[,:;]?(?:\s|\Z))")


def _save_findings(
    db: sqlite3.Connection, report: CrawlReport, result: SiteResult, coverage: Coverage
) -> None:
    """A row for each problem of a site: how its crawl went, and each expectation that it fails."""
    name = result.site.name
    _note_server(db, report, result)
    save_gaps(db, name, report.crawl)
    save_findings(db, name, report.crawl, report.health[name])
    told = {finding.line for finding in report.health[name]}
    for problem in report.problems(result):
        if problem in told:
            continue
        lacks = problem in report.expectations[name]
        save_finding(
            db,
            site=name,
            crawl=report.crawl,
            code="expectation" if lacks else f"crawl {coverage.state}",
            severity="error" if coverage.state == "failed" and not lacks else "warning",
            message=problem,
            url=found[0] if (found := _ADDRESS.search(problem)) else None,
            hint=f"archiver sites check {name}",
        )


def _note_server(db: sqlite3.Connection, report: CrawlReport, result: SiteResult) -> None:
    """Notes on a server: what its validators are worth, and how long it asks to wait between two pages."""
    name = result.site.name
    note = partial(save_finding, db, site=name, crawl=report.crawl, severity="note")
    if (url := lying_validators(db, name)) is not None:
        note(
            code="validators",
            message="the server calls different pages the same, and is asked for every page whole",
            url=url,
        )
    if (anew := new_each_time(db, name, report.crawl)) is not None:
        note(
            code="dated-anew",
            message=f"the server sent {anew.pages} of {anew.of} unchanged pages whole, as their validators "
            "are new each time; what is the same is stored once",
            url=anew.example,
        )
    if result.asked_delay > MAX_DELAY:
        note(
            code="crawl-delay",
            message=f"robots.txt asks for {result.asked_delay:.0f} s between two pages; "
            f"the crawl waits {MAX_DELAY:.0f}",
            hint="ask the site, or crawl it less often (every) and less of it (max_pages)",
        )


def _note_dead_ends(home: Home, db: sqlite3.Connection, result: SiteResult, crawl: str) -> None:
    if found := dead_ends(home, db, result.site, crawl):
        with transaction(db):
            save_finding(
                db,
                site=result.site.name,
                crawl=crawl,
                code="dead-end",
                severity="note",
                message=f"a list links to {count(len(found), 'further page')} not to be found (404, 410)",
                url=found[0],
                hint=f"archiver sites check {result.site.name}",
            )
