"""Which of the mementos that a web archive lists are wanted, and why the others are not."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from archiver.backfill.listed import Listed, moment_of
from archiver.instants import now
from archiver.site import Site
from archiver.suppressions import Suppressions

STATUSES = frozenset({200, 301, 302, 303, 307, 308, 404, 410})
"""Of these the history of a page is made: it was there, had moved, or was gone."""
PAGES = frozenset((
    "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "application/rss+xml",
    "application/atom+xml", "application/rdf+xml", "application/feed+json", "warc/revisit", "unk", "no-type",
))  # fmt: skip
MAX_HOSTS = 1000
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
# Most addresses: nothing to change, seen at one glance.
_IS_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::(?!(?:80|443)/)\d+)?/[a-zA-Z0-9/._~!$&()*+,;=:@?-]*\Z")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person asked for: the first and the last day, and whether every type and every memento."""

    since: date = date.min
    until: date = date.max
    media: bool = False
    every: bool = False


class Choice:
    """Chooses among listed mementos, as they come. ``left_out`` counts the others by the reason.

    ``known`` are those that the archive has, by year; ``wanted`` those that it wants, these included.
    ``hosts`` counts hosts that the profile does not name, or not for that day. ``unstored`` are those that
    came and have no row yet.
    """

    def __init__(self, db: sqlite3.Connection, site: Site, wish: Wish, suppressions: Suppressions) -> None:
        self.listed = 0
        self.left_out = Counter[str]()
        self.hosts = Counter[str]()
        self.known = Counter[str]()
        self.wanted = Counter[str]()
        self.unstored: set[tuple[str, str]] = set()
        self._db = db
        self._site = site
        self._wish = wish
        self._suppressions = suppressions
        self._last: Listed | None = None

    def of(self, listed: Iterable[Listed]) -> Iterator[Listed]:
        """Those that are wanted and not there yet, each once, under the address that they have here."""
        for found in listed:
            self.listed += 1
            found = replace(found, url=address_of(found.url))
            if reason := self._why_not(found):
                self.left_out[reason] += 1
                continue
            self.wanted[found.timestamp[:4]] += 1
            if self.has(found.url, found.timestamp):
                self.known[found.timestamp[:4]] += 1
            else:
                yield found

    def has(self, url: str, timestamp: str) -> bool:
        """True where the archive has a capture of an address of this second, whoever made it."""
        if (url, timestamp) in self.unstored:
            return True
        row = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM captures WHERE site = ? AND url = ? AND timestamp = ?)",
            (self._site.name, url, timestamp),
        ).fetchone()
        return bool(row[0])

    def _why_not(self, found: Listed) -> str | None:
        moment = moment_of(found.timestamp)
        if moment is None:
            return "no date"
        if moment > now():
            return "dated to come"
        if not self._site.owns(found.url, moment.date()):
            host = urlsplit(found.url).netloc.lower()
            if host in self.hosts or len(self.hosts) < MAX_HOSTS:
                self.hosts[host] += 1
            return "not a host of the site on that day"
        if not self._wish.since <= moment.date() <= self._wish.until:
            return "outside the days asked for"
        if found.status is not None and found.status not in STATUSES:
            return f"status {found.status}"
        if not self._wish.media and found.status in (200, None) and not _may_be_page(found):
            return "no page or feed"
        if urlsplit(found.url).path == "/robots.txt":
            return "robots.txt"
        if self._suppressions.hides(found.url):
            return "suppressed"
        return self._repeats(found)

    def _repeats(self, found: Listed) -> str | None:
        """Why a memento brings nothing beside the one before it in the list, which is sorted."""
        last, self._last = self._last, found
        if last is None or last.url != found.url:
            return None
        if last.timestamp == found.timestamp:
            return "listed twice"
        is_same = found.digest is not None and found.digest == last.digest
        if is_same and found.status in (last.status, None) and not self._wish.every:
            return "unchanged since the memento before"
        return None


def address_of(url: str) -> str:
    """The address of a memento as captures have it: no fragment, no default port, ASCII."""
    if _IS_PLAIN.match(url):
        return url
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower() if "@" not in parts.netloc else parts.netloc
        host = host.removesuffix(_DEFAULT_PORT.get(parts.scheme.lower(), " "))
        plain = parts._replace(scheme=parts.scheme.lower(), netloc=host, path=parts.path or "/", fragment="")
        return str(safe_url_string(plain.geturl()))
    except ValueError:
        return url


def _may_be_page(found: Listed) -> bool:
    return found.mime is None or found.mime.partition(";")[0].strip() in PAGES
