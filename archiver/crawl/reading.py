"""Reading a fetched page for the crawl: what it names, and which of that to ask for next.

Pure: the same page, target and profile give the same links, whether the page has just
come in or is read back from a WARC file after a crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from archiver.address import plain_address
from archiver.crawl.discover.addresses import is_chrome_address
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.hyperlinks import Hyperlink, read_page
from archiver.crawl.discover.pagination import further_pages
from archiver.crawl.discover.sitemaps import read_sitemap
from archiver.model import Link, Mention, Page, Role, Target
from archiver.site import Site

# What goes first: what is surely new before what may be, listings before what they name.
PRIORITY: dict[Role, int] = {"feed": 90, "sitemap": 80, "listing": 70, "article": 60, "page": 40}
# An archive of more pages than this is a trap, or wants a limit of its own.
MAX_HOPS = 400
MAX_PARTS = 50
# Deeper than this no address of a page is written by a person.
MAX_DEPTH = 12
_CALENDAR = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])(?:/([0-3]?\d))?/?\Z")
_PART = re.compile(r"(?:/?(?:page|sida|side|seite|sivu)?[/-]?)(\d{1,2})/?\Z")
_PART_KEYS = frozenset({"page", "sida", "side", "seite", "sivu", "p", "part"})
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a page names: links to keep, and addresses to ask for."""

    links: tuple[Link, ...] = ()
    follow: tuple[Target, ...] = ()


def seeds(site: Site) -> tuple[Target, ...]:
    """The addresses that a crawl of a site begins with: its listings and start pages."""
    begun: list[tuple[str, Role]] = [
        (listing.url, "listing" if listing.kind == "html" else listing.kind) for listing in site.listings
    ]
    begun += [(url, "listing") for url in site.start_urls]
    return tuple(Target(url=url, role=role, priority=PRIORITY[role] * 100) for url, role in begun)


def read(page: Page, target: Target, site: Site, *, year: int, since: str | None = None) -> Reading:
    """Read a feed, a sitemap, a listing or any other page.

    ``year`` is the present one; archives of later years are traps. ``since`` is a day,
    ``YYYY-MM-DD``: what a feed or sitemap dates before it is kept as a link and not followed.
    The order is that of the page, without repetition.
    """
    if target.role == "sitemap":
        return _sitemap(page, target, site, since)
    if target.role == "feed":
        return _feed(page, target, site, since)
    if (page.content_type or "text/html").split(";")[0].strip().lower() not in _PAGE_TYPES:
        return Reading()
    html = read_page(page.body, url=page.url, content_type=page.content_type)
    links = [_plain(link) for link in html.links if site.owns(link.url)]
    if target.role == "listing":
        return _listing(page, target, site, links, year)
    return _page(page, target, site, links, year)


def _sitemap(page: Page, target: Target, site: Site, since: str | None) -> Reading:
    sitemap = read_sitemap(page.body, url=page.url)
    if sitemap is None:
        return Reading()
    children = [_next(url, "sitemap", target) for url in sitemap.children if site.owns(url)]
    if target.hops >= 3:
        children = []
    return _named(sitemap.entries, page, target, site, since, children)


def _feed(page: Page, target: Target, site: Site, since: str | None) -> Reading:
    feed = read_feed(page.body, url=page.url, content_type=page.content_type)
    if feed is None:
        return Reading()
    further = feed.next_url if target.hops < MAX_HOPS and feed.entries else None
    pages = [_next(further, "feed", target)] if further and site.owns(further) else []
    return _named(feed.entries, page, target, site, since, pages)


def _named(
    entries: Iterable[Mention], page: Page, target: Target, site: Site, since: str | None, more: list[Target]
) -> Reading:
    """What a feed or a sitemap names."""
    mine = [replace(e, url=plain_address(e.url)) for e in entries if site.owns(e.url)]
    certain = target.role == "feed"
    follow = [
        _next(entry.url, _role(entry.url, site, certain=certain), target)
        for entry in mine
        if _wanted(entry.url, site, certain=certain) and not _older(entry.date, since)
    ]
    links = [Link(record=page.record or "", url=e.url, kind=e.kind, text=e.title, date=e.date) for e in mine]
    return Reading(links=tuple(links), follow=_once(more + follow))


