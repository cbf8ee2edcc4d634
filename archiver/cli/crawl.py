"""``archiver crawl``: capture what is new, derive articles from it, say how it went."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from archiver.amounts import count
from archiver.cli.articles import day_option
from archiver.cli.chosen import mention_contact, prepared_sites
from archiver.cli.derive import clean_of
from archiver.cli.main import Settings
from archiver.cli.output import emit_document, printable, say, say_error
from archiver.cli.progress import CrawlProgress
from archiver.crawl.runner import CrawlRequest, SiteResult
from archiver.errors import ConfigurationError
from archiver.instants import new_crawl_id
from archiver.locking import locked
from archiver.nightly.report import CrawlReport
from archiver.nightly.run import run_crawl
from archiver.nightly.text import clock_went_back, remedies
from archiver.site import Site

delay_option = click.option(
    "--delay",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Between two requests to a site; 0 is for a server of your own.",
)


@click.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@click.option(
    "--since", metavar="DATE", help="Leave out what feeds, sitemaps and listings date before this day."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N pages a site.")
@click.option("--full", is_flag=True, help="Ask for every known page again.")
@delay_option
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
    archiver nightly                   (all sites that are due, with a report, for every night)
    """
    home = settings.home
    day = day_option(since, "--since")
    sites, broken = prepared_sites(home, names)
    since = day + "0000-01-01"[len(day) :] if day else None
    request = crawl_request(settings, limit=limit, full=full, since=since, delay=delay)
    mention_contact(settings, (url for site in sites for url in site.start_urls))
    with locked(home):
        report = watched_run(settings, sites, request, broken)
    _say(report, quiet=settings.verbosity < 0)
    if as_json:
        emit_document(report.document())
    return report.exit_code


def crawl_request(settings: Settings, **bounds: Any) -> CrawlRequest:
    """A crawl that begins now, with the manners that the settings name."""
    config = settings.config
    return CrawlRequest(
        crawl=new_crawl_id(),
        contact=config.get("contact"),
        operator=config.get("operator"),
        proxy=config.proxy,
        at_once=config.sites_at_once,
        spiders_dir=config.get("spiders_dir"),
        **bounds,
    )


def watched_run(
    settings: Settings,
    sites: Sequence[Site],
    request: CrawlRequest,
    broken: Sequence[ConfigurationError],
    not_due: Sequence[Site] = (),
) -> CrawlReport:
    """Crawl and derive, with progress where somebody watches."""
    is_watched = sys.stderr.isatty() and settings.verbosity >= 0
    with CrawlProgress(enabled=is_watched) as progress:
        return run_crawl(
            settings.home,
            sites,
            request,
            broken=broken,
            not_due=not_due,
            clean_of=lambda site: clean_of(site, settings),
            watch=progress,
        )


def line(report: CrawlReport, result: SiteResult) -> str:
    """One line about one site."""
    row = report.row(result)
    pages = count(row["fetched"], "page")
    if row["state"] == "not run" and not report.signal:
        return f"{row['site']}: not run – {row['reason']}"
    if report.was_interrupted(result):
        return f"{row['site']}: interrupted after {pages}; the same command goes on"
    text = (
        f"{row['site']}: {pages}, {count(row['articles_new'], 'new article')}, "
        f"{row['articles_changed']} changed, {row['articles']} in all"
    )
    if row["media"]:
        text += f", {row['media']} images and documents"
    if row["left_out"]:
        text += f", {count(row['left_out'], 'older address')} left out"
    if result.counts.passing:
        text += f", {result.counts.passing} failed for now"
    return " – ".join((text, *row["problems"][:1]))


def _say(report: CrawlReport, *, quiet: bool) -> None:
    for result in report.results:
        problems = report.problems(result)
        if problems or not quiet:
            say(printable(line(report, result)))
        if report.was_interrupted(result):
            continue
        for problem in problems[1:]:
            say(printable(f"{result.site.name}: {problem}"))
        for todo in remedies(report.row(result)) if problems else ():
            say(printable(f"  {todo}"))
    for what in report.unwritten:
        say(printable(f"not stored: {what}"))
    if report.later:
        say(clock_went_back(report.later))
    for error in report.broken:
        say_error(error)
    if report.signal:
        say("interrupted; everything stored so far is whole, and the same command goes on")
