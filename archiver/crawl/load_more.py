"""Lists that go on when a reader asks for more: which address a page asks, and what that answers.

The address stands in an attribute of a button or of the list; the answer is a piece of a page, or
JSON that holds such pieces or the entries themselves. Both are read as a page of the list.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver.crawl.discover.addresses import page_of
from archiver.crawl.discover.words import NEXT_WORDS, PAGE_SEGMENTS, fold
from archiver.crawl.links import LinkedPage, absolute
from archiver.extract.literal import read_json
from archiver.extract.tree import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

MAX_VALUES = 20_000
MAX_ENTRIES = 1000
MAX_DEPTH = 12
_TAGS = (
    "button", "a", "div", "section", "ul", "ol", "span", "li", "turbo-frame", "form", "tr", "tbody",
    "article", "nav", "p",
)  # fmt: skip
_ATTRIBUTES = (
    "hx-get", "data-hx-get", "data-next-url", "data-next", "data-next-page", "data-load-more-url",
    "data-load-more", "data-ajax-url", "data-endpoint", "data-api-url", "data-url", "data-href", "data-src",
    "data-path", "src", "action",
)  # fmt: skip
_SAID = re.compile(
    r"(?:.*[-_])?(?:load|show|view|see|visa|vis|nayta|infinite|ladda|hent|last)[-_]?"
    r"(?:more|fler|flere|mer|lisaa|mehr|scroll|next)(?:[-_].*)?|(?:.*[-_])?(?:loadmore|showmore|infinite-?scroll)",
    re.I,
)
_LIKE_AN_ADDRESS = re.compile(
    r"(?:https?:/)?/[^\s<>\"']+\Z|[?][^\s<>\"']+\Z|[\w.-]+(?:/[^\s<>\"']*|\?[^\s<>\"']+)\Z", re.I
)
_NEXT_KEYS = frozenset({
    "next", "nexturl", "nextpage", "nextpageurl", "nexthref", "nextlink", "loadmoreurl", "loadmore",
    "moreurl",
})  # fmt: skip
_OVER_KEYS = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "morepages", "moreresults"})
_URL_KEYS = ("url", "link", "href", "permalink", "path", "uri", "canonicalurl", "pageurl", "linkurl")
_TITLE_KEYS = ("title", "headline", "heading", "name", "rubrik", "otsikko", "tittel", "linktext")
_DATE_KEYS = (
    "publisheddate", "datepublished", "publishedat", "published", "publishdate", "startpublish", "date",
    "datum", "pubdate", "created", "createdat", "publicerad",
)  # fmt: skip
_STEPS = ("limit", "count", "take", "size", "per_page", "pagesize", "num", "rows", "antal")
_OFFSETS = frozenset({"start", "offset", "skip", "from"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A list in JSON made a page; ``is_over`` where the answer says that nothing follows."""

    page: bytes
    is_over: bool = False


def more_links(linked: LinkedPage) -> list[str]:
    """The addresses that the page's own buttons and lists ask for more entries, each once."""
    if linked.tree is None:
        return []
    found: dict[str, None] = {}
    for element in linked.tree.iter(*_TAGS):
        value = _asks(element)
        url = absolute(linked.base, html.unescape(value)) if value else None
        if url and url != linked.url:
            found[url] = None
    return list(found)[:5]


def _asks(element: etree._Element) -> str | None:
    """The address in an attribute of an element that says, by its name or its text, that more is to come."""
    held = [(name, value) for name in _ATTRIBUTES if (value := element.get(name))]
    value = next((v for _, v in held if _LIKE_AN_ADDRESS.match(v.strip())), None)
    if value is None or _is_posted(element, value):
        return None
    says = loads_more(element) or any("more" in name for name, _ in held)
    return value.strip() if says or _is_next_frame(element, value) else None


def _is_next_frame(element: etree._Element, value: str) -> bool:
    """True for a frame that is loaded when the reader comes to it, and holds a further page of a list."""
    is_lazy = element.tag == "turbo-frame" and (element.get("loading") or "").lower() == "lazy"
    return is_lazy and page_of(f"https://x/{value.strip().lstrip('/')}").number > 1


def _is_posted(element: etree._Element, value: str) -> bool:
    """True where what is asked for is posted, which ``post_more`` sees to."""
    methods = (element.get(name) or "" for name in ("method", "data-method", "data-type", "data-ajax-method"))
    return value.strip().endswith("/admin-ajax.php") or any(m.lower() == "post" for m in methods)


