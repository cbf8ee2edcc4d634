"""The news spider: one spider for every site that its profile describes well enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy.http import Response

from archiver.crawl.decoding import fault_of
from archiver.crawl.spider import SiteSpider
from archiver.crawl.verdict import redirected, verdict
from archiver.instants import now
from archiver.model import Capture, Page, Target
from archiver.posted import is_posted


class NewsSpider(SiteSpider):
    """Follows a site's listings to its articles, and tells the frontier what it saw.

    Run it with ``scrapy crawl news -a site=NAME`` or ``archiver crawl NAME``.
    """

    name = "news"

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """A visit for every response: what its page names, or why it has no page."""
        target: Target = response.meta["target"]
        capture: Capture | None = response.meta.get("capture")
        location = self.location(response, capture)
        if location and self.wants_its_cookie(response, target, location):
            # The server asks for its cookie before it answers: the same address again.
            yield self.request_for(redirected(target, location))
            if location == target.url:
                return
        visit = verdict(
            target,
            self.site,
            status=response.status,
            location=location,
            page=lambda: self.page(response, capture),
            capture=capture,
            day=now().date(),
            since=self.crawler.settings.get("ARCHIVER_SINCE"),
            # Asked before a Request exists: most links of a page are known from the last one.
            is_new=self.is_unseen,
        )
        self.leave_out(visit.older)
        yield visit
        yield from self.doubts(visit)

    def page(self, response: Response, capture: Capture | None) -> Page:
        """The page that links are read from; for a 304 the one that was sent before."""
        session = getattr(self.crawler, "archive", None)
        if response.status == 304 and session is not None and capture is not None:
            before: Page = session.page_of(capture)
            return before
        content_type = response.headers.get("Content-Type")
        return Page(
            url=capture.url if capture else response.url,
            body=response.body,
            content_type=content_type.decode("latin-1") if content_type else None,
            record=capture.warc_record_id if capture else None,
            fault=fault_of(response),
        )

    def location(self, response: Response, capture: Capture | None) -> str | None:
        """The absolute target of a redirect, or None; what the capture says, where there is one."""
        if capture is not None:
            return capture.location
        header = response.headers.get("Location")
        try:
            return urljoin(response.url, header.decode("utf-8", "replace")) if header else None
        except ValueError:
            return None

    def wants_its_cookie(self, response: Response, target: Target, location: str) -> bool:
        """True where a redirect sets a cookie and leads back to where it came from."""
        if is_posted(target.url):
            return False
        back = location in (target.url, target.via) and "Set-Cookie" in response.headers
        return back and target.redirects < self.site.crawl.max_redirects

    def is_unseen(self, url: str) -> bool:
        """True where this crawl has not met the address yet, and may follow it."""
        if self.is_left_out(url):
            return False
        session = getattr(self.crawler, "archive", None)
        return session is None or session.frontier.unseen(url)
