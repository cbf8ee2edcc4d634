"""robots.txt by RFC 9309: what may be fetched, and that silence is no permission.

Scrapy's own middleware reads the body of an error as rules and allows everything where
robots.txt cannot be reached. Section 2.3.1.4 asks for the opposite: a server error or an
unreachable host means that nothing may be fetched.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from archiver.crawl.failures import failure_reason
from archiver.store.failures import FORBIDDEN

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

# Section 2.5: at least 500 kibibytes must be parsed, and more need not be.
MAX_BYTES = 500 * 1024
# Section 2.4: seconds for which rules may be kept; a crawl may take longer.
MAX_AGE = 24 * 3600
# Seconds of a Crawl-delay that are waited between two pages: a hundred a night. Who asks for more is told of.
MAX_DELAY = 300.0
# Section 2.3.1.2: at least five redirects must be followed.
MAX_REDIRECTS = 5


def rules_in(body: bytes) -> Protego:
    """The rules in a robots.txt of any size; a line that is cut off is none, as it would forbid too much."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    return Protego.parse(body.decode("utf-8-sig", "replace"))


class ForbiddenByRobotsError(IgnoreRequest):
    """The site's robots.txt does not allow this address."""


class RobotsUnreachableError(IgnoreRequest):
    """robots.txt gave a server error or no answer: nothing may be fetched for now."""


class RobotsMiddleware:
    """Asks for each host's robots.txt once a crawl, and holds every request to it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.asked_delay = 0.0  # the longest Crawl-delay that was asked for, in seconds
        crawler.robots = self  # type: ignore[attr-defined]
        self._rules: dict[str, tuple[float, asyncio.Task[Protego]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make the middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass. Raises ForbiddenByRobotsError or RobotsUnreachableError."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asked, task = self._rules.get(origin, (0.0, None))
        if task is None or time.monotonic() - asked > MAX_AGE:
            task = asyncio.ensure_future(self._fetch(origin))
            self._rules[origin] = (time.monotonic(), task)
        try:
            rules = await asyncio.shield(task)
        except RobotsUnreachableError:
            session = getattr(self.crawler, "archive", None)
            if session is not None and parts.netloc.lower() in session.outages.out:
                self._rules.pop(origin, None)  # it is asked for again when the host has been waited for
            raise
        self._slow_down(request, rules)
        if not rules.can_fetch(request.url, self.agent):
            raise ForbiddenByRobotsError(FORBIDDEN)

    async def _fetch(self, origin: str) -> Protego:
        url = f"{origin}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._download(url, origin)
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                return self._parse(response)
            url = urljoin(url, location.decode("latin-1"))
            if urlsplit(url).scheme not in ("http", "https"):
                break
        # More redirects than the RFC asks us to follow: as if there were none.
        return Protego.parse("")

    async def _download(self, url: str, origin: str) -> Response:
        request = Request(
            url, meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK, priority=1000, dont_filter=True
        )
        try:
            return await self.crawler.engine.download_async(request)
        except Exception as error:
            reason = f"robots.txt unreachable: {failure_reason(error)}"
            away = "" if url == f"{origin}/robots.txt" else f", where it redirects to {url}"
            raise RobotsUnreachableError(reason + away) from error

    def _parse(self, response: Response) -> Protego:
        if response.status >= 500 or response.status in (304, 429):
            raise RobotsUnreachableError(f"robots.txt unreachable: status {response.status}")
        return rules_in(response.body if response.status < 300 else b"")

    def _slow_down(self, request: Request, rules: Protego) -> None:
        """Honour Crawl-delay: the download slot's delay is at least that."""
        wanted = rules.crawl_delay(self.agent)
        if wanted and self.crawler.settings.getfloat("DOWNLOAD_DELAY") > 0:
            downloader = self.crawler.engine.downloader
            _, slot = downloader._get_slot(request)
            slot.delay = max(slot.delay, min(float(wanted), MAX_DELAY))
            self.asked_delay = max(self.asked_delay, float(wanted))
