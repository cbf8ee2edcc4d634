"""The proxy of a crawl: the one that the operator configured, and never one of the environment.

What an archive holds must not depend on the shell that a night was started from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Request


class ProxyMiddleware:
    """Sends every request of a crawler through its proxy. NotConfigured without one."""

    def __init__(self, proxy: str) -> None:
        self.proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The proxy that the setting ``ARCHIVER_PROXY`` names."""
        proxy = crawler.settings.get("ARCHIVER_PROXY")
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        """Name the proxy to whoever downloads."""
        request.meta["proxy"] = self.proxy