def loads_more(element: etree._Element) -> bool:
    """True where an element says that more is to come, or loads it when the reader comes to the end."""
    trigger = element.get("hx-trigger") or element.get("data-hx-trigger") or ""
    return says_more(element) or trigger.split(" ")[0] in ("revealed", "intersect")


def says_more(element: etree._Element) -> bool:
    """True for an element that says, by its name or its text, that more of a list is to come."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()[:20]
    if any(_SAID.fullmatch(fold(name)) for name in names):
        return True
    text = element.get("value") or "" if element.tag == "input" else line_of(element)
    return element.tag in ("button", "a", "input") and bool(NEXT_WORDS.fullmatch(fold(text)[:60]))


def listed_in(body: bytes) -> Listed | None:
    """A list in JSON as a page: its pieces of HTML, its entries as links, its next page; None without any."""
    try:
        data = read_json(body.decode(json.detect_encoding(body), "replace"))
    except (ValueError, RecursionError):
        return None
    pieces: list[str] = []
    onward: str | None = None
    is_over = False
    for _, value in zip(range(MAX_VALUES), _values(data, "", 0), strict=False):
        key, found = value
        if isinstance(found, dict):
            pieces += _entry(found)
        elif isinstance(found, str) and key in _NEXT_KEYS and _LIKE_AN_ADDRESS.match(found.strip()):
            onward = onward or found.strip()
        elif found is False and key in _OVER_KEYS:
            is_over = True
        elif isinstance(found, str) and "<a" in found.lower() and "href" in found.lower():
            pieces.append(found)
    if onward and not is_over:
        pieces.append(f'<a rel="next" href="{html.escape(onward)}">Next</a>')
    if not pieces:
        return None
    text = f"<html><head><meta charset=utf-8></head><body>{''.join(pieces[:MAX_ENTRIES])}"
    return Listed(page=text.encode("utf-8", "replace"), is_over=is_over)


def _values(data: Any, key: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Every value in JSON with its key, letters only, in the order in which they stand."""
    yield key, data
    if depth >= MAX_DEPTH:
        return
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _values(value, _plain(str(name)), depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, key, depth + 1)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _entry(item: dict[Any, Any]) -> list[str]:
    """An object with an address and a title, as an entry of a list."""
    plain = {_plain(str(name)): value for name, value in item.items()}
    url = next(
        (v for k in _URL_KEYS if isinstance(v := plain.get(k), str) and _LIKE_AN_ADDRESS.match(v)), None
    )
    title = next((v for k in _TITLE_KEYS if (v := _text(plain.get(k)))), None)
    if url is None or title is None:
        return []
    date = next((v for k in _DATE_KEYS if isinstance(v := plain.get(k), str)), None)
    dated = f"<time datetime='{html.escape(date)}'></time>" if date else ""
    return [f"<li><h3><a href='{html.escape(url)}'>{html.escape(title)}</a></h3>{dated}</li>"]


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("rendered")
    return re.sub(r"<[^<>]*>", "", value).strip() or None if isinstance(value, str) else None


def page_after(url: str, entries: int) -> str | None:
    """The address that asks for what is behind the entries of this one; None where it counts nothing."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    values = {fold(k): v for k, v in query}
    step = next((int(values[k]) for k in _STEPS if values.get(k, "").isdecimal()), entries)
    for place, (key, value) in enumerate(query):
        last = re.split(r"[\[\].$:_-]", fold(key).rstrip("]"))[-1]
        if (
            value.isdecimal()
            and len(value) < 7
            and last in _OFFSETS | PAGE_SEGMENTS | {"pageindex", "pageno"}
        ):
            query[place] = (key, str(int(value) + (step if last in _OFFSETS else 1)))
            return urlunsplit(parts._replace(query=urlencode(query)))
    number = page_of(url).number
    if not number or not parts.path.rstrip("/").endswith(str(number)):
        return None
    return urlunsplit(parts._replace(path=re.sub(r"\d+(/?)\Z", rf"{number + 1}\1", parts.path)))


def is_piece(body: bytes) -> bool:
    """True for markup that is no page by itself: what a script puts into the page that asked for it."""
    start = body[:3000].lower()
    return bool(body.strip()) and not re.search(rb"<(?:!doctype|html|head|title|body)\b", start)
