"""Whether a page is a listing: entries that lead to other pages, the address of an archive."""

from __future__ import annotations

import itertools
import re
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archiver.extract.body import OUTSIDE
from archiver.extract.dates import find_date
from archiver.extract.links import absolute, split_url
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document, Node

LISTING_PATH = re.compile(
    r"/(?:tags?|taggar|etiketter?|categor(?:y|ies)|kategori(?:er|e)?|authors?|forfattare|topics?|"
    r"amne(?:n)?|emne|"
    r"arkiv|archives?|search|sok|page|sida|seite)(?:/|\.html?\Z|\Z)",
    re.I,
)
DATE_PATH = re.compile(r"/(?:19|20)\d\d(?:/\d{1,2}){0,2}(?:/|/index\.html?)?\Z")
PAGED = re.compile(
    r"(?:[?&](?:page|paged|p|sida|side|offset|start)=\d+\Z|/(?:page|sida|side|seite)/?\d+/?\Z)", re.I
)
TAG_OF = attrgetter("tag")
UNSEEN = Mark.NAV | Mark.HIDDEN | Mark.ASIDE


def listing_reason(doc: Document, url: str, *, container: Node | None) -> str | None:
    """Why a page is a listing: entries that lead to other pages, a paged or dated address."""
    content = _Content(doc, url, container)
    path = unquote(split_url(url).path)
    archive = bool(DATE_PATH.search(path) or LISTING_PATH.search(path))
    paged = PAGED.search(url) is not None
    entries = content.entries
    own = bool(entries) and not paged and content.is_article(first=archive)
    if len(entries) >= 3 and not own:
        return f"{len(entries)} entries that lead to other pages"
    if entries and not own and (archive or paged):
        return "entries under the address of an archive"
    if paged and len(content.articles) >= 2:
        return "several articles under the address of a page of a listing"
    if content.is_one_of_many(1 if archive or paged else 2):
        return "its text is one of several entries of the same make"
    if content.is_under_foreign_heading():
        return "its text stands under a heading that leads to another page"
    lines = content.link_lines()
    if lines >= 4 and content.prose < 300:
        return f"{lines} lines that lead to other pages"
    if archive and lines >= 1 and content.prose < 300:
        return "links under the address of an archive"
    return None


