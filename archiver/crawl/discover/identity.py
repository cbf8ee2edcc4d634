"""What a site is called and where it is at home, from its host, its language and its pages."""

from __future__ import annotations

import re
from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archiver.crawl.discover.words import fold, shared_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.crawl.discover.hyperlinks import HtmlPage

COUNTRIES = {
    "se": ("SE", "Europe/Stockholm"),
    "nu": (None, "Europe/Stockholm"),
    "no": ("NO", "Europe/Oslo"),
    "dk": ("DK", "Europe/Copenhagen"),
    "fi": ("FI", "Europe/Helsinki"),
    "ax": ("AX", "Europe/Mariehamn"),
    "is": ("IS", "Atlantic/Reykjavik"),
    "de": ("DE", "Europe/Berlin"),
    "at": ("AT", "Europe/Vienna"),
    "ch": ("CH", "Europe/Zurich"),
    "nl": ("NL", "Europe/Amsterdam"),
    "ee": ("EE", "Europe/Tallinn"),
    "uk": ("GB", "Europe/London"),
    "ie": ("IE", "Europe/Dublin"),
}
LANGUAGE_ZONES = {
    "sv": "Europe/Stockholm",
    "no": "Europe/Oslo",
    "nb": "Europe/Oslo",
    "nn": "Europe/Oslo",
    "da": "Europe/Copenhagen",
    "fi": "Europe/Helsinki",
    "de": "Europe/Berlin",
    "is": "Atlantic/Reykjavik",
}
_SEPARATOR = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|»]\s*")
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov"})


def site_name(url: str) -> str:
    """A key for the profile: ``www.example.se`` is ``example``, ``127.0.0.1:81`` is ``127-0-0-1-81``."""
    parts = urlsplit(url)
    host = (parts.hostname or "site").rstrip(".")
    labels = [host]
    try:
        ip_address(host)
    except ValueError:
        labels = host.removeprefix("www.").split(".")
        labels = labels[:-1] if len(labels) > 1 else labels
        labels = labels[:-1] if len(labels) > 1 and labels[-1] in _SECOND_LEVEL else labels
    name = "-".join([*labels, *([str(parts.port)] if parts.port else [])])
    return re.sub(r"[^a-z0-9_-]+", "-", fold(name)).strip("-_")[:63] or "site"


def home_of(url: str, language: str | None) -> tuple[str | None, str]:
    """Country (ISO 3166, None where nothing tells) and time zone (``UTC`` where nothing tells)."""
    top = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    country, zone = COUNTRIES.get(top, (None, None))
    tongue, _, region = (language or "").partition("-")
    if country is None and region:
        country, regional = COUNTRIES.get("uk" if region == "GB" else region.lower(), (None, None))
        zone = zone or regional
    return country, zone or LANGUAGE_ZONES.get(tongue.lower(), "UTC")


def language_of(pages: Iterable[HtmlPage], stated: Iterable[str | None]) -> str | None:
    """The language that most pages declare, else the first that a feed states."""
    counted = Counter(page.language for page in pages if page.language)
    if counted:
        return counted.most_common(1)[0][0]
    return next((s for s in stated if s and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2})?", s)), None)


def publisher_of(pages: Iterable[HtmlPage], feed_titles: Iterable[str | None]) -> str | None:
    """The name of who publishes: og:site_name, JSON-LD, what all titles share, a feed's title."""
    pages = list(pages)
    named = [page.site_name for page in pages if page.site_name]
    named += [name for page in pages for name in page.organisations]
    if named:
        return Counter(named).most_common(1)[0][0]
    shared = _shared_title([page.title for page in pages if page.title])
    return shared or next((t for t in feed_titles if t and len(t) < 80), None)


def _shared_title(titles: list[str]) -> str | None:
    """The part of the title that is the same on several pages: ``Nyheter | Firman`` gives ``Firman``."""
    titles = list(dict.fromkeys(titles))
    if len(titles) < 2:
        return None
    split = [[part for part in _SEPARATOR.split(title) if part.strip()] for title in titles]
    counted = Counter(part for parts in split if parts for part in {parts[0], parts[-1]})
    part, count = counted.most_common(1)[0] if counted else ("", 0)
    if count >= 2:
        return part.strip()
    ending = shared_start(title[::-1] for title in titles)[::-1]
    return ending.strip(" |–—·•»:-") if len(ending.strip()) >= 4 and ending[:1] in " |–—·-" else None
