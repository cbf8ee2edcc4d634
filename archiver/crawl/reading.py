"""Reading a fetched page for the crawl: what it names, and which of that to ask for next.

Pure: the same page, target and profile give the same links, whether the page has just
come in or is read back from a WARC file after a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.address import plain_address
from archiver.crawl.discover.addresses import is_chrome_address, year_of
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.pagination import further_pages, is_period, next_pages
from archiver.crawl.discover.sitemaps import read_sitemap
from archiver.crawl.links import Hyperlink, LinkedPage
from archiver.crawl.load_more import Listed, listed_in, more_links, page_after
from archiver.crawl.load_more import is_piece as is_markup_piece
from archiver.crawl.media import of_page, of_style_sheet
from archiver.crawl.numbered import next_numbered
from archiver.crawl.passed_over import passed_over
from archiver.crawl.post_more import posted_after, posted_links
from archiver.crawl.shapes import MAX_PARTS, beginning, is_endless, is_part_of
from archiver.crawl.stated_more import stated_more
from archiver.crawl.targets import Found, followed, one_hop_further
from archiver.model import Link, Mention, Page, Role, Target
from archiver.posted import endpoint_of, is_posted, lasting
from archiver.site import Site

if TYPE_CHECKING:
    from datetime import date

# A list of more pages than this is a trap, or wants a limit of its own; the report says where it was cut off.
MAX_HOPS = 2000
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a page names: links to keep, addresses to ask for, and those that it calls too old.

    ``lists``, ``pages``, ``again`` and ``always`` are those of a visit.
    """

    links: tuple[Link, ...] = ()
    follow: tuple[Target, ...] = ()
    older: frozenset[str] = frozenset()
    lists: tuple[Target, ...] = ()
    pages: frozenset[str] = frozenset()
    again: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


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
    lists: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    always: list[str] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)

    def owns(self, url: str) -> bool:
        """True where the address lies on a host that the site uses on this day."""
        return self.site.owns(url, self.day)


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
    elif target.role == "listing" and (listed := _listed(page)) is not None:
        links, found = _json(scene, listed)
    elif _media_type(page) not in _PAGE_TYPES:
        return Reading()
    else:
        linked = LinkedPage(page.body, url=endpoint_of(page.url), content_type=page.content_type)
        links, found = _listing(scene, linked) if target.role == "listing" else ([], _page(scene, linked))
        found = _sent_on(scene, linked) + found
        if target.role != "listing":
            media, wanted = _media(scene, of_page(page, linked, site))
            links, found = links + media, found + wanted
    return Reading(
        links=tuple(links),
        follow=followed(_not_forged(found, scene), target, is_new, scene.older),
        lists=tuple(one_hop_further(url, "listing", target) for url in scene.lists if url not in scene.older),
        older=frozenset(scene.older),
        pages=frozenset(scene.pages),
        again=tuple(url for url in next_pages(scene.pages, lasting(page.url)) if url not in scene.older),
        always=tuple(url for url in scene.always if url not in scene.older),
    )


def _not_forged(found: Iterable[Found], scene: _Scene) -> Iterable[Found]:
    """What was found, without addresses that only look like the POST of a list that goes on."""
    return ((url, role) for url, role in found if url in scene.posts or not is_posted(url))


def _media_type(page: Page) -> str:
    return (page.content_type or "text/html").split(";")[0].strip().lower()


def _listed(page: Page) -> Listed | None:
    """The list in a page that is JSON, whatever it is called; None where it is none."""
    is_json = page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return listed_in(page.body) if is_json else None


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
    if further and scene.owns(further):
        scene.pages.append(further)
    return _named(feed.entries, scene, [(url, "feed") for url in scene.pages])


def _named(entries: Iterable[Mention], scene: _Scene, more: list[Found]) -> tuple[list[Link], list[Found]]:
    """What a feed or a sitemap names."""
    site, record, certain = scene.site, scene.page.record or "", scene.target.role == "feed"
    links: list[Link] = []
    for entry in entries:  # a sitemap names 50,000: nothing is held of each but what comes of it
        if not scene.owns(entry.url):
            continue
        url = plain_address(entry.url)
        links.append(Link(
            record=record, url=url, kind=entry.kind,
            text=entry.title, date=entry.date, modified=entry.modified,
        ))  # fmt: skip
        if _wanted(url, site, certain=certain):
            more.append((url, _role(url, site, certain=certain)))
            if _older(entry.date, scene.since):
                scene.older.add(url)
    return links, more


