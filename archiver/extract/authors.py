"""Who wrote it: people's names as stated, or as a byline shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.body import OUTSIDE, Chosen, path_of
from archiver.extract.dates import find_date
from archiver.extract.words import BYLINE_LINE, Mark

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document
    from archiver.extract.stated import Stated

AWAY = OUTSIDE & ~(Mark.AUTHOR | Mark.FOOTER)
METAS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
)
LABEL = re.compile(
    r"^\W*(?:text och (?:bild|foto)|text & foto|text|by|av|von|af|par|por|di|door|skribent|författare|"
    r"forfatter|"
    r"author|written by|posted by|publicerad av|skrevet av|tekst|autor(?:in)?|kirjoittaja|teksti|"
    r"reporter)\b\s*[:/]?\s+",
    re.I,
)
NAME = re.compile(
    r"[^\W\d_][\w’'.\-]*(?:\s+(?:(?:von|van|de|der|den|af|av|da|di|le|la|bin|"
    r"al)\s+)*[^\W\d_][\w’'.\-]*){1,4}\Z"
)
SPLIT = re.compile(r"\s*(?:,|;|\||/|&|\b(?:and|och|og|und|et|ja|y|en)\b)\s*", re.I)
NOBODY = re.compile(r"https?:|@|[_]|\bwww\.|^admin$|^administrator$|^webmaster$", re.I)


def find_authors(
    doc: Document, stated: Stated, chosen: Chosen, *, title: Block | None
) -> tuple[tuple[str, ...], str, str, str]:
    """(names, method, where, raw); no names where the page names nobody."""
    if names := _names([n for n, w in stated.authors if w.startswith("script")]):
        return names, "json-ld", stated.authors[0][1], "; ".join(n for n, _ in stated.authors)[:300]
    for meta in METAS:
        if names := _names(doc.all_meta(meta)):
            return names, "meta", f"meta[{meta}]", "; ".join(doc.all_meta(meta))[:300]
    if names := _names([n for n, _ in stated.authors]):
        return names, "microdata", stated.authors[0][1], "; ".join(n for n, _ in stated.authors)[:300]
    return _shown(doc, chosen, title)


def _names(values: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for value in values:
        value = LABEL.sub("", value).strip(" ,;:")
        if not value or NOBODY.search(value) or len(value) > 160:
            continue
        parts = [p for p in SPLIT.split(value) if p]
        people = parts if len(parts) > 1 and all(NAME.match(p) for p in parts) else [value]
        found += [p for p in people if len(p) < 80 and p not in found]
    return tuple(found[:20])


def _shown(doc: Document, chosen: Chosen, title: Block | None) -> tuple[tuple[str, ...], str, str, str]:
    """Names in a byline near the title or the end, in links to authors, in "Text: Name" lines."""
    indexes = [b.index for b in chosen.blocks]
    start = min([*indexes, title.index if title else 10**9], default=0)
    start = 0 if start == 10**9 else max(start - 6, 0)
    end = max(indexes, default=start) + 12
    for href, rel, names, node in doc.anchors:
        if ("author" in rel or "/author" in href or "fn" in names.split()) and not node.marks & AWAY:
            for block in (
                doc.blocks[max(node.first, start) : min(node.last + 1, end)] if node.first >= 0 else []
            ):
                if href in block.hrefs and (found := _names([_link_text(block, href)])):
                    return found, "byline", path_of(node), block.text[:200]
    for block in doc.blocks[start:end]:
        if block.chars > 100 or block.marks & AWAY:
            continue
        labelled = BYLINE_LINE.match(block.text) or (LABEL.match(block.text) and block.marks & Mark.BYLINE)
        if labelled:
            rest = LABEL.sub("", block.text)
            if (date := find_date(rest)) is not None:
                rest = rest[: date[1]].strip(" ,|–-")
            if found := tuple(n for n in _names([rest]) if NAME.match(n)):
                return found, "byline", path_of(block.node), block.text[:200]
    return (), "", "", ""


def _link_text(block: Block, href: str) -> str:
    """The text of the link to this address in a block."""
    out: list[str] = []
    on = False
    for piece in block.pieces:
        if isinstance(piece, str):
            if on:
                out.append(piece)
        elif piece[0] == "a":
            on = piece[1] == href
        elif piece[0] == "/a":
            on = False
    return " ".join("".join(out).split())
