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

NEXT = re.compile(
    r"(?:nästa (?:sida|del)|neste side|næste side|seuraava(?: sivu)?|next(?: page)?|nächste seite|page "
    r"suivante|"
    r"página siguiente|volgende pagina|pagina successiva|sida \d+|page \d+|\d+|[›»>→]+)\s*[›»>→]*\Z",
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


def next_part(doc: Document, base: str, url: str) -> str | None:
    """The following page of the same article, never the next article."""
    number = part_number(url) or 1
    stem = base_of(url)
    host = split_url(url).netloc
    wanted = re.compile(rf"(?:^|[/=])(?:{number + 1})/?(?:#.*)?\Z")
    for href, _, _, _ in doc.anchors:
        if not wanted.search(href):
            continue
        target = absolute(href, base)
        if target and _follows(target, host, stem, number):
            return target
    for link in doc.links:
        target = absolute(link["href"], base)
        if "next" in link["rel"].split() and target and _follows(target, host, stem, number):
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
    while left and (fold(left[0].text) in known or (heading and fold(left[0].text).startswith(heading))):
        left.pop(0)
    while left and left[-1].text and fold(left[-1].text) in known and left[-1].chars < 60:
        left.pop()
    return left
