"""The demo site's content files: its articles and its other pages, and the truth about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiver.demo.markup import Block, block_text, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = ZoneInfo("Europe/Stockholm")
ARTICLE_FILES = ("2015-2017.txt", "2018-2020.txt", "2021-2025.txt")
EDITED = "sa-skriver-du-ett-beslut"
EDIT = "Vi har provat ordningen i tre kommuner under hösten, och överklagandena har halverats."
GONE = "hostens-frukostar-2025"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoArticle:
    """An article of the demo site as it was meant.

    ``path`` is its address on the site, ``further`` the addresses of its pages 2, 3 …
    ``blocks`` is the text that belongs to the body, a line of the page each, in reading
    order; ``caption`` may stand in a body and need not. ``published`` and ``modified``
    are aware, in Swedish time; ``published`` is None where the page states no date.
    """

    path: str
    title: str
    blocks: tuple[str, ...]
    published: datetime | None
    authors: tuple[str, ...] = ()
    modified: datetime | None = None
    language: str = "sv"
    keywords: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    picture: str | None = None
    caption: str | None = None
    old_path: str | None = None
    byline: str = "none"
    parts: tuple[tuple[Block, ...], ...] = ()

    @property
    def slug(self) -> str:
        """The last segment of the address."""
        return self.path.strip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPage:
    """A page that is no news: a service, a member of staff, a job, the contact page."""

    path: str
    title: str
    blocks: tuple[Block, ...]


@cache
def articles(*, changed: bool = False) -> tuple[DemoArticle, ...]:
    """The published articles, in the order of the content files (oldest first).

    With ``changed`` it is the site's second night: one text edited, one article gone,
    one new.
    """
    found = [_article(head, body) for name in ARTICLE_FILES for head, body in _entries(name)]
    if changed:
        found = [_edited(a) if a.slug == EDITED else a for a in found if a.slug != GONE]
        found += [_article(head, body) for head, body in _entries("second-night.txt")]
    return tuple(found)


@cache
def drafts() -> tuple[DemoArticle, ...]:
    """Articles that the site serves but links from nowhere: they must not be found."""
    return tuple(_article(head, body) for head, body in _entries("drafts.txt"))


@cache
def pages() -> tuple[DemoPage, ...]:
    """The pages that are no news."""
    return tuple(
        DemoPage(path=head["slug"], title=head["title"], blocks=read_blocks(body))
        for head, body in _entries("pages.txt")
    )


def gone() -> DemoArticle:
    """The article that is gone on the second night."""
    return next(a for a in articles() if a.slug == GONE)


def _entries(name: str) -> Iterator[tuple[dict[str, str], str]]:
    """The header and the body of each entry of a content file."""
    text = (files("archiver.demo") / "content" / name).read_text("utf-8")
    for entry in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        header, body = entry.split("\n---\n", 1)
        slug, *lines = header.split("\n")
        head = dict(line.split(": ", 1) for line in lines)
        yield {"slug": slug.strip(), **head}, body


def _article(head: dict[str, str], body: str) -> DemoArticle:
    path = f"/nyheter/{head['slug']}/"
    parts = tuple(read_blocks(part) for part in body.split("\n<<<\n"))
    picture, _, caption = head.get("image", "").partition(" | ")
    return DemoArticle(
        path=path,
        title=head["title"],
        parts=parts,
        blocks=tuple(line for part in parts for block in part for line in block_text(block)),
        published=_moment(head["date"]),
        modified=_moment(head.get("modified", "none")),
        authors=_names(head.get("authors")),
        keywords=_names(head.get("tags")),
        language=head.get("lang", "sv"),
        further=tuple(f"{path}?sida={n}" for n in range(2, len(parts) + 1)),
        picture=picture or None,
        caption=caption or None,
        old_path=head.get("old"),
        byline=head["byline"],
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


def _moment(text: str) -> datetime | None:
    return None if text == "none" else datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _edited(article: DemoArticle) -> DemoArticle:
    """The article with one paragraph more, as the editors left it on the second night."""
    parts = (*article.parts[:-1], (*article.parts[-1], *read_blocks(EDIT)))
    modified = datetime(2025, 10, 19, 9, 30, tzinfo=ZONE)
    return replace(article, parts=parts, blocks=(*article.blocks, EDIT), modified=modified)
