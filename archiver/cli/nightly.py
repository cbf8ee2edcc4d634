"""``archiver nightly``: all sites that are due, one report, an exit code for a scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archiver.cli.chosen import mention_contact, prepared_sites
from archiver.cli.crawl import crawl_request, delay_option, watched_run
from archiver.cli.main import Settings
from archiver.cli.output import emit_document, printable, say
from archiver.cli.spans import parse_span
from archiver.disk import write_atomically
from archiver.errors import ArchiverError, ConfigurationError, LockedError
from archiver.home import Home
from archiver.instants import now
from archiver.locking import locked
from archiver.nightly.due import due_sites
from archiver.nightly.history import NIGHTS, history_of
from archiver.nightly.lost import lost_profiles
from archiver.nightly.metrics import NightFigures, SiteFigures, write_metrics
from archiver.nightly.page import night_page
from archiver.nightly.ping import ping
from archiver.nightly.report import CrawlReport
from archiver.nightly.text import Row, night_text
from archiver.reports import reports
from archiver.store.database import open_database


@click.command()
@click.option(
    "--budget", metavar="SPAN", help="Ask for no further page after so long, e.g. 6h; the next night goes on."
)
@delay_option
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def nightly(settings: Settings, budget: str | None, delay: float | None, as_json: bool) -> int:
    """Crawl all sites that are due, and say in the morning how they are.

    Several sites at once, each politely by itself. The report is printed and kept as JSON and as a page
    with plots, in runs/ of the archive. The exit code is 3 where a site needs you, 4 where every site
    failed, 75 where another run is at work.

    \b
    archiver nightly
    archiver nightly --budget 6h
    archiver schedule install          (every night, by systemd or cron)
    """
    monitor = Monitor(settings.config.get("nightly.ping_url"))
    began = now()
    try:
        report = _night(settings, budget, delay, monitor)
        page = None
        with report.telling():
            page = _write_page(settings.home, report.document())
    except LockedError:
        raise  # that another night is at work is no end of that one
    except Exception as error:
        code, said = 1, type(error).__name__
        if isinstance(error, ArchiverError):
            code, said = error.exit_code, error.message
        monitor.say(str(code), said)
        _write_figures(settings, began, code)
        raise
    document = report.document()
    text = night_text(document, page, is_quiet=settings.verbosity < 0)
    monitor.say(str(report.exit_code), text)
    _write_figures(settings, report.began, report.exit_code, document["sites"])
    if as_json:
        emit_document(document)
    elif text:
        print(printable(text))
    return report.exit_code


@dataclass(frozen=True)
class Monitor:
    """Hears that a night began and how it ended, where the settings name one."""

    url: str | None

    def say(self, what: str, text: str = "") -> None:
        """Tell it ``start`` or an exit code."""
        problem = ping(self.url, what, body=text) if self.url else None
        if problem:
            say(f"the monitor was not told: {problem}")


def _night(settings: Settings, budget: str | None, delay: float | None, monitor: Monitor) -> CrawlReport:
    home = settings.home
    seconds = parse_span(budget, "--budget").total_seconds() if budget else _span(settings, "nightly.budget")
    patience = _span(settings, "nightly.patience") or 0.0
    sites, broken = prepared_sites(home, ())
    request = crawl_request(settings, command="nightly", delay=delay, budget=seconds, patience=patience)
    mention_contact(settings, (url for site in sites for url in site.start_urls))
    with locked(home):
        monitor.say("start")
        with closing(open_database(home.database)) as db:
            due, not_due = due_sites(db, sites, request.crawl)
            broken += lost_profiles(home, db)
        return watched_run(settings, due, request, broken, not_due)


def _span(settings: Settings, name: str) -> float | None:
    """Seconds that a setting says, None where it says nothing. Raises ConfigurationError."""
    text = settings.config.get(name)
    if not text:
        return None
    try:
        return parse_span(text, name).total_seconds()
    except ArchiverError as error:
        origin = settings.config.origins[name]
        raise ConfigurationError(f"{error.message} (from {origin})", hint=error.hint) from None


def _write_page(home: Home, document: dict[str, Any]) -> Path:
    """The page with plots, beside the report."""
    with closing(open_database(home.database)) as db:
        history = history_of(db, list(reports(home, latest=NIGHTS)), document["night"])
    path = home.run(document["crawl"]) / "report.html"
    write_atomically(path, night_page(document, history))
    return path


def _write_figures(
    settings: Settings, began: datetime, exit_code: int, rows: Sequence[Row] | None = None
) -> None:
    """The file for Prometheus, where the settings name one; ``rows`` is None where no night began."""
    path = settings.config.get("nightly.textfile")
    if path is None:
        return
    sites = None if rows is None else [_figures(row) for row in rows if row["state"] != "not run"]
    seconds = (now() - began).total_seconds()
    night = NightFigures(ended=now(), seconds=seconds, exit_code=exit_code, sites=sites)
    if problem := write_metrics(Path(path), night):
        say(f"the figures were not written: {problem}")


def _figures(row: Row) -> SiteFigures:
    return SiteFigures(
        site=row["site"], state=row["state"],
        articles=row.get("articles"), pages=row.get("fetched"), failures=row.get("failed"),
    )  # fmt: skip
