"""Visits a site once and proposes its profile: feeds, sitemaps, news archive, address patterns."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from archiver.crawl.discover.addresses import is_chrome_address, year_of
from archiver.crawl.discover.archives import (
    LISTING_SCORE,
    archive_candidates,
)
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.hyperlinks import HtmlPage
from archiver.crawl.discover.identity import home_of, language_of, publisher_of, site_name
from archiver.crawl.discover.json_feeds import REST_LINK, posts_address
from archiver.crawl.discover.pagination import further_pages
from archiver.crawl.discover.patterns import learn_patterns
from archiver.crawl.discover.robots_txt import sitemap_addresses
from archiver.crawl.discover.sitemaps import Sitemap, read_sitemap
from archiver.crawl.discover.sources import (
    SITEMAP_PATHS,
    child_kind,
    feed_links,
    feed_paths,
    whole_site,
)
from archiver.crawl.discover.visitor import Fetch, Found, Visitor
from archiver.errors import ArchiverError
from archiver.site import Articles, Host, Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from archiver.model import Mention

MAX_CHILDREN = 5
MAX_FEEDS = 5
MAX_CANDIDATES = 5
MAX_ARCHIVES = 3
MIN_PERIODS = 3
FEW = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """The proposed profile, what it rests on, and how many addresses were asked for.

    ``mentions`` are the articles that feeds, sitemaps and listings named, each source for itself.
    """

    site: Site
    found: tuple[Found, ...]
    visits: int
    mentions: tuple[Mention, ...] = ()


async def discover(url: str, *, fetch: Fetch, now: datetime, name: str | None = None) -> Discovery:
    """Visit the site at ``url``, a page of its news best, and propose its profile.

    ``fetch`` answers with the response after redirects, or None where there was none; it
    is asked for at most 25 addresses. ``now`` bounds the years of archives. Raises
    ArchiverError where the given address itself does not answer with a page.
    """
    visitor = Visitor(fetch=fetch, now=now)
    start = await _start(visitor, url)
    front = await visitor.page(urljoin(start.url, "/"))
    await _find_sitemaps(visitor, start.url)
    archives = await _find_archives(visitor, start, front)
    await _find_feeds(visitor, [*archives, start, *([front] if front else [])])
    await _find_posts(visitor, [*archives, start, *([front] if front else [])])
    if not archives:
        archives = await _archives_by_feeds(visitor, start.url)
    if not archives:
        visitor.note("html", None, _no_archive(start))
    return _discovery(visitor, url, start, name)


def _no_archive(start: HtmlPage) -> str:
    """What to say where no page lists articles."""
    if sum(not link.head for link in start.links) < 3:
        return "the page hardly links to anything; it may need a browser to show its articles"
    return "no page that lists articles; give its address if there is one"


async def _start(visitor: Visitor, url: str) -> HtmlPage:
    """The page at the given address; where that is a feed, the page that the feed is about."""
    answer = await visitor.get(url)
    if answer is None:
        asked = visitor.asked.get(url)
        what = "does not answer" if asked is None else f"answers with status {asked.status}"
        raise ArchiverError(f"{url}: {what}", hint="check the address in a browser, robots.txt too", url=url)
    if feed := read_feed(answer.body, url=answer.url, content_type=answer.content_type):
        visitor.feeds[answer.url] = feed
        home = feed.home if feed.home and _same_host(feed.home, answer.url) else urljoin(answer.url, "/")
        if page := await visitor.page(home):
            return page
    page = await visitor.page(url)
    return page or HtmlPage(url=answer.url)


def _same_host(url: str, other: str) -> bool:
    """True where both lie on one host, with ``www.`` or without."""
    first, second = (urlsplit(u).netloc.lower().removeprefix("www.") for u in (url, other))
    return first == second


async def _find_sitemaps(visitor: Visitor, url: str) -> None:
    robots = urljoin(url, "/robots.txt")
    answer = await visitor.get(robots)
    named = sitemap_addresses(answer.body, url=answer.url) if answer else ()
    visitor.note("robots.txt", robots, "names sitemaps" if named else "names no sitemap", len(named))
    for address in named[:4]:
        await _take_sitemap(visitor, address, url)
    for path in SITEMAP_PATHS:
        if visitor.sitemaps:
            return
        await _take_sitemap(visitor, urljoin(url, path), url)
    if not visitor.sitemaps:
        visitor.note("sitemap", None, "no sitemap at the usual addresses")


async def _take_sitemap(visitor: Visitor, url: str, start: str) -> None:
    """Read a sitemap and its likeliest children; it is taken where it names a page of the host."""
    answer = await visitor.get(url)
    sitemap = read_sitemap(answer.body, url=answer.url) if answer else None
    if answer is None or sitemap is None or answer.url in visitor.sitemaps:
        return
    if sitemap.entries and not any(_same_host(m.url, start) for m in sitemap.entries):
        visitor.note("sitemap", answer.url, "names pages of other hosts only; left out")
        return
    visitor.sitemaps[answer.url] = sitemap
    children = sorted(sitemap.children, key=lambda child: -child_kind(child))
    count = _sort_entries(visitor, answer.url, sitemap)
    for child in children[:MAX_CHILDREN]:
        if child_kind(child) >= 0 and (found := await visitor.get(child)):
            read = read_sitemap(found.body, url=found.url)
            count += _sort_entries(visitor, child, read) if read else 0
    text = f"sitemap index of {len(children)}" if children else "sitemap"
    visitor.take("sitemap", answer.url, text, count)


def _sort_entries(visitor: Visitor, url: str, sitemap: Sitemap) -> int:
    """Put the pages of a sitemap where they belong: posts, pages, or a mixture of both."""
    kind = child_kind(url)
    if kind > 0:
        visitor.posts += sitemap.entries
    elif kind < 0:
        visitor.others |= {mention.url for mention in sitemap.entries}
    visitor.sitemaps[url] = sitemap
    return len(sitemap.entries)


async def _find_archives(visitor: Visitor, start: HtmlPage, front: HtmlPage | None) -> list[HtmlPage]:
    """The given page where it is a listing, else the likeliest pages that it and the front page name."""
    if urlsplit(start.url).path != "/" and await _lists(visitor, start):
        return _take_archives(visitor, [start])
    links = [*start.links, *(front.links if front else ())]
    listing = [start] if await _lists(visitor, start) else []
    return _take_archives(
        visitor, listing + await _listing_pages(visitor, archive_candidates(links, start.url))
    )


async def _archives_by_feeds(visitor: Visitor, url: str) -> list[HtmlPage]:
    """Where no link led to an archive: the page that a feed is about, and the folder of its articles."""
    guesses = [feed.home for feed in visitor.feeds.values() if feed.home]
    for feed in visitor.feeds.values():
        named = (urlsplit(mention.url) for mention in feed.entries)
        paths = [parts.path or "/" for parts in named if parts.netloc == urlsplit(url).netloc]
        folder = os.path.commonpath(paths) if len(paths) > 1 else "/"
        guesses.append(urljoin(url, re.sub(r"/(?:19|20)\d\d(?:/.*)?$", "", folder).rstrip("/") + "/"))
    same = [g for g in guesses if urlsplit(g).netloc == urlsplit(url).netloc and g not in visitor.pages]
    return _take_archives(visitor, await _listing_pages(visitor, tuple(dict.fromkeys(same))))


async def _listing_pages(visitor: Visitor, candidates: tuple[str, ...]) -> list[HtmlPage]:
    """Those of the likeliest candidates that list articles."""
    found: dict[str, HtmlPage] = {}
    for candidate in candidates[:MAX_CANDIDATES]:
        page = await visitor.page(candidate)
        if page is not None and page.url not in found and await _lists(visitor, page):
            found[page.url] = page
    return list(found.values())


async def _lists(visitor: Visitor, page: HtmlPage) -> bool:
    """True where the page, or one of its further pages (of a year, of a month), lists articles."""
    looks = visitor.looks[page.url]
    year = visitor.now.year
    further = further_pages(page.links, page.url, year=year)
    periods = {u for u in further if year_of(u, last_year=year + 1) is not None}
    visitor.further[page.url] = further
    visitor.others |= set(further) - (periods if len(periods) == 1 else set())  # a lone one may be an article
    for _ in range(2):
        second = await visitor.page(further[0]) if further else None
        if second is None:
            break
        looks = max(looks, visitor.looks[second.url], key=lambda look: look.score)
        visitor.reach.setdefault(page.url, set()).update(m.url for m in visitor.looks[second.url].entries)
        if looks.is_listing:
            break
        further = further_pages(second.links, second.url, year=year)
    visitor.reach.setdefault(page.url, set()).update(m.url for m in visitor.looks[page.url].entries)
    return looks.is_listing or (len(periods) >= MIN_PERIODS and looks.score > 0.15)


def _take_archives(visitor: Visitor, pages: list[HtmlPage]) -> list[HtmlPage]:
    """Take the pages that name something which those taken before do not; the fullest go first."""
    pages = sorted(pages, key=lambda page: -len(visitor.reach[page.url]))
    named: set[str] = set()
    taken: list[HtmlPage] = []
    for page in pages[:MAX_ARCHIVES]:
        core = {*visitor.looks[page.url].core} or visitor.reach[page.url]
        visitor.others.add(page.url)
        by_period = visitor.looks[page.url].score < LISTING_SCORE
        if core <= named or (taken and by_period):
            continue
        named |= visitor.reach[page.url]
        taken.append(page)
        count = len(visitor.further[page.url])
        text = f"news archive, {count} further pages linked" if count else "news archive, one page"
        visitor.take("html", page.url, text, len(visitor.reach[page.url]))
    return taken


async def _find_feeds(visitor: Visitor, pages: list[HtmlPage]) -> None:
    """Feeds that the pages name, else those at the usual addresses; whole-site feeds go first."""
    named = dict.fromkeys(link for page in pages for link in feed_links(page.links, page.url))
    for url in list(named)[: MAX_FEEDS + 2]:
        await _read_feed(visitor, url)
        if why := _why_no_entries(visitor, url):
            visitor.note("feed", url, f"named by the pages, but {why}; left out")
    if not any(feed.entries for feed in visitor.feeds.values()):
        for url in feed_paths([page.url for page in pages]):
            await _read_feed(visitor, url)
            if visitor.feeds:
                break
    if not visitor.feeds:
        visitor.note("feed", None, "no feed that the pages name, none at the usual addresses")
    for feed in whole_site(visitor.feeds.values())[:MAX_FEEDS]:
        if not any(_same_host(m.url, pages[0].url) for m in feed.entries):
            visitor.note("feed", feed.url, "names pages of other hosts only; left out", len(feed.entries))
            continue
        visitor.take("feed", feed.url, f"feed {feed.title or ''}".strip(), len(feed.entries))


async def _read_feed(visitor: Visitor, url: str) -> None:
    answer = await visitor.get(url)
    if answer and (feed := read_feed(answer.body, url=answer.url, content_type=answer.content_type)):
        visitor.feeds.setdefault(answer.url, feed)


def _why_no_entries(visitor: Visitor, url: str) -> str | None:
    """Why an address that pages call a feed gives nothing; None where it gives entries."""
    if url not in visitor.asked:
        return None  # beyond what a visit asks for
    answer = visitor.asked[url]
    if answer is None:
        return "it does not answer, or robots.txt forbids it"
    feed = visitor.feeds.get(answer.url)
    if feed is None:
        return "it is none" if answer.status == 200 else f"it answers with status {answer.status}"
    return None if feed.entries else "it has no entries"


async def _find_posts(visitor: Visitor, pages: list[HtmlPage]) -> None:
    """The list of all posts of a WordPress whose REST interface is open; its pages name that."""
    roots = dict.fromkeys(link.url for page in pages for link in page.links if REST_LINK in link.rel)
    for root in [root for root in roots if _same_host(root, pages[0].url)][:1]:
        answer = await visitor.get(posts_address(root))
        feed = read_feed(answer.body, url=answer.url) if answer else None
        if answer is None or feed is None or not any(_same_host(m.url, root) for m in feed.entries):
            visitor.note("feed", root, "WordPress' list of posts is not open")
            continue
        visitor.posts += feed.entries
        visitor.take("feed", answer.url, "WordPress' list of all posts", len(feed.entries))


def _discovery(visitor: Visitor, url: str, start: HtmlPage, name: str | None) -> Discovery:
    feeds = list(visitor.feeds.values())
    language = language_of(visitor.pages.values(), (feed.language for feed in feeds))
    country, zone = home_of(start.url, language)
    publisher = publisher_of(visitor.pages.values(), (feed.title for feed in feeds))
    hosts = _hosts(visitor, start.url, url)
    site = Site(
        name=name or site_name(start.url),
        display_name=publisher,
        publisher=publisher,
        start_urls=(start.url,),
        country=country,
        language=language,
        timezone=zone,
        hosts=tuple(Host(host=host) for host in hosts),
        listings=tuple(visitor.listings),
        articles=_articles(visitor, hosts),
    )
    mentions = (*_feed_mentions(visitor), *_sitemap_mentions(visitor), *_listing_mentions(visitor))
    owned = tuple(m for m in mentions if site.owns(m.url) and not is_chrome_address(m.url))
    return Discovery(site=site, found=tuple(visitor.found), visits=len(visitor.asked), mentions=owned)


def _hosts(visitor: Visitor, start: str, given: str) -> list[str]:
    """The hosts of both addresses, and the one with or without ``www.`` where articles lie there."""
    hosts = dict.fromkeys(urlsplit(u).netloc.lower() for u in (start, given))
    mentions = [m for feed in visitor.feeds.values() for m in feed.entries]
    mentions += [m for sitemap in visitor.sitemaps.values() for m in sitemap.entries]
    named = {urlsplit(m.url).netloc.lower() for m in mentions}
    for host in list(hosts):
        twin = host.removeprefix("www.") if host.startswith("www.") else "www." + host
        if twin in named:
            hosts[twin] = None
    return list(hosts)


def _articles(visitor: Visitor, hosts: Iterable[str]) -> Articles:
    """The patterns that what feeds, sitemaps of posts and listings name have in common."""
    taken = {listing.url for listing in visitor.listings if listing.kind == "html"}
    known = {m.url for feed in whole_site(visitor.feeds.values()) for m in feed.entries}
    known |= {m.url for m in visitor.posts}
    read = {*taken, *(page for url in taken for page in visitor.further.get(url, ()))}
    cores = {url: look.core for url, look in visitor.looks.items() if look.is_listing}
    known |= {u for url, core in cores.items() if url in read for u in core}
    if len(known) < FEW:
        known |= {u for core in cores.values() for u in core}
    known = {u for u in known if urlsplit(u).netloc.lower() in set(hosts)} - taken
    rules = learn_patterns(known, visitor.others)
    text = ", ".join(rules.include) or "no pattern tells articles from other pages; the text decides"
    visitor.note("patterns", None, text, len(known))
    return rules


def _feed_mentions(visitor: Visitor) -> list[Mention]:
    return [mention for feed in visitor.feeds.values() for mention in feed.entries]


def _sitemap_mentions(visitor: Visitor) -> list[Mention]:
    read = ((url, sitemap) for url, sitemap in visitor.sitemaps.items() if child_kind(url) >= 0)
    return [mention for _, sitemap in read for mention in sitemap.entries]


def _listing_mentions(visitor: Visitor) -> list[Mention]:
    return [mention for look in visitor.looks.values() if look.is_listing for mention in look.entries]
