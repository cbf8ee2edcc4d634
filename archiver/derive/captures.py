"""The captures of one site, by address and in the order of their arrival."""

from __future__ import annotations

import sqlite3

from archiver.derive.pages import is_page
from archiver.model import Capture
from archiver.store.captures import captures_of


class SiteCaptures:
    """All captures of a site. ``arrival`` numbers its addresses as they came."""

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self.all = list(captures_of(db, site))
        self.by_url: dict[str, list[Capture]] = {}
        for capture in self.all:
            self.by_url.setdefault(capture.url, []).append(capture)
        self.arrival = {url: place for place, url in enumerate(self.by_url)}

    def pages_at(self, url: str) -> list[Capture]:
        """The captures of an address that hold a page, by WARC-Date."""
        found = (c for c in self.by_url.get(url, ()) if is_page(c) and not self.is_made_of_another(c))
        return sorted(found, key=lambda c: c.warc_date)

    def is_made_of_another(self, capture: Capture) -> bool:
        """True for a conversion, a text, where the page is there that it was made of."""
        return capture.warc_type == "conversion" and any(
            c.warc_type != "conversion" and c.timestamp == capture.timestamp for c in self.by_url[capture.url]
        )

    def distinct_pages(self) -> list[Capture]:
        """Captures of pages in the order of arrival, each payload of an address once."""
        seen: set[tuple[str, str | None]] = set()
        pages = []
        for capture in self.all:
            key = (capture.url, capture.payload_digest)
            is_whole = capture.warc_type != "revisit" and is_page(capture)
            if is_whole and key not in seen and not self.is_made_of_another(capture):
                seen.add(key)
                pages.append(capture)
        return pages

    def nearest(self, url: str, first: Capture) -> Capture | None:
        """The page at an address that was captured with ``first``, or else nearest to it.

        Where the address was never captured, the one with, or without, a slash at its end counts.
        """
        return min(
            self.pages_at(url) or self.pages_at(url.removesuffix("/") if url.endswith("/") else url + "/"),
            key=lambda c: (c.crawl != first.crawl, abs(c.warc_date - first.warc_date)),
            default=None,
        )

    def was_missed(self, url: str, first: Capture) -> bool:
        """True where the crawl of ``first`` asked for an address and got no whole answer."""
        asked = [c for c in self.by_url.get(url, ()) if c.crawl == first.crawl]
        return bool(asked) and all(c.truncated or c.status is None or c.status >= 500 for c in asked)
