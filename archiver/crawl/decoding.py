"""Content codings in a crawl: asked for, taken off, and a body that is not whole is noticed.

Scrapy's own middleware takes the beginning of a gzip stream that was cut off for the page,
and refuses a page whose server announces a coding and applies none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from archiver.warc.coding import decode
from archiver.warc.exchange import content_codings

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

ACCEPTED = b"gzip, deflate, br, zstd"
_FLAG = "incomplete: "


class DecodingMiddleware:
    """Gives the spider bodies without content coding; ``fault_of`` says where one is not whole.

    At most DOWNLOAD_MAXSIZE bytes come out, whatever goes in.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make the middleware."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say which codings we can take off."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response with the body that its server coded."""
        values = response.headers.getlist("Content-Encoding")
        if not values or not response.body:
            return response
        codings = content_codings(values)
        decoded = decode(response.body, codings, limit=self.limit)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=decoded.body[:1000])
        flags = [*response.flags, *([_FLAG + decoded.fault] if decoded.fault else [])]
        return response.replace(cls=kind, headers=headers, body=decoded.body, flags=flags)


def fault_of(response: Response) -> str | None:
    """Why a response's body is not whole, or None where it is."""
    found = [flag.removeprefix(_FLAG) for flag in response.flags if flag.startswith(_FLAG)]
    return found[0] if found else None
