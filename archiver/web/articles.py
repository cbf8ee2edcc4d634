"""The page of an article: to read, with its history, what changed, and how each field is known."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archiver.differences import Line, compared, what_changed
from archiver.export.citation import citation_of
from archiver.export.reference import reference_text
from archiver.lookup import as_captured, as_version
from archiver.model import Article, Capture, Stripped, Version
from archiver.store import articles as store
from archiver.store.captures import capture
from archiver.store.duplicates import duplicates_of
from archiver.store.overview import archived_at, pictures_of
from archiver.store.sites import names_of_sites
from archiver.store.states import states
from archiver.web.citations import CITATIONS, COPIES, formats
from archiver.web.headers import CAPTURED
from archiver.web.links import article_path, picture_path, replay_address
from archiver.web.markdown import Places, addresses, to_html
from archiver.web.served import ArchiveDatasette, Missing, Served, number, parameter, part

LONGEST = 400_000
"""Characters of a body that the page shows; the whole text is a link away."""
VERSIONS = 1_000_000
AROUND = 1  # paragraphs that stayed, before and behind one that changed
_COMPARED = re.compile(r"(\d{1,6})-(\d{1,6})\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Found:
    """An article with all that its page tells."""

    article: Article
    versions: Sequence[Version]
    rest: dict[str, Any]


async def article(datasette: ArchiveDatasette, request: Request) -> Response:
    """The page. Raises Missing where there is no such article, or version of it."""
    found = await _find(datasette, part(request, "article"))
    shown = _number(request, found)
    values = await datasette.ask(
        partial(_values, datasette.served, found, shown, parameter(request, "compare"))
    )
    return await datasette.page("article", request, values)


async def copy(datasette: ArchiveDatasette, request: Request) -> Response:
    """A citation of an article, or the article itself, in one format. Raises Missing."""
    form = formats().get(part(request, "format"))
    if form is None:
        raise Missing("There is no such format.")
    found = await _find(datasette, part(request, "article"))
    version = _number(request, found)
    is_citation, is_newest = part(request, "format") in CITATIONS, version == len(found.versions)

    def question(db: sqlite3.Connection) -> Article:
        if is_citation:
            return as_captured(db, found.article, None if is_newest else version)
        return found.article if is_newest else as_version(db, found.article, found.versions[version - 1])

    cited = await datasette.ask(question)
    which = "" if is_newest else f"-version-{version}"
    name = f"{found.article.id}{which}.{part(request, 'format')}"
    way = "inline" if form.media_type == "text/plain" else "attachment"
    headers = {
        "content-security-policy": CAPTURED,
        "content-disposition": f'{way}; filename="{name}"',
    }
    return Response(
        form.write(cited, datasette.served.base_url),
        headers=headers,
        content_type=f"{form.media_type}; charset=utf-8",
    )


def _number(request: Request, found: Found) -> int:
    """The version that is asked for, the newest where none is named. Raises Missing where there is none."""
    shown = number(request, "version", len(found.versions), VERSIONS)
    if shown > len(found.versions):
        raise Missing(f"There is no version {shown}: the article has {len(found.versions)}.")
    return shown


async def _find(datasette: ArchiveDatasette, identity: str) -> Found:
    shown = datasette.served.shown

    def question(db: sqlite3.Connection) -> Found | None:
        known = store.article_id_of(db, identity)
        read = store.article(db, known) if known else None
        if known is None or read is None or shown.hides_article(known, store.aliases(db, known)):
            return None
        rest = {
            "aliases": store.aliases(db, known),
            "states": states(db, known),
            "duplicates": [dict(row) for row in duplicates_of(db, known)],
            "stripped": store.stripped(db, known),
        }
        return Found(article=read, versions=store.versions(db, known), rest=rest)

    found = await datasette.ask(question)
    if found is None:
        raise Missing("There is no such article.")
    return found


def _values(
    served: Served, found: Found, number: int, compare: str, db: sqlite3.Connection
) -> dict[str, Any]:
    article, version = found.article, found.versions[number - 1]
    record = capture(db, version.capture)
    names = names_of_sites(db)
    pair = _pair(compare, len(found.versions))
    is_newest = number == len(found.versions)
    cited = as_captured(db, article, None if is_newest else number)
    return {
        **found.rest,
        "article": article,
        "version": version,
        "is_newest": is_newest,
        "history": _history(found.versions),
        "pair": pair,
        "paragraphs": list(_marked(*(found.versions[n - 1] for n in pair))) if pair else (),
        "body": None if pair else _body(db, article, version),
        "is_cut": len(version.body_markdown) > LONGEST,
        "record": record,
        "records": _records(db, article),
        "replay": _replay(served, record),
        "names": names,
        "name": names.get(article.site or "", article.site),
        "citations": CITATIONS,
        "copies": COPIES,
        "of_version": None if is_newest else str(number),
        "reference": reference_text(citation_of(cited, base_url=served.base_url)),
        "proven": [b for b in found.rest["stripped"] if b.of],
        "marked": _by_reason(b for b in found.rest["stripped"] if not b.of),
    }


def _body(db: sqlite3.Connection, article: Article, version: Version) -> Markup:
    """The text of a version as HTML; what is archived itself is linked here, and its pictures are shown."""
    text = version.body_markdown
    if len(text) > LONGEST:
        text = text[: text.rfind("\n", 0, LONGEST) if "\n" in text[:LONGEST] else LONGEST]
    known = archived_at(db, article.site or "", addresses(text))
    pictures = pictures_of(db, article.id or "")
    return to_html(
        text,
        Places(
            page=lambda url: article_path(known[url]) if url in known else None,
            picture=lambda url: picture_path(pictures[url]) if url in pictures else None,
        ),
    )


def _history(versions: Sequence[Version]) -> list[tuple[Version, str]]:
    """Each version with what changed in it, the newest first."""
    before = [None, *versions]
    return [(new, what_changed(old, new)) for old, new in zip(before, versions, strict=False)][::-1]


def _pair(text: str, versions: int) -> tuple[int, int] | None:
    """The two versions that are to be compared. Raises Missing for what is no pair of them."""
    if not text:
        return None
    found = _COMPARED.match(text)
    old, new = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= old < new <= versions:
        raise Missing("Two versions are compared as ?compare=1-2, the earlier one first.")
    return old, new


def _marked(old: Version, new: Version) -> Iterator[tuple[int, Line]]:
    """What changed, with a paragraph around it; a number above 0 is that of paragraphs left out.

    Of a text that is longer than a page can show, these are more.
    """
    lines = list(compared(old, new))
    near: set[int] = set()
    for place, (is_changed, _) in enumerate(lines):
        if is_changed:
            near.update(range(place - AROUND, place + AROUND + 1))
    left_out = length = 0
    for place, (_, line) in enumerate(lines):
        length += sum(len(words) for _, words in line) if place in near else 0
        if place in near and length < LONGEST:
            if left_out:
                yield left_out, []
            left_out = 0
            yield 0, line
        else:
            left_out += 1
    if left_out:
        yield left_out, []


def _records(db: sqlite3.Connection, article: Article) -> list[Capture]:
    """The captures that the article was read from, in their order."""
    own = str((article.capture or {}).get("warc_record_id"))
    records = dict.fromkeys((own, *(article.captures or ())))
    return [found for record in records if (found := capture(db, record)) is not None]


def _replay(served: Served, record: Capture | None) -> str | None:
    if record is None:
        return None
    return replay_address(served.replay, record.site, record.timestamp, record.url)


def _by_reason(blocks: Iterable[Stripped]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for block in blocks:
        found.setdefault(block.reason, []).append(block.text)
    return found
