"""Reads feeds of every kind: RSS 0.9 to 2.0, RDF, Atom and JSON, broken ones too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from archiver.crawl.discover.json_feeds import read_json_feed
from archiver.model import Mention

MAX_BYTES = 20_000_000
MAX_ENTRIES = 10_000
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.I)
_FEED_START = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a feed says. ``entries`` are Mentions of kind ``feed``, in the feed's order."""

    url: str
    title: str | None = None
    language: str | None = None
    entries: tuple[Mention, ...] = ()
    next_url: str | None = None
    home: str | None = None


def read_feed(body: bytes, *, url: str, content_type: str | None = None) -> Feed | None:
    """The feed in these bytes, None where they are none (an HTML page, say). Never raises.

    An entry's date is the raw text of its publication, else of its last change.
    """
    body = body[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith((b"{", b"[")):
        return _json_feed(body, url)
    if not body or _HTML_START.match(_after_comments(body)) or not _FEED_START.search(_ascii(body[:10_000])):
        return None
    try:
        return _xml_feed(body, url, content_type)
    except Exception:  # feedparser meets hostile input with any exception; such a feed is none
        return None


def _after_comments(body: bytes) -> bytes:
    """What follows the comments at the beginning."""
    start = body[:4000]
    while start.startswith(b"<!--") and (end := start.find(b"-->")) >= 0:
        start = start[end + 3 :].lstrip()
    return start


def _ascii(start: bytes) -> bytes:
    """The beginning without the zero bytes of UTF-16, to look for tags in."""
    return start.replace(b"\x00", b"")


def _xml_feed(body: bytes, url: str, content_type: str | None) -> Feed | None:
    import feedparser

    headers = {"content-location": url, "content-type": _xml_type(content_type)}
    parsed = feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.get("version") and not parsed.entries:
        return None
    channel = parsed.feed
    found = (_entry(entry, url, n) for n, entry in enumerate(parsed.entries[:MAX_ENTRIES], 1))
    links = [link for link in channel.get("links", []) if isinstance(link, dict)]
    next_page = next((_absolute(k.get("href"), url) for k in links if k.get("rel") == "next"), None)
    return Feed(
        url=url,
        title=_plain(channel.get("title")),
        language=_plain(channel.get("language")),
        entries=tuple(mention for mention in found if mention),
        next_url=next_page,
        home=_absolute(channel.get("link"), url),
    )


def _xml_type(content_type: str | None) -> str:
    """A media type under which feedparser trusts the document's own charset declaration."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type or "", re.I)
    return "application/xml" + (f"; charset={charset[1]}" if charset else "")


def _entry(entry: Any, url: str, number: int) -> Mention | None:
    link = entry.get("feedburner_origlink") or entry.get("link") or entry.get("id")
    address = _absolute(link, url)
    if address is None:
        return None
    # "in" on the plain dict: feedparser answers for absent keys, with a warning
    dated = next((k for k in ("published", "updated", "created") if dict.__contains__(entry, k)), None)
    return Mention(
        url=address,
        kind="feed",
        title=_plain(entry.get("title")),
        date=_plain(entry.get(dated)) if dated else None,
        modified=_plain(dict.get(entry, "updated")) if dated == "published" else None,
        where=f"entry[{number}]",
    )


def _plain(value: Any) -> str | None:
    """A text without tags and entities."""
    if not isinstance(value, str):
        return None
    return " ".join(unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", value)).split()) or None


def _absolute(link: Any, url: str) -> str | None:
    if not isinstance(link, str) or not link.strip() or len(link) > 2000:
        return None
    try:
        address = urljoin(url, link.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def _json_feed(body: bytes, url: str) -> Feed | None:
    """JSON Feed, or a page of WordPress' REST interface."""
    found = read_json_feed(body, url=url, most=MAX_ENTRIES)
    if found is None:
        return None
    named = ((entry, _absolute(entry.url, url)) for entry in found.entries)
    return Feed(
        url=url,
        title=_plain(found.title),
        language=_plain(found.language),
        entries=tuple(
            Mention(
                url=to,
                kind="feed",
                title=_plain(e.title),
                date=_plain(e.date),
                modified=_plain(e.modified),
                where=e.where,
            )
            for e, to in named
            if to
        ),
        next_url=_absolute(found.next_url, url),
        home=_absolute(found.home, url),
    )
