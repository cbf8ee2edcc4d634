"""``archiver crawl``: capture what is new, derive articles from it, say how it went."""

from __future__ import annotations

import signal
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from archiver.cli.articles import day_option
from archiver.cli.chosen import mention_contact, prepared_sites
from archiver.cli.derive import clean_of, derive_all
from archiver.cli.main import Settings
from archiver.cli.output import count, emit_document, printable, say, say_error
from archiver.cli.progress import CrawlProgress
from archiver.cli.reporting import write_metadata, write_report
from archiver.crawl.runner import CrawlRequest, Run, SiteResult
from archiver.derive.rows import Outcome
from archiver.derive.site import extractor_name
from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.instants import new_crawl_id
from archiver.locking import locked
from archiver.nightly.finding import Finding
from archiver.nightly.health import check_health, save_findings
from archiver.site import Site
from archiver.store.captures import lying_validators
from archiver.store.crawls import Coverage, count_articles, save_finding
from archiver.store.database import open_database, transaction
from archiver.store.sites import below_expectations
from archiver.warc.manifest import head


@click.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@click.option(
    "--since", metavar="DATE", help="Leave out what feeds, sitemaps and listings date before this day."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N pages a site.")
@click.option("--full", is_flag=True, help="Ask for every known page again.")
@click.option(
    "--delay",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Between two requests to a site; 0 is for a server of your own.",
)
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def crawl(
    settings: Settings,
    names: tuple[str, ...],
    since: str | None,
    limit: int | None,
    full: bool,
    delay: float | None,
    as_json: bool,
) -> int:
    """Crawl sites: what is new becomes captures, and captures become articles.

    Without SITE all sites are crawled. A crawl that was interrupted goes on where it was.

    \b
    archiver crawl
    archiver crawl sherpa --limit 20
    30 2 * * *  archiver --data-dir /srv/news -q crawl     (every night, from cron)
    """
    home = settings.home
    day = day_option(since, "--since")
    sites, broken = prepared_sites(home, names)
    config = settings.config
    request = CrawlRequest(
        crawl=new_crawl_id(),
        limit=limit,
        full=full,
        since=day + "0000-01-01"[len(day) :] if day else None,
        delay=delay,
        contact=config.get("contact"),
        operator=config.get("operator"),
        at_once=config.sites_at_once,
        spiders_dir=config.get("spiders_dir"),
    )
    mention_contact(settings, (url for site in sites for url in site.start_urls))
    with locked(home):
        open_database(home.database).close()
        report = run_crawl(settings, home, sites, request, broken=broken)
    if as_json:
        emit_document(report.document())
    return report.exit_code


class CrawlReport:
    """What a crawl came to, for a person, a program and a scheduler."""

    def __init__(self, crawl: str, *, limited: bool, broken: Sequence[ConfigurationError] = ()) -> None:
        self.crawl = crawl
        self.broken = broken
        self.limited = limited
        self.signal: int | None = None
        self.results: list[SiteResult] = []
        self.outcomes: dict[str, Outcome] = {}
        self.articles: dict[str, int] = {}
        self.expectations: dict[str, list[str]] = {}
        self.heads: dict[str, str | None] = {}
        self.health: dict[str, list[Finding]] = {}

    def problems(self, result: SiteResult) -> list[str]:
        """Why a site is unhealthy after this crawl: what went wrong with it, then what it lacks."""
        if result.error is not None:
            return [result.error.message]
        coverage, name = result.coverage, result.site.name
        if coverage is None:
            return ["it was not crawled"]
        found = []
        if coverage.state == "failed" or (
            coverage.state == "partial" and not self._bearable(result, coverage)
        ):
            found.append(coverage.reason or coverage.state)
        elif coverage.state == "complete" and not self.articles.get(name):
            found.append("no page of it is an article")
        unhealthy = [finding.line for finding in self.health.get(name, []) if finding.severity != "note"]
        return [*found, *result.damaged, *self.expectations.get(name, []), *unhealthy]

    def _bearable(self, result: SiteResult, coverage: Coverage) -> bool:
        """True where a partial crawl is no alarm: a limit was asked for, or a page or two failed."""
        if self.limited and coverage.reason == "page limit":
            return True
        counts = result.counts
        ended = coverage.due == coverage.fetched + coverage.failed and not counts.lost_listings
        return ended and counts.passing <= max(1, coverage.due // 20)

    @property
    def exit_code(self) -> int:
        """The code that INTERFACE promises for how the crawl ended."""
        from archiver.errors import StorageError

        if self.signal:
            return 128 + self.signal
        if any(isinstance(result.error, StorageError) for result in self.results):
            return 1
        bad = [result for result in self.results if self.problems(result)]
        failed = [r for r in bad if r.error or r.coverage is None or r.coverage.state == "failed"]
        if failed and len(failed) == len(self.results):
            return 4
        return 3 if bad or self.broken else 0

    def document(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "crawl": self.crawl,
            "exit_code": self.exit_code,
            "sites": [
                *(self._row(result) | self._head(result) for result in self.results),
                *({"site": e.site, "state": "failed", "problems": [e.message]} for e in self.broken),
            ],
        }

    def _row(self, result: SiteResult) -> dict[str, Any]:
        name = result.site.name
        coverage = asdict(result.coverage) if result.coverage else {}
        outcome = self.outcomes.get(name, Outcome())
        return {
            "site": name,
            "state": coverage.get("state", "failed"),
            "problems": self.problems(result),
            "findings": [asdict(finding) for finding in self.health.get(name, [])],
            "fetched": result.counts.fetched,
            "failed": result.counts.failed,
            "media": result.counts.media,
            "exchanges": result.counts.exchanges,
            "bytes_stored": result.counts.new_bytes,
            "articles": self.articles.get(name, 0),
            "articles_new": outcome.new,
            "articles_changed": outcome.changed,
            "left_out": result.left_out,
            "seconds": round(result.seconds, 1),
        }

    def _head(self, result: SiteResult) -> dict[str, str | None]:
        """The newest of the site's manifests, which verify --fixity asks for."""
        return {"head": self.heads.get(result.site.name)}

    def line(self, result: SiteResult) -> str:
        """One line about one site."""
        row = self._row(result)
        pages = count(result.counts.fetched, "page")
        if self.was_interrupted(result):
            return f"{row['site']}: interrupted after {pages}; the same command goes on"
        text = (
            f"{row['site']}: {pages}, {count(row['articles_new'], 'new article')}, "
            f"{row['articles_changed']} changed, {row['articles']} in all"
        )
        if result.counts.media:
            text += f", {result.counts.media} images and documents"
        if result.left_out:
            text += f", {count(result.left_out, 'older address')} left out"
        if result.counts.passing:
            text += f", {result.counts.passing} failed for now"
        return " – ".join((text, *row["problems"][:1]))

    def was_interrupted(self, result: SiteResult) -> bool:
        """True where the crawl of a site was cut short by a signal, and by nothing else."""
        return self.signal is not None and result.error is None


def run_crawl(
    settings: Settings,
    home: Home,
    sites: Sequence[Site],
    request: CrawlRequest,
    *,
    broken: Sequence[ConfigurationError] = (),
) -> CrawlReport:
    """Crawl and derive; the lock is held by the caller. ``broken`` profiles are reported only."""
    report = CrawlReport(request.crawl, limited=request.limit is not None, broken=broken)
    quiet = settings.verbosity < 0
    with CrawlProgress(enabled=sys.stderr.isatty() and not quiet) as progress:
        run = Run(home, request, progress.crawling)
        report.results = run.go(sites)
        report.signal = run.signal
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not report.signal:
            _derive(settings, home, report, progress)
    report.heads = {r.site.name: head(home.collection(r.site.name)) for r in report.results}
    write_metadata(home)
    write_report(home, report.crawl, report.document())
    _say(report, quiet=quiet)
    return report


def _derive(settings: Settings, home: Home, report: CrawlReport, progress: CrawlProgress) -> None:
    db = open_database(home.database)
    for result in report.results:
        if result.coverage is None or result.error is not None:
            continue
        site = result.site
        clean = clean_of(site, settings)
        outcome = derive_all(home, db, site, clean=clean, progress=progress.deriving(site))
        report.outcomes[site.name] = outcome
        row = db.execute("SELECT count(*) FROM articles WHERE site = ?", (site.name,)).fetchone()
        report.articles[site.name] = row[0]
        report.expectations[site.name] = below_expectations(db, site)
        with transaction(db):
            count_articles(db, site.name, report.crawl, new=outcome.new, changed=outcome.changed)
            extractor = extractor_name(site, clean)
            report.health[site.name] = check_health(db, site, result.coverage, extractor=extractor)
            _save_findings(db, report, result, result.coverage)


def _save_findings(
    db: sqlite3.Connection, report: CrawlReport, result: SiteResult, coverage: Coverage
) -> None:
    """A row for each problem of a site: how its crawl went, and each expectation that it fails."""
    name = result.site.name
    if (url := lying_validators(db, name)) is not None:
        save_finding(
            db,
            site=name,
            crawl=report.crawl,
            code="validators",
            severity="note",
            message="the server calls different pages the same, and is asked for every page whole",
            url=url,
        )
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
            hint=f"archiver sites check {name}",
        )


def _say(report: CrawlReport, *, quiet: bool) -> None:
    for result in report.results:
        problems = report.problems(result)
        if problems or not quiet:
            say(printable(report.line(result)))
        if report.was_interrupted(result):
            continue
        for problem in problems[1:]:
            say(printable(f"{result.site.name}: {problem}"))
        for finding in report.health.get(result.site.name, []):
            if finding.severity != "note":
                say(printable(f"  {finding.code}: {finding.url} – {finding.hint}"))
        if problems:
            closer = f"look closer: archiver sites check {result.site.name}"
            say(printable(f"  {result.error.hint if result.error and result.error.hint else closer}"))
    for error in report.broken:
        say_error(error)
    if report.signal:
        say("interrupted; everything stored so far is whole, and the same command goes on")
