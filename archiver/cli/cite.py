"""``archiver cite``: citations of articles, with robust links and what proves the capture."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, printable, say, say_error
from archiver.cli.placing import into
from archiver.errors import UsageError
from archiver.export.citation import Citation, citation_of
from archiver.export.formats import FILES
from archiver.export.options import Options
from archiver.export.reference import entry_text, evidence_text, reference_html, reference_text
from archiver.lookup import as_captured, find_article
from archiver.model import Article
from archiver.store.database import open_reader

if TYPE_CHECKING:
    from archiver.export.styles import Entry

FORMATS = ("text", "html", "ris", "bibtex", "csl-json")


@click.command()
@click.argument("references", metavar="ARTICLE...", nargs=-1)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--style", metavar="NAME", help="A style of CSL for text and html, or a FILE.csl.")
@click.option("--locale", metavar="L", help="The language of a style, as sv-SE.")
@click.option("--styles", "is_list", is_flag=True, help="List the styles that are installed.")
@click.option("--version", "number", type=click.IntRange(1), help="An earlier version.")
@click.option("--json", "as_rows", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "as_rows", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def cite(
    settings: Settings,
    references: tuple[str, ...],
    form: str,
    style: str | None,
    locale: str | None,
    is_list: bool,
    number: int | None,
    as_rows: Any,
) -> int:
    """Cite articles, by their ids or any addresses that they ever had; - reads them from standard input.

    A citation says who, what, when and where, and what proves it: where the capture plays, when it was
    made, its WARC record and the digest of its payload. html is a robust link: original, memento and date.
    Where the capture plays is known if archive.base_url says where replay is published. docs/citing.md
    tells more.

    \b
    archiver cite https://www.example.se/nyheter/ny-rapport/
    archiver cite cdf45fe247db5f92 --style apa --locale sv-SE
    archiver cite cdf45fe247db5f92 --version 1 --format html
    archiver search klimat --jsonl | archiver cite - --format bibtex > klimat.bib
    """
    if is_list:
        from archiver.export.styles import Styles

        rows = ({"style": name, "title": title} for name, title in Styles().titles())
        emit(rows, ("style", "title"), form=as_rows or "auto")
        return 0
    _check(references, form, style, locale, as_rows)
    found = _Found(settings, open_reader(settings.home.database), number)
    cited = found.articles(_named(references))
    if as_rows:
        emit(_rows(found.citations(cited), style, locale), (), form=as_rows)
    elif form in ("text", "html"):
        _print_entries(found.citations(cited), form, style, locale)
    else:
        options = Options(base_url=settings.config.base_url)
        into(lambda out: FILES[form].write(cited, out, options), "-")
    if found.cited and not settings.config.base_url and settings.verbosity >= 0:
        say("no address of a memento: archive.base_url, where replay is published, is not set")
    return 2 if found.missing else 0


def _check(
    references: tuple[str, ...], form: str, style: str | None, locale: str | None, as_rows: str | None
) -> None:
    """Raises UsageError for options that do not go together."""
    if not references:
        raise UsageError("name an article", hint="archiver cite URL; - reads ids from standard input")
    if style and not as_rows and form not in ("text", "html"):
        raise UsageError(f"--style is for text and html, and {form} has none", hint="leave one of them away")
    if as_rows and form != "text":
        raise UsageError(f"--{as_rows} and --format {form} are two formats", hint="leave one of them away")
    if locale and not style:
        raise UsageError("--locale is the language of a style", hint="name one with --style")


class _Found:
    """The articles that are named, each article once; ``missing`` are not there."""

    def __init__(self, settings: Settings, db: sqlite3.Connection, number: int | None) -> None:
        self.missing = 0
        self.cited: set[str] = set()
        self._settings = settings
        self._db = db
        self._number = number

    def articles(self, references: Iterable[str]) -> Iterator[Article]:
        """One after the other, as captured; what is not there is said, and the others follow."""
        for reference in references:
            try:
                article = find_article(self._settings.home, self._db, reference)
                if article.id not in self.cited:
                    shown = as_captured(self._db, article, self._number)
                    self.cited.add(article.id or "")
                    yield shown
            except UsageError as error:
                self.missing += 1
                say_error(error)

    def citations(self, articles: Iterable[Article]) -> list[Citation]:
        """What is cited of these articles."""
        return [citation_of(article, base_url=self._settings.config.base_url) for article in articles]


def _named(references: Iterable[str]) -> Iterator[str]:
    """The ids and addresses of the command; for ``-`` those of standard input."""
    for reference in references:
        if reference == "-":
            yield from filter(None, map(_first, _lines(sys.stdin)))
        else:
            yield reference


def _lines(stream: Iterable[str]) -> Iterator[str]:
    """The lines of a stream; of a JSON array, which ``--json`` prints, its objects, a line each."""
    lines = iter(stream)
    first = next(lines, "")
    if not first.startswith("["):
        yield from chain([first], lines)
        return
    try:
        rows = json.loads("".join([first, *lines]))
    except (ValueError, RecursionError):
        raise UsageError(
            "standard input begins as JSON and is none", hint="ids, a line each, will do"
        ) from None
    yield from (row if isinstance(row, str) else json.dumps(row) for row in rows)


def _first(line: str) -> str:
    """The id or address in a line: alone, the first cell of a table that is not its head, or of an object."""
    cell = line.strip().partition("\t")[0]
    if cell.startswith("{"):
        with suppress(ValueError, RecursionError):
            cell = str(json.loads(line).get("id") or cell)
    return "" if cell == "id" else cell


def _entries(citations: list[Citation], style: str | None, locale: str | None) -> list[Entry | None]:
    if style is None:
        return [None] * len(citations)
    from archiver.export.styles import Styles

    return [*Styles().entries(citations, style, locale=locale)]


def _print_entries(citations: list[Citation], form: str, style: str | None, locale: str | None) -> None:
    for citation, entry in zip(citations, _entries(citations, style, locale), strict=True):
        if form == "html":
            print(reference_html(citation, entry.html if entry else None), end="")
        else:
            print(printable(reference_text(citation, entry.text if entry else None)))


def _rows(citations: list[Citation], style: str | None, locale: str | None) -> Iterator[dict[str, Any]]:
    for citation, entry in zip(citations, _entries(citations, style, locale), strict=True):
        yield {
            "id": citation.id,
            "authors": [name.literal for name in citation.authors],
            "title": citation.title,
            "publisher": citation.publisher,
            "date": citation.date,
            "url": citation.url,
            "original_url": citation.original_url,
            "memento_url": citation.memento_url,
            "captured": citation.captured,
            "warc_record_id": citation.record,
            "payload_digest": citation.digest,
            "text": entry.text if entry else entry_text(citation),
            "evidence": evidence_text(citation),
            "html": reference_html(citation, entry.html if entry else None).rstrip(),
        }
