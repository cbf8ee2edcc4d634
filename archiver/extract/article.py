"""A page in, an article with its evidence out: the front of this room. Pure, and never raises."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.extract.chrome import ChromeModel
from archiver.extract.decode import Decoded, decode
from archiver.extract.language import find_language
from archiver.extract.published import told_elsewhere
from archiver.extract.reading import Reading, open_page
from archiver.extract.render import escaped
from archiver.extract.rules import Rules
from archiver.extract.text import read_plain
from archiver.extract.tree import looks_like_markup
from archiver.extract.walk import read
from archiver.model import Evidence, Extraction, Mention, Page, PageKind, Stripped
from archiver.wishes import meta_wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from bs4 import BeautifulSoup

    from archiver.extract.candidates import Row
    from archiver.extract.document import Block
    from archiver.site import Site

EXTRACTOR = "nyhetsarkiv/3"
CONTROLS = bytes((*range(1, 9), *range(14, 27), *range(28, 32)))
TAG = re.compile(rb"<(?:!doctype|html|head|body|div|p)[\s>]", re.I)
BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\xd0\xcf\x11\xe0",
)


def extract_article(
    page: Page,
    *,
    site: Site | None = None,
    chrome: ChromeModel | None = None,
    mentions: Sequence[Mention] = (),
    further: Sequence[Page] = (),
    clean: Callable[[BeautifulSoup], None] | None = None,
) -> Extraction:
    """What a page says: its kind, and the fields of the article where it is one.

    ``mentions`` are what feeds, sitemaps and listings say of this address, ``further`` the pages
    2, 3 … of the same article in order, ``clean`` a site's own function on the soup. Any bytes
    give an answer; what was wrong with them stands in ``evidence["encoding"]``.
    """
    if wrong := _no_text(page.body):
        return _nothing(page, PageKind.FILE, "bytes of a file that is no text", "", wrong)
    decoded = decode(page.body, page.content_type)
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    if (kind == "text/plain" or _has_lines(decoded)) and not looks_like_markup(decoded.text):
        return _plain(page, decoded, mentions, site.zone if site else None)
    found = open_page(page, decoded, site, clean)
    if found is None:
        wrong = "white space alone" if page.body else "no bytes"
        return _nothing(page, PageKind.EMPTY, "no text", decoded.encoding, wrong)
    doc, rules = found
    reading = Reading(page, doc, rules, decoded, site, chrome or ChromeModel.empty(), mentions)
    extraction = reading.extraction(further, clean)
    wishes = sorted(meta_wishes(doc.metas))
    return replace(extraction, wishes=tuple(wishes)) if wishes else extraction


def candidates_of(page: Page) -> list[tuple[Block, Row]]:
    """The lines of a page that may be its article's text, as the block judge sees them."""
    decoded = decode(page.body, page.content_type)
    doc = read(decoded.utf8)
    if doc is None:
        return []
    reading = Reading(page, doc, Rules(), decoded, None, ChromeModel.empty(), ())
    found = reading.survey(reading.title())
    return found.lines().rows if found is not None else []


def is_binary(body: bytes) -> bool:
    """True for bytes that no text has: one in twenty a control character, and no tag among them.

    NUL does not count, as UTF-16 is full of it.
    """
    start = body[:4096]
    controls = len(start) - len(start.translate(None, CONTROLS))
    return controls * 20 > len(start) and not TAG.search(start)


def _has_lines(decoded: Decoded) -> bool:
    """True for several lines of words without any tag: plain text, whatever it is sent as."""
    if b"<" in decoded.utf8:  # asked of the bytes, as a text of them costs more than all else here
        return False
    return decoded.text.strip().count("\n") >= 3 and len(decoded.text) > 200


def _no_text(body: bytes) -> str:
    """What shows that bytes are those of a file and no text; empty where nothing does."""
    start = body.lstrip()[:8]
    for signature in BINARY:
        if start.startswith(signature):
            return f"begins with {signature!r}, as a file does"
    return "control characters, as no text has" if is_binary(body) else ""


def _nothing(page: Page, kind: PageKind, reason: str, encoding: str, wrong: str) -> Extraction:
    how = Evidence(method="bytes", where=encoding, raw=wrong)
    return Extraction(url=page.url, kind=kind, reason=reason, confidence=1.0, evidence={"encoding": how})


def _plain(page: Page, decoded: Decoded, mentions: Sequence[Mention], zone: tzinfo | None) -> Extraction:
    """An article in plain text."""
    found = read_plain(decoded.text)
    published = found.published or told_elsewhere(page.url, mentions, zone)
    body = "\n\n".join(found.paragraphs)
    evidence = {
        "encoding": Evidence(method=decoded.method, where=decoded.encoding, raw="; ".join(decoded.problems))
    }
    if found.title:
        evidence["title"] = Evidence(method="line", where="first line of words", raw=found.title)
    if published:
        evidence["date_published"] = Evidence(
            method=published.method, where=published.where, raw=published.raw[:200]
        )
    language, how, said = find_language(None, None, body, page.language)
    if language:
        evidence["language"] = Evidence(method=how, where=how, raw=said)
    article = page.status < 400 and len(body) > 200 and bool(found.title)
    return Extraction(
        url=page.url,
        kind=PageKind.ARTICLE if article else (PageKind.ERROR if page.status >= 400 else PageKind.PAGE),
        reason="lines of prose under a title" if article else "no prose under a title",
        confidence=0.6,
        title=found.title,
        body=body,
        body_markdown="\n\n".join(map(escaped, found.paragraphs)),
        date_published=published.stamp.iso if published else None,
        language=language,
        evidence=evidence,
        stripped=tuple(
            Stripped(text=t[:300], where="line", reason="line of a menu or a column") for t in found.dropped
        ),
    )
