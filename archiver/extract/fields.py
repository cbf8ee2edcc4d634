"""What a page says of its article beside title, text, date and authors, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archiver.model import Evidence, Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document
    from archiver.extract.stated import Stated
    from archiver.site import Site

Resolve = Callable[[str], str | None]
Found = tuple[str, Evidence] | None
"""A value and how it is known; None where the page does not state it."""

DESCRIPTIONS = (
    "description", "og:description", "twitter:description", "dc.description", "dcterms.description",
)  # fmt: skip
KEYWORDS = ("keywords", "news_keywords", "article:tag", "tags")


def find_canonical(doc: Document, resolve: Resolve) -> Found:
    """The address that a page names as its own."""
    for link in doc.links:
        if "canonical" in link["rel"].split() and (url := resolve(link["href"])):
            return url, Evidence(method="link", where="link[rel=canonical]", raw=link["href"].strip())
    if (url := doc.meta("og:url")) and (found := resolve(url)):
        return found, Evidence(method="meta", where="meta[og:url]", raw=url)
    return None


def find_description(doc: Document, stated: Stated) -> Found:
    """The summary that a page states."""
    for name in DESCRIPTIONS:
        if text := doc.meta(name):
            return text, Evidence(method="meta", where=f"meta[{name}]", raw=text[:300])
    if text := stated.description:
        return text, Evidence(method="json-ld", where="description", raw=text[:300])
    return None


def find_publisher(doc: Document, stated: Stated, site: Site | None) -> Found:
    """Who publishes it: as the site's profile says, else as the page states."""
    if site and site.publisher:
        return site.publisher, Evidence(method="profile", where="publisher", raw=site.publisher)
    name = stated.publisher or doc.meta("og:site_name", "publisher", "application-name")
    if not name:
        return None
    method = "json-ld" if stated.publisher else "meta"
    return name, Evidence(method=method, where=method, raw=name)


def find_keywords(doc: Document, stated: Stated) -> tuple[tuple[str, ...], Evidence | None]:
    """The keywords of a page, each once: of its JSON-LD, its metas, its links to tags, its elements."""
    sources: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("json-ld", lambda: stated.keywords),
        ("meta", lambda: [k for text in doc.all_meta(*KEYWORDS) for k in text.split(",")]),
        ("rel-tag", lambda: _tagged(doc)),
        ("microdata", lambda: stated.tags),
    )
    for method, source in sources:
        names = tuple(dict.fromkeys(" ".join(k.split()) for k in source() if k.strip()))[:50]
        if names:
            return names, Evidence(method=method, where=method, raw=", ".join(names)[:300])
    return (), None


def _tagged(doc: Document) -> list[str]:
    """The lines that are one link with ``rel=tag``."""
    wanted = {href for href, rel, _, _ in doc.anchors if "tag" in rel and "tag" in rel.split()}
    if not wanted:
        return []
    return [b.text for b in doc.blocks if len(b.hrefs) == 1 and b.chars < 60 and b.hrefs[0] in wanted]


def links_of(blocks: Sequence[Block], resolve: Resolve, record: str) -> tuple[Link, ...]:
    """The addresses of a body's images and of what its lines link to, each once, in their order."""
    found: dict[str, Link] = {}
    for block in blocks:
        for piece in block.pieces if block.images else ():
            if piece[0] == "img" and (url := resolve(piece[1])):
                found.setdefault(url, Link(record=record, url=url, kind="image", text=piece[2][:120] or None))
        for href in block.hrefs:
            if url := resolve(href):
                found.setdefault(url, Link(record=record, url=url, kind="body", text=block.text[:120]))
    return tuple(found.values())
