"""What every spider of this project is: a Scrapy spider that is given a site profile."""

from __future__ import annotations

import asyncio
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.http.request import NO_CALLBACK

from archiver.address import host_of
from archiver.crawl.failures import failure_reason
from archiver.crawl.items import Seeds, Visit
from archiver.crawl.requests import request_to
from archiver.crawl.reserved import file_behind, files_due
from archiver.crawl.retry import AskedToWaitError, LeftAloneError
from archiver.crawl.robots import ForbiddenByRobotsError, RobotsUnreachableError
from archiver.crawl.targets import seeds
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.model import Target
from archiver.reservations import MAX_REDIRECTS
from archiver.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Self

    from bs4 import BeautifulSoup
    from scrapy.crawler import Crawler


class SiteSpider(Spider):
    """A spider for one site. ``site`` is its profile.

    A subclass says in ``parse`` what to do with a response; ``clean`` may take out of a
    page's soup what the site wraps around its articles, before anything is extracted.
    """

    site: Site

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By their hashes: a sitemap may name many. What a listing says later changes nothing.
        self._older: set[int] = set()

    @property
    def left_out(self) -> int:
        """How many addresses this crawl left out, as something dates them before ``--since``."""
        return len(self._older)

    def leave_out(self, urls: Iterable[str]) -> None:
        """Remember addresses that are too old for this crawl."""
        self._older.update(map(hash, urls))

    def is_left_out(self, url: str) -> bool:
        """True where something that this crawl has read dates the address before ``--since``."""
        return hash(url) in self._older

    @staticmethod
    def clean(soup: BeautifulSoup) -> None:
        """Take out of a page's soup what is no article; the base spider leaves it as it is."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for ``site``: the name of a profile in the archive home.

        Raises UsageError where no site is named or none has this name.
        """
        name = kwargs.pop("site", None)
        if not name:
            raise UsageError("no site is named", hint=f"scrapy crawl {cls.name} -a site=NAME")
        site = Home(Path(crawler.settings["ARCHIVER_DATA_DIR"])).site(str(name))
        _apply(site, crawler)
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.site = site
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """What the site reserves, then the start pages and the listings of the profile, for the frontier."""
        begun = seeds(self.site, now().date())
        session = getattr(self.crawler, "archive", None)
        files = files_due(session.db, self.site.name, begun, now()) if session is not None else []
        for url in files:
            await self._ask_for_reservations(url)
        yield Seeds(targets=begun)
        for url in [url for url in files if session and host_of(url) in session.outages.out]:
            if await self._is_back(url):
                await self._ask_for_reservations(url)

    async def _is_back(self, url: str) -> bool:
        """Wait for a host as long as the crawl does; True where it answers."""
        session = self.crawler.archive  # type: ignore[attr-defined]
        outages, host = session.outages, host_of(url)
        while (outages.aside or host in outages.out) and not session.stopped and not session.error:  # noqa: ASYNC110
            await asyncio.sleep(1.0)
        return host not in outages.left and not session.stopped and not session.error

    async def _ask_for_reservations(self, url: str) -> None:
        """Ask for TDMRep's file, wherever on the site it is; deriving reads what comes."""
        for _ in range(MAX_REDIRECTS + 1):
            meta = {"cookiejar": self.site.name, "max_retry_times": 0}
            request = Request(url, callback=NO_CALLBACK, meta=meta, dont_filter=True)
            try:
                await self.crawler.engine.download_async(request)
            except Exception as error:
                self.logger.info("%s: %s", url, error)
                return
            further = file_behind(request.meta.get("capture"), self.site, now())
            if further is None:
                return
            url = further

    def request_for(self, target: Target) -> Request:
        """The request for an address that was leased from the frontier; only a list goes on by POST."""
        session = getattr(self.crawler, "archive", None)
        address = session.fleeting.address(target) if session is not None else None
        make = request_to if target.role == "listing" else Request
        return make(
            address or target.url,
            callback=self._callback,
            errback=self._errback,
            meta={"target": target, "cookiejar": self.site.name},
            dont_filter=True,
        )

    def doubts(self, visit: Visit) -> Iterator[Request]:
        """The request for an address that cannot exist, where the page of an article became another.

        It is no address of the frontier: its answer is a capture, and nothing follows from it.
        """
        session = getattr(self.crawler, "archive", None)
        url = session.doubts.about(visit) if session is not None else None
        if url is not None:
            meta = {"cookiejar": self.site.name}
            yield Request(url, callback=self.answered, errback=self.answered, meta=meta, dont_filter=True)

    def answered(self, answer: Any) -> None:
        """Nothing: what was answered to a doubt is in the archive, or was not to be had."""

    # One bound method each: Scrapy reads the source of every callback object that it has not met.
    @cached_property
    def _callback(self) -> Callable[..., Any]:
        return self.parse

    @cached_property
    def _errback(self) -> Callable[..., Any]:
        return self.failed

    def failed(self, failure: Any) -> Iterator[Visit]:
        """A visit for a request without a response; none where it waits for the next crawl."""
        if isinstance(failure.value, AskedToWaitError):
            return
        request = failure.request
        yield Visit(
            target=request.meta["target"],
            state="given up",
            reason=reason_of(failure.value),
            capture=request.meta.get("capture"),
        )


def _apply(site: Site, crawler: Crawler) -> None:
    """The profile's rules as Scrapy's settings, unless the command line set them."""
    settings = crawler.settings
    rules = site.crawl
    wanted = {
        "DOWNLOAD_DELAY": rules.delay,
        "AUTOTHROTTLE_START_DELAY": rules.delay,
        "AUTOTHROTTLE_ENABLED": rules.delay > 0,
        "DOWNLOAD_TIMEOUT": rules.timeout,
        "DOWNLOAD_MAXSIZE": rules.max_bytes,
    }
    for name, value in wanted.items():
        settings.set(name, value, priority="spider")


def reason_of(error: BaseException) -> str:
    """Why a request failed, in words that the frontier and the report share."""
    if isinstance(error, ForbiddenByRobotsError | RobotsUnreachableError | LeftAloneError):
        return str(error)
    return failure_reason(error)
