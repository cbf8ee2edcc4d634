"""The links of a page, as a crawler wants them: absolute, without fragment, with their place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from archiver.extract.decode import decode
from archiver.extract.tree import line_of, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from archiver.model import Page

PLACES = {"nav": "nav", "footer": "footer", "aside": "aside", "header": "header", "head": "head"}
ROLES = {"navigation": "nav", "contentinfo": "footer", "complementary": "aside", "banner": "header"}
OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.\-]{0,20}:", re.I)
UNSAFE = re.compile(r"[\t\n\r]")


class PageLink(NamedTuple):
    """A link of a page. ``place`` is head, nav, header, footer, aside or main."""

    url: str
    text: str
    rel: str
    place: str


def page_links(page: Page) -> list[PageLink]:
    """Every http(s) link of a page in document order, duplicates too. Never raises."""
    root = parse(decode(page.body, page.content_type).text)
    return [] if root is None else list(links_of(root, page.url))


def links_of(root: etree._Element, url: str) -> Iterator[PageLink]:
    """The links of a parsed page; ``url`` is the page's own address."""
    base = _base(root, url)
    places: dict[etree._Element, str] = {}
    for el in root.iter("a", "area", "link"):
        href = el.get("href")
        if not href or href[0] == "#":
            continue
        target = absolute(href, base)
        if target is None:
            continue
        if el.tag == "link":
            yield PageLink(
                target, el.get("title") or el.get("type") or "", (el.get("rel") or "").lower(), "head"
            )
            continue
        text = line_of(el) or el.get("title") or el.get("aria-label") or ""
        yield PageLink(target, text, (el.get("rel") or "").lower(), _place(el, places))


def _base(root: etree._Element, url: str) -> str:
    for el in root.iter("base"):
        if href := el.get("href"):
            try:
                return urljoin(url, href.strip())
            except ValueError:
                break
        break
    return url


def _place(el: etree._Element, places: dict[etree._Element, str]) -> str:
    """Where a link stands, asked of its ancestors once each."""
    trail = []
    found = "main"
    up = el.getparent()
    while up is not None:
        known = places.get(up)
        if known is not None:
            found = known
            break
        trail.append(up)
        named = PLACES.get(up.tag) or ROLES.get(up.get("role") or "")
        if named and not (named == "header" and _inside_article(up)):
            found = named
            break
        up = up.getparent()
    for seen in trail:
        places[seen] = found
    return found


def _inside_article(el: etree._Element) -> bool:
    return any(up.tag in ("article", "main") for up in el.iterancestors())


@lru_cache(maxsize=20_000)
def split_url(url: str) -> SplitResult:
    """The parts of an address; all empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


@lru_cache(maxsize=50_000)
def absolute(href: str, base: str) -> str | None:
    """The absolute http(s) address of a reference without its fragment, None where it has none."""
    href = UNSAFE.sub("", href.strip())
    cut = href.find("#")
    if cut >= 0:
        href = href[:cut]
    if not href:
        return base.partition("#")[0]
    if href.startswith(("http://", "https://")):
        return href if split_url(href).netloc else None
    if OTHER_SCHEME.match(href):
        return None
    if href[0] == "/" and href[1:2] not in ("/", "") and "/." not in href:
        return _root(base) + href
    try:
        joined = urljoin(base, href)
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) and split_url(joined).netloc else None


@lru_cache(maxsize=2_000)
def _root(base: str) -> str:
    parts = split_url(base)
    return f"{parts.scheme}://{parts.netloc}"
