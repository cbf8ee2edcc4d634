"""A sample of a site: its listings and a few of the pages they name, fetched and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.crawl.links import LinkedPage
from archiver.crawl.post_more import posted_links, unstated
from archiver.crawl.reading import read
from archiver.crawl.stated_more import stated_more
from archiver.crawl.targets import seeds
from archiver.instants import now
from archiver.model import Mention, Page, Target
from archiver.posted import is_posted, lasting
from archiver.site import Site

if TYPE_CHECKING:
    from archiver.crawl.discover import Fetch, Fetched


class Sample:
    """Fetches seeds first, then the pages that they name, at most ``limit``.

    ``pages`` are all that came, ``named`` the addresses of possible articles among them,
    ``mentions`` what the listings say of each, ``empty`` the listings that name nothing. ``more`` are
    pages that load more by POST and of which something is wrong: the page, what, and the remedy.
    """

    def __init__(self, site: Site, limit: int) -> None:
        self.site = site
        self.limit = limit
        self.pages: list[Page] = []
        self.named: dict[str, Target] = {}
        self.mentions: dict[str, list[Mention]] = {}
        self.empty: list[str] = []
        self.more: list[tuple[str, str, str]] = []

    async def run(self, fetch: Fetch) -> None:
        """Fetch the sample."""
        begun = {target.url: target for target in reversed(seeds(self.site, now().date()))}
        for target in reversed(begun.values()):
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
        if target.role == "listing":
            await self._look_at_more(fetch, page, has_pages=any(not is_posted(url) for url in reading.pages))
        children = [t for t in reading.follow if t.role == "sitemap"]
        looked_at = children[:3] if depth == 0 else []
        empty = [await self._names_nothing(fetch, child, depth + 1) for child in looked_at]
        return not follow and all(empty) and len(empty) == len(children)

    async def _look_at_more(self, fetch: Fetch, page: Page, *, has_pages: bool) -> None:
        """Post once what page or profile say that leads on; tell what is wrong with it or not said."""
        linked = LinkedPage(page.body, url=page.url, content_type=page.content_type)
        stated, lacking = stated_more(linked, page.url, self.site)
        if lacking:
            self.more.append((page.url, f"the page states no {', '.join(lacking)}", "correct more.form"))
        elif not stated and not has_pages:
            for url, form in unstated(linked).items():
                remedy = f'state it under [[listings]]: more = {{ url = "{url}", form = "{form}" }}'
                self.more.append((page.url, "loads more by POST, and does not say with what", remedy))
        own = (url for url in stated or posted_links(linked) if self.site.owns(url))
        for address in () if lacking else own:
            answer = await fetch(address)
            if answer is None or not self._names_something(answer, address):
                said = f"answered by status {answer.status}" if answer else "no answer"
                self.more.append((address, "what is posted for more names no article", said))

    def _names_something(self, answer: Fetched, address: str) -> bool:
        found = Page(url=address, body=answer.body, content_type=answer.content_type)
        target = Target(url=lasting(address), role="listing", hops=1)
        return bool(read(found, target, self.site, year=now().year, day=now().date()).links)

    async def _page(self, fetch: Fetch, url: str) -> Page | None:
        answer = await fetch(url)
        if answer is None or answer.status != 200:
            return None
        page = Page(url=answer.url, body=answer.body, content_type=answer.content_type, captured=now().date())
        self.pages.append(page)
        return page
