"""Fetches the pages of one discovery, each once and a bounded number, and keeps what was learned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from archiver.crawl.discover.archives import ListingLook, looks_like_listing
from archiver.crawl.discover.hyperlinks import HtmlPage, read_page
from archiver.site import Listing

if TYPE_CHECKING:
    from datetime import datetime

    from archiver.crawl.discover.feeds import Feed
    from archiver.crawl.discover.sitemaps import Sitemap
    from archiver.model import Mention

MAX_VISITS = 25

FoundKind = Literal["feed", "sitemap", "html", "robots.txt", "patterns"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A response after its redirects: final address, status, body with content coding removed."""

    url: str
    status: int
    body: bytes
    content_type: str | None = None


Fetch = Callable[[str], Awaitable[Fetched | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A line of the report: what was looked for, where, what came, and how many addresses it names."""

    kind: FoundKind
    url: str | None
    text: str
    addresses: int = 0

    def __str__(self) -> str:
        place = f" {self.url}" if self.url else ""
        count = f" ({self.addresses} address{'es' if self.addresses > 1 else ''})" if self.addresses else ""
        return f"{self.kind}{place}: {self.text}{count}"


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Fetches each address once, at most ``MAX_VISITS`` in all, and keeps what was learned."""

    fetch: Fetch
    now: datetime
    asked: dict[str, Fetched | None] = field(default_factory=dict)
    pages: dict[str, HtmlPage] = field(default_factory=dict)
    looks: dict[str, ListingLook] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    sitemaps: dict[str, Sitemap] = field(default_factory=dict)
    further: dict[str, list[str]] = field(default_factory=dict)
    reach: dict[str, set[str]] = field(default_factory=dict)
    posts: list[Mention] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    listings: list[Listing] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    async def get(self, url: str) -> Fetched | None:
        """The answer with status 200, None for any other and when the visits are used up."""
        if url not in self.asked:
            if len(self.asked) >= MAX_VISITS:
                return None
            self.asked[url] = await self.fetch(url)
        answer = self.asked[url]
        return answer if answer is not None and answer.status == 200 else None

    async def page(self, url: str) -> HtmlPage | None:
        """The page at this address; what it looks like as a listing is in ``looks``."""
        answer = await self.get(url)
        if answer is None:
            return None
        if answer.url not in self.pages:
            page = read_page(answer.body, url=answer.url, content_type=answer.content_type)
            self.pages[answer.url] = page
            self.looks[answer.url] = looks_like_listing(page, year=self.now.year)
            labels = (link for link in page.links if link.place == "menu" and len(link.text.split()) < 5)
            self.others |= {link.url for link in labels}  # a longer text may be a headline
        return self.pages[answer.url]

    def note(self, kind: FoundKind, url: str | None, text: str, addresses: int = 0) -> None:
        """Write a line of the report."""
        self.found.append(Found(kind=kind, url=url, text=text, addresses=addresses))

    def take(self, kind: Literal["feed", "sitemap", "html"], url: str, text: str, addresses: int) -> None:
        """Take a listing into the profile."""
        self.listings.append(Listing(kind=kind, url=url))
        self.note(kind, url, text, addresses)
