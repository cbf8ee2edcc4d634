"""Whether an article that a page states for machines is another than the one it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from archiver.extract.links import absolute, split_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.extract.document import Document

SHARED = 0.4  # share of a headline's words that one of the page's own names has
HEADLINE = 400  # characters that are read of one
HEADS = 60  # headings that are looked at
LEVELS = 2  # those of a headline
ADDRESSES = ("url", "mainEntityOfPage", "@id")
PAGE = re.compile(r"(?:/(?:index|default)\.\w+|/amp|\.amp)?/*\Z", re.I)
_WORD = re.compile(r"\w+")


def is_of_another(item: dict[str, Any], doc: Document, url: str) -> bool:
    """True for an article whose headline and address both contradict the page at ``url``.

    An item that states only one of them is believed, and so is one with the address of the site:
    many templates give every page the same.
    """
    stated = {_key(address) for key in ADDRESSES for address in _addresses(item.get(key), url)}
    if not stated or "" in stated or stated & _own(doc, url):
        return False
    headlines = [item.get(key) for key in ("headline", "name", "alternativeHeadline")]
    said = [words for text in headlines if isinstance(text, str) and (words := _words(text))]
    return bool(said) and not any(_meet(one, other) for other in _names(doc) for one in said)


def _addresses(value: Any, url: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("@id", "url"):
            yield from _addresses(value.get(key), url)
    elif isinstance(value, str) and value.startswith(("http", "/")) and (found := absolute(value, url)):
        yield found


def _own(doc: Document, url: str) -> set[str]:
    """The addresses that the page goes by."""
    named = [link["href"] for link in doc.links if link["rel"] in ("canonical", "amphtml", "shortlink")]
    named.append(doc.meta("og:url"))
    return {_key(url), *(_key(absolute(href.strip(), url) or "") for href in named)}


def _key(address: str) -> str:
    """An address without what varies between two of one page; empty for the root of a site."""
    parts = split_url(address)
    return PAGE.sub("", unquote(parts.path)).lower() + (f"?{parts.query}" if parts.query else "")


def _names(doc: Document) -> Iterator[set[str]]:
    """The words of each name that the page gives itself."""
    for text in (doc.title, *doc.all_meta("og:title", "twitter:title", "title", "headline")):
        yield _words(text)
    heads = [b for b in doc.blocks if b.kind == "heading" and b.level <= LEVELS and b.links * 2 <= b.chars]
    for block in heads[:HEADS]:
        yield _words(block.text)


def _words(text: str) -> set[str]:
    return {*_WORD.findall(text[:HEADLINE].casefold())}


def _meet(one: set[str], other: set[str]) -> bool:
    """True where two headlines share so many words that they may be one, said in two ways."""
    return len(one & other) >= SHARED * min(len(one), len(other)) > 0