class _Content:
    """The main content of a page: its lines, its prose, its entries."""

    def __init__(self, doc: Document, url: str, container: Node | None) -> None:
        self.doc = doc
        self.url = url
        self.container = container
        low, high = (container.first, container.last) if container is not None else (0, len(doc.blocks))
        self.blocks = doc.blocks[max(low, 0) : high + 1]

    @cached_property
    def own(self) -> set[str]:
        """The addresses that the page itself has, and the root of the site."""
        canonical = [link["href"].strip() for link in self.doc.links if link["rel"] == "canonical"]
        return {_key(self.url), ""} | {_key(absolute(href, self.url) or self.url) for href in canonical}

    def other(self, href: str) -> str | None:
        """The address of another page of the site than this one and the root."""
        target = absolute(href, self.url)
        if target is None or split_url(target).netloc != split_url(self.url).netloc:
            return None
        return None if _key(target) in self.own else target

    @cached_property
    def sentences(self) -> list[Block]:
        """The blocks of prose."""
        return [
            b for b in self.blocks
            if b.chars > 40 and b.links < 0.5 * b.chars and not b.marks & OUTSIDE and b.sentence
        ]  # fmt: skip

    @cached_property
    def prose(self) -> int:
        """Characters of prose."""
        return sum(b.chars for b in self.sentences)

    @cached_property
    def entries(self) -> list[int]:
        """Places of headings that lead to other pages, or of articles side by side."""
        found: dict[str, int] = {}
        away = OUTSIDE & ~(Mark.TEASER | Mark.RELATED)
        for block in self.blocks:
            if block.kind != "heading" or not block.hrefs or block.marks & away:
                continue
            if block.links >= 0.7 * block.chars and (target := self.other(block.hrefs[0])):
                found.setdefault(target, block.index)
        if len(found) < 3 and (articles := self._side_by_side()):
            return [a.first for a in articles]
        return list(found.values())

    @cached_property
    def tags(self) -> list[str]:
        """The tag of each node."""
        return list(map(TAG_OF, self.doc.nodes))

    @cached_property
    def articles(self) -> list[Node]:
        """The page's ``article`` elements that hold text, those of comments and columns left out."""
        if "article" not in self.tags:
            return []
        away = Mark.COMMENT | Mark.ASIDE | Mark.NAV | Mark.FOOTER
        articles = [n for n, tag in zip(self.doc.nodes, self.tags, strict=True) if tag == "article"]
        return [n for n in articles if n.chars and n.first >= 0 and not n.marks & away]

    def _side_by_side(self) -> list[Node]:
        """Three or more ``article`` elements side by side in the main content."""
        if self.tags.count("article") < 3:
            return []
        articles, container = self.articles, self.container
        if container is not None:
            articles = [a for a in articles if container.first <= a.first and a.last <= container.last]
        parents = {a.parent.index for a in articles if a.parent is not None}
        return articles if len(articles) >= 3 and len(parents) == 1 else []

    def is_article(self, *, first: bool) -> bool:
        """True where most of the prose stands together between two entries: an article with teasers.

        ``first`` asks that it stands before them all.
        """
        edges = [0, *sorted(self.entries), len(self.doc.blocks)]
        runs = [
            sum(b.chars for b in self.sentences if low <= b.index < high)
            for low, high in itertools.pairwise(edges)
        ]
        longest = runs[0] if first else max(runs)
        return (longest > 800 and longest > 0.5 * self.prose) or (
            longest > 400 and longest > 0.8 * self.prose
        )

    def is_one_of_many(self, least: int) -> bool:
        """True where the text stands in one of several like elements and the page's heading outside them."""
        node = self.container
        while node is not None and node.tag not in ("article", "li"):
            node = node.parent
        if node is None or node.parent is None or node.names == "" or node.marks & Mark.COMMENT:
            return False
        up, tag, names = node.parent, node.tag, node.names
        like = [n for n in self.doc.nodes if n.parent is up and n.tag == tag and n.names == names]
        if len(like) < least:
            return False
        heads = [b for b in self.doc.blocks if b.kind == "heading" and not b.marks & OUTSIDE]
        top = min((b.level for b in heads), default=0)
        outside = [b for b in heads if b.level == top and not node.first <= b.index <= node.last]
        return (
            bool(outside)
            and outside[0].index < node.first
            and top < min((b.level for b in heads if node.first <= b.index <= node.last), default=9)
        )

    def is_under_foreign_heading(self) -> bool:
        """True where the heading nearest above the text is a link to another page of the site."""
        container = self.container
        if container is None or container.first < 0:
            return False
        above = [
            b for b in self.doc.blocks[max(container.first - 12, 0) : container.first + 1]
            if b.kind == "heading"
        ]  # fmt: skip
        nearest = next((b for b in reversed(above) if not b.marks & UNSEEN), None)
        if nearest is None or not nearest.hrefs or nearest.links < 0.7 * nearest.chars:
            return False
        if self.other(nearest.hrefs[0]) is None:
            return False
        common = _common(nearest.node, container)
        own = [b for b in above if b.level <= nearest.level and b.links < 0.5 * b.chars]
        return not any(_common(b.node, common) is common for b in own)

    def link_lines(self) -> int:
        """Lines that are links and little else, or items with a link and a date."""
        if self.container is None:
            return 0
        away = OUTSIDE | Mark.BYLINE
        return sum(
            b.links >= 0.5 * b.chars or (b.kind == "item" and find_date(b.text[:160]) is not None)
            for b in self.blocks
            if b.hrefs and b.text and not b.marks & away
        )


def _common(node: Node, other: Node) -> Node:
    """The smallest element that holds both."""
    one, two = node, other
    while one is not two:
        if one.depth >= two.depth and one.parent is not None:
            one = one.parent
        elif two.parent is not None:
            two = two.parent
        else:
            break
    return one


def _key(url: str) -> str:
    parts = split_url(url)
    return unquote(parts.path).rstrip("/").removesuffix("/index.html") + (
        "?" + parts.query if parts.query else ""
    )
