"""Reads sitemaps: urlset, index, news extension, text, gzip, and broken ones (sitemaps.org)."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import lxml.etree

from archiver.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 60_000_000
MAX_ENTRIES = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitemap:
    """What a sitemap names: pages as Mentions of kind ``sitemap``, and further sitemaps.

    A Mention's date is ``news:publication_date`` where there is one, else ``lastmod``;
    ``where`` tells which, since the last change of a page is not its publication.
    """

    url: str
    entries: tuple[Mention, ...] = ()
    children: tuple[str, ...] = ()


def read_sitemap(body: bytes, *, url: str) -> Sitemap | None:
    """The sitemap in these bytes, None where they are none. Never raises; reads no entity, no DTD."""
    body = _unpacked(body)[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        return None
    return _xml(body, url) if body.startswith((b"<", b"\xff\xfe", b"\xfe\xff")) else _text(body, url)


def _unpacked(body: bytes) -> bytes:
    """The bytes behind gzip, as far as they go and no further than ``MAX_BYTES``."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        return reader.decompress(body, MAX_BYTES)
    except zlib.error:
        return b""


def _xml(body: bytes, url: str) -> Sitemap | None:
    parser = lxml.etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.LxmlError, ValueError):
        return None
    if root is None or _local(root) not in ("urlset", "sitemapindex"):
        return None
    entries: list[Mention] = []
    children: dict[str, None] = {}
    for number, element in enumerate(_items(root), 1):
        fields = dict(reversed(list(_fields(element))))  # the first of a name counts
        address = _absolute(fields.get("loc"), url)
        if number > MAX_ENTRIES or address is None:
            continue
        if _local(element) == "sitemap":
            children[address] = None
        else:
            entries.append(_mention(address, fields, number))
    return Sitemap(url=url, entries=tuple(entries), children=tuple(children))


def _items(root: Any) -> Iterator[Any]:
    return (element for element in root.iter() if _local(element) in ("url", "sitemap"))


def _fields(element: Any) -> Iterator[tuple[str, str]]:
    """Local names and texts inside an entry; image and video addresses left out."""
    for child in element.iter():
        name = _local(child)
        if child is not element and (name != "loc" or child.getparent() is element) and child.text:
            yield name, " ".join(child.text.split())


def _mention(address: str, fields: dict[str, str], number: int) -> Mention:
    published = fields.get("publication_date")
    return Mention(
        url=address,
        kind="sitemap",
        title=(fields.get("title") if published else None) or None,
        date=published or fields.get("lastmod") or None,
        where=f"url[{number}]/" + ("news:publication_date" if published else "lastmod"),
    )


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].rsplit(":", 1)[-1].lower() if isinstance(tag, str) else ""


def _text(body: bytes, url: str) -> Sitemap | None:
    """A text sitemap: an address a line and nothing else."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines or not all(re.match(r"https?://\S+\Z", line) for line in lines):
        return None
    found = [(n, _absolute(line, url)) for n, line in enumerate(lines[:MAX_ENTRIES], 1)]
    entries = (Mention(url=a, kind="sitemap", where=f"line {n}") for n, a in found if a)
    return Sitemap(url=url, entries=tuple(entries))


def _absolute(text: str | None, url: str) -> str | None:
    if not text or len(text) > 2000:
        return None
    try:
        address = urljoin(url, text)
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return address if parts.path else address + "/"
