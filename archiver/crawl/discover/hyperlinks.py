"""What discovery reads from an HTML page: its links, its title, what it says of its site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from archiver.crawl.discover.words import DATE_TEXT, fold
from archiver.crawl.links import Hyperlink, LinkedPage
from archiver.extract.literal import read_json
from archiver.extract.tree import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree


@dataclass(frozen=True, kw_only=True, slots=True)
class HtmlPage:
    """What one HTML page says. ``organisations`` are names in its JSON-LD, the surest first.

    ``dates`` is how many days it shows: ``time`` elements or dates in its text, whichever are more.
    """

    url: str
    links: tuple[Hyperlink, ...] = ()
    title: str | None = None
    heading: str | None = None
    language: str | None = None
    site_name: str | None = None
    og_type: str | None = None
    organisations: tuple[str, ...] = ()
    dates: int = 0


def read_page(body: bytes, *, url: str, content_type: str | None = None) -> HtmlPage:
    """The page in these bytes, which came from ``url``. Never raises; what is no HTML has no links."""
    page = LinkedPage(body, url=url, content_type=content_type)
    tree = page.tree
    if tree is None:
        return HtmlPage(url=url)
    return HtmlPage(
        url=url,
        links=tuple(page.links()),
        title=_words(tree.findtext(".//title")),
        heading=next((line_of(h) or None for h in tree.iter("h1")), None),
        language=_language(tree),
        site_name=_meta(tree, "og:site_name") or _meta(tree, "application-name"),
        og_type=_meta(tree, "og:type"),
        organisations=tuple(dict.fromkeys(_organisations(tree))),
        dates=_dates(tree),
    )


def _dates(tree: etree._Element) -> int:
    text = " ".join(map(str, tree.itertext("td", "li", "p", "div", "span", "a")))
    shown = len(DATE_TEXT.findall(fold(text)[:200_000]))
    return max(shown, sum(1 for element in tree.iter("time") if element.get("datetime") or element.text))


def _words(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _language(tree: etree._Element) -> str | None:
    root = tree.getroottree().getroot()
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    stated = stated or _meta(tree, "content-language") or _meta(tree, "og:locale") or ""
    found = re.match(r"([a-z]{2,3})(?:[-_]([a-z]{2})\b)?", stated.strip(), re.I)
    if not found:
        return None
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _meta(tree: etree._Element, name: str) -> str | None:
    for element in tree.iter("meta"):
        if name in ((element.get(key) or "").lower() for key in ("property", "name", "http-equiv")):
            return _words(element.get("content"))
    return None


def _organisations(tree: etree._Element) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            data = read_json(script.text or "")
        except (ValueError, RecursionError):
            continue
        yield from _named(data, 0)


def _named(data: Any, depth: int) -> Iterator[str]:
    """Names of organisations in a JSON-LD value, at most eight levels down."""
    if depth > 8:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _named(item, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        name = data.get("name")
        organised = any(
            isinstance(k, str) and k.endswith(("Organization", "Corporation", "Business")) for k in kinds
        )
        if organised and isinstance(name, str) and name.strip():
            yield cast("str", _words(name))
        for key in ("@graph", "publisher", "sourceOrganization", "copyrightHolder"):
            yield from _named(data.get(key), depth + 1)
