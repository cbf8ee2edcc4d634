"""A sample of a site: its listings and a few of the pages they name, fetched and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.crawl.reading import read, seeds
from archiver.instants import now
from archiver.model import Mention, Page, Target
from archiver.site import Site

if TYPE_CHECKING:
    from archiver.crawl.discover import Fetch


class Sample:
    """Fetches seeds first, then the pages that they name, at most ``limit``.

    ``pages`` are all that came, ``named`` the addresses of possible articles among them,
    ``mentions`` what the listings say of each, ``empty`` the listings that name nothing.
    """

    def __init__(self, site: Site, limit: int) -> None:
        self.site = site
        self.limit = limit
        self.pages: list[Page] = []
        self.named: dict[str, Target] = {}
        self.mentions: dict[str, list[Mention]] = {}
        self.empty: list[str] = []

    async def run(self, fetch: Fetch) -> None:
        """Fetch the sample."""
        for target in seeds(self.site, now().date()):
            if await self._names_nothing(fetch, target):
                self.empty.append(target.url)
        wanted = sorted(self.named.values(), key=lambda t: -t.priority)[: self.limit]
        self.named = {target.url: target for target in wanted}
        for target in wanted:
            page = await self._page(fetch, target.url)
            if page is not None and page.url != target.url:
                self.named[page.url] = target

    async def _names_nothing(self, fetch: Fetch, target: Target, depth: int = 0) -> bool:
        """True for a listing that came and names no page, nor does a part of it where it has parts."""
        page = await self._page(fetch, target.url)
        if page is None:
            return False
        reading = read(page, target, self.site, year=now().year, day=now().date())
        follow = [t for t in reading.follow if t.role in ("article", "page")]
        for t in follow:
            self.named.setdefault(t.url, t)
        for link in reading.links:
            if link.kind in ("feed", "sitemap", "listing"):
                mention = Mention(
                    url=link.url, kind=link.kind, title=link.text, date=link.date, where=page.url
                )
                self.mentions.setdefault(link.url, []).append(mention)
        children = [t for t in reading.follow if t.role == "sitemap"]
        looked_at = children[:3] if depth == 0 else []
        empty = [await self._names_nothing(fetch, child, depth + 1) for child in looked_at]
        return not follow and all(empty) and len(empty) == len(children)

    async def _page(self, fetch: Fetch, url: str) -> Page | None:
        answer = await fetch(url)
        if answer is None or answer.status != 200:
            return None
        page = Page(url=answer.url, body=answer.body, content_type=answer.content_type, captured=now().date())
        self.pages.append(page)
        return page
