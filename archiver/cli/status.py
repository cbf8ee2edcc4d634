"""``archiver status``: the state of every site, and a check for monitoring."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.errors import UsageError
from archiver.instants import from_text, now
from archiver.store.database import open_reader
from archiver.store.sites import site_health

_UNITS = {"m": 60, "h": 3600, "d": 86400}


def parse_age(text: str) -> timedelta:
    """An age such as ``36h``, ``90m`` or ``2d``. Raises UsageError for anything else."""
    found = re.fullmatch(r"(\d{1,6})([mhd])", text)
    if not found:
        raise UsageError(f"--max-age {text!r} is no age", hint="examples: 36h, 90m, 2d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


@click.command()
@click.option("--max-age", metavar="AGE", help="Exit 1 where a site was not captured for so long, e.g. 36h.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def status(settings: Settings, max_age: str | None, form: Any) -> int:
    """The state of every site: articles, last capture, how the last crawl ended.

    \b
    archiver status
    archiver status --max-age 36h || mail -s "news archive" archivist
    """
    limit = parse_age(max_age) if max_age else None
    db = open_reader(settings.home.database)
    rows, late = [], []
    for health in site_health(db):
        row = dict(health)
        last = from_text(row["last_capture"]) if row["last_capture"] else None
        if limit is not None and (last is None or now() - last > limit):
            late.append(row["site"])
        rows.append(row)
    columns = (
        "site",
        "articles",
        "with_date",
        "captures",
        "last_capture",
        "last_state",
        "last_reason",
        "waiting",
    )
    emit(rows, columns, form=form or "auto")
    if not rows:
        say("there is no site yet; archiver sites add URL makes one")
    for name in late:
        say(f"{name}: no capture within {max_age}")
    return 1 if late else 0