def _listing(page: Page, target: Target, site: Site, links: list[Hyperlink], year: int) -> Reading:
    """What a page of the news archive names: its articles, and its further pages."""
    pages = further_pages(links, page.url, year=year) if target.hops < MAX_HOPS else []
    pages = [url for url in pages if site.is_article_address(url) is not True]
    listed = set(pages)
    named = [
        link
        for link in links
        if link.url not in listed
        and link.url != page.url
        and (not link.in_nav or site.is_article_address(link.url))
        and _wanted(link.url, site, certain=not site.articles.include)
    ]
    follow = [_next(url, "listing", target) for url in pages if site.owns(url)]
    follow += [_next(link.url, _role(link.url, site, certain=False), target) for link in named]
    if site.crawl.follow == "all":
        follow += _everything(links, target, site, year)
    kept = [
        Link(record=page.record or "", url=link.url, kind="listing", text=link.text[:500] or None)
        for link in named
        if link.text
    ]
    return Reading(links=tuple(kept), follow=_once(follow))


def _page(page: Page, target: Target, site: Site, links: list[Hyperlink], year: int) -> Reading:
    """What any other page names: its own further parts, and addresses like an article's."""
    parts = [
        _next(link.url, target.role, target)
        for link in links
        if is_part_of(link.url, page.url) and target.hops < MAX_PARTS
    ]
    alike = [
        _next(link.url, "article", target)
        for link in links
        if site.is_article_address(link.url) and not is_chrome_address(link.url)
    ]
    follow = parts + alike
    if site.crawl.follow == "all":
        follow += _everything(links, target, site, year)
    return Reading(follow=_once(follow))


def _plain(link: Hyperlink) -> Hyperlink:
    """The link to the address under which the frontier knows the page."""
    url = plain_address(link.url)
    return link if url == link.url else replace(link, url=url)


def _everything(links: list[Hyperlink], target: Target, site: Site, year: int) -> list[Target]:
    if target.hops >= MAX_PARTS:
        return []
    return [
        _next(link.url, "listing", target)
        for link in links
        if not is_chrome_address(link.url)
        and site.is_article_address(link.url) is not False
        and not is_endless(link.url, year=year)
    ]


def is_endless(url: str, *, year: int) -> bool:
    """True where an address looks like one of endlessly many: its path turns in a circle, is
    deeper than anybody writes, or is a day, or a year to come, of a calendar.
    """
    path = urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_DEPTH or any(segments.count(s) > 2 for s in set(segments)):
        return True
    day = _CALENDAR.search(path)
    return day is not None and (bool(day[2]) or int(day[1]) > year)


def is_part_of(url: str, first: str) -> bool:
    """True where an address looks like a further page of the article at ``first``.

    That is its address with a page number behind it, ``/slug/2/`` or ``?page=2``.
    """
    there, here = urlsplit(url), urlsplit(first)
    if there.netloc != here.netloc or url == first:
        return False
    if there.path == here.path:
        return _part_query(there.query) and not _part_query(here.query)
    base = here.path.rstrip("/")
    stem = base.rsplit(".", 1)[0] if "." in base.rsplit("/", 1)[-1] else base
    if len(base) < 2 or not there.path.startswith(stem) or there.query:
        return False
    found = _PART.fullmatch(re.sub(r"\.\w{2,5}\Z", "", there.path[len(stem) :]))
    return bool(found) and 2 <= int(found[1]) <= MAX_PARTS if found else False


def _part_query(query: str) -> bool:
    values = parse_qsl(query)
    return len(values) == 1 and values[0][0].lower() in _PART_KEYS and values[0][1].isdigit()


def _wanted(url: str, site: Site, *, certain: bool) -> bool:
    """Whether an address that a source names may be an article.

    The profile's rules decide where it has some; ``certain`` lets through what a source
    that only names articles says beyond them.
    """
    ruled = site.is_article_address(url)
    if ruled is not None:
        return ruled
    if is_chrome_address(url):
        return False
    return certain or not site.articles.include


def _role(url: str, site: Site, *, certain: bool) -> Role:
    return "article" if certain or site.is_article_address(url) else "page"


def _next(url: str, role: Role, target: Target) -> Target:
    """An address one hop further. Shallow ones go first, so new articles do."""
    depth = min(target.hops + 1, 30)
    return Target(
        url=url,
        role=role,
        priority=PRIORITY[role] * 100 - depth,
        hops=target.hops + 1,
        via=target.url,
    )


def _once(targets: list[Target]) -> tuple[Target, ...]:
    return tuple({target.url: target for target in reversed(targets)}.values())[::-1]


def _older(date: str | None, since: str | None) -> bool:
    """True where a machine-readable date lies before a day; anything else is not older."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", date or "")
    return bool(since and found and found[0] < since)
