"""``archiver doctor``: versions, configuration with its origins, spiders, disk, clock, locks."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import click

from archiver import __version__
from archiver.cli.main import Settings
from archiver.cli.output import emit
from archiver.config import SETTINGS
from archiver.errors import ArchiverError
from archiver.instants import from_text, now
from archiver.suppressions import read_suppressions, suppressions_file

PACKAGES = (
    "scrapy",
    "twisted",
    "lxml",
    "beautifulsoup4",
    "warcio",
    "sqlite-utils",
    "msgspec",
    "click",
    "rich",
    "feedparser",
    "filelock",
    "isal",
    "datasette",
)
LITTLE_SPACE = 1_000_000_000


@click.command()
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.pass_obj
def doctor(settings: Settings, form: Any) -> int:
    """Check this installation and this archive, and say what to do where something is wrong.

    \b
    archiver doctor
    archiver doctor --json | jq '.[] | select(.verdict | startswith("wrong"))'
    """
    rows = [
        {"what": what, "value": value, "verdict": verdict}
        for check in (_versions, _replay, _configuration, _spiders, _archive, _clock, _lock)
        for what, value, verdict in check(settings)
    ]
    emit(rows, ("what", "value", "verdict"), form=form or "auto")
    return 1 if any(row["verdict"].startswith("wrong") for row in rows) else 0


Finding = tuple[str, str, str]


def _versions(settings: Settings) -> Iterator[Finding]:
    yield "nyhetsarkiv", __version__, "ok"
    yield "python", platform.python_version(), "ok"
    yield "sqlite", sqlite3.sqlite_version, "ok"
    for name in PACKAGES:
        try:
            yield name, metadata.version(name), "ok"
        except metadata.PackageNotFoundError:
            optional = name == "isal"
            yield (
                name,
                "-",
                "not installed (optional: faster compression)" if optional else "wrong: install it",
            )


def _replay(settings: Settings) -> Iterator[Finding]:
    from archiver.replay.environment import environments, find_python

    try:
        yield "pywb", str(find_python(environments(os.environ)).parents[1]), "ok"
    except ArchiverError:
        yield "pywb", "-", "not installed (optional: archiver replay --setup)"


def _configuration(settings: Settings) -> Iterator[Finding]:
    for setting in SETTINGS:
        value = settings.config.get(setting.name)
        verdict = f"from {settings.config.origins[setting.name]}"
        if setting.name == "contact" and not value:
            verdict = "note: set ARCHIVER_CONTACT, so that site owners can reach you"
        yield setting.name, value or "-", verdict


def _spiders(settings: Settings) -> Iterator[Finding]:
    from archiver.crawl.spiders import find_spiders

    try:
        found = find_spiders(settings.home.root, settings.config.get("spiders_dir"))
    except ArchiverError as error:
        yield "spiders", "-", f"wrong: {error.message}"
        return
    for name, spider in sorted(found.items()):
        yield f"spider {name}", spider.__module__, "ok"


def _archive(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if not home.root.exists():
        yield "archive", str(home.root), "not there yet; the first crawl makes it"
        return
    free = shutil.disk_usage(home.root).free
    enough = "ok" if free > LITTLE_SPACE else "wrong: little space is left"
    yield "free disk", f"{free / 1e9:.1f} GB", enough
    for name in home.site_names():
        try:
            home.site(name)
            yield f"profile {name}", str(home.profile(name)), "ok"
        except ArchiverError as error:
            yield f"profile {name}", str(home.profile(name)), f"wrong: {error.message}"
    if home.database.exists():
        yield from _database(settings)
    elif home.has_captures:
        yield "database", str(home.database), "wrong: it is missing; archiver rebuild makes it again"
    try:
        read_suppressions(home)
    except ArchiverError as error:
        yield "suppressions", str(suppressions_file(home)), f"wrong: {error.message}"


def _database(settings: Settings) -> Iterator[Finding]:
    from archiver.store.database import open_reader

    try:
        db = open_reader(settings.home.database)
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        yield "database", str(settings.home.database), "ok" if verdict == "ok" else f"wrong: {verdict}"
    except (ArchiverError, sqlite3.DatabaseError) as error:
        yield "database", str(settings.home.database), f"wrong: {error}"


def _clock(settings: Settings) -> Iterator[Finding]:
    present, newest = now(), None
    if settings.home.database.exists():
        try:
            with sqlite3.connect(settings.home.database) as db:
                newest = db.execute("SELECT max(seen_date) FROM captures").fetchone()[0]
        except sqlite3.DatabaseError:
            newest = None
    late = newest is not None and from_text(newest) > present
    verdict = "wrong: it is behind the newest capture; check the time of this machine" if late else "ok"
    yield "clock", present.strftime("%Y-%m-%dT%H:%M:%SZ"), verdict


def _lock(settings: Settings) -> Iterator[Finding]:
    from archiver.errors import LockedError
    from archiver.locking import locked

    if not settings.home.root.exists():
        return
    if not settings.home.lock.exists():  # and none is made where no archive may be
        yield "lock", "free", "ok"
        return
    try:
        with locked(settings.home):
            yield "lock", "free", "ok"
    except LockedError:
        yield "lock", "held", "note: a run is working on this archive"
    except OSError as error:
        yield "lock", "-", f"wrong: {error}"
