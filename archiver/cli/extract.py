"""``archiver extract``: pages in, articles out as JSON; touches no archive."""

from __future__ import annotations

import gc
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from archiver.cli.output import say
from archiver.cli.placing import check_place, undone_by_signals
from archiver.disk import written_whole
from archiver.errors import UsageError
from archiver.export.record import json_text, record
from archiver.extract.article import EXTRACTOR, extract_article
from archiver.model import Article, Extraction, Page, PageKind
from archiver.site import is_web_address

if TYPE_CHECKING:
    from archiver.cli.main import Settings

MAX_BYTES = 100_000_000
_PLAIN = (".txt", ".text")
_UNREADABLE = (OSError, EOFError, zlib.error, UsageError)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--url", metavar="URL", help="The address that the page came from.")
@click.option("--batch", metavar="PAGES.jsonl", help="Many: an object with id, url and file a line.")
@click.option("--output", metavar="PRED.jsonl", help="Where the lines go; default stdout.")
@click.pass_obj
def extract(
    settings: Settings, files: tuple[str, ...], url: str | None, batch: str | None, output: str | None
) -> int:
    """Extract articles from HTML or text files, an object a line as JSON.

    The keys that only an archive knows are null. - reads standard input.

    \b
    archiver extract page.html --url https://www.example.se/nyheter/ny-rapport/
    archiver extract --batch pages.jsonl --output articles.jsonl
    """
    if batch and (files or url):
        raise UsageError("--batch names the pages and their addresses", hint="leave FILE and --url out")
    if url is not None and not is_web_address(url):
        raise UsageError(f"{url!r} is no http or https address", hint="an example: https://www.example.se/a/")
    if not files and not batch:
        raise UsageError("no file is named", hint="archiver extract FILE, or --batch PAGES.jsonl")
    lines = _lines(Path(batch)) if batch else []
    if output:
        check_place(settings, output)
    with _written(Path(output) if output else None) as out:
        failed = _predict(Path(batch), lines, out) if batch else _extract(files, url, out)
    return 2 if failed else 0


def _extract(files: tuple[str, ...], url: str | None, out: TextIO) -> int:
    """Writes a line a file; how many failed."""
    failed = 0
    for name in files:
        try:
            page = _page(name, url)
        except _UNREADABLE as error:
            why = _words(error)
            say(f"archiver: {why}" if why.startswith(f"{name}: ") else f"archiver: {name}: {why}")
            failed += 1
            continue
        found = extract_article(page)
        out.write(json_text(record(article_of(found))) + "\n")
        if found.kind is not PageKind.ARTICLE:
            say(f"{name}: this looks like no article: {found.kind.value} ({found.reason})")
    return failed


@contextmanager
def _written(path: Path | None) -> Iterator[TextIO]:
    """Where lines go: standard output, or a file that is whole or not there."""
    if path is None:
        yield sys.stdout
        return
    with undone_by_signals(), written_whole(path) as file:
        out = io.TextIOWrapper(file, encoding="utf-8")
        yield out
        out.detach()


def _page(name: str, url: str | None) -> Page:
    body = _no_warc(sys.stdin.buffer.read(MAX_BYTES)) if name == "-" else _read(Path(name))
    plain = name.removesuffix(".gz").endswith(_PLAIN)
    return Page(url=url or "", body=body, content_type="text/plain" if plain else None)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if path.suffix != ".gz":
            return _no_warc(file.read(MAX_BYTES))
        with gzip.open(file) as unpacked:
            return _no_warc(unpacked.read(MAX_BYTES))


def _no_warc(body: bytes) -> bytes:
    """The bytes of a page. Raises UsageError where they are a WARC file, which holds many."""
    if body.startswith(b"WARC/"):
        raise UsageError("this is a WARC file: archiver import takes it")
    return body


def article_of(found: Extraction) -> Article:
    """An extraction as an article without an archive: what only an archive knows is null."""
    from dataclasses import asdict

    return Article(
        id=None,
        site=None,
        url=found.url or None,
        canonical_url=found.canonical_url,
        publisher=found.publisher,
        title=found.title,
        description=found.description,
        body=found.body,
        body_markdown=found.body_markdown,
        authors=found.authors,
        keywords=found.keywords,
        date_published=found.date_published,
        date_modified=found.date_modified,
        language=found.language,
        version=None,
        versions=None,
        first_seen=None,
        last_seen=None,
        gone_since=None,
        observed=None,
        capture=None,
        captures=None,
        evidence={name: asdict(evidence) for name, evidence in sorted(found.evidence.items())},
        extractor=EXTRACTOR,
        chrome_model=None,
        profile=None,
    )


def _lines(pages: Path) -> list[str]:
    try:
        return pages.read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{pages}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{pages}: {error}") from None


def _predict(pages: Path, lines: list[str], out: TextIO) -> int:
    """Writes a line a page; how many lines of the batch failed."""
    failed = 0
    gc.freeze()  # what the program is made of need not be looked at again after every few pages
    gc.set_threshold(50_000, 20, 20)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            body = _read(pages.parent / entry["file"])
            key, url = entry["id"], entry.get("url") or ""
        except (*_UNREADABLE, ValueError, KeyError, TypeError) as error:
            say(f"archiver: {pages}, line {number}: {_words(error)}")
            failed += 1
            continue
        found = extract_article(Page(url=url, body=body))
        prediction = {
            "id": key,
            "title": found.title,
            "body": found.body or None,
            "date": _day(found.date_published),
            "authors": list(found.authors),
        }
        out.write(json.dumps(prediction, ensure_ascii=False) + "\n")
    return failed


def _words(error: Exception) -> str:
    """What is wrong with a page or a line of a batch, for a person."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if isinstance(error, EOFError):
        return "the file ends in the middle of its compressed data"
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error}"
    if isinstance(error, KeyError):
        return f"there is no key {error}"
    if isinstance(error, TypeError):
        return "not an object with the texts id, url and file"
    return str(error)


def _day(date: str | None) -> str | None:
    return date[:10] if date and len(date) >= 10 else None
