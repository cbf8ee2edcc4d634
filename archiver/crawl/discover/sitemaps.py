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
    from collections.abc import Iterable, Iterator

MAX_BYTES = 60_000_000
MAX_ENTRIES = 100_000
_STEP = 65_536
_ROOTS, _ITEMS = ("urlset", "sitemapindex"), ("url", "sitemap")
_SAFE: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitemap:
    """What a sitemap names: pages as Mentions of kind ``sitemap``, and further sitemaps.

    A Mention's date is ``news:publication_date`` where there is one, else ``lastmod``;
    ``where`` tells which, since the last change of a page is not its publication.
    Beside a publication ``lastmod`` is its ``modified``.
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
    """The sitemap in XML: read as a stream where it is well-formed, else by the tree that is left of it."""
    try:
        return _read(_streamed(body), url)
    except (lxml.etree.LxmlError, ValueError):
        pass
    try:
        root = lxml.etree.fromstring(body, lxml.etree.XMLParser(recover=True, **_SAFE))
    except (lxml.etree.LxmlError, ValueError):
        return None
    return _read(_items(root), url) if root is not None and _local(root) in _ROOTS else None


def _read(items: Iterable[Any], url: str) -> Sitemap:
    entries: list[Mention] = []
    children: dict[str, None] = {}
    for number, element in enumerate(items, 1):
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
    return (element for element in root.iter() if _local(element) in _ITEMS)


def _streamed(body: bytes) -> Iterator[Any]:
    """The entries one after the other, each let go of behind it: the tree of 50,000 takes 50 MB.

    Raises LxmlError or ValueError where the body is no well-formed sitemap.
    """
    inside = 0
    for number, (event, element) in enumerate(_events(body)):
        if not number and _local(element) not in _ROOTS:
            raise ValueError("no sitemap")
        if _local(element) not in _ITEMS:
            continue
        inside += 1 if event == "start" else -1
        if inside > 1:
            raise ValueError("an entry in an entry")
        if not inside:
            yield element
            _let_go(element)


def _events(body: bytes) -> Iterator[tuple[str, Any]]:
    parser: Any = lxml.etree.XMLPullParser(("start", "end"), **_SAFE)
    for at in range(0, len(body), _STEP):
        parser.feed(body[at : at + _STEP])
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


def _let_go(element: Any) -> None:
    """Takes what was read out of the tree, and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


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
        modified=(fields.get("lastmod") if published else None) or None,
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
