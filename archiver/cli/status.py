"""``archiver status``: the state of every site, and a check for monitoring."""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.cli.spans import parse_span
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import from_text, now
from archiver.locking import locked_if_free
from archiver.nightly.lost import lost_profiles
from archiver.store.crawls import has_begun
from archiver.store.database import open_reader
from archiver.store.sites import site_health

A_DAY = timedelta(days=1)
NEVER = "never crawled"
COLUMNS = (
    "site",
    "articles",
    "with_date",
    "last_observed",
    "last_state",
    "last_reason",
    "waiting",
)


@click.command()
@click.option("--max-age", metavar="AGE", help="Exit 1 where a site was not observed for so long, e.g. 36h.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def status(settings: Settings, max_age: str | None, form: Any) -> int:
    """The state of every site: articles, last capture, how the last crawl ended.

    The exit code is 1 where the last crawl of a site failed, where its profile cannot be
    read or, with --max-age, where it was not observed for so long.

    \b
    archiver status
    archiver status --max-age 36h || mail -s "news archive" archivist
    """
    limit = parse_span(max_age, "--max-age") if max_age else None
    if settings.home.has_captures and not settings.home.database.exists():
        raise settings.home.no_database()
    rows = _rows(settings.home)
    if not rows:
        raise UsageError("there is no site yet", hint="archiver sites add URL makes one")
    emit(rows, COLUMNS, form=form or "auto")
    alarms = [f"{row['site']}: {alarm}" for row in rows if (alarm := _alarm(row, limit, max_age))]
    for alarm in alarms:
        say(alarm)
    return 1 if alarms else 0


def _rows(home: Home) -> list[dict[str, Any]]:
    """A row for each site that has a profile, or lost it; none where somebody removed it."""
    sites, broken = home.readable_sites()
    known: dict[str, dict[str, Any]] = {}
    if home.database.exists():
        db = open_reader(home.database)
        known = _known(home, db)
        broken += lost_profiles(home, db)
    empty = {"articles": 0, "with_date": 0, "captures": 0, "last_state": NEVER}
    rows = [known.get(site.name) or dict.fromkeys(COLUMNS) | {"site": site.name} | empty for site in sites]
    rows += [
        dict.fromkeys(COLUMNS)
        | {"site": error.site, "last_state": "bad profile", "last_reason": error.message}
        for error in broken
    ]
    return sorted(rows, key=lambda row: str(row["site"]))


def _known(home: Home, db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """What the database knows, by site. A first crawl that stored no outcome runs still or was cut off."""
    known = {row["site"]: dict(row) for row in site_health(db)}
    without = [row for row in known.values() if row["last_state"] is None]
    begun = {row["site"] for row in without if has_begun(db, row["site"])}
    with locked_if_free(home) if begun else nullcontext(True) as is_free:
        state = "cut off" if is_free else "running"
    for row in without:
        row["last_state"] = state if row["site"] in begun else NEVER
    return known


def _alarm(row: dict[str, Any], limit: timedelta | None, max_age: str | None) -> str | None:
    """Why a site needs a person, or None."""
    if row["last_state"] == "cut off":
        return "the crawl did not come to its end; archiver crawl goes on"
    if row["last_state"] in ("failed", "bad profile"):
        return f"{row['last_state']}: {row['last_reason']}"
    if limit is None:
        return None
    age = now() - from_text(row["last_observed"]) if row["last_observed"] else None
    if age is not None and age < -A_DAY:
        return f"last observed on {row['last_observed'][:10]}, which is to come: the clock was wrong, or is"
    return None if age is not None and age <= limit else f"not observed within {max_age}"
