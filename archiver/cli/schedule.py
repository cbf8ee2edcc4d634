"""``archiver schedule``: the nights, run by systemd or cron."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, emit_document, say, say_error
from archiver.cli.planned import check_archive, planned
from archiver.errors import ArchiverError, UsageError
from archiver.instants import now
from archiver.nightly import cron, timer
from archiver.nightly.schedule import Schedule, missing_day
from archiver.nightly.state import COLUMNS, Scheduled, with_last_run
from archiver.nightly.units import units

_IMAGE = click.Path(file_okay=False, exists=True, resolve_path=True, path_type=Path)
_SCOPE = (
    click.option("--user", "system", flag_value=False, type=bool, default=None, help="For you alone."),
    click.option(
        "--system", "system", flag_value=True, type=bool, help="For the machine; what install does for root."
    ),
    click.option("--systemd", "by", flag_value="systemd", help="By systemd, also where it does not run."),
    click.option("--cron", "by", flag_value="cron", help="By cron, also where systemd runs."),
    click.option("--root", metavar="DIR", type=_IMAGE, default="/", help="Below DIR, the root of an image."),
    click.option("--name", default="nightly", show_default=True, help="One for each archive."),
)


def _scoped(command: Any) -> Any:
    for option in reversed(_SCOPE):
        command = option(command)
    return command


@click.group()
def schedule() -> None:
    """Run archiver nightly by itself: a systemd timer, or a cron line where there is no systemd.

    \b
    archiver --data-dir /srv/news schedule install --at 03:30
    archiver schedule show
    archiver schedule remove
    """


@schedule.command()
@_scoped
@click.option("--at", default="03:30", show_default=True, help="HH:MM, or with systemd any OnCalendar=.")
@click.option("--spread", default="15m", show_default=True, help="systemd: start at random within this time.")
@click.option("--memory", default="2G", show_default=True, help="systemd: the most memory (MemoryMax=).")
@click.option("--mail", metavar="ADDRESS", help="Who hears of a failed night. [default: who runs it]")
@click.option("--run-as", metavar="USER", help="With --system. [default: the owner of the data directory]")
@click.option("--replace", is_flag=True, help="Write a schedule anew that is there already.")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@click.pass_context
def install(
    ctx: click.Context,
    /,
    system: bool | None,
    by: str | None,
    root: Path,
    name: str,
    replace: bool,
    dry_run: bool,
    run_as: str | None,
    **chosen: Any,
) -> None:
    """Write the units or the cron line, and start the timer.

    \b
    archiver --data-dir /srv/news schedule install --dry-run
    archiver --data-dir /srv/news schedule install --user --at 04:00
    sudo .venv/bin/archiver --data-dir /var/lib/news schedule install --system --run-as news
    """
    settings: Settings = ctx.obj
    manager = timer.Manager(system=_is_system(system), environ=os.environ, root=root)
    by = by or ("systemd" if manager.runs else "cron")
    plan = planned(ctx, name=name, system=manager.system, run_as=run_as, **chosen)
    crontab = cron.Crontab(system=manager.system, environ=os.environ, root=root)
    if by == "cron" and plan.mail and not plan.system:
        raise UsageError(
            "--mail is for systemd and --system", hint="set MAILTO= in your crontab (crontab -e)"
        )
    if dry_run:
        _print(plan, manager.folder if by == "systemd" else None)
    elif by == "systemd":
        check_archive(plan, settings)
        if todo := timer.install(plan, manager, replace=replace):
            say(todo)
    else:
        check_archive(plan, settings)
        cron.install(plan, crontab, replace=replace)
    _say_what_to_know(plan, by, settings)
    if not dry_run and settings.verbosity >= 0:
        say(f"{plan.name}: {by} runs archiver nightly at {plan.at}; archiver schedule show tells more")


@schedule.command(short_help="When each schedule last ran, and runs next.")
@click.option("--root", metavar="DIR", type=_IMAGE, default="/", help="Below DIR, the root of an image.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def show(settings: Settings, root: Path, form: Any) -> None:
    """Every schedule, yours and the machine's: when it last ran, how that ended, when it runs next.

    systemd is asked where it runs; otherwise the last run is the newest report of the archive.

    \b
    archiver schedule show
    archiver schedule show --json
    """
    rows = [found.row() for found in with_last_run(_all_scheduled(root, now()))]
    if rows or form:
        emit(rows, COLUMNS, form=form or "auto")
    if not rows and settings.verbosity >= 0:
        say("nothing is scheduled; archiver schedule install does")


@schedule.command()
@_scoped
@click.option("--json", "as_json", is_flag=True, help="What was removed, as one JSON document.")
@click.pass_obj
def remove(
    settings: Settings, system: bool | None, by: str | None, root: Path, name: str, as_json: bool
) -> None:
    """Stop the timer and take away what install wrote. A night that runs goes on to its end.

    \b
    archiver schedule remove
    archiver schedule remove --name second --system
    """
    found = [each for each in _all_scheduled(root, now()) if each.name == name]
    if system is not None:
        found = [each for each in found if each.scope == ("system" if system else "user")]
    found = [each for each in found if by in (None, each.by)]
    if not found:
        raise UsageError(f"no schedule is named {name}", hint="archiver schedule show lists what there is")
    if len(found) > 1:
        each = " and ".join(f"--{one.scope} --{one.by}" for one in found)
        raise UsageError(f"there are {len(found)} schedules named {name}", hint=f"choose one: {each}")
    [one] = found
    if one.by == "systemd":
        timer.remove(name, timer.Manager(system=one.scope == "system", environ=os.environ, root=root))
    else:
        cron.remove(name, cron.Crontab(system=one.scope == "system", environ=os.environ, root=root))
    if as_json:
        emit_document(one.row())
    elif settings.verbosity >= 0:
        say(f"{name}: removed")


def _all_scheduled(root: Path, instant: datetime) -> list[Scheduled]:
    """What there is; where one place cannot be read, that is said and the others are looked at."""
    found = list[Scheduled]()
    for system in (False, True) if root == Path("/") else (True,):
        manager = timer.Manager(system=system, environ=os.environ, root=root)
        crontab = cron.Crontab(system=system, environ=os.environ, root=root)
        for each in (timer.scheduled(manager), cron.scheduled(crontab, instant)):
            try:
                found += each
            except ArchiverError as error:
                say_error(error)
    return found


def _is_system(system: bool | None) -> bool:
    return os.geteuid() == 0 if system is None else system


def _print(plan: Schedule, folder: Path | None) -> None:
    """What would be written, to stdout."""
    if folder is None:
        print(cron.lines(plan), end="")
        return
    for number, (name, text) in enumerate(units(plan).items()):
        print(f"{'' if number == 0 else chr(10)}# {folder / name}\n{text}", end="")


def _say_what_to_know(plan: Schedule, by: str, settings: Settings) -> None:
    if settings.verbosity < 0:
        return
    if plan.system and plan.user == "root":
        say("it runs as root; --run-as USER names a user who owns the archive and nothing else")
    if by == "systemd" and plan.clock and (day := missing_day(plan.clock, now())):
        say(f"{day:%Y-%m-%d} has no {plan.at} here: systemd leaves that night out; choose another time")
    if by == "systemd" and not plan.system and not Path("/var/lib/systemd/linger", str(plan.user)).exists():
        say(f"it runs only while you are logged in; always after: loginctl enable-linger {plan.user}")
