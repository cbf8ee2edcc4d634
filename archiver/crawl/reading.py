"""Reading a fetched page for the crawl: what it names, and which of that to ask for next.

Pure: the same page, target and profile give the same links, whether the page has just
come in or is read back from a WARC file after a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from archiver.address import plain_address
from archiver.crawl.discover.addresses import is_chrome_address, year_of
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.pagination import further_pages
from archiver.crawl.discover.sitemaps import read_sitemap
from archiver.crawl.links import Hyperlink, LinkedPage
from archiver.crawl.media import of_page, of_style_sheet
from archiver.crawl.numbered import next_numbered
from archiver.model import Link, Mention, Page, Role, Target
from archiver.site import Site

if TYPE_CHECKING:
    from datetime import date

# What goes first: what is surely new before what may be, listings before what they name.
PRIORITY: dict[Role, int] = {
    "feed": 90, "sitemap": 80, "listing": 70, "article": 60, "page": 40, "media": 20,
}  # fmt: skip
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
    """What a page names: links to keep, addresses to ask for, and those that it calls too old."""

    links: tuple[Link, ...] = ()
    follow: tuple[Target, ...] = ()
    older: frozenset[str] = frozenset()


Found = tuple[str, Role]


def always(url: str) -> bool:
    """What is asked of an address where nothing is known of any."""
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scene:
    """What a page is read for: its target, its site, the day on which it came, and the bounds."""

    page: Page
    target: Target
    site: Site
    year: int
    day: date | None
    since: str | None
    older: set[str]

    def owns(self, url: str) -> bool:
        """True where the address lies on a host that the site uses on this day."""
        return self.site.owns(url, self.day)


def seeds(site: Site, on: date | None = None) -> tuple[Target, ...]:
    """The addresses that a crawl of a site begins with: its listings and start pages.

    Those on a host that the site does not use on this day are left out.
    """
    begun: list[tuple[str, Role]] = [
        (listing.url, "listing" if listing.kind == "html" else listing.kind) for listing in site.listings
    ]
    begun += [(url, "listing") for url in site.start_urls]
    if on is not None:
        begun = [(url, role) for url, role in begun if not site.has_left(url, on)]
    return tuple(Target(url=url, role=role, priority=PRIORITY[role] * 100) for url, role in begun)


def read(
    page: Page,
    target: Target,
    site: Site,
    *,
    year: int,
    day: date | None = None,
    since: str | None = None,
    is_new: Callable[[str], bool] = always,
) -> Reading:
    """Read a feed, a sitemap, a listing or any other page.

    ``year`` is the present one; archives of later years are traps. ``day`` is that of the
    page; hosts that the site uses on other days only are not followed. ``since`` is a day,
    ``YYYY-MM-DD``: what a feed, a sitemap or an entry of a listing dates before it is kept as
    a link and not followed, and the archive of a year that ended before it is not read.
    ``is_new`` is asked once of each address that would be followed; most are known from the
    last page. The order is that of the page, without repetition.
    """
    scene = _Scene(page=page, target=target, site=site, year=year, day=day, since=since, older=set())
    if target.role == "sitemap":
        links, found = _sitemap(scene)
    elif target.role == "feed":
        links, found = _feed(scene)
    elif target.role == "media":
        links, found = _media(scene, of_style_sheet(page, site))
    elif (page.content_type or "text/html").split(";")[0].strip().lower() not in _PAGE_TYPES:
        return Reading()
    else:
        linked = LinkedPage(page.body, url=page.url, content_type=page.content_type)
        links, found = _listing(scene, linked) if target.role == "listing" else ([], _page(scene, linked))
        found = _sent_on(scene, linked) + found
        if target.role != "listing":
            media, wanted = _media(scene, of_page(page, linked, site))
            links, found = links + media, found + wanted
    return Reading(
        links=tuple(links), follow=_followed(found, target, is_new, scene.older), older=frozenset(scene.older)
    )


def _sitemap(scene: _Scene) -> tuple[list[Link], list[Found]]:
    sitemap = read_sitemap(scene.page.body, url=scene.page.url)
    if sitemap is None:
        return [], []
    children: list[Found] = [(url, "sitemap") for url in sitemap.children if scene.owns(url)]
    if scene.target.hops >= 3:
        children = []
    return _named(sitemap.entries, scene, children)


def _feed(scene: _Scene) -> tuple[list[Link], list[Found]]:
    page = scene.page
    feed = read_feed(page.body, url=page.url, content_type=page.content_type)
    if feed is None:
        return [], []
    further = feed.next_url if scene.target.hops < MAX_HOPS and feed.entries else None
    pages: list[Found] = [(further, "feed")] if further and scene.owns(further) else []
    return _named(feed.entries, scene, pages)


def _named(entries: Iterable[Mention], scene: _Scene, more: list[Found]) -> tuple[list[Link], list[Found]]:
    """What a feed or a sitemap names."""
    site, record = scene.site, scene.page.record or ""
    mine = [replace(e, url=plain_address(e.url)) for e in entries if scene.owns(e.url)]
    certain = scene.target.role == "feed"
    wanted = [entry for entry in mine if _wanted(entry.url, site, certain=certain)]
    scene.older.update(entry.url for entry in wanted if _older(entry.date, scene.since))
    follow = [(entry.url, _role(entry.url, site, certain=certain)) for entry in wanted]
    links = [Link(record=record, url=e.url, kind=e.kind, text=e.title, date=e.date) for e in mine]
    return links, more + follow


def _listing(scene: _Scene, linked: LinkedPage) -> tuple[list[Link], list[Found]]:
    """What a page of the news archive names: its articles, and its further pages."""
    page, site, goes_on = scene.page, scene.site, scene.target.hops < MAX_HOPS
    links = [link for link in linked.links() if scene.owns(link.url)]
    pages = further_pages(links, page.url, year=scene.year) if goes_on else []
    pages = [url for url in pages if site.is_article_address(url) is not True]
    named = list(_entries(links, {*pages, page.url}, site))
    if scene.since:
        scene.older.update(url for url in pages if _past(url, scene.since))
        days = linked.days({link.url for link in named})
        scene.older.update(url for url, day in days.items() if day.isoformat() < scene.since)
    numbered = next_numbered(page.url, site) if named and goes_on else None
    pages += [numbered] if numbered else []
    follow: list[Found] = [(url, "listing") for url in pages if scene.owns(url)]
    follow += [(link.url, _role(link.url, site, certain=False)) for link in named]
    if site.crawl.follow == "all":
        follow += _everything((link.url for link in links), scene)
    kept = [
        Link(record=page.record or "", url=link.url, kind="listing", text=link.text[:500] or None)
        for link in named
        if link.text
    ]
    return kept, follow


def _entries(links: Iterable[Hyperlink], others: set[str], site: Site) -> Iterable[Hyperlink]:
    """The links of a listing that lead to articles; in its menus, only those that surely do."""
    certain = not site.articles.include
    return (
        link
        for link in links
        if link.url not in others
        and (not link.in_nav or site.is_article_address(link.url))
        and _wanted(link.url, site, certain=certain)
    )


def _page(scene: _Scene, linked: LinkedPage) -> list[Found]:
    """What any other page names: its own further parts, and addresses like an article's."""
    site, target, here = scene.site, scene.target, scene.page.url
    addresses = [url for url in linked.addresses() if scene.owns(url)]
    begins = _beginning(here)
    follow: list[Found] = []
    if target.hops < MAX_PARTS:
        follow += [(url, target.role) for url in addresses if begins in url and is_part_of(url, here)]
    follow += [
        (url, "article") for url in addresses if site.is_article_address(url) and not is_chrome_address(url)
    ]
    return follow + (_everything(addresses, scene) if site.crawl.follow == "all" else [])


