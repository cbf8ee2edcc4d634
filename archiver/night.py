"""What one night observed of one site, in numbers: the noun that health is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingNight:
    """What one listing of the profile said: a feed, a sitemap or a page of the news archive.

    ``entries`` are the articles' addresses that it named, None where it could not be read.
    ``newest`` is the day of its newest dated entry. ``behind`` counts, from the newest article back,
    how many in a row it has never named; ``followed`` of the ``could_follow`` before these it has.
    Articles of the last two days are left out. ``kind`` is what the page was taken for.
    ``redirect`` is the address that it led to, whose page counts; ``kept`` of the ``had`` addresses that
    it named elsewhere before are named there. ``passed`` addresses stand where articles stand and are
    taken by no pattern of the profile, with ``examples``; where others stand, those are left out that
    always were.
    """

    url: str
    role: str
    entries: int | None
    newest: str | None = None
    behind: int = 0
    followed: int = 0
    could_follow: int = 0
    digest: str | None = None
    kind: str | None = None
    redirect: str | None = None
    kept: int = 0
    had: int = 0
    passed: int | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """What one crawl observed of one site.

    ``asked`` are addresses of pages, listings left out, that were answered or failed; ``refused`` of
    them answered 4xx, ``broken`` 5xx or nothing. ``pages`` came whole, ``walls`` of them are a challenge,
    a wall of consent, a login, an empty shell or an error. ``articles`` of them are articles.
    ``reread`` of these were known before; ``had`` says how many of those ever had a field, and ``lost``
    of how many it is gone, or the body less than half of what it was. ``new`` ones were seen for the
    first time; ``lacking`` says how many of them have no date, title or author, ``lengths`` how long
    their bodies are. ``named`` addresses were asked for the first time because a source names them,
    and ``unread`` of these gave no article. ``wanted`` are all addresses named as articles that ever
    answered, in any night; ``denied`` of them answer with an error or a wall and never gave an article.
    ``layout`` counts the places at which fields were found on
    articles, by field. ``samples`` is a page for each thing that may be wrong. ``reader`` is the
    extractor with a digest of the profile's layouts; the places of two readers are not compared.
    ``alarms`` are the findings that the night had, but for notes.
    """

    site: str
    crawl: str
    day: date
    state: str = "complete"
    asked: int = 0
    refused: int = 0
    broken: int = 0
    pages: int = 0
    walls: int = 0
    articles: int = 0
    with_date: int = 0
    with_title: int = 0
    with_author: int = 0
    body_chars: int | None = None
    reread: int = 0
    had: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    new: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    named: int = 0
    unread: int = 0
    wanted: int = 0
    denied: int = 0
    layout: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    listings: tuple[ListingNight, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    reader: str = ""
    alarms: frozenset[str] = frozenset()
