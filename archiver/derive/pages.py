"""The pages of a site: captures read back from WARC, each with what extraction says of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import DamagedError
from archiver.model import Capture, Extraction, Page
from archiver.originals import original_of
from archiver.posted import is_posted
from archiver.reservations import TDM_FILE
from archiver.warc.reader import read_page

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One capture of an address, and what was extracted from it.

    ``parts`` are the record ids of further pages of the same article, in their order.
    """

    capture: Capture
    extraction: Extraction
    parts: tuple[str, ...] = ()

    @property
    def content(self) -> tuple[str | None, str, str | None]:
        """What makes a version: title, body and date."""
        e = self.extraction
        return e.title, e.body, e.date_published


class IncompletePageError(DamagedError):
    """The server sent a part of a page. A part of a page never becomes an article."""


class PageReader:
    """Reads pages of one site's captures; the original of a revisit is looked up.

    ``check`` is called before each, and may raise what ends the reading.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        archive: Path,
        *,
        max_bytes: int,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.db = db
        self.archive = archive
        self.max_bytes = max_bytes
        self.check = check

    def page(self, capture: Capture) -> Page:
        """The page of a capture.

        Raises DamagedError where its bytes cannot be read whole, IncompletePageError where
        the server did not send them whole.
        """
        self.check()
        original = original_of(self.db, self.archive, capture)
        page = read_page(self.archive, capture, original=original, limit=self.max_bytes)
        if page.fault:
            raise IncompletePageError(page.fault, url=capture.url)
        return page

    def pages(self, captures: Iterable[Capture]) -> Iterator[Page]:
        """The pages of captures; one that is damaged is passed over, as verify reports it."""
        for capture in captures:
            try:
                yield self.page(capture)
            except DamagedError:
                continue


def is_page(capture: Capture) -> bool:
    """True where a capture holds a whole page that could be an article."""
    return holds_page(capture.status, capture.truncated, capture.mime, capture.url)


def holds_page(status: int | None, truncated: str | None, mime: str | None, url: str) -> bool:
    """The same, of the columns of a capture's row."""
    is_no_page = url.endswith(("/robots.txt", TDM_FILE)) or is_posted(url)
    return status == 200 and truncated is None and mime in PAGE_TYPES and not is_no_page


def why_no_page(capture: Capture) -> tuple[str, str]:
    """Kind and reason for the row of a capture that holds no page."""
    if capture.url.endswith("/robots.txt"):
        return "file", "robots.txt"
    if capture.url.endswith(TDM_FILE) and capture.status == 200:
        return "file", "tdmrep.json"
    if capture.truncated:
        return "error", f"incomplete: {capture.truncated}"
    if capture.status is None:
        return "error", "no HTTP status line"
    if capture.location:
        return "redirect", f"to {capture.location}"
    if is_posted(capture.url) and capture.status == 200:
        return "listing", "the answer to a POST"
    if capture.status == 304:
        return "file", "not modified (304)"
    if capture.status != 200:
        return "error", f"status {capture.status}"
    return "file", capture.mime or "unknown type"
