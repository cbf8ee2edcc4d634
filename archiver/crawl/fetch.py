"""Fetching a few pages without an archive: for ``sites add`` and ``sites check``.

The same handler, guard, robots.txt and patience as in a crawl, but nothing is stored.
"""

from __future__ import annotations

import asyncio
import signal
import warnings
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from scrapy import Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from twisted.internet.error import ReactorNotRunning

from archiver.crawl.discover import Fetch, Fetched
from archiver.crawl.failures import failure_reason
from archiver.crawl.guard import AddressGuard
from archiver.crawl.reactor import running_reactor
from archiver.crawl.requests import request_to
from archiver.crawl.settings import user_agent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler

MAX_REDIRECTS = 10
MAX_BYTES = 20_000_000
Result = TypeVar("Result")
Job = Callable[[Fetch], Awaitable[Result]]


class FetchSpider(Spider):
    """Runs a job that fetches; its outcome, or its error, is in ``box``."""

    name = "fetch"

    def __init__(self, job: Job[Any], box: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.box = box

    async def start(self) -> AsyncIterator[Any]:
        """Do the job; it yields nothing to be scheduled."""
        try:
            self.box["result"] = await self.job(self.fetch)
        except Exception as error:
            self.box["error"] = error
        return
        yield  # Scrapy wants a generator, and there is nothing to schedule.

    async def fetch(self, url: str) -> Fetched | None:
        """The response after its redirects, or None where there is none."""
        for _ in range(MAX_REDIRECTS):
            if urlsplit(url).scheme not in ("http", "https"):
                return None
            request = request_to(url, callback=NO_CALLBACK, dont_filter=True)
            try:
                response = await self.crawler.engine.download_async(request)
            except IgnoreRequest as error:
                self.logger.info("%s: %s", url, error)
                self.box["problems"][url] = str(error)
                return None
            except Exception as error:
                self.logger.info("%s: %s", url, error)
                self.box["problems"][url] = failure_reason(error)
                return None
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                return _fetched(response)
            url = urljoin(url, location.decode("utf-8", "replace")).split("#")[0]
        return None


def _fetched(response: Any) -> Fetched:
    content_type = response.headers.get("Content-Type")
    return Fetched(
        url=response.url,
        status=response.status,
        body=response.body,
        content_type=content_type.decode("latin-1") if content_type else None,
    )


def run_fetching(
    job: Job[Result],
    *,
    allowed: Iterable[str],
    delay: float,
    contact: str | None,
    proxy: str | None = None,
    problems: dict[str, str] | None = None,
) -> Result:
    """Run a job that fetches, in a Scrapy process of its own, and return what it returns.

    ``allowed`` are the hosts that may be private. What could not be fetched is noted in
    ``problems`` as it happens. Raises what the job raises. Once a process, as Twisted's reactor allows.
    """
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("archiver.crawl.settings", priority="project")
    settings.update(
        {
            "LOG_ENABLED": False,
            "DOWNLOAD_DELAY": delay,
            "AUTOTHROTTLE_ENABLED": delay > 0,
            "AUTOTHROTTLE_START_DELAY": delay,
            "DOWNLOAD_TIMEOUT": 30,
            "DOWNLOAD_MAXSIZE": MAX_BYTES,
            "RETRY_TIMES": 1,
            "USER_AGENT": user_agent(contact),
            "ARCHIVER_PROXY": proxy,
        },
        priority="cmdline",
    )
    box: dict[str, Any] = {"problems": problems if problems is not None else {}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        process = AsyncCrawlerProcess(settings, install_root_handler=False)
    crawler: Crawler = process.create_crawler(FetchSpider)
    crawler.address_guard = AddressGuard(allowed)  # type: ignore[attr-defined]
    asyncio.get_event_loop().create_task(_run(process, crawler, job, box))
    interrupted = _listen(crawler)
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    if signal.SIGTERM in interrupted:
        raise SystemExit(128 + signal.SIGTERM)
    if "error" in box:
        raise box["error"]
    if "result" not in box:
        raise KeyboardInterrupt
    result: Result = box["result"]
    return result


def _listen(crawler: Crawler) -> list[int]:
    """Stop at SIGINT and SIGTERM, the second time at once; the signals that came."""
    came: list[int] = []

    def interrupted(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            raise SystemExit(128 + number)
        running_reactor().callFromThread(running_reactor().stop)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    return came


async def _run(process: Any, crawler: Crawler, job: Job[Any], box: dict[str, Any]) -> None:
    try:
        await process.crawl(crawler, job=job, box=box)
    except Exception as error:
        box.setdefault("error", error)
    finally:
        with suppress(ReactorNotRunning):
            running_reactor().stop()
