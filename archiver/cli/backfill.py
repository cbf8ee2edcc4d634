"""``archiver backfill``: mementos of a web archive become captures, and captures become articles."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from urllib.parse import urlsplit

import click

from archiver.backfill.choice import Choice, Wish
from archiver.backfill.manners import Manners
from archiver.backfill.run import BackfillOptions, BackfillRun
from archiver.backfill.source import Source, check_address
from archiver.backfill.summary import Summary
from archiver.backfill.wire import Connection
from archiver.cli.articles import day_option
from archiver.cli.chosen import mention_contact, prepared_sites
from archiver.cli.crawl import delay_option
from archiver.cli.derive import clean_of
from archiver.cli.main import Settings
from archiver.cli.output import emit, emit_document, say
from archiver.cli.progress import BackfillProgress, CrawlProgress
from archiver.crawl.guard import AddressGuard
from archiver.crawl.settings import DOWNLOAD_DELAY, user_agent
from archiver.derive.deriving import derive_all
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import new_crawl_id, now
from archiver.locking import locked
from archiver.replay.access import hide_from_replay
from archiver.reports import write_report
from archiver.site import Site
from archiver.stopping import StoppedError, Stopping
from archiver.store.captures import underived_crawl
from archiver.store.crawls import count_articles
from archiver.store.database import open_database, transaction
from archiver.store.metadata import write_metadata
from archiver.suppressions import read_suppressions
from archiver.warc.manifest import head


@click.command()
@click.argument("name", metavar="SITE")
@click.option(
    "--from", "source", metavar="URL", required=True, help="A CDX server or a TimeMap of a web archive."
)
@click.option("--since", metavar="DATE", help="Only mementos of this day and later.")
@click.option("--until", metavar="DATE", help="Only mementos of this day and earlier.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask for at most N mementos.")
@click.option("--media", is_flag=True, help="Images, documents and style sheets, too.")
@click.option("--every", is_flag=True, help="Also mementos that are said to equal the one before.")
@click.option(
    "--replay", metavar="URL", help="Where the archive plays mementos, if not beside its CDX server."
)
@click.option("--ignore-robots", is_flag=True, help="For an archive that has allowed you to ask.")
@click.option("--dry-run", is_flag=True, help="Read the list alone, and say what would be fetched.")
@delay_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def backfill(
    settings: Settings,
    name: str,
    source: str,
    since: str | None,
    until: str | None,
    limit: int | None,
    media: bool,
    every: bool,
    replay: str | None,
    ignore_robots: bool,
    dry_run: bool,
    delay: float | None,
    as_json: bool,
) -> int:
    """Fetch from a web archive what it has of a site: pages of the past become captures and articles.

    --from names the CDX server of a pywb, OpenWayback or Wayback Machine, or a TimeMap; {url} in it
    stands for each address of the site that is known. Mementos are fetched as they were captured, one
    after the other, and kept with the whole exchange in a collection of their own; each is fetched
    once. What was interrupted goes on with the same command.

    The exit code is 3 where some mementos could not be had, 4 where none could.

    \b
    archiver backfill sherpa --from https://web.archive.org/cdx/search/cdx --dry-run
    archiver backfill sherpa --from https://web.archive.org/cdx/search/cdx --until 2019
    archiver backfill sherpa --from http://127.0.0.1:8080/demo/cdx --delay 0
    archiver backfill sherpa --from 'https://arquivo.pt/wayback/timemap/link/{url}'
    """
    for url in filter(None, (source, replay)):
        check_address(url)
    wish = Wish(since=_first(since), until=_last(until), media=media, every=every)
    if wish.since > wish.until:
        raise UsageError(f"--since {since} is later than --until {until}")
    home = settings.home
    [site], _ = prepared_sites(home, (name,))
    mention_contact(settings, [source])
    options = BackfillOptions(
        crawl=new_crawl_id(),
        source=source,
        replay=replay if replay is None or replay.endswith("/") else replay + "/",
        limit=limit,
        heeds_robots=not ignore_robots,
        user_agent=user_agent(settings.config.get("contact")),
        operator=settings.config.get("operator"),
        proxy=settings.config.proxy,
    )
    with locked(home), closing(open_database(home.database)) as db:
        summary = _backfill(settings, db, site, options, wish, delay, dry_run=dry_run)
    if as_json:
        emit_document(summary.document())
    else:
        emit(summary.rows(), summary.columns())
    for line in summary.lines() if settings.verbosity >= 0 else summary.problems():
        say(line)
    return summary.exit_code


def _first(text: str | None) -> date:
    day = day_option(text, "--since")
    return _day(day + "0000-01-01"[len(day) :], "--since", text) if day else date.min


def _last(text: str | None) -> date:
    """The last day of a day, a month or a year."""
    day = day_option(text, "--until")
    if not day:
        return date.max
    for end in {4: ("-12-31",), 7: ("-31", "-30", "-29", "-28")}.get(len(day), ("",)):
        with suppress(ValueError):
            return date.fromisoformat(day + end)
    return _day(day, "--until", text)


def _day(day: str, name: str, text: str | None) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{name} {text!r} is no date", hint="use YYYY, YYYY-MM or YYYY-MM-DD") from None


def _backfill(
    settings: Settings,
    db: sqlite3.Connection,
    site: Site,
    options: BackfillOptions,
    wish: Wish,
    delay: float | None,
    *,
    dry_run: bool,
) -> Summary:
    """Fetch, derive, report; the lock is held by the caller."""
    home, is_watched = settings.home, settings.verbosity >= 0 and sys.stderr.isatty()
    decisions = read_suppressions(home)
    with Stopping() as stopping:
        with (
            BackfillProgress(site.name, enabled=is_watched) as progress,
            closing(_manners(options, DOWNLOAD_DELAY if delay is None else delay, stopping)) as manners,
        ):
            source = Source(
                options.source,
                manners,
                hosts=sorted(site.host_names),
                bounds=_bounds(wish),
                urls=lambda: _known_addresses(db, site),
            )
            choice = Choice(db, site, wish, decisions)
            run = BackfillRun(
                home, db, site, options, manners=manners, source=source, choice=choice, stopping=stopping,
                clock=now, watch=progress.at,
            )  # fmt: skip
            summary = Summary(site.name, options, choice, source, run.course, is_plan=dry_run)
            _fetch(run, summary)
        if not dry_run:
            own = options.crawl if run.has_begun else None
            with suppress(StoppedError):  # what is left is derived by the next run
                _derive(settings, db, site, summary, own, stopping, is_watched=is_watched)
        summary.signal = stopping.signal
    if run.has_begun:
        if decisions:
            hide_from_replay(home, db, decisions, [site.name])
        _report(home, db, site, summary)
    return summary


def _manners(options: BackfillOptions, delay: float, stopping: Stopping) -> Manners:
    """How the archive is asked; the hosts that a person named may be private."""
    named = (url for url in (options.source, options.replay) if url)
    connection = Connection(
        guard=AddressGuard(urlsplit(url).netloc for url in named),
        proxy=options.proxy,
        clock=now,
        user_agent=options.user_agent,
    )
    return Manners(
        connection,
        delay=delay,
        clock=now,
        heeds_robots=options.heeds_robots,
        interruptible=stopping.waiting,
    )


def _fetch(run: BackfillRun, summary: Summary) -> None:
    """Fetch what is wanted, or count it where nothing is to be fetched."""
    if summary.is_plan:
        with suppress(StoppedError):
            summary.take_plan(run.plan())
        return
    summary.adopted = run.recover()
    run.go()


def _bounds(wish: Wish) -> tuple[str | None, str | None]:
    """The days asked for, as a CDX server is told them."""
    since = f"{wish.since:%Y%m%d}" if wish.since != date.min else None
    return since, f"{wish.until:%Y%m%d}" if wish.until != date.max else None


def _known_addresses(db: sqlite3.Connection, site: Site) -> Iterator[str]:
    """The addresses of a site's pages, as far as they are known: its beginnings, and what articles had."""
    known = dict.fromkeys((*site.start_urls, *(listing.url for listing in site.listings)))
    rows = db.execute("SELECT url FROM article_aliases WHERE site = ? ORDER BY url", (site.name,)).fetchall()
    yield from dict.fromkeys([*known, *(row[0] for row in rows)])


def _derive(
    settings: Settings,
    db: sqlite3.Connection,
    site: Site,
    summary: Summary,
    own: str | None,
    stopping: Stopping,
    *,
    is_watched: bool,
) -> None:
    """Derive what was never derived, what a crash left too; it counts for this run where it has a file.

    Raises StoppedError where a signal came.
    """
    stopping.check()
    left = underived_crawl(db, site.name)
    if left is None:
        return
    crawl = own or left
    with CrawlProgress(enabled=is_watched) as progress:
        outcome = derive_all(
            settings.home,
            db,
            site,
            clean=clean_of(site, settings),
            progress=progress.deriving(site),
            check=stopping.check,
        )
    with transaction(db):
        count_articles(db, site.name, crawl, new=outcome.new, changed=outcome.changed)
    summary.new, summary.changed = outcome.new, outcome.changed


def _report(home: Home, db: sqlite3.Connection, site: Site, summary: Summary) -> None:
    """The report, with the findings and the heads of both collections."""
    with transaction(db):
        summary.save_findings(db)
    own, beside = home.collection(site.name), home.backfill(site.name)
    summary.heads = {collection.name: head(collection) for collection in (own, beside)}
    write_metadata(home)
    write_report(home, summary.options.crawl, summary.document())
