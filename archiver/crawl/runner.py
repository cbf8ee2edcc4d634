"""Running a crawl: one command, some sites, one Scrapy process, one result a site."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from archiver.crawl.counts import Counts
from archiver.crawl.outcome import OUT_OF_TIME
from archiver.crawl.places import Place, Places
from archiver.crawl.reactor import running_reactor
from archiver.crawl.settings import user_agent
from archiver.crawl.spiders import find_spiders
from archiver.crawl.wire import check_private_classes
from archiver.errors import ArchiverError, ConfigurationError
from archiver.home import Home
from archiver.site import Site
from archiver.stopping import end_at_once
from archiver.store.crawls import Coverage

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess, Crawler

SETTINGS = "archiver.crawl.settings"
INTERRUPTED, NOT_DUE = "interrupted", "not due"
PROGRESS_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class SiteResult:
    """What one crawl of one site came to. ``error`` is set where it could not even begin.

    ``left_out`` counts addresses that are dated before the day that the crawl is bounded by.
    ``asked_delay`` is the Crawl-delay, in seconds, that the site asks for, 0 where it asks for none.
    ``damaged`` says of each damaged place in the files of earlier crawls what mends it.
    """

    site: Site
    coverage: Coverage | None
    counts: Counts
    seconds: float
    error: ArchiverError | None = None
    left_out: int = 0
    asked_delay: float = 0.0
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CrawlRequest:
    """What a person asked for: bounds and manners of one crawl of some sites.

    After ``budget`` seconds no further page is asked for; what waits is for the next crawl. For up to
    ``patience`` seconds a site that cannot be reached is waited for.
    """

    crawl: str
    command: str = "crawl"
    limit: int | None = None
    full: bool = False
    since: str | None = None
    delay: float | None = None
    budget: float | None = None
    patience: float = 0.0
    contact: str | None = None
    operator: str | None = None
    proxy: str | None = None
    at_once: int = 4
    spiders_dir: str | None = None


Progress = Callable[[Site, Counts, bool], None]


class Run:
    """One crawl of some sites. ``signal`` is the one that interrupted it, or None.

    ``stopped`` says why it ended before its end, or is None.
    """

    def __init__(self, home: Home, request: CrawlRequest, progress: Progress) -> None:
        self.home = home
        self.request = request
        self.progress = progress
        self.signal: int | None = None
        self.stopped: str | None = None
        self.results: list[SiteResult] = []
        self._crawlers: dict[str, Crawler] = {}
        self._process: AsyncCrawlerProcess

    def go(self, sites: Sequence[Site]) -> list[SiteResult]:
        """Crawl the sites, some at a time; a result for each, in their order.

        Raises StorageError when the disk refuses, ConfigurationError for a spider that is
        not there.
        """
        # Before anything runs: Scrapy only logs what a download handler raises when it loads.
        check_private_classes()
        spiders = find_spiders(self.home.root, self.request.spiders_dir)
        known = [site for site in sites if site.spider in spiders]
        if not known:
            _spider_of(sites[0], spiders)
        self._process = _process(self._settings())
        self._log_to_file()
        self._listen()
        asyncio.get_event_loop().create_task(self._crawl_all(sites, spiders))
        self._process.start(stop_after_crawl=False, install_signal_handlers=False)
        order = {site.name: place for place, site in enumerate(sites)}
        self.results.sort(key=lambda result: order[result.site.name])
        return self.results

    async def _crawl_all(self, sites: Sequence[Site], spiders: dict[str, type[Spider]]) -> None:
        places = Places(self.request.at_once)
        if self.request.budget is not None:
            asyncio.get_running_loop().call_later(self.request.budget, self._stop, OUT_OF_TIME)
        try:
            await asyncio.gather(*(self._in_its_place(site, spiders, places.of(site)) for site in sites))
        finally:
            running_reactor().stop()

    async def _in_its_place(self, site: Site, spiders: dict[str, type[Spider]], place: Place) -> None:
        await place.take()
        try:
            await self._crawl_one(site, spiders, place)
        finally:
            await place.leave()

    async def _crawl_one(self, site: Site, spiders: dict[str, type[Spider]], place: Place) -> None:
        if self.stopped:
            self.results.append(left_out(site, self.request.crawl, self.stopped))
            return
        began = time.monotonic()
        if site.spider not in spiders:
            self._refuse(site, spiders)
            return
        crawler = self._process.create_crawler(_spider_of(site, spiders))
        self._crawlers[site.name] = crawler
        watch = asyncio.ensure_future(self._watch(site, crawler, place))
        error: ArchiverError | None = None
        try:
            await self._process.crawl(crawler, site=site.name)
        except ArchiverError as problem:
            error = problem
        except Exception as problem:
            # One site's own code must not take the others down with it.
            logging.getLogger(__name__).exception("site %s", site.name)
            error = ArchiverError(f"{type(problem).__name__}: {problem}", site=site.name)
        watch.cancel()
        await asyncio.wait([watch])
        self._report(site, crawler, time.monotonic() - began, error)

    def _refuse(self, site: Site, spiders: dict[str, type[Spider]]) -> None:
        try:
            _spider_of(site, spiders)
        except ConfigurationError as error:
            self.results.append(
                SiteResult(site=site, coverage=None, counts=Counts(), seconds=0.0, error=error)
            )

    def _report(self, site: Site, crawler: Crawler, seconds: float, error: ArchiverError | None) -> None:
        session = getattr(crawler, "archive", None)
        counts = session.counts if session else Counts()
        extension = getattr(crawler, "archive_extension", None)
        coverage = extension.coverage if extension else None
        error = error or (session.error if session else None)
        self.progress(site, counts, True)
        self.results.append(
            SiteResult(
                site=site,
                coverage=coverage,
                counts=counts,
                seconds=seconds,
                error=error,
                left_out=getattr(crawler.spider, "left_out", 0),
                asked_delay=getattr(getattr(crawler, "robots", None), "asked_delay", 0.0),
                damaged=tuple(session.damaged) if session else (),
            )
        )

    async def _watch(self, site: Site, crawler: Crawler, place: Place) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                session = getattr(crawler, "archive", None)
                if session:
                    self.progress(site, session.counts, False)
                if session and self.stopped:  # it may have begun when all others were stopped
                    session.stop(self.stopped)
                if session and not session.is_closed and not self.stopped:
                    await _step_aside(crawler, place)
                await asyncio.sleep(PROGRESS_SECONDS)

    # -- manners

    def _settings(self) -> dict[str, Any]:
        request = self.request
        settings: dict[str, Any] = {
            "ARCHIVER_DATA_DIR": str(self.home.root.absolute()),
            "ARCHIVER_CRAWL": request.crawl,
            "ARCHIVER_COMMAND": request.command,
            "ARCHIVER_LIMIT": request.limit or 0,
            "ARCHIVER_FULL": request.full,
            "ARCHIVER_SINCE": request.since,
            "ARCHIVER_OPERATOR": request.operator,
            "ARCHIVER_PROXY": request.proxy,
            "ARCHIVER_PATIENCE": request.patience,
            "ARCHIVER_DERIVE": False,
            "USER_AGENT": user_agent(request.contact),
        }
        if request.delay is not None:
            settings |= {
                "DOWNLOAD_DELAY": request.delay,
                "AUTOTHROTTLE_START_DELAY": request.delay,
                "AUTOTHROTTLE_ENABLED": request.delay > 0,
            }
        return settings

    def _log_to_file(self) -> None:
        folder = self.home.run(self.request.crawl)
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(folder / "log", encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        # A log that cannot be written any more is no reason to fill the terminal.
        logging.raiseExceptions = False
        root = logging.getLogger()
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        # Scrapy asks for its own lines on every page, down to DEBUG; the rows hold what they say.
        logging.getLogger("scrapy").setLevel(logging.INFO)
        for name in ("twisted", "asyncio", "filelock", "protego"):
            logging.getLogger(name).setLevel(logging.WARNING)

    # -- signals

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupted)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            end_at_once(number)
        self.signal = number
        running_reactor().callFromThread(self._stop, INTERRUPTED)

    def _stop(self, reason: str) -> None:
        if self.stopped:
            return
        self.stopped = reason
        for crawler in self._crawlers.values():
            if session := getattr(crawler, "archive", None):
                session.stop(reason)  # also where the engine only starts, and cannot be stopped yet
            if crawler.crawling:
                asyncio.ensure_future(crawler.stop_async())  # noqa: RUF006


async def _step_aside(crawler: Crawler, place: Place) -> None:
    """Leave the place to another site while this one waits for a host that cannot be reached."""
    session, scheduler = crawler.archive, crawler.patience  # type: ignore[attr-defined]
    if place.is_aside or session.outages.out:
        session.outages.aside = True  # before the hosts are given back
        await place.keep(wanted=not session.is_waiting())
        session.outages.aside = place.is_aside
    if place.is_taken:
        scheduler.pause(2 * PROGRESS_SECONDS)  # a host gets one connection


def left_out(site: Site, crawl: str, reason: str) -> SiteResult:
    """What a crawl came to that asked a site for nothing."""
    coverage = Coverage(site=site.name, crawl=crawl, state="not run", reason=reason)
    return SiteResult(site=site, coverage=coverage, counts=Counts(), seconds=0.0)


def _process(settings: dict[str, Any]) -> AsyncCrawlerProcess:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    chosen = Settings()
    chosen.setmodule(SETTINGS, priority="project")
    chosen.update({"LOG_ENABLED": False, **settings}, priority="cmdline")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return AsyncCrawlerProcess(chosen, install_root_handler=False)


def _spider_of(site: Site, spiders: dict[str, type[Spider]]) -> type[Spider]:
    try:
        return spiders[site.spider]
    except KeyError:
        raise ConfigurationError(
            f"site {site.name}: there is no spider {site.spider!r}",
            hint=f"known spiders: {', '.join(sorted(spiders))}",
            site=site.name,
        ) from None
