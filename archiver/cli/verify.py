"""``archiver verify``: WARC files, index and rows, checked against one another."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import click

from archiver.amounts import count
from archiver.cli.main import Settings
from archiver.cli.output import emit, printable, say
from archiver.cli.progress import Bar
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.model import Finding
from archiver.verify.archive import archive_files, verify_archive
from archiver.verify.files import Tally, named_files, verify_file
from archiver.verify.fixity import verify_fixity

SHOWN = 5  # findings of one kind that a person is shown
COLUMNS = ("level", "code", "file", "offset", "message", "hint", "record")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--derive", "again", is_flag=True, help="Derive the articles again, too, and compare the rows.")
@click.option("--sample", metavar="N", type=click.IntRange(min=1), help="With --derive: N articles a site.")
@click.option("--fixity", is_flag=True, help="Check the chain of manifests and each file's digest, too.")
@click.option(
    "--head", "heads", multiple=True, metavar="DIGEST", help="With --fixity: a head that you kept elsewhere."
)
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def verify(
    settings: Settings,
    paths: tuple[Path, ...],
    again: bool,
    sample: int | None,
    fixity: bool,
    heads: tuple[str, ...],
    form: Any,
) -> int:
    """Check WARC files, the index and the rows against one another.

    Without PATH it checks the whole archive. With files or folders it checks these by
    themselves, also where other programs wrote them: what breaks the standard is a defect,
    what breaks only the rules of this archive is a note.

    A finding a line: level, name, file, offset, what is wrong, what to do. The exit code is
    1 where one is a defect, 0 where all are notes.

    \b
    archiver verify
    archiver verify --fixity
    archiver verify --fixity --head sha256:0123…
    archiver verify --derive --sample 50
    archiver verify --json | jq '.[] | select(.level == "defect")'
    archiver verify crawl-from-elsewhere.warc.gz
    """
    tally = Tally()
    found: Iterable[Finding]
    if paths and (again or fixity):
        raise UsageError("--derive and --fixity are for the whole archive", hint="leave the files out")
    if sample and not again:
        raise UsageError(
            "--sample says how much --derive compares", hint="archiver verify --derive --sample 50"
        )
    _check_heads(heads, fixity=fixity)
    if paths:
        files = named_files(paths)
        found = _of_files(files, tally)
    else:
        by_site = _of_archive(settings.home)
        files = [path for each in by_site.values() for path in each]
        found = verify_archive(settings.home, by_site, now=now(), tally=tally)
        if fixity:
            found = chain(found, verify_fixity(settings.home, by_site, kept=heads, tally=tally))
        if again:
            found = chain(found, _derived(settings, tally, sample))
    total = sum(path.stat().st_size for path in files if path.is_file())
    with Bar("verify", total, enabled=settings.verbosity >= 0 and sys.stderr.isatty()) as bar:
        tally.watch = bar.at
        if not form and sys.stdout.isatty():
            found = list(found)
        else:
            emit(map(asdict, found), COLUMNS, form=form or "auto")
            found = []
    _print_for_a_person(list(found))
    if settings.verbosity >= 0:
        say(_summary(tally))
    return 1 if tally.defects else 0


def _check_heads(heads: tuple[str, ...], *, fixity: bool) -> None:
    """Raises UsageError for what is no head, and where nothing is compared with it."""
    if heads and not fixity:
        raise UsageError("--head is for --fixity", hint="archiver verify --fixity --head sha256:…")
    for head in heads:
        if not re.fullmatch("sha256:[0-9a-f]{64}", head):
            raise UsageError(
                f"{head!r} is no digest",
                hint="sha256: and 64 hex digits, as head in runs/<crawl>/report.json or crawl --json",
            )


def _print_for_a_person(found: list[Finding]) -> None:
    """A line a finding, few of each kind, and then once what to do about each kind."""
    by_code: dict[str, list[Finding]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append(one)
    for code, group in sorted(by_code.items(), key=lambda item: item[1][0].level):
        for one in group[:SHOWN]:
            place = one.file if one.offset is None else f"{one.file}:{one.offset}"
            print(printable(f"{one.level:<7}{code}  {place}\n       {one.message}"))
        if len(group) > SHOWN:
            print(f"       … and {len(group) - SHOWN} more of {code}; --jsonl has all")
        print(f"       to do: {group[0].hint}\n")


def _of_archive(home: Home) -> dict[str, list[Path]]:
    if not home.database.exists() and not home.has_captures:
        raise home.no_database()
    return archive_files(home)


def _derived(settings: Settings, tally: Tally, sample: int | None) -> Iterator[Finding]:
    """What deriving again finds, in an archive whose files were looked at before."""
    from archiver.cli.derive import clean_of
    from archiver.crawl.rebuild import archived_sites
    from archiver.verify.derived import verify_derived

    home = settings.home
    if not home.database.exists():
        return
    yield from verify_derived(
        home, archived_sites(home), clean=lambda site: clean_of(site, settings), tally=tally, sample=sample
    )


def _of_files(files: Iterable[Path], tally: Tally) -> Iterator[Finding]:
    for path in files:
        yield from verify_file(path, now=now(), tally=tally)


def _summary(tally: Tally) -> str:
    """What was looked at and what was found, in a line."""
    looked = f"{count(tally.files, 'file')}, {count(tally.records, 'record')}"
    if tally.articles:
        looked += f", {count(tally.articles, 'article')} derived again"
    defects = count(tally.defects, "defect") if tally.defects else "no defect"
    return f"{looked}: {defects}" + (f", {count(tally.notes, 'note')}" if tally.notes else "")
