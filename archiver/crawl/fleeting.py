"""Values that a site gives out anew every day: a nonce, filled into a POST when it is sent.

The frontier knows a POST without them, so that the same list is the same address every night. They are
read again from the newest capture of the page that the list begins with, which a crawl that goes on has, too.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.crawl.links import LinkedPage
from archiver.crawl.post_more import posted_links
from archiver.crawl.stated_more import stated_more
from archiver.errors import DamagedError
from archiver.model import Page, Target
from archiver.originals import page_of
from archiver.posted import Form, endpoint_of, filled, form_of, is_fleeting, is_lacking, is_posted
from archiver.store.captures import capture as find_capture

if TYPE_CHECKING:
    from archiver.site import Site
    from archiver.store.frontier import Frontier

MAX_STEPS = 500
# Seconds; a spider of one's own may say nothing of a page that it was given.
PATIENCE = 900.0
NOT_STATED = "its page no longer states what it posts"


class Fleeting:
    """Fills in what the addresses of POSTs leave out, in one crawl of one site."""

    def __init__(self, frontier: Frontier, site: Site, archive: Path) -> None:
        self.frontier = frontier
        self.site = site
        self.archive = archive
        self._under_way: dict[str, float] = {}  # what was asked for and did not come yet, and when
        self._begins: dict[str, str] = {}  # an address, and the page that its list begins with
        self._forms: tuple[str, list[str]] = ("", [])  # the last capture that was read, and its POSTs

    def sent(self, target: Target) -> None:
        """Note that an address is being asked for."""
        self._under_way[target.url] = time.monotonic()

    def settled(self, target: Target) -> None:
        """Note that it is known what became of an address."""
        self._under_way.pop(target.url, None)

    @property
    def under_way(self) -> list[str]:
        """What was asked for and did not come yet."""
        return list(self._under_way)

    def is_under_way(self, url: str) -> bool:
        """True while an address was asked for and did not come yet."""
        since = self._under_way.get(url)
        return since is not None and time.monotonic() - since < PATIENCE

    def address(self, target: Target) -> str | None:
        """The address to ask for; None where the page that led there states its values no longer."""
        if not is_lacking(target.url):
            return target.url
        begin = self.begin(target)
        record = self.frontier.capture_of(begin) if begin else None
        for address in self._posts(record) if record else ():
            if endpoint_of(address) == endpoint_of(target.url):
                whole = filled(target.url, _fleeting(address))
                if whole is not None:
                    return whole
        return None

    def begin(self, target: Target) -> str | None:
        """The page from which POSTs, each named by the one before it, led to this one; None for any other."""
        if not is_lacking(target.url):
            return None
        via = target.via
        for _ in range(MAX_STEPS):
            if via is None or not is_posted(via):
                break
            if via in self._begins:
                via = self._begins[via]
                break
            before = self.frontier.target(via)
            via = before.via if before else None
        if via is None or is_posted(via):
            return None
        self._begins[target.url] = via
        return via

    def _posts(self, record: str) -> list[str]:
        """The POSTs that the page in a capture names, whole."""
        if self._forms[0] != record:
            page = self._page(record)
            self._forms = record, self._named(page) if page else []
        return self._forms[1]

    def _page(self, record: str) -> Page | None:
        db, limit = self.frontier.db, self.site.crawl.max_bytes
        capture = find_capture(db, record)
        with suppress(DamagedError):
            return page_of(db, self.archive, capture, limit=limit) if capture else None
        return None

    def _named(self, page: Page) -> list[str]:
        linked = LinkedPage(page.body, url=endpoint_of(page.url), content_type=page.content_type)
        return [*stated_more(linked, page.url, self.site)[0], *posted_links(linked)]


def _fleeting(address: str) -> Form:
    return [(name, value) for name, value in form_of(address) if is_fleeting(name) and value]
