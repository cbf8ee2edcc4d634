"""``archiver gone``: articles that a site no longer serves where they were, or no longer names."""

from __future__ import annotations

from typing import Any, get_args

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit
from archiver.model import StateName
from archiver.store.database import open_reader
from archiver.store.sites import check_sites
from archiver.store.states import gone_rows

COLUMNS = ("state", "since", "site", "id", "title", "seen_at", "reason", "capture")


@click.command()
@click.option("--site", "sites", multiple=True, metavar="S", help="Only this site; may be repeated.")
@click.option(
    "--state",
    "names",
    multiple=True,
    type=click.Choice(get_args(StateName)),
    help="Only this state; may be repeated.",
)
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def gone(settings: Settings, sites: tuple[str, ...], names: tuple[str, ...], form: Any) -> None:
    """Articles that are gone, moved, replaced or named by no listing, the newest first.

    Each with the day on which that was first seen and the capture that proves it. Their last
    good text stays: archiver show ID.

    \b
    archiver gone
    archiver gone --site sherpa --state gone --state "soft 404" --json
    """
    db = open_reader(settings.home.database)
    check_sites(db, sites)
    emit(gone_rows(db, sites, names), COLUMNS, form=form or "auto")
