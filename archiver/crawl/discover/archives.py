"""Finds the news archive of a site: the links that may lead to it, and whether a page is one."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archiver.crawl.discover.addresses import chrome_reason, page_of
from archiver.crawl.discover.pagination import further_pages, is_further_page
from archiver.crawl.discover.words import ARCHIVE_SCORE, fold
from archiver.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.crawl.discover.hyperlinks import HtmlPage
    from archiver.crawl.links import Hyperlink

LISTING_SCORE = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingLook:
    """How much a page looks like a list of articles: ``score`` from 0 up, a listing from 0.6.

    ``entries`` are all addresses that the content links to and that may be articles,
    ``core`` those of the largest group of like addresses, in the page's order.
    """

    score: float
    entries: tuple[Mention, ...] = ()
    core: tuple[str, ...] = ()

    @property
    def is_listing(self) -> bool:
        """True from ``LISTING_SCORE`` up."""
        return self.score >= LISTING_SCORE


def archive_candidates(links: Iterable[Hyperlink], url: str) -> tuple[str, ...]:
    """Addresses that may be the news archive, the likeliest first, by link text and address."""
    links = list(links)
    host = urlsplit(url).netloc
    addresses = {link.url.rstrip("/") for link in links} | {url.rstrip("/")}
    scored: dict[str, float] = {}
    for link in links:
        if urlsplit(link.url).netloc != host or link.head or chrome_reason(link.url):
            continue
        base = page_of(link.url)
        address = base.base if base.number and base.base.rstrip("/") in addresses else link.url
        if score := archive_score(link.url, link.text):
            scored[address] = max(score + (0.5 if link.place == "menu" else 0), scored.get(address, 0))
    order = sorted(scored, key=lambda a: (-scored[a], a.count("/"), len(a)))
    return tuple(order)


def archive_score(url: str, text: str) -> float:
    """How much address and link text speak of a news archive, 0 to 6."""
    words = fold(text)
    said: float = ARCHIVE_SCORE.get(words.replace(" ", "-"), 0) or ARCHIVE_SCORE.get(words, 0)
    if not said and len(words) < 40:
        said = max((ARCHIVE_SCORE.get(w, 0) for w in re.findall(r"[\w-]+", words)), default=0) * 0.7
    segments = [fold(unquote(s)) for s in urlsplit(url).path.split("/") if s]
    last = re.sub(r"\.(?:html?|php|aspx?)$", "", segments[-1]) if segments else ""
    named: float = ARCHIVE_SCORE.get(last, 0)
    if not named and len(last) < 30:
        named = max((ARCHIVE_SCORE.get(w, 0) for w in re.split(r"[-_]", last)), default=0) * 0.5
    return said + named - 0.3 * max(0, len(segments) - 1) if said or named else 0


def looks_like_listing(page: HtmlPage, *, year: int) -> ListingLook:
    """How much this page looks like a list of articles. ``year`` is the current one."""
    entries = _entries(page, year)
    groups: dict[tuple[object, ...], list[Hyperlink]] = defaultdict(list)
    for link in entries:
        groups[_shape(link.url)].append(link)
    core = max(groups.values(), key=_weight, default=[])
    return ListingLook(
        score=round(_score(page, core, year), 2),
        entries=tuple(
            Mention(url=link.url, kind="listing", title=link.text or None, where=f"a[{number}]")
            for number, link in enumerate(entries, 1)
        ),
        core=tuple(link.url for link in core),
    )


def _score(page: HtmlPage, core: list[Hyperlink], year: int) -> float:
    """Like links make a list; a name, dates or further pages make it one of news."""
    score = min(_weight(core) / 6, 1.0)
    if not score:
        return 0.0
    named = archive_score(page.url, page.heading or page.title or "")
    goes_on = bool(further_pages(page.links, page.url, year=year))
    dated = page.dates >= max(2, len(core) // 2)
    score += 0.1 * min(named, 4) + 0.2 * goes_on + 0.2 * dated
    score *= 1.0 if named or goes_on or dated else 0.5
    return max(score - (0.5 if page.og_type == "article" and not goes_on else 0), 0.0)


def _entries(page: HtmlPage, year: int) -> list[Hyperlink]:
    """Links of the content that may be articles, each address once with its best text."""
    likely = [link for link in page.links if _may_be_entry(link, page.url)]
    periods = [link for link in likely if is_further_page(link, page.url, year=year)]
    if len({link.url for link in periods}) > 1:  # a lone one may be an article that is called 2014
        likely = [link for link in likely if link not in periods]
    content = [link for link in likely if not link.in_nav]
    if len(content) < 3:
        content += [k for k in likely if k.place == "side" or (k.in_nav and k.in_heading)]
    best: dict[str, Hyperlink] = {}
    for link in content:
        known = best.get(link.url)
        if known is None or (link.in_heading, len(link.text)) > (known.in_heading, len(known.text)):
            best[link.url] = link
    return list(best.values())


def _may_be_entry(link: Hyperlink, url: str) -> bool:
    own, target = urlsplit(url), urlsplit(link.url)
    if link.head or target.netloc != own.netloc or chrome_reason(link.url):
        return False
    if page_of(link.url).base == page_of(url).base:
        return False
    above = (own.path.rstrip("/") + "/").startswith(target.path.rstrip("/") + "/")
    return bool(target.query) or not above


def _shape(url: str) -> tuple[object, ...]:
    """What addresses of one kind have in common: folder with digits dropped, depth, ending, keys."""
    parts = urlsplit(url)
    folder, _, last = parts.path.rstrip("/").rpartition("/")
    keys = tuple(sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query)))
    ending = last.rpartition(".")[2] if "." in last else ""
    return re.sub(r"\d+", "0", folder), ending, keys


def _weight(links: list[Hyperlink]) -> float:
    """How many of the links read like titles: a heading counts in full, a short label little."""
    return sum(1.0 if link.in_heading or _is_title(link.text, link.url) else 0.3 for link in links)


def _is_title(text: str, url: str) -> bool:
    slug = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return len(text.split()) >= 3 or len(text) >= 25 or slug.count("-") >= 3
