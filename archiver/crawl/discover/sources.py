"""Where feeds and sitemaps usually lie, and which of those found are about the whole site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from archiver.crawl.discover.addresses import chrome_reason
from archiver.crawl.discover.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.crawl.discover.feeds import Feed
    from archiver.crawl.links import Hyperlink

SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemapindex.xml")
FEED_PATHS = ("feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss/", "feed.json")
FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_COMMENTS = re.compile(r"comment|kommentar|kommentti")
_POSTS = re.compile(
    r"post(?!_?tag|-?tag)|news|nyhe[td]|artik|article|blog|aktuel|insi[gk][hk]?t|press|uutis|inlagg|reflektion"
)
_NOT_POSTS = re.compile(
    r"taxonom|categor|kategor|[-_/]tag|tags|author|user|forfattar|image|video|bild|media|attachment|product|"
    r"produkt|page[-_]?sitemap|posts-page|pages|staff|medarbetar|event|location|job|local"
)


def child_kind(url: str) -> int:
    """What the name of a sitemap says: 1 articles, -1 other pages, 0 nothing."""
    name = fold(unquote(urlsplit(url).path + "?" + urlsplit(url).query))
    if _NOT_POSTS.search(name):
        return -1
    return 1 if _POSTS.search(name) else 0


def feed_links(links: Iterable[Hyperlink], url: str) -> list[str]:
    """Feeds that a page names: ``link rel=alternate`` first, then links called RSS; comments never."""
    stated, called = [], []
    for link in links:
        if _COMMENTS.search(fold(unquote(link.url) + " " + link.text)):
            continue
        if "alternate" in link.rel and link.media_type in FEED_TYPES:
            stated.append(link.url)
        elif not link.head and urlsplit(link.url).netloc == urlsplit(url).netloc:
            named = re.fullmatch(r"(?:rss|atom|feed)(?:[- ](?:feed|flode|\d\.\d))?", fold(link.text))
            if named or re.search(r"(?:rss|atom|feed)(?:\.xml|\.aspx|/)?$", urlsplit(link.url).path.lower()):
                called.append(link.url)
    found = dict.fromkeys([*stated, *called])
    return sorted(found, key=_is_part)


def feed_paths(pages: Iterable[str]) -> list[str]:
    """The usual addresses of feeds, beside the given pages and at the root."""
    roots = [*(urljoin(url, ".") for url in pages), *(urljoin(url, "/") for url in pages)]
    return list(dict.fromkeys(urljoin(root, path) for root in dict.fromkeys(roots) for path in FEED_PATHS))


def _is_part(url: str) -> bool:
    """True for the feed of a tag, a category, an author or a single post, by its address."""
    return chrome_reason(re.sub(r"/(?:feed|rss|index|atom)(?:/atom|\.xml)?/?$", "/x/", url)) == "taxonomy"


def whole_site(feeds: Iterable[Feed]) -> list[Feed]:
    """The feeds to keep: where one is about the whole site, those of tags and authors go.

    Of feeds that name the same articles (RSS and Atom) the first is kept.
    """
    filled = [feed for feed in feeds if feed.entries]
    whole = [feed for feed in filled if not _is_part(feed.url)] or filled
    kept: list[Feed] = []
    for feed in sorted(whole, key=lambda f: -len(f.entries)):
        named = {mention.url for mention in feed.entries}
        if not any(named <= {mention.url for mention in other.entries} for other in kept):
            kept.append(feed)
    return kept