def _json(scene: _Scene, listed: Listed) -> tuple[list[Link], list[Found]]:
    """What JSON names that continues a listing."""
    url = endpoint_of(scene.page.url)
    linked = LinkedPage(listed.page, url=url, content_type="text/html; charset=utf-8")
    return _listing(scene, linked, is_piece=not listed.is_over)


def _listing(
    scene: _Scene, linked: LinkedPage, *, is_piece: bool | None = None
) -> tuple[list[Link], list[Found]]:
    """What a page of the news archive names: its articles, and its further pages.

    ``is_piece`` where it goes on without saying so, as what a script asks for does.
    """
    page, site, goes_on = scene.page, scene.site, scene.target.hops < MAX_HOPS

    def is_archive(url: str) -> bool:
        return not is_posted(url) and is_period(url, page.url, year=scene.year)

    links = [link for link in linked.links() if scene.owns(link.url)]
    choices = [link for link in linked.options() if scene.owns(link.url)]
    pages = further_pages([*links, *choices], page.url, year=scene.year) if goes_on else []
    pages += more_links(linked) if goes_on else []
    # The archive of a year may be like the address of an article, and says what it is: /nyheter/2024/.
    pages = [url for url in pages if is_archive(url) or site.is_article_address(url) is not True]
    named = list(_entries(links, {*pages, page.url}, site))
    days = linked.days({link.url for link in named})
    if scene.since:
        scene.older.update(url for url in pages if _past(url, scene.since))
        scene.older.update(url for url, (day, _) in days.items() if day.isoformat() < scene.since)
    ends = is_posted(page.url) and (not named or is_piece is False)
    pages += _posted(scene, linked) if goes_on and not ends else []
    pages += _uncalled(scene, pages, len(named), is_piece=is_piece) if named and goes_on else []
    pages = [url for url in pages if scene.owns(url)]
    periods = [url for url in pages if is_archive(url)]
    scene.lists.extend(pages)
    scene.pages.extend(url for url in pages if url not in periods)
    scene.always.extend(periods[:1])  # the newest, which may have grown
    follow: list[Found] = [(url, "listing") for url in pages]
    follow += [(link.url, _role(link.url, site, certain=False)) for link in named]
    if site.crawl.follow == "all":
        follow += _everything((link.url for link in links), scene)
    kept = _kept(scene, named, {url: raw for url, (_, raw) in days.items()})
    if site.crawl.follow == "news":
        record, taken = page.record or "", {link.url for link in named}
        kept += passed_over(linked, site, taken, record, {link.url for link in links} - {*pages, page.url})
    return kept, follow


def _posted(scene: _Scene, linked: LinkedPage) -> list[str]:
    """The POSTs by which the list goes on, by the profile or else the page; as the frontier has them."""
    stated, lacking = stated_more(linked, scene.page.url, scene.site)
    found = [lasting(url) for url in (stated if stated or lacking else posted_links(linked))]
    scene.posts.update(found)
    return [url for url in dict.fromkeys(found) if url != lasting(scene.page.url)]


def _uncalled(scene: _Scene, pages: list[str], entries: int, *, is_piece: bool | None) -> list[str]:
    """The next page of a list that does not link to it: by the profile, or by counting."""
    url = scene.page.url
    numbered = next_numbered(url, scene.site)
    if numbered:
        return [numbered]
    if is_posted(url):
        further = posted_after(lasting(url), entries) if is_piece is not False and not pages else None
        scene.posts.update([further] if further else [])
        return [further] if further else []
    is_piece = is_markup_piece(scene.page.body) if is_piece is None else is_piece
    further = page_after(url, entries) if is_piece and not pages else None
    return [further] if further else []


def _kept(scene: _Scene, named: Iterable[Hyperlink], dates: Mapping[str, str]) -> list[Link]:
    """The links of a listing with what is said of them; a day stands beside one of an entry's links."""
    return [
        Link(
            record=scene.page.record or "",
            url=link.url,
            kind="listing",
            text=link.text[:500] or None,
            date=dates.get(link.url),
        )
        for link in named
        if link.text
    ]


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
    begins = beginning(here)
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
    if not url or url == linked.url or not scene.owns(url):
        return []
    if scene.target.role == "listing":
        scene.always.append(url)
    return [(url, scene.target.role)]


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
