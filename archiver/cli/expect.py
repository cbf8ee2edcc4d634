"""``archiver sites expect``: what was learned of a site, beside what its profile says."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.nightly.learned import learned
from archiver.store.database import open_reader
from archiver.store.nights import nights_before, published_days

COLUMNS = ("expectation", "learned", "profile", "last_night", "about")


@click.command()
@click.argument("name")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def expect(settings: Settings, name: str, form: Any) -> int:
    """What is expected of a site: learned from its nights, or said by its profile.

    A key under [expect] in the profile goes before what was learned; docs/health.md tells how.

    \b
    archiver sites expect sherpa
    archiver sites expect sherpa --json
    """
    site = settings.home.site(name)
    with closing(open_reader(settings.home.database)) as db:
        rows = learned(site, nights_before(db, site.name, "~"), published_days(db, site.name))
    emit([asdict(row) for row in rows], COLUMNS, form=form or "auto")
    if not rows:
        say(f"{site.name}: no night has been counted yet; archiver crawl {site.name} counts one")
    return 0
