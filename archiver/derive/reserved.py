"""What TDMRep's file of a server said of each of its addresses when they were captured, and says today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from archiver.derive.pages import PageReader
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.model import Capture
from archiver.reservations import MAX_BYTES, MAX_REDIRECTS, TDM_FILE, Rule, read_rules, tdm_for
from archiver.store.captures import captures_at
from archiver.wishes import TDM

_TODAY = datetime.max.replace(tzinfo=UTC)


class Captures(Protocol):
    """The captures of a site."""

    def at(self, url: str) -> list[Capture]:
        """Those of an address."""


class Reserved:
    """Asks the captures of a site for the files that were there at the time of others."""

    def __init__(self, captures: Captures, reader: PageReader) -> None:
        self.captures = captures
        self.reader = reader
        self._files: dict[str, list[Capture]] = {}
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._held: tuple[object, tuple[Rule, ...]] = (None, ())

    def of(self, url: str, crawl: str, at: datetime) -> set[str]:
        """What was said of an address in a crawl, at this instant."""
        parts = urlsplit(url)
        file = f"{parts.scheme}://{parts.netloc}{TDM_FILE}"
        asked = (file, crawl, at.date())
        if self._held[0] != asked:
            self._held = asked, self._rules_then(file, crawl, at)
        return set((tdm_for(self._held[1], url) or "").split())

    def today(self, url: str, crawl: str, at: datetime, asks: set[str]) -> set[str]:
        """What is asked of a page by the newest file, where ``asks`` was when it was captured.

        What the page itself stated stays: only the word of the file then gives way to its word today.
        """
        then, today = self.of(url, crawl, at), self.of(url, "", _TODAY)
        stated = {wish for wish in asks if wish.startswith(TDM)}
        return (asks - stated) | today if stated == then else asks

    def _rules_then(self, url: str, crawl: str, at: datetime) -> tuple[Rule, ...]:
        """The rules of the file that was there; none where it sent no file, or to another place."""
        for _ in range(MAX_REDIRECTS + 1):
            capture = _then(self._answers(url), crawl, at)
            if capture is None or not capture.location:
                return self._rules_in(capture) if capture is not None else ()
            url = capture.location.partition("#")[0]
        return ()

    def _answers(self, url: str) -> list[Capture]:
        """What an address answered, but for what may pass: an error of the server, a part of an answer."""
        if url not in self._files:
            whole = (c for c in self.captures.at(url) if c.truncated is None)
            self._files[url] = [
                c for c in whole if c.status is not None and c.status < 500 and c.status != 429
            ]
        return self._files[url]

    def _rules_in(self, capture: Capture) -> tuple[Rule, ...]:
        record = capture.warc_record_id
        if record not in self._rules:
            try:
                self._rules[record] = (
                    read_rules(self.reader.page(capture).body) if capture.status == 200 else ()
                )
            except DamagedError:
                self._rules[record] = ()
        return self._rules[record]


def _then(answers: Iterable[Capture], crawl: str, at: datetime) -> Capture | None:
    """The answer in this crawl, or else the last one before; None where it was asked for only later."""
    known = (c for c in answers if c.crawl == crawl or c.seen <= at)
    return max(known, key=lambda c: (c.crawl == crawl, c.seen), default=None)


class ReservedToday:
    """Says of the pages of any site what is asked of them today."""

    def __init__(self, db: sqlite3.Connection, home: Home) -> None:
        self.db = db
        self.home = home
        self._sites: dict[str, Reserved] = {}

    def __call__(self, site: str, url: str, crawl: str, at: datetime, asks: set[str]) -> set[str]:
        """As ``Reserved.today``."""
        if site not in self._sites:
            reader = PageReader(self.db, self.home.archive(site), max_bytes=2 * MAX_BYTES)
            self._sites[site] = Reserved(_OfSite(self.db, site), reader)
        return self._sites[site].today(url, crawl, at, asks)


@dataclass(frozen=True)
class _OfSite:
    db: sqlite3.Connection
    site: str

    def at(self, url: str) -> list[Capture]:
        return captures_at(self.db, self.site, url)
