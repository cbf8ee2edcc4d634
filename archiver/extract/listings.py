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
from archiver.extract.posts import is_prose, whole_posts
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node

LISTING_PATH = re.compile(
    r"/(?:tags?|taggar|etiketter?|categor(?:y|ies)|kategori(?:er|e)?|authors?|forfattare|topics?|"
    r"amne(?:n)?|emne|"
    r"arkiv|archives?|search|sok|page|sida|seite)(?:/|\.html?\Z|\Z)",
    re.I,
)
NEWS_PATH = re.compile(
    r"/(?:nyhet(?:er|sarkiv)|nyhende|aktuell?t|artik(?:lar|ler)|blogg?(?:en|ar)?|press(?:meddelanden|emeldinger)?|nyheder|"
    r"pressemeddelelser|uutis(?:et|arkisto)|ajankohtaista|artikkelit|blogi|tiedotteet|frettir|fréttir|greinar|"
    r"aktuelles|neuigkeiten|nachrichten|beiträge|pressemitteilungen|news|newsroom|articles|insights|"
    r"press-releases|actualit[eé]s|actus|nouvelles|blogue|noticias|novedades|actualidad|art[ií]culos|nieuws|"
    r"actueel|berichten|notizie|novit[aà]|articoli)(?:/index|/default)?(?:\.html?)?/?\Z",
    re.I,
)
"""Names of the page that lists a site's news; an article stands below it."""
DATE_PATH = re.compile(r"/(?:19|20)\d\d(?:/\d{1,2}){0,2}(?:/|/index\.html?)?\Z")
PAGED = re.compile(
    r"(?:[?&](?:p=\d{1,2}|(?:page|paged|sida|side|sivu|seite|pagina|offset|start)=\d+)\Z|"
    r"/(?:page|sida|side|sivu|seite|pagina)/?\d+/?\Z)",
    re.I,
)
OWN = 400  # characters of prose in a row that a page which states an article must have
HEADLINE = 12  # characters of a headline that the stated one must hold
ARTICLE_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:\w*Article|BlogPosting)"')
TAG_OF = attrgetter("tag")
UNSEEN = Mark.NAV | Mark.HIDDEN | Mark.ASIDE


def listing_reason(doc: Document, url: str, *, container: Node | None) -> str | None:
    """Why a page is a listing: entries that lead to other pages, a paged or dated address."""
    content = _Content(doc, url, container)
    path = unquote(split_url(url).path)
    archive = any(named.search(path) for named in (DATE_PATH, LISTING_PATH, NEWS_PATH))
    paged = PAGED.search(url) is not None
    if paged and len(content.articles) >= 2:
        return "several articles under the address of a page of a listing"
    if posts := whole_posts(doc, content.heads):
        return f"{posts} whole posts, each with a page of its own"
    found = _by_entries(content, archive=archive, paged=paged) or _by_heading(content, archive or paged)
    if found and (archive or paged or not content.is_stated_article()):
        return found
    return _by_links(content, archive=archive)


def _by_entries(content: _Content, *, archive: bool, paged: bool) -> str | None:
    entries = content.entries
    if not entries or (not paged and content.is_article(first=archive)):
        return None
    if len(entries) >= 3:
        return f"{len(entries)} entries that lead to other pages"
    return "entries under the address of an archive" if archive or paged else None


def _by_heading(content: _Content, listed: bool) -> str | None:
    if content.is_one_of_many(1 if listed else 2):
        return "its text is one of several entries of the same make"
    if content.is_under_foreign_heading():
        return "its text stands under a heading that leads to another page"
    return None


def _by_links(content: _Content, *, archive: bool) -> str | None:
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
        if target is None or _host(target) != _host(self.url):
            return None
        return None if _key(target) in self.own else target

    @cached_property
    def sentences(self) -> list[Block]:
        """The blocks of prose."""
        return [b for b in self.blocks if is_prose(b)]

    @cached_property
    def prose(self) -> int:
        """Characters of prose."""
        return sum(b.chars for b in self.sentences)

    @cached_property
    def entries(self) -> list[int]:
        """Places of headings that lead to other pages, or of articles side by side."""
        found = {target: block.index for target, block in self._led_by(self.blocks).items()}
        if len(found) < 3 and (articles := self._side_by_side()):
            return [a.first for a in articles]
        return list(found.values())

    @property
    def heads(self) -> list[Block]:
        """The headings that lead to other pages of the site, wherever on the page they stand."""
        return list(self._led_by(self.doc.blocks).values())

    def _led_by(self, blocks: Sequence[Block]) -> dict[str, Block]:
        """The first heading that leads to each other page of the site."""
        found: dict[str, Block] = {}
        away = OUTSIDE & ~(Mark.TEASER | Mark.RELATED)
        for block in blocks:
            if block.kind != "heading" or not block.hrefs or block.marks & away:
                continue
            if block.links >= 0.7 * block.chars and (target := self.other(block.hrefs[0])):
                found.setdefault(target, block)
        return found

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
        runs = self._runs
        longest = runs[0] if first else max(runs)
        return (longest > 800 and longest > 0.5 * self.prose) or (
            longest > 400 and longest > 0.8 * self.prose
        )

    @cached_property
    def _runs(self) -> list[int]:
        """Characters of prose before the first entry, between the entries, after the last."""
        edges = [0, *sorted(self.entries), len(self.doc.blocks)]
        return [
            sum(b.chars for b in self.sentences if low <= b.index < high)
            for low, high in itertools.pairwise(edges)
        ]

    def is_stated_article(self) -> bool:
        """True where the page states one article for machines, shows its headline and has a text of its own.

        Such a page has its text between links to others; a headline alone states nothing, as
        many systems call every page an article.
        """
        longest = max(self._runs)
        if longest < OWN or longest < 0.2 * self.prose or not _states_one(self.doc):
            return False
        stated = _folded(self.doc.meta("og:title", "twitter:title") or self.doc.title)
        heads = (b for b in self.doc.blocks if b.kind == "heading" and b.level == 1 and not b.links)
        return any(b.chars >= HEADLINE and _folded(b.text)[:HEADLINE] in stated for b in heads)

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


def _states_one(doc: Document) -> bool:
    """True where the page states one article for machines, with the day on which it was published."""
    if doc.meta("og:type").lower() == "article" and doc.meta("article:published_time"):
        return True
    typed = [script for script in doc.scripts if ARTICLE_TYPE.search(script)]
    return len(typed) == 1 and typed[0].count('"datePublished"') == 1


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


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


def _host(url: str) -> str:
    return split_url(url).netloc.removeprefix("www.")


def _key(url: str) -> str:
    parts = split_url(url)
    return unquote(parts.path).rstrip("/").removesuffix("/index.html") + (
        "?" + parts.query if parts.query else ""
    )
