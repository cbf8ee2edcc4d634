"""The scheduler that Scrapy asks for the next request: the frontier, and patience.

New addresses never pass through here; spiders give them to the frontier, and a Request is
built only when an address is leased. What Scrapy enqueues are retries, which wait in
memory: their address stays leased, so a crash gives it back.
"""

from __future__ import annotations

import heapq
import itertools
import time
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from twisted.internet.defer import Deferred

from archiver.address import host_of
from archiver.crawl.conditional import VALIDATORS
from archiver.crawl.reactor import running_reactor

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from archiver.crawl.session import CrawlSession
    from archiver.model import Target


# Seconds after which is looked again whether a page is there that says what comes next is asked for with.
HELD = 0.05


class FrontierScheduler(BaseScheduler):
    """Leases addresses from the crawl session; without one (``scrapy shell``) a plain queue.

    Parameters: ``meta["not_before"]`` of a request is the monotonic second before which it
    must not be sent. ``pause`` holds back everything, as a 429 or 503 asks of us.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.session: CrawlSession | None = getattr(crawler, "archive", None)
        self._waiting: list[tuple[float, int, Request]] = []
        self._order = itertools.count()
        self._paused_until = 0.0
        self._alarm: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the scheduler, and let the other components find it at the crawler."""
        scheduler = cls(crawler)
        crawler.patience = scheduler  # type: ignore[attr-defined]
        return scheduler

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Nothing to prepare: the session opened the frontier."""
        return None

    def close(self, reason: str) -> Deferred[None] | None:
        """Forget the retries; their addresses go back with the leases."""
        self._waiting.clear()
        if self._alarm and self._alarm.active():
            self._alarm.cancel()
        return None

    def has_pending_requests(self) -> bool:
        """True while something is left to be sent, now or later."""
        return bool(self._waiting) or (self.session is not None and self.session.has_targets())

    def enqueue_request(self, request: Request) -> bool:
        """Keep a retry, or a request that somebody else made, until its time has come."""
        due = float(request.meta.get("not_before", 0.0))
        heapq.heappush(self._waiting, (due, next(self._order), request))
        return True

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def next_request(self) -> Request | None:
        """The next request, or None where nothing is due; it wakes the engine when it is."""
        now = time.monotonic()
        if self._paused_until > now:
            self._wake_in(self._paused_until - now)
            return None
        while self._waiting and self._waiting[0][0] <= now:
            request = heapq.heappop(self._waiting)[2]
            if self.session is None or host_of(request.url) not in self.session.outages.left:
                return request
        target = self.session.next_target() if self.session else None
        if target is not None:
            spider = self.crawler.spider
            asked: Request = spider.request_for(target)  # type: ignore[union-attr]
            return self._conditional(asked, target)
        if self.session is not None and self.session.is_held():
            self._wake_in(HELD)
        elif self._waiting:
            self._wake_in(self._waiting[0][0] - now)
        elif self.session is not None and (pauses := self.session.outages.pauses):
            self._wake_in(min(pauses.values()) - now)
        return None

    def _conditional(self, request: Request, target: Target) -> Request:
        """The request with what asks for another page only, where the spider says nothing of that."""
        known = self.session.validators(target) if self.session else None
        if known is not None and not any(name in request.headers for name in known.headers):
            request.headers.update(known.headers)
            request.meta[VALIDATORS] = known
        return request

    def _wake_in(self, seconds: float) -> None:
        if self._alarm is None or not self._alarm.active():
            self._alarm = running_reactor().callLater(seconds, self._wake)

    def _wake(self) -> None:
        slot = self.crawler.engine._slot
        if slot is not None:
            slot.nextcall.schedule()
