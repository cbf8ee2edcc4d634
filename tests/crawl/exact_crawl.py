"""A crawl in a process of its own: fetches the given addresses and stores each exchange.

Reads its orders as JSON from stdin and prints what came of each request as JSON lines.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

from archiver.crawl.guard import AddressGuard
from archiver.warc.writer import WarcWriter

HANDLER = "archiver.crawl.wire.ExactHTTPHandler"
CRAWL = "20260101T000000Z-ab12"
ORDERS = json.load(sys.stdin)
WRITER = WarcWriter(
    Path(ORDERS["archive"]),
    site="exact",
    crawl=CRAWL,
    info={"software": "test", "robots": "obey"},
    clock=lambda: datetime.now(UTC),
)


def say(kind: str, **values: Any) -> None:
    print(json.dumps({"kind": kind, **values}, default=str), flush=True)


def sink(exchange: Any, request: scrapy.Request) -> Any:
    capture = WRITER.write(exchange)
    WRITER.sync()
    seen = dataclasses.asdict(capture) if capture else None
    say(
        "exchange",
        url=exchange.url,
        truncated=exchange.truncated,
        type=type(exchange.response).__name__,
        capture=seen,
    )
    return capture


class ExactSpider(scrapy.Spider):
    name = "exact"

    async def start(self) -> Any:
        self.crawler.exchange_sink = sink
        if "allowed" in ORDERS:
            self.crawler.address_guard = AddressGuard(ORDERS["allowed"])
        for order in ORDERS["requests"]:
            yield scrapy.Request(
                order["url"],
                method=order.get("method", "GET"),
                meta={"handle_httpstatus_list": [304, 404, 500], **order.get("meta", {})},
                headers=order.get("headers"),
                callback=self.seen,
                errback=self.failed,
                dont_filter=True,
            )

    def seen(self, response: Any) -> None:
        capture = response.meta.get("capture")
        say(
            "seen",
            url=response.url,
            status=response.status,
            flags=response.flags,
            record=capture and capture.warc_record_id,
        )

    def failed(self, failure: Any) -> None:
        capture = failure.request.meta.get("capture")
        say(
            "failed",
            url=failure.request.url,
            error=failure.type.__name__,
            message=str(failure.value),
            record=capture and capture.warc_record_id,
        )


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
            "ROBOTSTXT_OBEY": ORDERS.get("robots", True),
            "RETRY_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "CONCURRENT_REQUESTS_PER_DOMAIN": ORDERS.get("concurrency", 4),
            "DOWNLOAD_DELAY": 0,
            **ORDERS.get("settings", {}),
        }
    )
    process.crawl(ExactSpider)
    process.start()
    WRITER.close()
