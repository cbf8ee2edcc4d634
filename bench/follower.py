"""What a plain Scrapy spider costs that follows every link: ``python -m bench.follower URL``.

Scrapy's own CrawlSpider with its defaults, but for the delay; it stores nothing.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule


class Follower(CrawlSpider):
    """Follows every link of the site."""

    name = "follower"
    rules = (Rule(LinkExtractor(), callback="parse_page", follow=True),)

    def parse_page(self, response: Any) -> None:
        """Keep nothing of the page."""


def follow(url: str) -> None:
    """Crawl the site at ``url`` from this page on."""
    settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "DOWNLOAD_DELAY": 0}
    process = AsyncCrawlerProcess({**settings, "ROBOTSTXT_OBEY": True})
    process.crawl(Follower, start_urls=[url], allowed_domains=[urlsplit(url).hostname])
    process.start()


if __name__ == "__main__":
    follow(sys.argv[1])
