"""Stand-ins: one page that a server sends for many addresses, in the place of their articles.

A note that the site is away, a wall, an error sent with status 200, in words that nobody foresaw:
what tells them is that they are the same at addresses that had, or should have, articles of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from archiver.derive.pages import Observation
from archiver.model import PageKind

Seen = dict[str, list[Observation]]
Content = tuple[str | None, str, str | None]
# Other articles that its addresses had, and names of addresses of which nothing else is known.
HAD_OTHERS = 3
UNKNOWN = 6
NAMED = re.compile(r"\S*/\S*\s*")  # an address, which may be the one that was asked for
COUNTED = re.compile(r"\S*\d\S*\s*")  # a number, which may be the answer's own


def without_stand_ins(observations: Mapping[str, list[Observation]]) -> Seen:
    """The observations, those of a stand-in marked as errors."""
    same: dict[Content, set[str]] = defaultdict(set)
    had: dict[str, set[frozenset[str]]] = defaultdict(set)
    for url, seen in observations.items():
        contents = {o.content for o in seen if o.extraction.kind is PageKind.ARTICLE}
        for content in contents:
            same[_unnamed(content)].add(url)
            if others := frozenset(map(_text, contents)) - {_text(content)}:
                had[_text(content)].add(others)
    texts = {text for text, others in had.items() if len(others) >= HAD_OTHERS}
    contents = {content for content, urls in same.items() if any(content[:2]) and _names(urls) >= UNKNOWN}
    return {url: [_marked(o, texts, contents) for o in seen] for url, seen in observations.items()}


def _unnamed(content: Content) -> Content:
    title, body, date = content
    return title, NAMED.sub("", body), date


def _text(content: Content) -> str:
    """What a page says but for addresses and numbers; its title where it has no text.

    A listing may give one page many titles.
    """
    text = content[1] or content[0] or ""
    return COUNTED.sub("", NAMED.sub("", text)) or text


def _names(urls: set[str]) -> int:
    """How many names of pages these addresses have; one article may stand under many sections."""
    parts = [urlsplit(url) for url in urls]
    return len({p.path.rstrip("/").rpartition("/")[2] for p in parts})


def _marked(seen: Observation, texts: set[str], contents: set[Content]) -> Observation:
    """The observation, as an error where its page stands in for others."""
    e = seen.extraction
    if e.kind is not PageKind.ARTICLE or not (
        _text(seen.content) in texts or _unnamed(seen.content) in contents
    ):
        return seen
    reason = "the same page at several addresses that had, or should have, articles of their own"
    return replace(seen, extraction=replace(e, kind=PageKind.ERROR, reason=reason))
