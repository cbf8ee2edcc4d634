"""What a page's layout looks like, as names that a site's model can count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.links import split_url
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from archiver.extract.document import Document

_DIGITS = re.compile(r"\d")


def features_of(doc: Document, url: str) -> list[str]:
    """Names of the page's layout: class names of its frame, shape of its address, what it states."""
    found: set[str] = set()
    for node in doc.nodes[:60]:
        if node.tag == "body":
            found.update(f"body.{name}" for name in node.names.split()[:20] if not _DIGITS.search(name))
    articles = 0
    for node in doc.nodes:
        if node.tag in ("article", "main") and not node.marks & (Mark.COMMENT | Mark.ASIDE | Mark.NAV):
            articles += node.tag == "article"
            if articles <= 1:
                found.update(
                    f"{node.tag}.{name}" for name in node.names.split()[:8] if not _DIGITS.search(name)
                )
    found.add(f"articles:{min(articles, 2)}")
    found.update(_address_features(url))
    found.update(_stated_features(doc))
    return sorted(found)


def _address_features(url: str) -> set[str]:
    path = split_url(url).path
    parts = [p for p in path.split("/") if p]
    shape = "/".join("N" if p.isdigit() else ("x.html" if "." in p else "x") for p in parts)
    found = {f"shape:{shape}"}
    if len(parts) > 1:
        found.add(f"under:{parts[0] if not parts[0].isdigit() else 'N'}")
    if split_url(url).query:
        found.add("query")
    return found


def _stated_features(doc: Document) -> set[str]:
    found = set()
    if kind := doc.meta("og:type"):
        found.add(f"og:{kind[:20]}")
    if doc.meta("article:published_time"):
        found.add("meta:published")
    times = [t for t in doc.times if not t.node.marks & (Mark.ASIDE | Mark.COMMENT | Mark.FOOTER & Mark.NAV)]
    found.add(f"times:{min(len(times), 2)}")
    if any("datePublished" in script for script in doc.scripts):
        found.add("ld:published")
    if any("BlogPosting" in s or "NewsArticle" in s or '"Article"' in s for s in doc.scripts):
        found.add("ld:article")
    if any(link["rel"] in ("prev", "next") for link in doc.links):
        found.add("rel:neighbour")
    return found


FRAME = ("body.", "article.", "main.")


def same_frame(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True where two pages have most class names of their frame in common: no redesign between them."""
    a = {name for name in one if name.startswith(FRAME)}
    b = {name for name in other if name.startswith(FRAME)}
    return len(a & b) * 2 >= len(a | b)
