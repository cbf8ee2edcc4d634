"""What stands in a listing where articles stand, and no pattern of the profile takes.

A site may put its new articles under another path, and the listing that names them goes on. An address is
passed over where its entry is made as those of the articles in the same list: so menus, categories, tags
and authors are none, nor are advertisements that are marked as such. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archiver.crawl.discover.addresses import is_chrome_address
from archiver.model import Link

if TYPE_CHECKING:
    from archiver.crawl.links import Hyperlink, LinkedPage
    from archiver.site import Site

LEAST = 3  # like entries, where no article stands among them
_DIGITS = re.compile(r"\d")
_ADVERT = re.compile(
    r"(?:ads?|advert\w*|annons\w*|sponsor\w*|reklam\w*|promo\w*|kampanj\w*|banner\w*|partner\w*)(?:[-_].*)?|"
    r".*[-_](?:ads?|advert\w*|annons\w*|sponsor\w*|reklam\w*|promo\w*)",
    re.I,
)
_ENTRIES = frozenset({"li", "article", "tr", "div", "section"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})

Path = tuple[str, ...]
"""The tags from an entry down to its link."""


@dataclass(slots=True)
class _Make:
    """How the entries with articles of one list are made: the classes that all of them have, by path."""

    classes: dict[Path, frozenset[str]] = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)
    has_headings: bool = False


def passed_over(
    linked: LinkedPage, site: Site, taken: Collection[str], record: str, own: Collection[str]
) -> list[Link]:
    """Links to what is passed over on the page of a listing, of which ``taken`` are articles.

    ``own`` are the addresses that it names on hosts of the site, those of its further pages left out. Where
    nothing is taken, the entries of the largest list with headings or days are passed over; where the
    profile has no patterns, nothing is.
    """
    if not site.articles.include:
        return []
    others = {*taken, *site.start_urls, *(listing.url for listing in site.listings)}
    wanted = {url for url in own if url not in others and _may_be(url, site)}
    content = {link.url: link for link in _content(linked) if link.url in wanted}
    if not content:
        return []
    anchors = [(element, url) for element, url in linked.elements() if element.tag == "a"]
    found = (
        _made_alike(anchors, taken, content)
        if any(url in taken for _, url in anchors)
        else _largest_list(anchors, content)
    )
    days = linked.days({*found, *taken}) if found else {}
    if 2 * sum(url in days for url in taken) >= len(taken) > 0:
        found = [url for url in found if url in days]
    return [
        Link(
            record=record,
            url=url,
            kind="passed",
            text=content[url].text[:500],
            date=days[url][1] if url in days else None,
        )
        for url in found
    ]


def _may_be(url: str, site: Site) -> bool:
    """True where an address could be an article, and the profile does not say whether it is."""
    is_open = site.is_article_address(url) is None and not is_chrome_address(url)
    return is_open and urlsplit(url).path not in ("", "/")


def _content(linked: LinkedPage) -> Iterator[Hyperlink]:
    return (link for link in linked.links() if link.text and not link.in_nav and not link.head)


def _made_alike(
    anchors: list[tuple[Any, str]], taken: Collection[str], content: Collection[str]
) -> list[str]:
    """The addresses whose only entry is made as one of an article in the same list."""
    makes = _makes([(element, url) for element, url in anchors if url in taken])
    alike: dict[str, Any] = {}
    spoiled, begun = set[str](), dict[Any, str]()
    for element, url in anchors:
        if url not in content:
            continue
        entry, path = _entry(element, makes)
        if entry is None or alike.get(url, entry) is not entry:
            spoiled.add(url)  # what stands beside articles, or in several entries, is a category or the like
        elif _is_made_so(entry, element, path, makes[entry.getparent()]):
            around = element if entry is element else element.getparent()
            if begun.setdefault(around, url) == url:  # behind the first stand its category and the like
                alike[url] = entry
    return [url for url in alike if url not in spoiled]


def _makes(articles: list[tuple[Any, str]]) -> dict[Any, _Make]:
    """By each element around articles, how the entries in it are made."""
    makes: dict[Any, _Make] = defaultdict(_Make)
    for element, url in articles:
        path: Path = (element.tag,)
        entry = element
        for around in element.iterancestors():
            make, classes = makes[around], _classes(entry) | _classes(element)
            make.classes[path] = make.classes.get(path, classes) & classes
            make.has_headings |= _is_heading(path)
            make.articles.add(url)
            entry, path = around, (around.tag, *path)
    return makes


def _entry(element: Any, makes: dict[Any, _Make]) -> tuple[Any, Path]:
    """The largest element around a link without an article in it, and the path; None beside an article."""
    path: Path = (element.tag,)
    entry = element
    for around in element.iterancestors():
        if around in makes:
            return entry, path
        entry, path = around, (around.tag, *path)
    return None, path


def _is_made_so(entry: Any, element: Any, path: Path, make: _Make) -> bool:
    if path not in make.classes or (make.has_headings and not _is_heading(path)):
        return False
    if entry.tag not in _ENTRIES and len(make.articles) == 1:
        return False  # it stands within the entry of that article
    classes = _classes(entry) | _classes(element)
    return make.classes[path] <= classes and not any(map(_ADVERT.fullmatch, classes))


def _largest_list(anchors: list[tuple[Any, str]], content: Collection[str]) -> list[str]:
    """The addresses of the most numerous entries of one make, under headings before others."""
    lists: dict[Path, dict[str, None]] = defaultdict(dict)
    for element, url in anchors:
        if url in content:
            path = tuple(str(around.tag) for around in element.iterancestors())
            lists[(element.tag, *path)][url] = None
    found = sorted(lists.items(), key=lambda item: (_is_heading(item[0][:3]), len(item[1])))
    return list(found[-1][1]) if found and len(found[-1][1]) >= LEAST else []


def _is_heading(path: Path) -> bool:
    return not _HEADINGS.isdisjoint(path)


def _classes(element: Any) -> frozenset[str]:
    """The classes of an element, those with a number left out: they are an entry's own."""
    return frozenset(name for name in (element.get("class") or "").split() if not _DIGITS.search(name))
