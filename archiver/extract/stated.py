"""What a page states for machines: JSON-LD (graphs, lists, broken), microdata and RDFa."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archiver.extract.foreign import is_of_another
from archiver.extract.literal import read_json
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.extract.document import Document

ARTICLES = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "askpublicnewsarticle",
        "liveblogposting",
        "techarticle",
        "scholarlyarticle",
        "report",
        "satiricalarticle",
        "advertisercontentarticle",
        "socialmediaposting",
        "pressrelease",
    ]
)
PAGES = frozenset(
    ["webpage", "itempage", "aboutpage", "contactpage", "collectionpage", "searchresultspage", "profilepage"]
)
# what else a page's own text may be called, which is published on a day as an article is
TEXTS = PAGES | frozenset(
    ["medicalwebpage", "faqpage", "qapage", "howto", "recipe", "discussionforumposting", "creativework"]
)
PEOPLE = ("author", "creator", "publisher")  # whom an object may name by their ``@id`` alone
SITES = frozenset(["organization", "website", "newsmediaorganization", "corporation", "localbusiness"])
# items whose properties are those of the page's own text, in microdata or RDFa
ITEMS = ARTICLES | {"webpage", "creativework", "blog", "item", "document", "node"}
OTHERS = Mark.COMMENT | Mark.RELATED | Mark.ASIDE | Mark.NAV  # where other articles' authors stand
LONGEST = 1000  # characters that are read of a headline
_CONTROL = re.compile(r"[\x00-\x1f]+")
WRAPPING = 30  # characters at the end of a script that may close what is around it
_OPENING = re.compile(r"\A(?:<!--|(?:/[/*])?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?)")
_CLOSING = re.compile(r"(?:-->|(?:/[/*])?\s*\]\]>(?:\s*\*/)?)\Z")
_TRAILING = re.compile(r",\s*([}\]])")
# a quote ends a text where a comma and the next name, or a closing bracket, follow it
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|description)"\s{0,9}:\s{0,9}"'
    r'((?:[^"\\]|\\.|"(?!\s{0,99}(?:,\s{0,99}"[\w@:]{1,40}"\s?:|[}\]]|\Z))){0,800})"'
)
_QUOTE = re.compile(r'\\.|[{\[,:]\s*"|"(?=\s*(?:[,:}\]]|\Z))|(")')
_BARE = re.compile(r'(\\.)|"')


@dataclass(slots=True)
class Stated:
    """Values as stated, each with the place it stands in: (value, where). Empty where nothing is."""

    types: list[str] = field(default_factory=list)
    headline: list[tuple[str, str]] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    modified: list[tuple[str, str]] = field(default_factory=list)
    created: list[tuple[str, str]] = field(default_factory=list)
    authors: list[tuple[str, str]] = field(default_factory=list)
    publisher: str = ""
    description: str = ""
    body: str = ""
    keywords: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    language: str = ""
    sites: list[str] = field(default_factory=list)


def read_stated(doc: Document, url: str = "") -> Stated:
    """The article of the page at ``url`` among all JSON-LD objects, and the microdata of an article."""
    stated = Stated()
    found = _resolved(list(_objects(doc)))
    articles = [o for o in found if _types(o) & ARTICLES]
    stated.sites = [n for o in found if _types(o) & SITES for n in names_of(o)][:10]
    if url and articles:
        articles = [o for o in articles if not is_of_another(o, doc, url)]
    if articles:
        _take(_main(articles, doc), stated)
    else:
        pages = [o for o in found if _types(o) & TEXTS]
        dated = [o for o in pages if o.get("datePublished")]
        if pages:
            _take_page((dated or pages)[0], stated)
    _microdata(doc, stated)
    return stated


def _objects(doc: Document) -> Iterator[dict[str, Any]]:
    for script in doc.scripts:
        yield from _flatten(_load(script), 0)


def _resolved(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The objects with the people and firms named that they give by ``@id`` alone."""
    named = {o["@id"]: o for o in found if isinstance(o.get("@id"), str) and o.get("name")}
    if not named:
        return found
    # a person who publishes a page as well is its author still, and no name of a site
    firms = {key: o for key, o in named.items() if "person" not in _types(o)}
    return [
        o | {key: _referred(o[key], firms if key == "publisher" else named) for key in PEOPLE if key in o}
        for o in found
    ]


def _referred(value: Any, named: dict[str, dict[str, Any]]) -> Any:
    """A value with each reference in it replaced by the object of its ``@id``, where it has no name."""
    if isinstance(value, list):
        return [_referred(v, named) for v in value[:30] if not isinstance(v, list)]
    if isinstance(value, dict) and not value.get("name"):
        name = value.get("@id")
        return named.get(name, value) if isinstance(name, str) else value
    return value


def _load(script: str) -> Any:
    """The JSON of a script, mended where that is easy, {} where it is not JSON at all."""
    text = known = script
    for mend in (_unwrapped, _without_signs, html.unescape, _escaped, None):
        try:
            return read_json(text)
        except (ValueError, RecursionError):
            known = text if mend is not None else known
            text = mend(text) if mend is not None else text
    # broken beyond that: single fields can still be read
    fields = dict(reversed(_FIELD.findall(known[:200_000])))
    if "headline" in fields or "datePublished" in fields:
        return {"@type": "Article", **{k: _unescape(v) for k, v in fields.items()}}
    return {}


