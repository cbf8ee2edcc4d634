"""What the addresses of an article answered that is no page of it: an error, a redirect, another page."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from archiver.address import plain_address
from archiver.derive.captures import SiteCaptures
from archiver.derive.states import PERMANENT, Answer, state_of_page
from archiver.extract.kinds import ROOT
from archiver.model import Capture, PageKind
from archiver.site import Site

HOPS = 10
GONE = frozenset({404, 410})


class Answers:
    """Asks the captures of a site what they say of an article."""

    def __init__(self, db: sqlite3.Connection, captures: SiteCaptures, site: Site) -> None:
        self.db = db
        self.captures = captures
        self.site = site
        self._listings = {*site.start_urls, *(listing.url for listing in site.listings)}

    def at(self, urls: Collection[str], pages: Collection[str]) -> Iterator[Answer]:
        """What these addresses of an article answered, the records of its own pages left out."""
        for url in urls:
            for capture in self.captures.at(url):
                if capture.warc_record_id not in pages:
                    yield self._answer(capture, frozenset(urls))

    def _answer(self, capture: Capture, addresses: frozenset[str]) -> Answer:
        if capture.truncated is None and self.sent_to(capture):
            return _Redirect(self, capture, addresses).answer()
        return self.seen(capture, capture, "")

    def sent_to(self, capture: Capture) -> str | None:
        """Where an answer, or a page that does nothing else, sends its readers; None where it does not."""
        row = (
            capture.location is None
            and self.db.execute(
                "SELECT p.canonical FROM temp.observations o JOIN temp.pages p ON p.id = o.page"
                " WHERE o.record = ? AND p.kind = ?",
                (capture.warc_record_id, PageKind.REDIRECT),
            ).fetchone()
        )
        return row[0] if row else capture.location

    def seen(self, first: Capture, last: Capture, by: str) -> Answer:
        """The answer that begins with one capture and ends with another; ``by`` says how it got there."""
        if last.status in GONE:
            return Answer(capture=first, state="gone", reason=f"{by}status {last.status}")
        found = self.page_of(last)
        if found is None:
            return Answer(capture=first, state=None)
        kind, reason = found
        if kind is PageKind.ARTICLE:
            # At the end of a redirect it is another article; a page of its own stands among its pages.
            return Answer(
                capture=first, state="replaced" if by else None, reason=f"{by}another article" if by else ""
            )
        return Answer(capture=first, state=state_of_page(kind, reason), reason=f"{by}{kind}: {reason}")

    def page_of(self, capture: Capture) -> tuple[PageKind, str] | None:
        """Kind and reason of the page that a capture holds, None where it holds none that is whole."""
        row = (
            self.db.execute(
                "SELECT p.kind, p.reason FROM temp.observations o JOIN temp.pages p ON p.id = o.page"
                " WHERE o.record = ?",
                (capture.warc_record_id,),
            ).fetchone()
            or self.db.execute(
                "SELECT kind, reason FROM captures WHERE warc_record_id = ? AND status IN (200, 304)"
                " AND truncated IS NULL AND extractor IS NOT NULL AND reason NOT LIKE 'incomplete%'",
                (capture.warc_record_id,),
            ).fetchone()
        )
        is_page = row is not None and row["kind"] in tuple(PageKind) and row["kind"] != PageKind.FILE
        return (PageKind(row["kind"]), row["reason"] or "") if is_page else None

    def is_front(self, url: str) -> bool:
        """True for the root of a site, and for what its profile names as a list of articles."""
        parts = urlsplit(url)
        return url in self._listings or (ROOT.fullmatch(parts.path) is not None and not parts.query)


class _Redirect:
    """One redirect of an address of an article, followed to its end."""

    def __init__(self, answers: Answers, capture: Capture, addresses: frozenset[str]) -> None:
        self.answers = answers
        self.captures = answers.captures
        self.capture = capture
        self.addresses = addresses

    def answer(self) -> Answer:
        """What the end of the redirect says of the article."""
        first = hop = self.capture
        is_permanent = True
        for _ in range(HOPS):
            location = self.answers.sent_to(hop) or ""
            # A page that only sends its readers on stands for the move of a site that can send no 301.
            is_permanent &= hop.status in PERMANENT or hop.location is None
            url = _plain(location)
            by = f"redirects to {url}: "
            if own := self._own(location):
                return self._within(own, is_permanent)
            if self.answers.is_front(url):
                return Answer(capture=first, state="front page", reason=f"redirects to {url}")
            then = self.captures.then(self.captures.at(url), first)
            if then is None:
                return self._away(url, is_permanent)
            if not self.answers.sent_to(then):
                return self.answers.seen(first, then, by)
            hop = then
        return Answer(capture=first, state=None)

    def _own(self, location: str) -> str | None:
        """The address of the article to which a hop leads, or None."""
        return next((url for url in (location, _plain(location)) if url in self.addresses), None)

    def _within(self, own: str, is_permanent: bool) -> Answer:
        """A redirect to another address of the article: a move where it is for good."""
        if not is_permanent or own == self.capture.url:
            return Answer(capture=self.capture, state=None)
        return Answer(capture=self.capture, state="moved", reason=f"to {own}", to=own)

    def _away(self, url: str, is_permanent: bool) -> Answer:
        """A redirect to where nothing was captured: for good to another site is a move there."""
        is_move = is_permanent and not self.answers.site.owns(url)
        return Answer(
            capture=self.capture,
            state="moved" if is_move else None,
            reason=f"to {url}, which is no address of the site" if is_move else "",
        )


def _plain(location: str) -> str:
    return plain_address(location.split("#")[0])
