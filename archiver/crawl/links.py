"""The links of an HTML page: one reader for discovery and for the crawl.

A listing is asked for its links with their text and place, any other page for its addresses
alone, which costs a tenth. References that recur on every page of a site, as those of its
menus do, are resolved once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from archiver.address import plain_address
from archiver.extract.dates import find_date, read_date
from archiver.extract.decode import decode
from archiver.extract.tree import line_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date

    from lxml import etree

MAX_LINKS = 5000
MAX_ADDRESS = 2000
# Characters of a text that is a date and perhaps a label.
MAX_DATE = 40
REMEMBERED = 16_384
# Seconds; a page that waits longer before it sends its reader on is to be read.
PATIENCE = 100

Place = Literal["content", "menu", "side"]
_LINE_ENDS = re.compile(r"[\t\r\n]")
_LIKE_A_PATH = re.compile(r"(?:https?:/)?/[^\s<>]+\Z|[?][^\s<>]+\Z")
_FROM_ANYWHERE = re.compile(r"https?://|/(?!/)", re.I)
_REFRESH = re.compile(r"\s*(\d{0,9})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.I)
_MENU_TAGS = frozenset({"nav", "footer", "header"})
_MENU_ROLES = frozenset({"navigation", "banner", "contentinfo"})
_MENU_CLASS = re.compile(
    r"(?:(?:main|site|page|top|mobile|global|primary|secondary|sub|skip|mega|post)-?)?(?:nav|navbar|navigation|menu|"
    r"meny|breadcrumbs?|brodsmulor|lang|language|languages|sprak)(?:[-_].*)?|.*[-_](?:nav|menu|navigation|breadcrumbs?)|"
    r"(?:(?:site|page|top|mobile|global|main)[-_]?)?(?:header|footer|sidhuvud|sidfot)(?:[-_](?:mobile|menu|top|bottom|inner))?",
    re.I,
)
_SIDE_CLASS = re.compile(
    r"(?:side-?bar|sidospalt|widget|widgets|cookies?|consent|share|sharing|social|related|relaterat)"
    r"(?:[-_].*)?|.*[-_](?:side-?bar|widget|cookies?|share|sharing|social|related)",
    re.I,
)
_CONTENT_TAGS = frozenset({"article", "main", "li", "tr", "h1", "h2", "h3", "h4"})
_HEADINGS = ("h1", "h2", "h3", "h4")
_WHOLE = frozenset({"html", "body", "main"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Hyperlink:
    """A link of a page: absolute address without fragment, visible text, ``rel`` in lower case.

    ``place`` tells where it stands: in a menu (header and footer too), in a side bar or the
    like, or in the content. ``media_type`` is the link's own ``type``, ``head`` that it is a
    ``link`` element.
    """

    url: str
    text: str
    rel: frozenset[str] = frozenset()
    place: Place = "content"
    in_heading: bool = False
    media_type: str = ""
    head: bool = False

    @property
    def in_nav(self) -> bool:
        """True where it stands in a menu, header, footer, side bar or the like."""
        return self.place != "content"


class LinkedPage:
    """The tree of a page that came from ``url``, and its links. Never raises; junk has no links."""

    def __init__(self, body: bytes, *, url: str, content_type: str | None = None) -> None:
        self.url = url
        self.tree = parse(decode(body, content_type).text)

    def addresses(self) -> list[str]:
        """The absolute addresses of all links in the order of the page, each once."""
        return list(dict.fromkeys(url for _, url in self.elements()))

    def links(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Hyperlink]:
        """The links to ``wanted`` addresses, or all, in the order of the page, with what is said of them."""
        places: dict[Any, Place] = {}
        for element, url in self.elements():
            if wanted is not None and not wanted(url):
                continue
            is_head = element.tag == "link"
            yield Hyperlink(
                url=url,
                text=element.get("title") or "" if is_head else _text(element),
                rel=frozenset((element.get("rel") or "").lower().split()),
                place="content" if is_head else _place(element, places),
                in_heading=not is_head and _in_heading(element),
                media_type=(element.get("type") or "").split(";")[0].strip().lower(),
                head=is_head,
            )

    def options(self) -> Iterator[Hyperlink]:
        """The addresses among the values of a form's choices: some sites choose the year of a list so."""
        for element in islice(self.tree.iter("option") if self.tree is not None else (), MAX_LINKS):
            value = (element.get("value") or "").strip()
            url = absolute(self.base, value) if _LIKE_A_PATH.match(value) else None
            if url:
                yield Hyperlink(url=url, text=_text(element))

    def elements(self) -> Iterator[tuple[etree._Element, str]]:
        """The elements that link to an address, in the order of the page, and that address."""
        if self.tree is None:
            return
        base = self.base
        origin = _origin(base)
        for element in islice(self.tree.iter("a", "area", "link"), MAX_LINKS):
            href = element.get("href")
            if not href or href[0] == "#":
                continue
            if len(href) <= MAX_ADDRESS and _FROM_ANYWHERE.match(href):
                url = _absolute_from_anywhere(origin, href)
            else:
                url = absolute(base, href)
            if url:
                yield element, url

    def days(self, urls: Collection[str]) -> dict[str, tuple[date, str]]:
        """The day that the page states beside the only link to each of these addresses, and its raw text.

        It is read from the entry's own container, the largest element that links to no other
        of them: the latest of its ``time`` elements and of its short texts that are a date.
        """
        entries = [(element, url) for element, url in self.elements() if url in urls]
        linked: dict[Any, str | None] = {}
        for element, url in entries:
            for container in element.iterancestors():
                linked[container] = url if linked.get(container, url) == url else None
        found: dict[str, tuple[date, str]] = {}
        for element, url in entries:
            own = list(takewhile(lambda container: linked[container] is not None, element.iterancestors()))
            day = _day_in(own[-1], element) if own else None
            if day is not None:
                found[url] = max(day, found.get(url, day))
        return found

    def refresh(self) -> str | None:
        """Where the page itself sends its reader on (``http-equiv=refresh``) soon, or None."""
        if self.tree is None:
            return None
        for element in self.tree.iter("meta"):
            if (element.get("http-equiv") or "").strip().lower() != "refresh":
                continue
            found = _REFRESH.match(element.get("content") or "")
            if (
                found
                and int(found[1] or 0) < PATIENCE
                and next(element.iterancestors("noscript"), None) is None
            ):
                return absolute(self.base, found[2])
        return None

    @cached_property
    def base(self) -> str:
        """The address to which those of the page are relative."""
        for element in () if self.tree is None else self.tree.iter("base"):
            return absolute(self.url, element.get("href") or "") or self.url
        return self.url


