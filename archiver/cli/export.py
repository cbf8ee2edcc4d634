"""``archiver export``: clean articles as files."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import click

from archiver.cli.articles import chosen, mention_undated
from archiver.cli.main import Settings
from archiver.cli.output import count, say
from archiver.errors import StorageError, UsageError
from archiver.export.csv import write_csv
from archiver.export.jsonl import write_jsonl
from archiver.export.markdown import write_markdown
from archiver.model import Article
from archiver.store.articles import articles
from archiver.store.database import open_reader
from archiver.store.sites import check_sites

Writer = Callable[[Iterable[Article], BinaryIO], int]
FILES: dict[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv}
FOLDERS = {"markdown": write_markdown}


@click.command()
@click.option("--format", "form", required=True, type=click.Choice([*FILES, *FOLDERS]))
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
    """Write articles as JSON Lines, CSV or Markdown.

    \b
    archiver export --format jsonl -o articles.jsonl
    archiver export --format csv --site sherpa --from 2020 -o articles.csv
    archiver export --format markdown -o articles/
    """
    db = open_reader(settings.home.database)
    wanted = chosen(sites, since, until, query)
    check_sites(db, sites)
    mention_undated(db, wanted)
    found = articles(db, wanted)
    try:
        written = _write(form, output, found)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(
            f"{output}: {error.strerror or error}", hint="nothing was left half-written"
        ) from None
    if output != "-" and settings.verbosity >= 0:
        say(f"{count(written, 'article')} in {output}")


def _write(form: str, output: str, found: Iterable[Article]) -> int:
    if form in FOLDERS:
        if output == "-":
            raise UsageError(f"{form} writes a folder of files", hint="name it with -o FOLDER")
        return _into_folder(FOLDERS[form], found, Path(output))
    if output == "-":
        written = FILES[form](found, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return written
    return _into_file(FILES[form], found, Path(output))


def _into_file(write: Writer, found: Iterable[Article], path: Path) -> int:
    """Write beside the name and rename: the file is whole or not there."""
    handle, beside = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            written = write(found, file)
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return written


def _into_folder(
    write: Callable[[Iterable[Article], Path], int], found: Iterable[Article], path: Path
) -> int:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already and not an empty folder", hint="name a new one with -o")
    beside = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}."))
    try:
        written = write(found, beside)
        beside.chmod(0o777 & ~_umask())
        if path.exists():
            path.rmdir()
        beside.rename(path)
    except BaseException:
        import shutil

        shutil.rmtree(beside, ignore_errors=True)
        raise
    return written


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
