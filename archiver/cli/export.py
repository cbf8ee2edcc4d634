"""``archiver export``: clean articles as files."""

from __future__ import annotations

import io
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import click

from archiver.amounts import count
from archiver.cli.articles import chosen, mention_undated
from archiver.cli.main import Settings
from archiver.cli.output import say
from archiver.disk import umask, written_whole
from archiver.errors import StorageError, UsageError
from archiver.export.csv import write_csv
from archiver.export.jsonl import write_jsonl
from archiver.export.markdown import write_markdown
from archiver.instants import now
from archiver.model import Article
from archiver.store.articles import articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from archiver.store.sites import check_sites

T = TypeVar("T")
Writer = Callable[[Iterable[Article], BinaryIO], int]
FILES: dict[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv}
FOLDERS = {"markdown": write_markdown}
WACZ = "wacz"


@click.command()
@click.option("--format", "form", required=True, type=click.Choice([*FILES, *FOLDERS, WACZ]))
@click.option(
    "-o", "--output", metavar="PATH", default="-", help="A file, or a folder for markdown; - is stdout."
)
@click.option("--site", "sites", multiple=True, metavar="S", help="Only this site; may be repeated.")
@click.option("--from", "since", metavar="D", help="From this day, month or year on, inclusive.")
@click.option("--to", "until", metavar="D", help="Up to this day, month or year, inclusive.")
@click.option("--query", metavar="Q", help="Only what a search finds.")
@click.pass_obj
def export(
    settings: Settings,
    form: str,
    output: str,
    sites: tuple[str, ...],
    since: str | None,
    until: str | None,
    query: str | None,
) -> None:
    """Write articles as JSON Lines, CSV or Markdown, or their captures as WACZ.

    A WACZ plays in any player of web archives. With --from, --to or --query it holds the captures
    that the chosen articles were made from, all captures of their addresses, and what these refer
    to; without, all captures of the sites.

    \b
    archiver export --format jsonl -o articles.jsonl
    archiver export --format csv --site sherpa --from 2020 -o articles.csv
    archiver export --format markdown -o articles/
    archiver export --format wacz --query klimat -o klimat.wacz
    """
    db = open_reader(settings.home.database)
    wanted = chosen(sites, since, until, query)
    check_sites(db, sites)
    mention_undated(db, wanted)
    try:
        if form == WACZ:
            written = _write_wacz(settings, db, wanted, output)
        else:
            written = count(_write(form, output, articles(db, wanted)), "article")
    except BrokenPipeError:
        raise
    except OSError as error:
        if output == "-":
            raise StorageError(f"standard output: {error.strerror or error}") from None
        raise StorageError(
            f"{output}: {error.strerror or error}", hint="nothing was left half-written"
        ) from None
    if output != "-" and settings.verbosity >= 0:
        say(f"{written} in {output}")


def _write(form: str, output: str, found: Iterable[Article]) -> int:
    if form in FOLDERS:
        if output == "-":
            raise UsageError(f"{form} writes a folder of files", hint="name it with -o FOLDER")
        return _into_folder(FOLDERS[form], found, Path(output))
    if output == "-":
        written = FILES[form](found, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return written
    return _into_file(lambda out: FILES[form](found, out), Path(output))


def _write_wacz(settings: Settings, db: sqlite3.Connection, wanted: Filter, output: str) -> str:
    """Write the WACZ; what is in it, in words."""
    from archiver.replay.package import Package, write_wacz

    def write(out: BinaryIO) -> Package:
        return write_wacz(settings.home, db, wanted, out, now=now())

    if output == "-" and sys.stdout.isatty():
        raise UsageError("a WACZ is no text for a terminal", hint="name a file with -o FILE.wacz")
    if output == "-":
        made = write(cast("BinaryIO", _Stream(sys.stdout.buffer)))
        sys.stdout.buffer.flush()
    else:
        made = _into_file(write, Path(output))
    if made.without_original:
        say(f"{count(made.without_original, 'revisit')} cannot play: this archive has no original of them")
    return f"{count(made.pages, 'article')} and {count(made.captures, 'capture')}"


class _Stream(io.RawIOBase):
    """Standard output as what it is for a zip: written once, never sought, also where it is a file."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._out.write(data)


def _into_file(write: Callable[[BinaryIO], T], path: Path) -> T:
    """Write a file that is whole or not there."""
    with written_whole(path) as file:
        return write(file)


def _into_folder(
    write: Callable[[Iterable[Article], Path], int], found: Iterable[Article], path: Path
) -> int:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already and not an empty folder", hint="name a new one with -o")
    beside = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}."))
    try:
        written = write(found, beside)
        beside.chmod(0o777 & ~umask())
        if path.exists():
            path.rmdir()
        beside.rename(path)
    except BaseException:
        import shutil

        shutil.rmtree(beside, ignore_errors=True)
        raise
    return written
