"""The item pipeline: what the spiders yield goes into the crawl session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from archiver.crawl.items import Seeds, Visit

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archiver.crawl.session import CrawlSession


class ArchivePipeline:
    """Hands visits and seeds to the session, which stores them in its next transaction."""

    def __init__(self, session: CrawlSession | None) -> None:
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make the pipeline."""
        return cls(getattr(crawler, "archive", None))

    def process_item(self, item: Any) -> Any:
        """Take a visit or seeds. Raises DropItem for anything else."""
        if self.session is None:
            return item
        if isinstance(item, Seeds):
            self.session.seed(item.targets)
        elif isinstance(item, Visit):
            self.session.settle(item)
        else:
            raise DropItem(f"neither a visit nor seeds: {type(item).__name__}")
        return item
