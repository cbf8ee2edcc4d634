"""The nouns that travel between the rooms: pages, captures, mentions, links, articles.

Frozen and keyword-only. Our own instants are aware UTC; dates that a page states are
text in ISO 8601 with the precision and the offset that the page gives them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

LinkKind = Literal[
    "feed", "sitemap", "listing", "passed", "redirect", "next", "canonical", "body", "image", "file",
    "requisite",
]  # fmt: skip
MentionKind = Literal["feed", "sitemap", "listing"]
Role = Literal["listing", "feed", "sitemap", "article", "page", "media"]
State = Literal["pending", "leased", "done", "given up"]
Truncated = Literal["length", "time", "disconnect", "unspecified"]
Source = Literal["crawl", "import", "backfill"]
BACKFILL = ".backfill"
"""What the name of the collection ends in that holds what web archives gave of a site; no site has a dot."""
StateName = Literal[
    "gone", "moved", "soft 404", "consent wall", "challenge", "login", "front page", "replaced", "unlisted"
]


class PageKind(StrEnum):
    """What a page is. Only ``ARTICLE`` becomes an article; the row of any other says why."""

    ARTICLE = "article"
    LISTING = "listing"
    FRONT = "front page"
    PERSON = "person"
    SERVICE = "service"
    JOB = "job"
    ERROR = "error"
    CHALLENGE = "challenge"
    CONSENT = "consent"
    LOGIN = "login"
    EMPTY = "empty shell"
    REDIRECT = "redirect"
    PAGE = "page"
    NOARCHIVE = "noarchive"
    FILE = "file"


WALLS = (PageKind.CHALLENGE, PageKind.CONSENT, PageKind.LOGIN, PageKind.EMPTY)
"""Kinds of pages that stand before what was asked for."""
STAND_INS = (*WALLS, PageKind.ERROR)
"""Kinds of pages that stand in the place of another one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """One response, revisit or conversion record in a WARC file: where it lies and what it holds.

    ``warc_date`` is when the exchange began, UTC. ``offset`` and ``length`` are bytes of
    the record as it lies in ``filename``, which is relative to ``collections/<site>/archive``,
    or else stands in the path index. ``source`` is what brought it here, ``source_uri`` the memento of a
    web archive that a backfill derived it from.
    ``corrected`` is the instant that counts where the clock of its crawl was found to be wrong.
    ``payload_digest`` is ``sha256:`` and hex over the entity body without chunk framing.
    ``status`` is None where the server sent no HTTP status line. ``refers_to`` is the
    record id of the original of a revisit. ``location`` is the absolute target of a redirect.
    ``x_robots_tag`` and ``tdm`` are what the header asks of machines, as ``archiver.wishes`` reads it.
    """

    warc_record_id: str
    warc_type: str
    site: str
    crawl: str
    url: str
    urlkey: str
    timestamp: str
    warc_date: datetime
    mime: str | None
    status: int | None
    payload_digest: str | None
    filename: str
    offset: int
    length: int
    truncated: Truncated | None = None
    profile: str | None = None
    refers_to: str | None = None
    location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    source: Source = "crawl"
    x_robots_tag: str | None = None
    tdm: str | None = None
    source_uri: str | None = None
    corrected: datetime | None = None

    @property
    def seen(self) -> datetime:
        """When it was captured, as far as that is known; by this the captures of an address are in order."""
        return self.corrected or self.warc_date

    @property
    def visit(self) -> str:
        """What it belongs to with others of one night: its crawl; where others captured it, the day too."""
        return self.crawl if self.source == "crawl" else f"{self.crawl} {self.timestamp[:8]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What extraction reads: an address and the entity body, content coding removed.

    ``content_type`` is the header's raw value. ``record`` is the WARC record id that the
    bytes were read from, None where there is no archive (``archiver extract``).
    ``language`` is the Content-Language header, if any. ``fault`` says why the body is not
    whole (its content coding ends early, or it is too large), None where it is.
    ``captured`` is the UTC day of the capture, which chooses among a site's dated layouts.
    """

    url: str
    body: bytes
    content_type: str | None = None
    language: str | None = None
    status: int = 200
    record: str | None = None
    fault: str | None = None
    captured: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """What a feed, a sitemap or a listing says of a page.

    ``date`` is the entry's raw text, ``modified`` that of its last change where it states one besides,
    ``record`` the capture that holds the entry and ``where`` the place in it.
    """

    url: str
    kind: MentionKind
    title: str | None = None
    date: str | None = None
    modified: str | None = None
    record: str | None = None
    where: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link from one capture to an address; its dates are raw text, as those of a Mention."""

    record: str
    url: str
    kind: LinkKind
    text: str | None = None
    date: str | None = None
    modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An address that the frontier knows, and what it is expected to be.

    ``hops`` counts the links from a start address, ``redirects`` the redirects in a row
    that led here, ``via`` is the address that named it. A higher ``priority`` goes first.
    """

    url: str
    role: Role
    priority: int = 0
    hops: int = 0
    redirects: int = 0
    via: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """How a field is known: the method, the place on the page, the raw value found there."""

    method: str
    where: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stripped:
    """A block that was taken out of a body as chrome, and what proves it.

    ``pages`` of ``of`` pages of the site carry the block at ``where``; both are 0 where
    the page itself was enough (``reason`` says how).
    """

    text: str
    where: str
    reason: str
    pages: int = 0
    of: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Extraction:
    """What one page says: its kind, and the fields of the article where it is one.

    ``body`` is paragraphs separated by a blank line, list items and headings on lines of
    their own; ``body_markdown`` the same blocks with their structure. Dates are ISO 8601
    in the precision of the page, or None. ``next_url`` is the following page of an
    article in several pages, ``part`` the number of this one where the page shows it.
    ``confidence`` is 0 to 1: how sure the extractor is of the kind. ``wishes`` are what its metas
    ask of machines.
    """

    url: str
    kind: PageKind
    reason: str
    confidence: float
    title: str | None = None
    description: str | None = None
    body: str = ""
    body_markdown: str = ""
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    publisher: str | None = None
    canonical_url: str | None = None
    next_url: str | None = None
    part: int | None = None
    links: tuple[Link, ...] = ()
    evidence: dict[str, Evidence] = field(default_factory=dict)
    stripped: tuple[Stripped, ...] = ()
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An exported article; the keys, in this order, are the promise of INTERFACE.

    Dates of the page are ISO 8601 text, ``first_seen``, ``last_seen`` and ``gone_since``
    are UTC instants as text with ``Z``. ``capture`` says which record it was read from.
    """

    id: str | None
    site: str | None
    url: str | None
    canonical_url: str | None
    publisher: str | None
    title: str | None
    description: str | None
    body: str
    body_markdown: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    date_published: str | None
    date_modified: str | None
    language: str | None
    version: int | None
    versions: int | None
    first_seen: str | None
    last_seen: str | None
    gone_since: str | None
    observed: str | None
    capture: dict[str, Any] | None
    captures: tuple[str, ...] | None
    evidence: dict[str, dict[str, str]]
    extractor: str
    chrome_model: str | None
    profile: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A run of captures of one article that agree in title, body and date.

    ``first_seen`` and ``last_seen`` are the WARC-Dates of its first and last capture, as
    text. ``captures`` are the record ids of the run; ``capture`` is the one it was read from.
    """

    version: int
    title: str | None
    body: str
    body_markdown: str
    authors: tuple[str, ...]
    date_published: str | None
    date_modified: str | None
    first_seen: str
    last_seen: str
    capture: str
    captures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleState:
    """What became of an article at the address where it was last seen, and the capture that proves it.

    ``since`` is when that was first seen, ``until`` when a page of the article came back, as text; None
    while it lasts. ``url`` is the address that shows it, ``reason`` what is seen there.
    """

    state: StateName
    since: str
    until: str | None
    url: str
    capture: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something wrong in an archive: its name, how bad it is, where it lies and what to do.

    A *defect* is damage or a break of a standard, a *note* breaks a rule of this house alone.
    ``offset`` is the byte of ``file`` at which the record or the line begins, None where it is
    about no place in it.
    """

    code: str
    level: Literal["defect", "note"]
    file: str
    offset: int | None
    message: str
    hint: str
    record: str | None = None
