"""``archiver extract``: pages in, articles out as JSON; touches no archive."""

from __future__ import annotations

import gc
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import click

from archiver.cli.output import say
from archiver.disk import written_whole
from archiver.errors import UsageError
from archiver.export.record import json_text, record
from archiver.extract.article import EXTRACTOR, extract_article
from archiver.model import Article, Extraction, Page, PageKind
from archiver.site import is_web_address

MAX_BYTES = 100_000_000
_PLAIN = (".txt", ".text")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--url", metavar="URL", help="The address that the page came from.")
@click.option("--batch", metavar="PAGES.jsonl", help="Many: an object with id, url and file a line.")
@click.option("--output", metavar="PRED.jsonl", help="Where --batch writes; default stdout.")
def extract(files: tuple[str, ...], url: str | None, batch: str | None, output: str | None) -> int:
    """Extract articles from HTML or text files, an object a line as JSON.

    The keys that only an archive knows are null. - reads standard input.

    \b
    archiver extract page.html --url https://www.example.se/nyheter/ny-rapport/
    archiver extract --batch pages.jsonl --output articles.jsonl
    """
    if batch:
        return _batch(Path(batch), Path(output) if output else None)
    if url is not None and not is_web_address(url):
        raise UsageError(f"{url!r} is no http or https address", hint="an example: https://www.example.se/a/")
    if not files:
        raise UsageError("no file is named", hint="archiver extract FILE, or --batch PAGES.jsonl")
    failed = 0
    for name in files:
        try:
            page = _page(name, url)
        except OSError as error:
            say(f"archiver: {name}: {error.strerror or error}")
            failed += 1
            continue
        found = extract_article(page)
        print(json_text(record(article_of(found))))
        if found.kind is not PageKind.ARTICLE:
            say(f"{name}: this looks like no article: {found.kind.value} ({found.reason})")
    return 2 if failed else 0


def _page(name: str, url: str | None) -> Page:
    body = sys.stdin.buffer.read(MAX_BYTES) if name == "-" else _read(Path(name))
    plain = name.removesuffix(".gz").endswith(_PLAIN)
    return Page(url=url or "", body=body, content_type="text/plain" if plain else None)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if path.suffix != ".gz":
            return file.read(MAX_BYTES)
        with gzip.open(file) as unpacked:
            return unpacked.read(MAX_BYTES)


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


def _batch(pages: Path, output: Path | None) -> int:
    try:
        lines = pages.read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{pages}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{pages}: {error}") from None
    if output is None:
        return _predict(pages, lines, sys.stdout)
    with written_whole(output) as file:
        out = io.TextIOWrapper(file, encoding="utf-8")
        failed = _predict(pages, lines, out)
        out.detach()
    return failed


def _predict(pages: Path, lines: list[str], out: Any) -> int:
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
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
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
    return 2 if failed else 0


def _words(error: Exception) -> str:
    """What is wrong with a line of a batch, for a person."""
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
