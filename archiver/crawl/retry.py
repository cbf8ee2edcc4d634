"""Retries with patience: a failure may pass, and a server that asks for time gets it."""

from __future__ import annotations

import asyncio
import email.utils
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response

from archiver.crawl.decoding import fault_of
from archiver.crawl.items import Visit
from archiver.crawl.outage import UNREACHABLE, Outage, Outages
from archiver.crawl.robots import RobotsUnreachableError
from archiver.crawl.verdict import status_reason
from archiver.instants import now
from archiver.store.failures import BUSY, WAIT, was_asked_to_wait, was_refused_before
from archiver.warc.coding import TOO_LARGE

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archiver.crawl.session import CrawlSession

RETRIED_STATUS = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
RETRIED_ERRORS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    OSError,
)


# Busy answers in a row, without a word on how long, after which a site is left alone for the night.
MAX_REFUSALS = 10
MAX_PAUSE = 60.0
# Busy answers in a row that may speak of their addresses alone.
MOST_BY_ITSELF = 2
REFUSED = frozenset({429, 503})


def pause_after(refusals: int, delay: float) -> float | None:
    """Seconds to leave a site alone after so many busy answers in a row; None: till the next crawl."""
    return None if refusals >= MAX_REFUSALS else min(delay * 2 ** (refusals - 1), MAX_PAUSE)


def retry_after(value: str, at: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3): a number or a date.

    None where it is neither; a moment that has passed is 0.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - at).total_seconds())


class AskedToWaitError(IgnoreRequest):
    """The site asks for more patience than a crawl has; the address stays for the next one."""


class LeftAloneError(IgnoreRequest):
    """The host was waited for in vain, and is left alone for the night."""


