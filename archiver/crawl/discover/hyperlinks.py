"""What discovery reads from an HTML page: its links, its title, what it says of its site."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree
import lxml.html

from archiver.crawl.discover.words import DATE_TEXT, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINKS = 5000

Place = Literal["content", "menu", "side"]
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_:.-]{2,40})""", re.I)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_:.-]{2,40})", re.I)
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
    tree = _tree(body, content_type)
    if tree is None:
        return HtmlPage(url=url)
    return HtmlPage(
        url=url,
        links=tuple(_links(tree, _base(tree, url))),
        title=_words(tree.findtext(".//title")),
        heading=next((_words(h.text_content()) for h in tree.iter("h1")), None),
        language=_language(tree),
        site_name=_meta(tree, "og:site_name") or _meta(tree, "application-name"),
        og_type=_meta(tree, "og:type"),
        organisations=tuple(dict.fromkeys(_organisations(tree))),
        dates=_dates(tree),
    )


def _dates(tree: lxml.html.HtmlElement) -> int:
    shown = len(
        DATE_TEXT.findall(fold(" ".join(tree.itertext("td", "li", "p", "div", "span", "a")))[:200_000])
    )
    return max(shown, sum(1 for element in tree.iter("time") if element.get("datetime") or element.text))


def _tree(body: bytes, content_type: str | None) -> lxml.html.HtmlElement | None:
    for encoding in _encodings(body, content_type):
        try:
            text = body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
        clean = "".join(c for c in text if c >= " " or c in "\t\n\r").encode("utf-8", "replace")
        try:
            parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
            return lxml.html.document_fromstring(clean, parser=parser)
        except (lxml.etree.LxmlError, ValueError, AssertionError):
            return None
    return None


def _encodings(body: bytes, content_type: str | None) -> Iterator[str]:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    yield "utf-8-sig"
    for found in (_HEADER_CHARSET.search(content_type or ""), _CHARSET.search(body[:4096])):
        if found:
            name = found[1]
            yield name.decode("ascii", "ignore") if isinstance(name, bytes) else name
    yield from ("windows-1252", "latin-1")


def _base(tree: lxml.html.HtmlElement, url: str) -> str:
    for element in tree.iter("base"):
        return _join(url, element.get("href") or "") or url
    return url


def _join(base: str, href: str) -> str | None:
    """The absolute http address without fragment, None where there is none."""
    try:
        url = urldefrag(urljoin(base, re.sub(r"[\t\r\n]", "", href.strip())))[0]
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 2000:
        return None
    return url.replace(" ", "%20") if parts.path else url + "/"


def _links(tree: lxml.html.HtmlElement, base: str) -> Iterator[Hyperlink]:
    places: dict[Any, Place] = {}
    for count, element in enumerate(tree.iter("a", "area", "link")):
        href = element.get("href")
        if count >= MAX_LINKS or not href or href.startswith("#"):
            continue
        if url := _join(base, href):
            is_head = element.tag == "link"
            yield Hyperlink(
                url=url,
                text=element.get("title") or "" if is_head else _link_text(element),
                rel=frozenset((element.get("rel") or "").lower().split()),
                place="content" if is_head else _place(element, places),
                in_heading=not is_head and _in_heading(element),
                media_type=(element.get("type") or "").split(";")[0].strip().lower(),
                head=is_head,
            )


def _link_text(element: lxml.html.HtmlElement) -> str:
    text = _words(element.text_content())
    if not text:
        alt = " ".join(image.get("alt") or "" for image in element.iter("img"))
        text = _words(element.get("aria-label") or element.get("title") or alt)
    return (text or "")[:300]


def _in_heading(element: lxml.html.HtmlElement) -> bool:
    around = next(element.iterancestors(), None)
    inside = any(child.tag in ("h1", "h2", "h3", "h4") for child in element.iterdescendants())
    return inside or (around is not None and around.tag in ("h1", "h2", "h3", "h4"))


def _place(element: lxml.html.HtmlElement, known: dict[Any, Place]) -> Place:
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


def _kind(element: lxml.html.HtmlElement) -> Place:
    tag = str(element.tag)
    if tag in _WHOLE or tag in _CONTENT_TAGS:
        return "content"
    if tag == "header":
        inside = any(a.tag in ("article", "li", "section", "main") for a in element.iterancestors())
        return "content" if inside else "menu"
    if tag in _MENU_TAGS or element.get("role") in _MENU_ROLES:
        return "menu"
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()[:20]
    if any(_MENU_CLASS.fullmatch(name) for name in names):
        return "menu"
    side = tag == "aside" or any(_SIDE_CLASS.fullmatch(name) for name in names)
    return "side" if side else "content"


def _words(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _language(tree: lxml.html.HtmlElement) -> str | None:
    root = tree.getroottree().getroot()
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    stated = stated or _meta(tree, "content-language") or _meta(tree, "og:locale") or ""
    found = re.match(r"([a-z]{2,3})(?:[-_]([a-z]{2})\b)?", stated.strip(), re.I)
    if not found:
        return None
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _meta(tree: lxml.html.HtmlElement, name: str) -> str | None:
    for element in tree.iter("meta"):
        if name in ((element.get(key) or "").lower() for key in ("property", "name", "http-equiv")):
            return _words(element.get("content"))
    return None


def _organisations(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
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