def _media(scene: _Scene, named: Iterable[Link]) -> tuple[list[Link], list[Found]]:
    """What a page shows beside its text, as far as it lies on the site's own hosts."""
    mine = [link for link in named if scene.owns(link.url)][: scene.site.crawl.max_media]
    return mine, [(link.url, "media") for link in mine]


def _sent_on(scene: _Scene, linked: LinkedPage) -> list[Found]:
    """Where the page itself sends its reader: what was looked for here is there."""
    url = linked.refresh() if scene.target.hops < MAX_PARTS else None
    return [(url, scene.target.role)] if url and url != linked.url and scene.owns(url) else []


def _everything(addresses: Iterable[str], scene: _Scene) -> list[Found]:
    if scene.target.hops >= MAX_PARTS:
        return []
    return [
        (url, "listing")
        for url in addresses
        if not is_chrome_address(url)
        and scene.site.is_article_address(url) is not False
        and not is_endless(url, year=scene.year)
    ]


def _beginning(first: str) -> str:
    """What stands in every address that ``is_part_of`` takes for a part of ``first``."""
    here = urlsplit(first)
    return here.netloc + _stem(here.path)


def _stem(path: str) -> str:
    base = path.rstrip("/")
    return base.rsplit(".", 1)[0] if "." in base.rsplit("/", 1)[-1] else base


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
    stem = _stem(here.path)
    if len(here.path.rstrip("/")) < 2 or not there.path.startswith(stem) or there.query:
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


def _followed(
    found: Iterable[Found], target: Target, is_new: Callable[[str], bool], older: Container[str]
) -> tuple[Target, ...]:
    """The new ones among the addresses that were found, each once, in the role found first."""
    roles: dict[str, Role] = {}
    for url, role in found:
        if url not in older:
            roles.setdefault(url, role)
    return tuple(_next(url, role, target) for url, role in roles.items() if is_new(url))


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


def _older(date: str | None, since: str | None) -> bool:
    """True where a machine-readable date lies before a day; anything else is not older."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", date or "")
    return bool(since and found and found[0] < since)


def _past(url: str, since: str) -> bool:
    """True for the archive of a year, or of a month, that ended before a day."""
    period = year_of(url, last_year=int(since[:4]))
    if period is None:
        return False
    year, month = period
    return (f"{year:04d}-{month:02d}" < since[:7]) if month else (year < int(since[:4]))
