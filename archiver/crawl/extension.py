"""The Scrapy extension that opens the archive for a crawl and closes it behind it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Spider, signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archiver.crawl.describing import CrawlOptions
from archiver.crawl.guard import AddressGuard
from archiver.crawl.items import Visit
from archiver.crawl.reactor import running_reactor
from archiver.crawl.session import CrawlSession
from archiver.home import Home
from archiver.instants import new_crawl_id, now
from archiver.locking import locked
from archiver.site import Site
from archiver.store.database import transaction

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archiver.store.crawls import Coverage


class ArchiveExtension:
    """Gives a crawl of a site its session, as ``crawler.archive``.

    Other components find there the frontier and the WARC writer. A spider without a site
    (``scrapy shell``) has no session: NotConfigured.
    """

    def __init__(self, crawler: Crawler, session: CrawlSession, lock: ExitStack) -> None:
        self.crawler = crawler
        self._lock = lock
        self.session = session
        self.coverage: Coverage | None = None
        self._ticker = create_looping_call(self._tick)
        session.on_error = self._stop
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.spider_error, signal=signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the session for the spider's site. Raises NotConfigured without one."""
        site = getattr(crawler.spider, "site", None)
        if not isinstance(site, Site):
            raise NotConfigured
        settings = crawler.settings
        home = Home(Path(settings["ARCHIVER_DATA_DIR"])).prepare()
        options = CrawlOptions(
            crawl=settings.get("ARCHIVER_CRAWL") or new_crawl_id(),
            command=settings.get("ARCHIVER_COMMAND", "scrapy crawl"),
            limit=settings.getint("ARCHIVER_LIMIT") or None,
            full=settings.getbool("ARCHIVER_FULL"),
            since=settings.get("ARCHIVER_SINCE"),
            user_agent=settings["USER_AGENT"],
            operator=settings.get("ARCHIVER_OPERATOR"),
            proxy=settings.get("ARCHIVER_PROXY"),
            patience=settings.getfloat("ARCHIVER_PATIENCE"),
        )
        lock = ExitStack()
        lock.enter_context(locked(home))
        session = CrawlSession(home, site, options)
        session.begin()
        today = now().date()
        with transaction(session.db):
            session.frontier.leave(site.host_names - site.hosts_on(today))
        crawler.archive = session  # type: ignore[attr-defined]
        crawler.exchange_sink = session.sink  # type: ignore[attr-defined]
        crawler.address_guard = AddressGuard(site.private_host_names)  # type: ignore[attr-defined]
        extension = cls(crawler, session, lock)
        crawler.archive_extension = extension  # type: ignore[attr-defined]
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Commit regularly from now on, so that a crash costs a second at most."""
        self._ticker.start(1.0, now=False)

    def _tick(self) -> None:
        self.session.commit_if_due()
        # Twisted lets go of the timers of past downloads only when one of its own is due.
        running_reactor().callLater(0, _nothing)

    def spider_error(self, failure: Any, response: Response, spider: Spider) -> None:
        """Settle an address whose page the spider could not read: its error says why."""
        target = response.meta.get("target")
        if target is not None:
            self.session.settle(
                Visit(
                    target=target,
                    state="given up",
                    reason=f"spider: {type(failure.value).__name__}",
                    capture=response.meta.get("capture"),
                )
            )

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Store the rest and the outcome."""
        if self._ticker.running:
            self._ticker.stop()
        self.coverage = self.session.close(reason)
        if self.crawler.settings.getbool("ARCHIVER_DERIVE") and self.session.error is None:
            self._derive(spider)
        self._lock.close()

    def _derive(self, spider: Spider) -> None:
        """Derive the site's articles, as nobody else will (``scrapy crawl``)."""
        from archiver.crawl.spiders import cleaning_function
        from archiver.derive.deriving import derive_all
        from archiver.store.database import open_database

        db = open_database(self.session.home.database)
        clean = cleaning_function(type(spider))
        outcome = derive_all(self.session.home, db, self.session.site, clean=clean)
        spider.logger.info("%d new articles, %d changed", outcome.new, outcome.changed)
        db.close()

    def _stop(self, reason: str) -> None:
        asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006


def _nothing() -> None:
    """What a timer does that only has to be due."""
