"""Articles in several pages: which page is next, and how the pages are joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from archiver.extract.body import fold
from archiver.extract.links import absolute, split_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document

PAGER = re.compile(
    r"(?:(?:nästa|föregående|neste|forrige|næste|seuraava|edellinen|next|previous|nächste|vorherige|"
    r"page|sidan?|sider|"
    r"sidor|pages|side|siden|sivu|del|part|seite|seiten|suivante|siguiente|volgende|pagina|página|"
    r"successiva|av|of|"
    r"\d{1,2}(?!\d))[\s:|/·,.\[\]()<>«»‹›←→–-]*)+\Z",
    re.I,
)
QUERY = ("page", "sida", "side", "seite", "p", "part", "del")


def part_number(url: str) -> int | None:
    """The number at the end of the address of a further page, None for any other address."""
    parts = split_url(url)
    if match := re.search(r"[^/]/(?:page/|sida/)?(\d{1,2})/?\Z", parts.path):
        number = int(match[1])
        before = parts.path[: match.start() + 1]
        if 1 < number < 60 and not re.search(r"/(?:19|20)\d\d(?:/\d\d?)?\Z", before):
            return number
    query = parse_qs(parts.query)
    for name in QUERY:
        if name in query and query[name][-1].isdigit() and 1 < int(query[name][-1]) < 60:
            return int(query[name][-1])
    return None


def base_of(url: str) -> str:
    """The address of the first page of an article in several pages."""
    parts = split_url(url)
    if part_number(url) is None:
        return parts.path.rstrip("/")
    path = re.sub(r"/(?:page/|sida/)?\d{1,2}/?\Z", "", parts.path)
    return path.rstrip("/")


def first_part(url: str) -> str:
    """The whole address of the first page of an article, as far as that of a further page tells it."""
    parts = split_url(url)
    query = "&".join(p for p in parts.query.split("&") if p.partition("=")[0] not in QUERY)
    return f"{parts.scheme}://{parts.netloc}{base_of(url)}" + (f"?{query}" if query else "")


def shown_part(doc: Document, base: str, url: str) -> int | None:
    """The number of this page among the pages of its article, where a pager on it says so."""
    number = part_number(url)
    if number is None:
        return None
    stem = base_of(url)
    for block in doc.blocks:
        if is_pager(block):
            targets = (absolute(href, base) for href in block.hrefs)
            if any(target and base_of(target) == stem for target in targets):
                return number
    return None


def is_pager(block: Block) -> bool:
    """True for a line of links to the pages of an article: "Sida: 1 2 3"."""
    return bool(
        block.hrefs and block.chars < 80 and PAGER.match(block.text) and any(c.isdigit() for c in block.text)
    )


def next_part(doc: Document, base: str, url: str) -> str | None:
    """The following page of the same article, never the next article.

    From the first page it is its own address with a 2; from a later one, whose number might be
    the number of an article, a pager must show it.
    """
    shown = shown_part(doc, base, url)
    if shown is None and part_number(url) is not None:
        return None
    number, stem, host = shown or 1, base_of(url), split_url(url).netloc
    digits = str(number + 1)
    wanted = re.compile(rf"(?:^|[/=]){digits}/?(?:#.*)?\Z")
    hrefs = [href for href, _, _, _ in doc.anchors if digits in href]
    hrefs += [link["href"] for link in doc.links if "next" in link["rel"].split()]
    for href in hrefs:
        if wanted.search(href) and (target := absolute(href, base)) and _follows(target, host, stem, number):
            return target
    return None


def _follows(target: str, host: str, stem: str, number: int) -> bool:
    return (
        split_url(target).netloc == host
        and part_number(target) == number + 1
        and base_of(target) == stem
        and stem != ""
    )


def join_parts(before: Sequence[Block], blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks of a further page without the title, the lead and other lines that it repeats."""
    known = {fold(b.text) for b in before if b.text}
    heading = fold(title)
    left = list(blocks)
    while left and (fold(left[0].text) in known or _is_title(fold(left[0].text), heading)):
        left.pop(0)
    while left and left[-1].text and fold(left[-1].text) in known and left[-1].chars < 60:
        left.pop()
    return left


def _is_title(line: str, title: str) -> bool:
    """True for the title, with at most a few words such as "sida 2 av 3" after it."""
    return bool(title) and line.startswith(title) and len(line[len(title) :].split()) <= 4