class PatientRetryMiddleware:
    """Sends a failed request again, later each time, RETRY_TIMES times at most.

    A host of the site that cannot be reached is left alone for a while, and no other (``Outages``).
    429 and 503 pause the whole site for as long as Retry-After says, and without it longer with each
    that follows. Where that is more than RETRY_AFTER_MAX seconds, or where they do not stop, the crawl
    of the site ends, and what is left is for the next. The pages that were answered so are given up for
    now: else they would come first in the next crawl, and end it again. One that is answered so again, by
    a site that answers others, or one in the crawl after such an end, speaks of itself alone: it is asked
    for once a crawl, and ends none. Three such in a row, with nothing else answered between them, or more
    than ten in a crawl, speak of the site.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.session: CrawlSession | None = getattr(crawler, "archive", None)
        self.crawler = crawler
        self.times = settings.getint("RETRY_TIMES")
        self.delay = settings.getfloat("RETRY_DELAY")
        self.patience = settings.getfloat("RETRY_AFTER_MAX")
        self._refusals = 0
        self._by_themselves = 0  # refusals that spoke of their addresses alone
        self._busy: dict[str, tuple[Request, int]] = {}  # addresses whose last answer was that, with it

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make the middleware."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Give back the response, or the same request for later.

        Raises AskedToWaitError where the site asks to be left alone for longer than we stay.
        """
        if self.session is not None and (outage := self.session.outages.of(request.url)):
            outage.answered()
            self._note(self.session.outages)
        self._note_refusal(request, response.status)
        is_own = response.status in REFUSED and self._fails_by_itself(request)
        if is_own:
            self._by_themselves += 1
            self._is_busy_no_more(request)
        retried = REFUSED if request.method == "POST" else RETRIED_STATUS
        if response.status not in retried and not self._is_lacking(request, response):
            return response
        header = response.headers.get("Retry-After") or b""
        asked = retry_after(header.decode("latin-1"), now())
        is_page = response.status in REFUSED and "target" in request.meta
        if asked is not None and asked > self.patience:
            if is_page and not is_own:
                self._leave(request, f"{WAIT} {asked:.0f} s", asked)
            if is_own:
                self._back_off(request, response.status, 0.0, is_own=True)
            return response
        if asked is not None:
            asked += 1  # clocks differ, and Retry-After counts whole seconds
        if is_page:
            self._back_off(request, response.status, asked or 0.0, is_own=is_own)
        elif response.status in REFUSED and asked is not None:
            self.crawler.patience.pause(asked)  # type: ignore[attr-defined]
        again = None if is_own else self._again(request, asked, f"{response.status}")
        if again is None:
            self._is_busy_no_more(request)
        return await self._waited(again) or response

    def _fails_by_itself(self, request: Request) -> bool:
        """True for an address that was refused in an earlier crawl, too, where the site answers others.

        After a crawl that ended for one that was refused, others may be like it.
        """
        session, target = self.session, request.meta.get("target")
        if (
            session is None
            or target is None
            or not session.counts.answered
            or self._refusals > MOST_BY_ITSELF
            or self._by_themselves >= MAX_REFUSALS
        ):
            return False
        db, name = session.db, session.site.name
        return was_asked_to_wait(db, name) or was_refused_before(db, name, target.url, session.options.crawl)

    def _note_refusal(self, request: Request, status: int) -> None:
        self._refusals = self._refusals + 1 if status in REFUSED else 0
        if self.session is not None:
            self.session.counts.is_refused = status in REFUSED
        self._is_busy_no_more(request)
        if status in REFUSED and "target" in request.meta:
            self._busy[request.meta["target"].url] = request, status

    def _is_busy_no_more(self, request: Request) -> None:
        """What becomes of its address follows from its answer."""
        if "target" in request.meta:
            self._busy.pop(request.meta["target"].url, None)

    def _back_off(self, request: Request, status: int, asked: float, *, is_own: bool) -> None:
        """Leave a busy site alone for a while, at least as long as it asks for, up to our patience.

        Raises AskedToWaitError where that does not help.
        """
        pause = pause_after(self._refusals, self.delay)
        if pause is None and not is_own:
            self._leave(request, f"{BUSY} {self._refusals} times in a row", MAX_PAUSE)
        self.crawler.patience.pause(max(pause or MAX_PAUSE, asked))  # type: ignore[attr-defined]

    def _leave(self, request: Request, why: str, seconds: float) -> NoReturn:
        """End the crawl of this site without another request. Raises AskedToWaitError."""
        reason = f"{why}: {request.url}"
        self.crawler.patience.pause(seconds)  # type: ignore[attr-defined]
        for busy, status in self._busy.values():
            self._give_up(busy, f"{status_reason(status)}, {why}")
        self._busy.clear()
        asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006
        raise AskedToWaitError(reason)

    def _give_up(self, request: Request, reason: str) -> None:
        target, capture = request.meta["target"], request.meta.get("capture")
        if self.session is not None:
            self.session.settle(Visit(target=target, state="given up", reason=reason, capture=capture))

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The same request for later, or None: the failure is final.

        Raises AskedToWaitError or LeftAloneError where its host answers nothing any more.
        """
        if isinstance(exception, RobotsUnreachableError):
            return self._without_robots(request, exception.__cause__)
        if not isinstance(exception, RETRIED_ERRORS):
            return None
        # A POST is sent again only where the server surely did nothing with it: it was not reached, or says
        # that it is busy (RFC 9110, 9.2.2). What becomes of one that was cut off is for the next crawl.
        may_again = request.method != "POST" or isinstance(exception, UNREACHABLE)
        outages = self.session.outages if self.session is not None else None
        outage = outages.of(request.url) if outages is not None else None
        if outages is None or outage is None:
            again = self._again(request, None, type(exception).__name__) if may_again else None
            return await self._waited(again)
        pause = outage.pause(exception)
        self._note(outages)
        if pause is not None:  # no fault of this address, and none of its attempts
            return _later(request, pause) if "target" in request.meta else None
        second = outage.in_vain and not request.meta.get("retry_times")  # once more, as nobody waits for it
        again = None
        if may_again and (second or not outage.is_final):
            again = self._again(request, None, type(exception).__name__)
        if again is None and outage.is_final and "target" in request.meta:
            self._leave_host(request, outage, exception)
        return await self._waited(again)

    def _without_robots(self, request: Request, cause: BaseException | None) -> Request | None:
        """The same request for later where the host of its robots.txt is waited for, or None."""
        outage = self.session.outages.of(request.url) if self.session is not None else None
        if outage is None or not isinstance(cause, UNREACHABLE) or "target" not in request.meta:
            return None
        if outage.until:
            return _later(request, max(outage.until - time.monotonic(), 0.0))
        if outage.is_in_vain:
            self._leave_host(request, outage, cause)
        return None

    def _leave_host(self, request: Request, outage: Outage, error: Exception) -> NoReturn:
        """Ask a host for nothing more in this crawl. Raises LeftAloneError or AskedToWaitError."""
        assert self.session is not None
        reason = self.session.outages.leave(request.url, error)
        if outage.is_in_vain:
            raise LeftAloneError(reason)
        self.session.counts.reasons.setdefault(reason, 1)
        raise AskedToWaitError(reason)

    def _note(self, outages: Outages) -> None:
        if self.session is not None:
            self.session.counts.outage = outages.reason

    def _is_lacking(self, request: Request, response: Response) -> bool:
        """True for a page without its bytes, or without the last of them."""
        if response.status != 200 or request.method != "GET" or "target" not in request.meta:
            return False
        fault = fault_of(response)
        return not response.body or (fault is not None and not fault.endswith(TOO_LARGE))

    async def _waited(self, request: Request | None) -> Request | None:
        """The request, at once where the scheduler keeps it till its time, else at that time.

        A request that no frontier leased (robots.txt, a visit) never passes the scheduler. None where
        the crawl is stopped meanwhile.
        """
        if request is not None and "target" not in request.meta:
            while (left := request.meta["not_before"] - time.monotonic()) > 0:
                if self.session is not None and self.session.stopped:
                    return None
                await asyncio.sleep(min(left, 1.0))
        return request

    def _again(self, request: Request, asked: float | None, why: str) -> Request | None:
        tried = request.meta.get("retry_times", 0) + 1
        if tried > request.meta.get("max_retry_times", self.times):
            return None
        wait = asked if asked is not None else self.delay * 2 ** (tried - 1)
        self.crawler.stats.inc_value(f"retry/{why}")
        return _later(request, wait, retry_times=tried)


def _later(request: Request, seconds: float, **meta: int) -> Request:
    """The same request, to be sent so many seconds from now."""
    meta = request.meta | meta | {"not_before": time.monotonic() + seconds}
    return request.replace(meta=meta, dont_filter=True)
