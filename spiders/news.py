"""The news spider: one spider for every site that its profile describes well enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy.http import Response

from archiver.crawl.items import Visit
from archiver.crawl.reading import read
from archiver.crawl.recovery import redirected
from archiver.crawl.spider import SiteSpider, reason_of
from archiver.model import Capture, Page, Target


class NewsSpider(SiteSpider):
    """Follows a site's listings to its articles, and tells the frontier what it saw.

    Run it with ``scrapy crawl news -a site=NAME`` or ``archiver crawl NAME``.
    """

    name = "news"

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """A visit for every response: what its page names, or why it has no page."""
        target: Target = response.meta["target"]
        capture: Capture | None = response.meta.get("capture")
        if response.status in (301, 302, 303, 307, 308) and response.headers.get("Location"):
            yield from self._redirect(response, target, capture)
        elif response.status != 200:
            yield Visit(
                target=target, state="given up", reason=_status_reason(response.status), capture=capture
            )
        else:
            yield self._read(response, target, capture)

    def _read(self, response: Response, target: Target, capture: Capture | None) -> Visit:
        content_type = response.headers.get("Content-Type")
        page = Page(
            url=response.url,
            body=response.body,
            content_type=content_type.decode("latin-1") if content_type else None,
            record=capture.warc_record_id if capture else None,
        )
        since = self.crawler.settings.get("ARCHIVER_SINCE")
        reading = read(page, target, self.site, since=since)
        return Visit(
            target=target,
            state="done",
            capture=capture,
            links=reading.links,
            follow=tuple(t for t in reading.follow if self._unseen(t.url)),
        )

    def _redirect(self, response: Response, target: Target, capture: Capture | None) -> Iterator[Any]:
        location = urljoin(response.url, (response.headers.get("Location") or b"").decode("utf-8", "replace"))
        further = redirected(target, location.split("#")[0])
        problem = None
        if not self.site.owns(further.url):
            problem = "redirects off the site"
        elif further.redirects > self.site.crawl.max_redirects:
            problem = "too many redirects"
        if problem:
            yield Visit(target=target, state="given up", reason=problem, capture=capture)
        elif further.url == target.url:
            # The server wants its cookie back before it answers: the same address again.
            yield self.request_for(further)
        else:
            if further.url == target.via and response.headers.get("Set-Cookie"):
                yield self.request_for(further)
            self._unseen(further.url)
            yield Visit(
                target=target, state="done", reason=f"redirect to {location}", capture=capture,
                follow=(further,),
            )  # fmt: skip

    def failed(self, failure: Any) -> Iterator[Visit]:
        """A visit for a request without a response."""
        request = failure.request
        yield Visit(
            target=request.meta["target"],
            state="given up",
            reason=reason_of(failure.value),
            capture=request.meta.get("capture"),
        )

    def _unseen(self, url: str) -> bool:
        session = getattr(self.crawler, "archive", None)
        return session is None or session.frontier.unseen(url)


def _status_reason(status: int) -> str:
    if status >= 500:
        return f"server error ({status})"
    if status == 429:
        return "too many requests (429)"
    return {404: "not found (404)", 410: "gone (410)", 403: "forbidden (403)"}.get(status, f"status {status}")