def absolute(base: str, href: str) -> str | None:
    """The plain absolute http address, None where there is none."""
    try:
        url = urldefrag(urljoin(base, _LINE_ENDS.sub("", href.strip())))[0]
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MAX_ADDRESS:
        return None
    return plain_address(url.replace(" ", "%20") if parts.path else url + "/")


# The same from every page of a site, and named on most of them.
_absolute_from_anywhere = lru_cache(maxsize=REMEMBERED)(absolute)


def _origin(base: str) -> str:
    found = re.match(r"[^:/?#]+://[^/?#]*", base)
    return found[0] + "/" if found else base


def _text(element: etree._Element) -> str:
    text = line_of(element)
    if not text:
        alt = " ".join(image.get("alt") or "" for image in element.iter("img"))
        text = " ".join((element.get("aria-label") or element.get("title") or alt).split())
    return text[:300]


def _day_in(container: etree._Element, link: etree._Element) -> tuple[date, str] | None:
    """The latest day that an entry states outside the words of its link; the title may name any."""
    stated = [element.get("datetime") or line_of(element) for element in container.iter("time")]
    days = [(stamp.day, text) for text in stated if (stamp := read_date(text)) is not None]
    if not days:
        inside = set(link.iter())
        texts = list(_texts(container, inside))
        days = [(found[0].day, text) for text in texts if (found := find_date(text)) is not None]
    return max(days, default=None)


def _texts(container: etree._Element, inside: set[Any]) -> Iterator[str]:
    """The texts of an entry that are short enough to be its date and little else."""
    for element in container.iter():
        around = [element.tail] if element is not container else []
        if element not in inside:
            around.append(element.text)
        elif element.getparent() in inside:
            continue
        for text in around:
            if text and len(text.strip()) <= MAX_DATE:
                yield text.strip()


def _in_heading(element: etree._Element) -> bool:
    around = element.getparent()
    if around is not None and around.tag in _HEADINGS:
        return True
    return len(element) > 0 and next(element.iterdescendants(*_HEADINGS), None) is not None


def _place(element: etree._Element, known: dict[Any, Place]) -> Place:
    """Where the element stands, by its ancestors; ``known`` remembers those already asked."""
    passed = []
    answer: Place = "content"
    for ancestor in element.iterancestors():
        if ancestor in known:
            answer = known[ancestor]
            break
        passed.append(ancestor)
    for ancestor in reversed(passed):
        answer = answer if answer != "content" else _kind(ancestor)
        known[ancestor] = answer
    return answer


def _kind(element: etree._Element) -> Place:
    tag = str(element.tag)
    if tag in _WHOLE or tag in _CONTENT_TAGS:
        return "content"
    if tag == "header":
        inside = next(element.iterancestors("article", "li", "section", "main"), None)
        return "content" if inside is not None else "menu"
    if tag in _MENU_TAGS or element.get("role") in _MENU_ROLES:
        return "menu"
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()[:20]
    if any(_MENU_CLASS.fullmatch(name) for name in names):
        return "menu"
    side = tag == "aside" or any(_SIDE_CLASS.fullmatch(name) for name in names)
    return "side" if side else "content"
