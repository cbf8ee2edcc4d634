"""Observing addresses: what each of their pages says, its further pages joined to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.address import plain_address
from archiver.derive.captures import SiteCaptures
from archiver.derive.pages import IncompletePageError, Observation, PageReader
from archiver.errors import DamagedError
from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.extract.following import following_page
from archiver.model import Capture, Extraction, Mention, Page, PageKind
from archiver.probes import is_probe
from archiver.site import Site
from archiver.suppressions import Suppressions
from archiver.wishes import NOARCHIVE

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

Clean = Callable[["BeautifulSoup"], None]
MAX_PARTS = 50
ASKED = "the page asks not to be archived (noarchive)"
MAX_SOURCES = 3  # more articles than these did not all move to one address
# Kinds by the looks of a page, which depend on what it is called.
PLAIN = (PageKind.LISTING, PageKind.PAGE, PageKind.PERSON, PageKind.SERVICE, PageKind.JOB)


class Observer:
    """Extracts the pages of one site under one chrome model.

    ``unread`` says of each capture that could not be read, why; of ``damaged`` ones the record
    is at fault. ``hidden`` are those of addresses that are suppressed, of which nothing is observed.
    """

    def __init__(
        self,
        site: Site,
        captures: SiteCaptures,
        reader: PageReader,
        model: ChromeModel,
        mentions: Callable[[str], list[Mention]],
        clean: Clean | None,
        suppressions: Suppressions,
    ) -> None:
        self.site = site
        self.captures = captures
        self.reader = reader
        self.model = model
        self.mentions = mentions
        self.clean = clean
        self.suppressions = suppressions
        self.heeds_noarchive = site.crawl.noarchive != "ignore"
        self.unread: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.damaged: set[str] = set()
        named = {*site.start_urls, *(listing.url for listing in site.listings)}
        # What the profile names as a place that lists articles is none itself, however short it is.
        self._listings = {url for url in named if not site.is_article_address(url)}

    def pages_at(self, url: str) -> list[Capture]:
        """The captures of an address that hold a page, by WARC-Date; none where it is suppressed."""
        if self.suppressions.hides(url):
            self.hidden.update(c.warc_record_id for c in self.captures.at(url))
            return []
        return self.captures.pages_at(url)

    def observe(self, capture: Capture) -> Observation | None:
        """What a capture says; None where it, or a further page of it, is not whole."""
        try:
            return self._observed(capture)
        except IncompletePageError as error:
            self.unread[capture.warc_record_id] = f"incomplete: {error.message}"
        except DamagedError:
            self.damaged.add(capture.warc_record_id)
            self.unread[capture.warc_record_id] = "the record cannot be read whole"
        return None

    def _observed(self, capture: Capture) -> Observation:
        page = self.reader.page(capture)
        extraction = self._extract(page, capture.url)
        if is_probe(capture.url, self.site.name):
            extraction = replace(extraction, kind=PageKind.ERROR, reason="an address that cannot exist")
        elif extraction.kind in PLAIN and capture.url not in self._listings:
            extraction = self._moved(page, capture) or extraction
        parts: list[tuple[Capture, Page]] = []
        if extraction.kind is PageKind.ARTICLE:
            if capture.url in self._listings:
                extraction = replace(extraction, kind=PageKind.LISTING, reason="a listing of the profile")
            elif self.heeds_noarchive and NOARCHIVE in {*extraction.wishes, *self.captures.wishes(capture)}:
                extraction = replace(extraction, kind=PageKind.NOARCHIVE, reason=ASKED)
            elif parts := self._parts(capture, extraction.next_url):
                extraction = self._extract(page, capture.url, [part for _, part in parts])
        return Observation(
            capture=capture, extraction=extraction, parts=tuple(c.warc_record_id for c, _ in parts)
        )

    def _moved(self, page: Page, capture: Capture) -> Extraction | None:
        """The article that moved here from an address that the page still calls its own, or None.

        A heading that leads to the old address does not lead away from the page.
        """
        sources = self.captures.sources(capture.url)
        for source in sources if len(sources) <= MAX_SOURCES else ():
            before = [c for c in self.captures.pages_at(source) if c.seen < capture.seen]
            there = self.observe(before[-1]) if before else None
            if there is None or there.extraction.kind is not PageKind.ARTICLE:
                continue
            found = self._extract(replace(page, url=source), source)
            if found.kind is PageKind.ARTICLE and found.title == there.extraction.title:
                return replace(found, url=capture.url)
        return None

    def _extract(self, page: Page, url: str, further: Sequence[Page] = ()) -> Extraction:
        return extract_article(
            page,
            site=self.site,
            chrome=self.model,
            mentions=self.mentions(url),
            further=further,
            clean=self.clean,
        )

    def _parts(self, first: Capture, next_url: str | None) -> list[tuple[Capture, Page]]:
        """The further pages of an article as they were at the time of its first.

        Raises IncompletePageError where that crawl asked for one and got no whole answer.
        """
        parts: list[tuple[Capture, Page]] = []
        seen = {first.url}
        while next_url and (url := plain_address(next_url)) not in seen and len(parts) < MAX_PARTS:
            seen.add(url)
            capture = self.captures.nearest(url, first)
            if capture is None:
                if self.captures.was_missed(url, first):
                    raise IncompletePageError("a further page could not be fetched", url=url)
                break
            page = self.reader.page(capture)
            parts.append((capture, page))
            next_url = following_page(page)
        return parts