def _unwrapped(text: str) -> str:
    """Without the comment or the section that some templates put around it."""
    text = _OPENING.sub("", text.strip(), count=1)
    closing = _CLOSING.search(text, max(len(text) - WRAPPING, 0))
    return (text[: closing.start()] if closing else text).strip().rstrip(";")


def _without_signs(text: str) -> str:
    """Without control characters, and commas before a closing bracket."""
    return _TRAILING.sub(r"\1", _CONTROL.sub(" ", text))


def _escaped(text: str) -> str:
    """With the quotes escaped that neither open nor close a text."""
    return _QUOTE.sub(lambda found: '\\"' if found[1] else found[0], text)


def _own_or_escaped(found: re.Match[str]) -> str:
    """A sign that is escaped already as it is, a bare quote escaped."""
    return found[1] or '\\"'


def _unescape(value: str) -> str:
    try:
        return str(read_json(f'"{_BARE.sub(_own_or_escaped, value)}"'))
    except ValueError:
        return value


def _flatten(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value[:100]:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), (list, dict)):
                yield from _flatten(value[key], depth + 1)


def _types(item: dict[str, Any]) -> set[str]:
    value = item.get("@type")
    names = value if isinstance(value, list) else [value]
    return {n.rsplit("/", 1)[-1].lower() for n in names if isinstance(n, str)}


def _main(articles: list[dict[str, Any]], doc: Document) -> dict[str, Any]:
    """The article whose headline the page's title holds, else the one at its address; else the first."""
    if len(articles) == 1:
        return articles[0]
    low = doc.title.lower()
    for item in articles:
        headline = text_of(item.get("headline") or item.get("name")).lower()
        if headline and headline[:60] in low:
            return item
    own = {link["href"].strip() for link in doc.links if link["rel"] == "canonical"} | {doc.meta("og:url")}
    for item in articles:
        if {text_of(item.get(key)) for key in ("url", "@id", "mainEntityOfPage")} & (own - {""}):
            return item
    return articles[0]


def _take(item: dict[str, Any], stated: Stated) -> None:
    stated.types = sorted(_types(item))
    where = f"script[ld+json] {stated.types[0]}" if stated.types else "script[ld+json]"
    for key in ("headline", "name", "alternativeHeadline"):
        if value := text_of(item.get(key)):
            stated.headline.append((value[:LONGEST], f"{where}.{key}"))
    for key in ("datePublished", "dateCreated"):
        if value := text_of(item.get(key)):
            stated.published.append((value, f"{where}.{key}"))
    if value := text_of(item.get("dateModified")):
        stated.modified.append((value, f"{where}.dateModified"))
    stated.authors = [
        (name, f"{where}.author") for name in names_of(item.get("author") or item.get("creator"))
    ]
    stated.publisher = next(iter(names_of(item.get("publisher"))), "")
    stated.description = text_of(item.get("description"))
    body = item.get("articleBody")
    stated.body = html.unescape(body) if isinstance(body, str) else ""
    stated.keywords = _keywords(item.get("keywords"))
    stated.language = text_of(item.get("inLanguage"))


def _take_page(item: dict[str, Any], stated: Stated) -> None:
    where = f"script[ld+json] {min(_types(item) & TEXTS)}"
    if value := text_of(item.get("datePublished")):
        stated.published.append((value, f"{where}.datePublished"))
    if value := text_of(item.get("dateModified")):
        stated.modified.append((value, f"{where}.dateModified"))
    # that of a page is often the name of an account
    people = [
        n for n in names_of(item.get("author")) if all(w[0].isupper() for w in n.split()[:2]) and " " in n
    ]
    stated.authors = [(name, f"{where}.author") for name in people]
    stated.language = text_of(item.get("inLanguage"))


def text_of(value: Any) -> str:
    """A JSON value as one line of text, entities resolved; empty where it is no text."""
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str) and v.strip()), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""


def names_of(value: Any, depth: int = 0) -> list[str]:
    """The names in an author or publisher value, in order."""
    if isinstance(value, str):
        return (
            [" ".join(html.unescape(value).split())] if value.strip() and not value.startswith("http") else []
        )
    if isinstance(value, list) and depth < 3:
        return [name for v in value[:30] for name in names_of(v, depth + 1)]
    if isinstance(value, dict) and depth < 3:
        return names_of(value.get("name") or "", depth + 1)
    return []


def _keywords(value: Any) -> list[str]:
    if isinstance(value, str):
        return [k.strip() for k in html.unescape(value).split(",") if k.strip()]
    if isinstance(value, list):
        return [" ".join(html.unescape(k).split()) for k in value if isinstance(k, str) and k.strip()]
    return []


def _microdata(doc: Document, stated: Stated) -> None:
    """Properties that elements of an article's item state; comments and other items have other scopes."""
    names: list[str] = []
    for name, value, scope, node, _ in doc.props:
        if not value or (scope and scope.lower() not in ITEMS):
            continue
        where = f"[itemprop={name}]"
        if name == "headline":
            stated.headline.append((value, where))
        elif name == "datePublished":
            stated.published.append((value, where))
        elif name == "dateModified":
            stated.modified.append((value, where))
        elif name == "dateCreated":
            stated.created.append((value, where))
        elif node.marks & OTHERS:
            continue
        elif name == "author" and len(value) < 80 and (value, where) not in stated.authors:
            stated.authors.append((value, where))
        elif name in ("keywords", "about") and len(value) < 300 and value not in names:
            names.append(value)
    stated.tags = [k for value in names for k in _keywords(value)]
