"""The further pages of a listing: its pages 2, 3 … and the archive pages of years and months."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archiver.crawl.discover.addresses import PageOf, page_of, year_of
from archiver.crawl.discover.words import ARCHIVE_SCORE, MONTHS, NEXT_WORDS, PERIOD_WORDS, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiver.crawl.links import Hyperlink

MAX_FURTHER = 400
MAX_PAGE = 2000  # the highest number of a page, but for those NEAR the one that is read
NEAR = 10
MAX_YEAR_WORDS = 6
_COUNT = r"(?: ?\(\d+\))?"
_COUNTED = re.compile(r"\s*\(\d+(?: st)?\)\Z")
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_TEXT = re.compile(rf"({_NAMES})(?: (\d{{4}}))?{_COUNT}")


def further_pages(links: Iterable[Hyperlink], url: str, *, year: int) -> list[str]:
    """Addresses that continue the listing at ``url``, each once: its pages, then years, then months.

    ``year`` is the current one: archive pages outside 1990 to ``year`` + 1 are left out, so
    that an endless calendar ends. Months are followed only where there is no shorter way:
    from the page of their year, or where the listing has neither pages nor years.
    """
    here = [link for link in links if urlsplit(link.url).netloc == urlsplit(url).netloc]
    pages = _numbered(here, url) or _next_links(here, url)
    periods = _periods(here, url, year)
    years = [address for (_, month), address in periods.items() if not month]
    own = year_of(url, last_year=year + 1)
    short = bool(pages or years or own)
    of_year = own if own and not own[1] and not _names_articles(here, own[0], year) else None
    months = [a for (y, month), a in periods.items() if month and ((y, 0) == of_year or not short)]
    found = dict.fromkeys((*pages, *years, *months))
    found.pop(url, None)
    return list(found)[:MAX_FURTHER]


def is_period(further: str, url: str, *, year: int) -> bool:
    """True for a further page of the listing at ``url`` that is the archive of a year or a month."""
    return page_of(further).base != page_of(url).base and year_of(further, last_year=year + 1) is not None


def next_pages(pages: Iterable[str], url: str) -> list[str]:
    """Those of a listing's further pages that come next: the one with the next number, and what has none.

    Where none has a higher one, they count backwards, and all are next.
    """
    own, numbered, others = page_of(url), dict[str, int](), list[str]()
    for page in pages:
        found = page_of(page)
        if found.base == own.base and found.number:
            numbered[page] = found.number
        else:
            others.append(page)
    higher = [page for page, number in numbered.items() if number > own.number]
    return [*(sorted(higher, key=numbered.__getitem__)[:1] or numbered), *others]


def _names_articles(links: list[Hyperlink], own: int, year: int) -> bool:
    """True where the page of a year lists its articles itself, and not only its months."""
    content = (link for link in links if not (link.in_nav or link.head or _period(link, year)))
    return any(link.in_heading or f"/{own}/" in urlsplit(link.url).path for link in content)


def is_further_page(link: Hyperlink, url: str, *, year: int) -> bool:
    """True where the link leads to another page of this listing, or to the archive of a period."""
    same = page_of(link.url).base == page_of(url).base
    return same or _period(link, year) is not None


def _numbered(links: list[Hyperlink], url: str) -> list[str]:
    """Links to the same list with another page number, lowest first."""
    own = page_of(url)
    found: dict[int, Hyperlink] = {}
    for link in links:
        page = page_of(link.url)
        is_near = page.number <= max(MAX_PAGE, own.number + NEAR)
        if page.base != own.base or page.number == own.number or not page.number or not is_near:
            continue
        found.setdefault(page.number, link)
    first = found.get(1)
    # page 1 is the listing again, unless pages count from 0 (Drupal) or backwards (Nikola)
    if first and not (_goes_on(first) or (not own.number and first.text.strip() == "2") or _falls(found)):
        del found[1]
    addresses = {number: link.url for number, link in found.items()}
    if between := _between(found, own):
        addresses[page_of(between).number] = between
    numbers = sorted(addresses)
    if len(numbers) > MAX_FURTHER:  # of a pager that names them all, those that come next
        numbers = [number for number in numbers if number > own.number] or numbers
    return [addresses[number] for number in numbers]


def _falls(found: Mapping[int, Hyperlink]) -> bool:
    """True for a pager whose numbers fall as it goes on: 14 13 … 1."""
    said = [number for number, link in found.items() if link.text.strip() == str(number)]
    return len(said) > 1 and said == sorted(said, reverse=True)


def _between(found: Mapping[int, Hyperlink], own: PageOf) -> str | None:
    """The next page, where a pager with gaps (1 … 9) names later ones and leaves it out."""
    number = max(own.number, 1) + 1
    later = min((n for n in found if n > number), default=None)
    if later is None or number in found:
        return None
    if re.findall(r"\d+", found[later].text) != [str(later)]:
        return None  # they count entries, or from 0, or backwards
    url = found[later].url
    made = (url[: at.start()] + str(number) + url[at.end() :] for at in re.finditer(rf"\b{later}\b", url))
    return next((address for address in made if page_of(address) == PageOf(own.base, number)), None)


def _goes_on(link: Hyperlink) -> bool:
    return "next" in link.rel or bool(NEXT_WORDS.fullmatch(fold(link.text)))


def _next_links(links: list[Hyperlink], url: str) -> list[str]:
    """Links that say that they go on, where no page number tells (a cursor in the query, say)."""
    own = urlsplit(url)
    found = []
    for link in links:
        target = urlsplit(link.url)
        stated = "next" in link.rel
        same = target.path.rstrip("/") == own.path.rstrip("/") and bool(target.query)
        says = _goes_on(link)
        if link.url != url and ((says and same) or (stated and target.path.startswith(_folder(own.path)))):
            found.append(link.url)
    return found[:5]


def _folder(path: str) -> str:
    return path.rsplit("/", 1)[0] + "/"


def _periods(links: list[Hyperlink], url: str, year: int) -> dict[tuple[int, int], str]:
    """Archive pages by year and month (0 for the whole year), newest first."""
    found: dict[tuple[int, int], str] = {}
    for link in links:
        period = _period(link, year)
        if period and link.url != url:
            found.setdefault(period, link.url)
    return {key: found[key] for key in sorted(found, reverse=True)}


def _year_said(text: str) -> int:
    """The year of which a text says that it leads to its news: "2015", "Nyheter från 2015 (12)"; else 0."""
    words = re.findall(r"[^\W\d]+|\d+", _COUNTED.sub("", text))
    numbers = [word for word in words if word.isdecimal()]
    says_more = len(words) > MAX_YEAR_WORDS or any(w not in PERIOD_WORDS for w in words if not w.isdecimal())
    return int(numbers[0]) if len(numbers) == 1 and len(numbers[0]) == 4 and not says_more else 0


def _is_of_news(url: str, text: str) -> bool:
    """True for an address with a folder that is called like an archive of news, or a text that says so."""
    words = re.findall(r"[^\W\d]+", text + " " + fold(urlsplit(url).path))
    return any(ARCHIVE_SCORE.get(word, 0) > 1 or word.startswith(("arkiv", "archiv")) for word in words)


def _period(link: Hyperlink, year: int) -> tuple[int, int] | None:
    """The period of an archive page: its address names it and its text says nothing else."""
    period = year_of(link.url, last_year=year + 1)
    if period is None:
        return None
    text = fold(link.text)
    if said := _year_said(text):
        is_bare = _COUNTED.sub("", text).isdecimal()
        return period if said == period[0] and (is_bare or _is_of_news(link.url, text)) else None
    if found := _MONTH_TEXT.fullmatch(text):
        return period if MONTHS[found[1]] == period[1] else None
    numbers = re.findall(r"\d+", text)
    bare = not re.search(r"[^\W\d]{3,}", text)
    return period if period[1] and bare and period[1] in map(int, numbers) else None
