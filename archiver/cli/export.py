"""``archiver export``: clean articles as files, and datasets that one can publish."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from archiver.amounts import count
from archiver.cli.articles import chosen, filter_options, mention_undated
from archiver.cli.main import Settings
from archiver.cli.output import say
from archiver.cli.placing import check_place, into, into_folder, is_file_or_new, refusals, undone_by_signals
from archiver.disk import write_atomically
from archiver.errors import UsageError
from archiver.export.formats import FILES, FOLDERS, Format
from archiver.export.options import Options
from archiver.model import Article
from archiver.store.articles import articles, count_articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from archiver.store.sampling import SEED, TABLE, select
from archiver.store.sites import check_sites

if TYPE_CHECKING:
    from archiver.cli.progress import ExportProgress
    from archiver.export.published import LeftOut

WACZ = "wacz"


@click.command()
@click.option("--format", "form", type=click.Choice([*FILES, *FOLDERS, WACZ]))
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    default="-",
    help="A file, or a folder for markdown and texts; - is stdout.",
)
@click.option("--dataset", type=click.Path(path_type=Path), metavar="DIR", help="A folder to publish.")
@filter_options
@click.option("--query", metavar="Q", help="Only what a search finds.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="So many of them, by site and year.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another seed is another sample.")
@click.option("--no-duplicates", is_flag=True, help="Of articles with the same text only the first.")
@click.option(
    "--no-formulas", is_flag=True, help="CSV: mark cells that a spreadsheet would take for a formula."
)
@click.option("--with-reserved", is_flag=True, help="Dataset: also articles whose rights a site reserves.")
@click.pass_obj
def export(
    settings: Settings,
    form: str | None,
    output: str,
    dataset: Path | None,
    sites: tuple[str, ...],
    since: str | None,
    until: str | None,
    query: str | None,
    sample: int | None,
    seed: int,
    no_duplicates: bool,
    no_formulas: bool,
    with_reserved: bool,
) -> None:
    """Write articles as files, their captures as WACZ, or a dataset that one can publish.

    jsonl, csv and parquet are tables with a row an article; beside such a file lies a descriptor,
    FILE.datapackage.json, that says what its columns are. markdown is a folder with a file an
    article, texts the same in plain text with a table beside them, for corpus tools; tei is a corpus
    with structured texts, atom a feed; ris, bibtex and csl-json are citations.
    docs/exports.md says which field is where. The same articles give the same bytes.

    A WACZ plays in any player of web archives. With --from, --to or --query it holds the captures
    that the chosen articles were made from, all captures of their addresses, and what these refer
    to; without, all captures of the sites.

    A dataset is a folder with the articles as Parquet and JSON Lines, descriptions for people and
    machines, and checksums. It leaves out what sites reserve (TDMRep, noarchive) and counts it.

    \b
    archiver export --format jsonl -o articles.jsonl
    archiver export --format csv --no-formulas --site sherpa --from 2020 -o articles.csv
    archiver export --format markdown -o articles/
    archiver export --format texts --no-duplicates --sample 500 --seed 1 -o sample/
    archiver export --format bibtex --query klimat -o klimat.bib
    archiver export --format wacz --query klimat -o klimat.wacz
    archiver export --dataset news-2020/ --from 2020 --to 2020
    """
    _check(form, dataset, output, no_formulas=no_formulas, with_reserved=with_reserved)
    _check_choice(form, dataset, sample=sample, no_duplicates=no_duplicates)
    db = open_reader(settings.home.database)
    wanted = chosen(sites, since, until, query)
    check_sites(db, sites)
    mention_undated(db, wanted)
    options = Options(base_url=settings.config.base_url, no_formulas=no_formulas)
    check_place(settings, dataset or output)
    with refusals(str(dataset or output)), undone_by_signals():
        if dataset:
            written = _write_dataset(settings, db, wanted, dataset, with_reserved=with_reserved)
        elif form == WACZ:
            written = _write_wacz(settings, db, wanted, output)
        else:
            only = _selected(db, wanted, sample=sample, seed=seed, no_duplicates=no_duplicates)
            made = _write_articles(settings, db, wanted, form or "", output, options, only=only)
            written = count(made, "article")
    if (dataset or output != "-") and settings.verbosity >= 0:
        say(f"{written} in {dataset or output}")


def _check(
    form: str | None, dataset: Path | None, output: str, *, no_formulas: bool, with_reserved: bool
) -> None:
    """Raises UsageError for options that do not go together."""
    if (form is None) == (dataset is None):
        raise UsageError(
            "name a format or a dataset",
            hint="archiver export --format jsonl -o articles.jsonl; archiver export --dataset DIR",
        )
    if str(dataset) == "-":
        raise UsageError("a dataset is a folder of files", hint="name it with --dataset DIR")
    if dataset and output != "-":
        raise UsageError("a dataset is a folder of its own", hint="leave -o away")
    if no_formulas and form not in ("csv", "texts"):
        raise UsageError(
            "--no-formulas is for --format csv and for the table of texts",
            hint="no other format has formulas",
        )
    if with_reserved and not dataset:
        raise UsageError("--with-reserved is for --dataset", hint="other exports leave only hidden pages out")
    if form in FOLDERS and output == "-":
        raise UsageError(f"{form} writes a folder of files", hint="name it with -o FOLDER")
    if form and output == "-" and sys.stdout.isatty() and (form == WACZ or not _is_text(form)):
        raise UsageError(f"{form} is no text for a terminal", hint=f"name a file with -o FILE.{form}")


def _check_choice(form: str | None, dataset: Path | None, *, sample: int | None, no_duplicates: bool) -> None:
    """Raises UsageError where what is written is no choice of articles."""
    if (sample or no_duplicates) and (dataset or form == WACZ):
        option = "--sample" if sample else "--no-duplicates"
        raise UsageError(
            f"{option} is for formats of articles",
            hint="a WACZ and a dataset hold all that the filters let through",
        )


def _selected(
    db: sqlite3.Connection, wanted: Filter, *, sample: int | None, seed: int, no_duplicates: bool
) -> str:
    """The temporary table of the articles that are chosen among those wanted; empty where all are."""
    if sample is None and not no_duplicates:
        return ""
    select(db, wanted, size=sample, seed=seed, no_duplicates=no_duplicates)
    return TABLE


def _is_text(form: str) -> bool:
    return form in FOLDERS or (form in FILES and FILES[form].is_text)


def _write_articles(
    settings: Settings,
    db: sqlite3.Connection,
    wanted: Filter,
    form: str,
    output: str,
    options: Options,
    *,
    only: str,
) -> int:
    among = f"SELECT id FROM temp.{only}" if only else ""
    with _progress(settings, output) as progress:
        found = progress.articles(
            articles(db, wanted, only=only), lambda: count_articles(db, wanted, among=among)
        )
        if form in FOLDERS:
            return into_folder(lambda folder: FOLDERS[form](found, folder, options), Path(output))
        if FILES[form].is_table and is_file_or_new(output):
            return _write_table(FILES[form], found, Path(output), options)
        return into(lambda out: FILES[form].write(found, out, options), output)


def _write_table(form: Format, found: Iterable[Article], path: Path, options: Options) -> int:
    """Write a table, and beside it what is in it."""
    from archiver.export.datapackage import Table, descriptor
    from archiver.export.measured import Measured
    from archiver.store.descriptions import TABLES

    beside = path.with_name(f"{path.name}.datapackage.json")
    if beside.is_dir():
        raise UsageError(f"{beside} is a folder, and the table's description goes there", hint="name another")

    def write(out: BinaryIO) -> Table:
        measured = Measured(out)
        rows = form.write(found, cast("BinaryIO", measured), options)
        # Before the table has its name: one without a description is no lie, one with another's is.
        beside.unlink(missing_ok=True)
        return Table(path=path.name, format=form, rows=rows, size=measured.size, digest=measured.digest)

    table = into(write, str(path))
    about = TABLES["articles"][1]
    text = descriptor([table], name=path.name, about=about, options=options)
    write_atomically(beside, text)
    return table.rows


def _progress(settings: Settings, output: str) -> ExportProgress:
    """What shows on a terminal how far it is, where that does not go between the lines of the export."""
    from archiver.cli.progress import ExportProgress

    return ExportProgress(enabled=settings.verbosity >= 0 and output != "-" and sys.stderr.isatty())


def _write_dataset(
    settings: Settings, db: sqlite3.Connection, wanted: Filter, path: Path, *, with_reserved: bool
) -> str:
    """Write the dataset; what is in it and what is left out, in words."""
    from archiver.derive.reserved import ReservedToday
    from archiver.export.dataset import write_dataset
    from archiver.export.published import LeftOut
    from archiver.store.descriptions import TABLES
    from archiver.store.reserved import TABLE as RESERVED
    from archiver.store.reserved import find_reserved

    # Of one state of the archive, what is counted as what is written.
    db.execute("BEGIN")
    reserved = find_reserved(db, wanted, ReservedToday(db, settings.home))
    without = "" if with_reserved else RESERVED
    left_out = LeftOut(**asdict(reserved), is_kept=with_reserved)
    with _progress(settings, str(path)) as progress:
        meant = count_articles(db, wanted) - (0 if with_reserved else reserved.tdm + reserved.noarchive)
        found = progress.articles(articles(db, wanted, without=without), lambda: meant)
        numbers = into_folder(
            lambda folder: write_dataset(
                found,
                folder,
                about=TABLES["articles"][1],
                left_out=left_out,
                creator=settings.config.get("operator"),
                scope=_in_words(wanted),
            ),
            path,
        )
    if settings.verbosity >= 0:
        _say_left_out(left_out)
        if not settings.config.get("operator"):
            say("nobody is named as its maker: set operator in archiver.toml, or write it into CITATION.cff")
    return count(numbers.articles, "article")


def _say_left_out(left: LeftOut) -> None:
    """What is left out; where reserved articles were asked for, that they are in it."""
    reserved = left.tdm + left.noarchive
    if reserved:
        verb = "are in it: do not pass it on as it is" if left.is_kept else "left out"
        say(f"{count(reserved, 'article')} reserved by their sites {verb}")
    if left.asked or left.suppressed:
        say(f"{count(left.asked, 'page')} that ask for it and {count(left.suppressed, 'address')} are hidden")


def _in_words(wanted: Filter) -> str:
    """A filter as its options, for a person who reads of the dataset."""
    said = [f"--site {site}" for site in wanted.sites]
    said += [f"--from {wanted.since}"] if wanted.since else []
    said += [f"--to {wanted.until}"] if wanted.until else []
    said += [f"--query {wanted.query}"] if wanted.query else []
    return " ".join(said)


def _write_wacz(settings: Settings, db: sqlite3.Connection, wanted: Filter, output: str) -> str:
    """Write the WACZ; what is in it, in words."""
    from archiver.replay.package import write_wacz

    with _progress(settings, output) as progress:
        made = into(lambda out: write_wacz(settings.home, db, wanted, out, watch=progress.at), output)
    if made.without_original:
        say(f"{count(made.without_original, 'revisit')} cannot play: this archive has no original of them")
    return f"{count(made.pages, 'article')} and {count(made.captures, 'capture')}"
