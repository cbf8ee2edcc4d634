"""The profile of one site: ``sites/<name>.toml``, read strictly.

A profile is data that a person reads and edits. An unknown key, a wrong type or a value that cannot be is
one error that names the file, the key and, where a key looks mistyped, the one that was probably meant.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from archiver.bounded import whole_text
from archiver.errors import ConfigurationError
from archiver.posted import MARK, forbidden, is_form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

REMEMBERED = 16_384
MORE_FIELD = re.compile(r"\{([A-Za-z_]\w{0,60})\}")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the profile in which every key is known."""


class Host(_Strict, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """A host of the site, ``name`` or ``name:port``, with the days it was used, inclusive."""

    host: str
    since: date | None = None
    until: date | None = None


class More(_Strict, frozen=True, kw_only=True):
    """What a listing posts to load more: the endpoint, and the form in its encoding.

    ``{n}`` in the form counts from ``first`` in steps of ``step``; any other ``{name}`` is what the
    page of the listing states under that name.
    """

    url: str
    form: str
    first: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 2
    step: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class Listing(_Strict, frozen=True, kw_only=True):
    """A place that names articles: a feed, a sitemap, or a page of the news archive.

    ``pagination`` is the address of page n with ``{n}`` in it, for archives whose pages
    do not link to the next one; without it, links to further pages are followed. ``more`` is for
    those that load the next one by POST.
    """

    kind: Literal["feed", "sitemap", "html"]
    url: str
    pagination: str | None = None
    more: More | None = None


class Articles(_Strict, frozen=True, kw_only=True):
    """Which addresses are articles. Patterns match path and query from the start.

    ``*`` stands for one path segment (or a part of one), ``**`` for anything.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class CrawlRules(_Strict, frozen=True, kw_only=True):
    """How the site is crawled.

    ``follow``: ``news`` follows listings, their pages and what they name; ``all`` every
    link of the site. ``delay`` and ``timeout`` are seconds, ``max_bytes`` bounds one
    response, ``max_pages`` one crawl; ``archiver nightly`` crawls the site once in ``every`` nights.
    ``media`` says what is captured beside pages: ``article``
    the images in an article's body and the documents that it links to, ``page`` style sheets,
    fonts and all other images too, so that a page looks like itself, ``none`` nothing;
    ``max_media`` bounds it for each page. ``noarchive`` says what is done with a page that asks not
    to be archived: ``hide`` keeps it and shows it nowhere, ``skip`` keeps nothing of it, ``ignore``
    treats it as any other.
    """

    follow: Literal["news", "all"] = "news"
    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0
    timeout: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0
    max_bytes: Annotated[int, msgspec.Meta(ge=1000, le=1_000_000_000)] = 20_000_000
    max_pages: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    media: Literal["none", "article", "page"] = "article"
    max_media: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 50
    every: Annotated[int, msgspec.Meta(ge=1, le=366)] = 1
    max_redirects: Annotated[int, msgspec.Meta(ge=0, le=50)] = 10
    noarchive: Literal["hide", "skip", "ignore"] = "hide"


class Layout(_Strict, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """A site's own rules, as CSS selectors, for the days on which this layout holds."""

    since: date | None = None
    until: date | None = None
    title: str | None = None
    body: str | None = None
    date: str | None = None
    authors: str | None = None
    drop: tuple[str, ...] = ()

    def selectors(self) -> tuple[tuple[str, str], ...]:
        """Each selector that is given, after its key; those of ``drop`` as ``drop[0]`` and so on."""
        single = ((key, getattr(self, key)) for key in ("title", "body", "date", "authors"))
        dropped = ((f"drop[{place}]", selector) for place, selector in enumerate(self.drop))
        return (*((key, selector) for key, selector in single if selector is not None), *dropped)


HealthCode = Literal[
    "silence", "wall", "errors", "refused", "unread", "no-date", "no-title", "no-author", "short-body",
    "layout", "listing-empty", "listing-moved", "listing-frozen", "passed-over", "flood",
]  # fmt: skip
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Expectations(_Strict, frozen=True, kw_only=True):
    """What a healthy crawl of the site yields; below it, the site is unhealthy.

    ``articles_min``, the shares ``with_…_min`` and ``body_chars_min``, of the median body, are of all
    articles of the site. What a night is to be is learned from those before it; ``silent_days_max``,
    ``errors_max``, a share of the pages, and ``listing_entries_min`` say it instead. Findings named in
    ``ignore`` are notes.
    """

    articles_min: int | None = None
    with_date_min: float | None = None
    with_title_min: _Share | None = None
    with_author_min: _Share | None = None
    body_chars_min: int | None = None
    silent_days_max: Annotated[int, msgspec.Meta(ge=1)] | None = None
    errors_max: _Share | None = None
    listing_entries_min: Annotated[int, msgspec.Meta(ge=0)] | None = None
    ignore: tuple[HealthCode, ...] = ()


class Site(_Strict, frozen=True, kw_only=True, dict=True):
    """The profile of one site. ``name`` is a key that never changes."""

    name: str
    start_urls: tuple[str, ...]
    display_name: str | None = None
    publisher: str | None = None
    country: str | None = None
    language: str | None = None
    timezone: str = "Europe/Stockholm"
    spider: str = "news"
    hosts: tuple[Host, ...] = ()
    listings: tuple[Listing, ...] = ()
    articles: Articles = Articles()
    crawl: CrawlRules = CrawlRules()
    layouts: tuple[Layout, ...] = ()
    expect: Expectations = Expectations()
    metadata: dict[str, Any] = {}

    @cached_property
    def host_names(self) -> frozenset[str]:
        """Every ``host`` or ``host:port`` that belongs to the site, lower case."""
        named = {h.host.lower() for h in self.hosts}
        return frozenset(named or {urlsplit(u).netloc.lower() for u in self.start_urls})

    @cached_property
    def private_host_names(self) -> frozenset[str]:
        """The hosts that may lie on a private network: those where the profile itself starts."""
        begun = (*self.start_urls, *(listing.url for listing in self.listings))
        return frozenset(urlsplit(url).netloc.lower() for url in begun)

    def hosts_on(self, day: date) -> frozenset[str]:
        """The hosts that belong to the site on this day."""
        return self._hosts_on(day) if self.hosts else self.host_names

    @cached_property
    def _hosts_on(self) -> Callable[[date], frozenset[str]]:
        return lru_cache(maxsize=64)(self._used_on)

    def _used_on(self, day: date) -> frozenset[str]:
        return frozenset(h.host.lower() for h in self.hosts if _holds(h, day))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which the site's dates without an offset are read."""
        return ZoneInfo(self.timezone)

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and hex over the profile in canonical form; articles name it."""
        return "sha256:" + hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    def owns(self, url: str, on: date | None = None) -> bool:
        """True where the address lies on a host of the site, of this day or else of any."""
        return _netloc(url) in (self.host_names if on is None else self.hosts_on(on))

    def has_left(self, url: str, on: date) -> bool:
        """True where the address lies on a host that the site uses on other days only."""
        return self.owns(url) and not self.owns(url, on)

    def is_article_address(self, url: str) -> bool | None:
        """What the profile's rules say of an address; None where they say nothing."""
        return self._ruling(url)

    @cached_property
    def _ruling(self) -> Callable[[str], bool | None]:
        # asked of every link of every page, and most recur on the next
        return lru_cache(maxsize=REMEMBERED)(self._rule)

    def _rule(self, url: str) -> bool | None:
        parts = urlsplit(url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        if any(p.match(target) for p in self._exclude):
            return False
        if any(p.match(target) for p in self._include):
            return True
        return None

    @cached_property
    def _include(self) -> tuple[re.Pattern[str], ...]:
        return tuple(compile_pattern(p) for p in self.articles.include)

    @cached_property
    def _exclude(self) -> tuple[re.Pattern[str], ...]:
        return tuple(compile_pattern(p) for p in self.articles.exclude)

    def layouts_on(self, day: date) -> list[Layout]:
        """The layouts that hold on this day, in the order of the profile."""
        return [layout for layout in self.layouts if _holds(layout, day)]


def _holds(dated: Host | Layout, day: date) -> bool:
    return (dated.since or date.min) <= day <= (dated.until or date.max)


@lru_cache(maxsize=REMEMBERED)
def _netloc(url: str) -> str:
    return urlsplit(url).netloc.lower()


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A profile's address pattern as a regular expression over the whole path and query."""
    pieces = re.split(r"(\*\*|\*)", pattern)
    named = {"**": ".*", "*": "[^/?]+"}
    return re.compile("".join(named.get(p, re.escape(p)) for p in pieces) + r"\Z")


def read_site(path: Path) -> Site:
    """The profile in this file. Raises ConfigurationError that names file, key and remedy."""
    try:
        data = tomllib.loads(whole_text(path))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such profile") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: {error}", hint="correct the file and try again") from None
    data.setdefault("name", path.stem)
    site = parse_site(data, source=str(path))
    if site.name != path.stem:
        raise ConfigurationError(
            f"{path}: name is {site.name!r}, but the file is called {path.stem!r}",
            hint="a site's name never changes; make the two agree",
        )
    return site


def parse_site(data: dict[str, Any], *, source: str) -> Site:
    """The profile in a mapping, checked. ``source`` names it in errors."""
    try:
        site = msgspec.convert(data, Site)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {error}", hint=_suggestion(str(error))) from None
    _check(site, source)
    return site


def is_web_address(url: str) -> bool:
    """True for an absolute http or https address without a user name in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        named = host.encode("idna") != b""
    except ValueError:
        return False
    whole = named and port != 0 and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and whole and not any(c.isspace() for c in url)


def _check(site: Site, source: str) -> None:
    """What types alone cannot say. Raises ConfigurationError."""
    problem = None
    if not NAME.match(site.name):
        problem = f"name {site.name!r}: use a to z, 0 to 9, '-' and '_', up to 63 characters"
    elif not site.start_urls:
        problem = "start_urls is empty: give at least one address"
    else:
        for url in (*site.start_urls, *(listing.url for listing in site.listings)):
            if not is_web_address(url) or MARK in url:
                problem = f"{url!r} is no http or https address"
    try:
        ZoneInfo(site.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problem = f"timezone {site.timezone!r} is not known; an example is Europe/Stockholm"
    problem = problem or _backwards("hosts", site.hosts) or _backwards("layouts", site.layouts)
    problem = problem or _bad_host(site.hosts) or _bad_pagination(site)
    problem = problem or _bad_more(site) or _bad_selector(site.layouts)
    if problem:
        raise ConfigurationError(f"{source}: {problem}")


def _bad_host(hosts: Sequence[Host]) -> str | None:
    names = (row.host for row in hosts)
    bad = (name for name in names if not is_web_address(f"https://{name}/") or set(name) & set("/?#"))
    return next((f"host {name!r} is none; an example is www.example.se" for name in bad), None)


def _bad_pagination(site: Site) -> str | None:
    named = (listing.pagination for listing in site.listings if listing.pagination)
    bad = (f"pagination {p!r} needs one {{n}}, which counts the pages" for p in named if p.count("{n}") != 1)
    return next(bad, None)


def _bad_more(site: Site) -> str | None:
    """What is wrong with the ``more`` of a listing, or None."""
    for number, listing in enumerate(site.listings):
        if listing.more is None:
            continue
        more, key = listing.more, f"listings[{number}].more"
        form = parse_qsl(more.form, keep_blank_values=True)
        if listing.kind != "html":
            return f"{key}: only a listing of the kind 'html' loads more"
        if not is_web_address(more.url) or not site.owns(more.url) or MARK in more.url or "#" in more.url:
            return f"{key}.url: {more.url!r} is no address on a host of the site"
        if [value for _, value in form].count("{n}") != 1:
            return f"{key}.form: {more.form!r} needs one field with the value {{n}}, which counts the pages"
        if not is_form(more.form):
            return f"{key}.form: it is too long, or not encoded as a form"
        if word := forbidden(more.url, form):
            return f"{key}: {word!r} is nothing that an archive posts to"
    return None


def _backwards(key: str, dated: Sequence[Host | Layout]) -> str | None:
    """What is wrong with the days of a table, or None."""
    for number, row in enumerate(dated):
        if row.since and row.until and row.since > row.until:
            return f"{key}[{number}]: from {row.since} is after to {row.until}"
    return None


def _bad_selector(layouts: Sequence[Layout]) -> str | None:
    """The first selector that is none, with its key, or None."""
    if not layouts:
        return None
    from cssselect import HTMLTranslator, SelectorError

    translator = HTMLTranslator()
    for number, layout in enumerate(layouts):
        for key, selector in layout.selectors():
            try:
                translator.css_to_xpath(selector)
            except SelectorError as error:
                return f"layouts[{number}].{key}: {selector!r} is no CSS selector ({error})"
    return None


def _suggestion(message: str) -> str | None:
    """The key that was probably meant, for msgspec's words about an unknown field, or the finding."""
    if finding := re.search(r"Invalid enum value '([^']+)' - at `\$\.expect\.ignore", message):
        meant = difflib.get_close_matches(finding[1], get_args(HealthCode), n=1)
        return f"did you mean {meant[0]!r}?" if meant else f"it takes {', '.join(get_args(HealthCode))}"
    found = re.search(r"unknown field `([^`]+)`(?: - at `\$?\.?([^`]*)`)?", message)
    if not found:
        return "docs/profiles.md says what each key takes"
    place = found[2] or ""
    key, table = found[1], "more" if place.endswith(".more") else place.partition("[")[0]
    known = (_TABLES.get(table) or Site).__struct_encode_fields__
    close = [_RENAMED[key]] if _RENAMED.get(key) in known else difflib.get_close_matches(key, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"it takes {', '.join(known)}" if table in _TABLES else "free keys belong under [metadata]"


_TABLES: dict[str, type[_Strict]] = {
    "hosts": Host, "listings": Listing, "articles": Articles, "crawl": CrawlRules, "layouts": Layout,
    "expect": Expectations, "more": More,
}  # fmt: skip
_RENAMED = {"since": "from", "until": "to", "start": "from", "end": "to"}
