"""What an address alone tells: a page of a list, a year's archive, something that is no article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from archiver.crawl.discover.words import MONTHS, PAGE_KEYS, PAGE_SEGMENTS, YEAR_KEYS, fold

FIRST_YEAR = 1990
MAX_IN_PATH = 9999  # the number of a page that is a folder of its own

_TAXONOMY_WORDS = (
    "tag tags tagg taggar tagged etikett etiketter emneord avainsana avainsanat schlagwort schlagworter "
    "category categories kategori kategorier kategoria kategoriat kategorie kategorien taxonomy "
    "author authors forfattare skribent skribenter forfatter forfattere kirjoittaja autor autoren"
)
_TAXONOMIES = frozenset(_TAXONOMY_WORDS.split())
_MACHINERY = {
    "wp-json": "interface for programs",
    "wp-admin": "administration",
    "wp-login.php": "login",
    "wp-content": "file",
    "wp-includes": "file",
    "xmlrpc.php": "interface for programs",
    "cdn-cgi": "interface for programs",
    "oembed": "interface for programs",
    "trackback": "trackback",
    "cart": "shop",
    "checkout": "shop",
    "varukorg": "shop",
    "kassa": "shop",
    "handlekurv": "shop",
    "warenkorb": "shop",
    "ostoskori": "shop",
    "login": "login",
    "logga-in": "login",
    "logg-inn": "login",
    "log-ind": "login",
    "kirjaudu": "login",
    "anmelden": "login",
    "logout": "login",
    "signin": "login",
    "my-account": "login",
    "search": "search",
    "sok": "search",
    "haku": "search",
    "suche": "search",
}
_KEYS = {
    "replytocom": "comment reply",
    "share": "share link",
    "print": "print version",
    "utskrift": "print version",
    "add-to-cart": "shop",
    "s": "search",
    "q": "search",
    "tag": "taxonomy",
    "cat": "taxonomy",
    "author": "taxonomy",
    "feed": "feed",
    "rest_route": "interface for programs",
    "redirect_to": "login",
    "returnurl": "login",
}
_SHARERS = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|linkedin|pinterest|reddit|whatsapp|telegram|bsky|threads|"
    r"instagram|youtube)\.(?:com|me|app|net)$|^(?:wa\.me|t\.me)$"
)
_FEEDS = frozenset({"feed", "rss", "atom", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json"})
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|webp|svg|ico|mp[34]|css|js|json|xml|rss|atom|ics|vcf|txt)$",
    re.I,
)
_STEM = re.compile(r"(.*?[^\W\d])[-_]?(\d{1,4})(\.(?:html?|php|aspx?))$", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.I)


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a list: the address of the list and the number of the page, 0 where it has none."""

    base: str
    number: int


def page_of(url: str) -> PageOf:
    """The list that this address would be a page of: /page/2/, ?sida=2, index-2.html, tag2.html …."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    number = next((int(v) for k, v in query if _is_page_key(k) and v.isdecimal()), 0)
    kept = [(k, v) for k, v in query if not (_is_page_key(k) and v.isdecimal())]
    path = parts.path
    if not number:
        path, number = _page_in_path(path)
    path = _INDEX.sub("/", path)
    base = urlunsplit((parts.scheme, parts.netloc, path.rstrip("/") or "/", urlencode(kept), ""))
    return PageOf(base, number)


def _is_page_key(key: str) -> bool:
    """``page``, and what frameworks make of it: ``ctl00$page``, ``tx_news[currentPage]`` (TYPO3) …."""
    last = re.split(r"[\[\].$:_-]", fold(key).rstrip("]"))[-1]
    return last in PAGE_KEYS


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 5


def _page_in_path(path: str) -> tuple[str, int]:
    segments = path.rstrip("/").split("/")
    last, before = segments[-1], segments[-2] if len(segments) > 1 else ""
    if fold(before) in PAGE_SEGMENTS and _is_number(last) and int(last) <= MAX_IN_PATH:
        return "/".join(segments[:-2]) + "/", int(last)
    joined = re.fullmatch(r"(page|sida|side|sivu|seite|p)[-_]?(\d{1,4})(?:\.html?)?", last, re.I)
    if joined:
        return "/".join(segments[:-1]) + "/", int(joined[2])
    stem = _STEM.match(last)
    if stem and not FIRST_YEAR <= int(stem[2]) <= 2100:
        return "/".join([*segments[:-1], stem[1] + stem[3]]), int(stem[2])
    return path, 0


def year_of(url: str, *, last_year: int) -> tuple[int, int] | None:
    """Year and month (0 for the whole year) of an archive's address: /2015/, /2015/07/, ?year=2015."""
    parts = urlsplit(url)
    for key, value in parse_qsl(parts.query):
        if fold(key) in YEAR_KEYS and (year := _year(value, last_year)):
            return year, 0
        if fold(key) == "m" and re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])?", value):
            year = _year(value[:4], last_year)
            return (year, int(value[4:] or 0)) if year else None
    segments = [s for s in re.sub(r"\.html?$", "", parts.path).split("/") if s and not s.startswith("index")]
    if not segments:
        return None
    if year := _year(segments[-1], last_year):
        return year, 0
    if len(segments) > 1 and (year := _year(segments[-2], last_year)):
        month = _month(segments[-1])
        return (year, month) if month else None
    return None


def _year(text: str, last_year: int) -> int:
    return int(text) if re.fullmatch(r"\d{4}", text) and FIRST_YEAR <= int(text) <= last_year else 0


def _month(text: str) -> int:
    if re.fullmatch(r"\d{1,2}", text) and 1 <= int(text) <= 12:
        return int(text)
    return MONTHS.get(fold(unquote(text)), 0)


def chrome_reason(url: str) -> str | None:
    """Why this address is no article, from the address alone; None where it may be one."""
    parts = urlsplit(url)
    if _SHARERS.search(parts.hostname or ""):
        return "share link"
    for key, _ in parse_qsl(parts.query, keep_blank_values=True):
        if reason := _KEYS.get(fold(key)):
            return reason
    segments = [fold(unquote(s)) for s in parts.path.split("/") if s]
    if not segments:
        return None
    if any(s in _TAXONOMIES for s in segments[:-1]) or (len(segments) == 1 and segments[0] in _TAXONOMIES):
        return "taxonomy"
    if segments[-1] in _FEEDS or segments[-2:-1] == ["feed"]:
        return "feed"
    if "." in segments[-1] and _FILE.search(segments[-1]):
        return "file"
    if reason := _MACHINERY.get(segments[0]) or (_MACHINERY.get(segments[-1]) if len(segments) < 3 else None):
        return reason
    numbered = len(segments) > 1 and segments[-2] in PAGE_SEGMENTS and _is_number(segments[-1])
    return "page of a list" if numbered else None


@lru_cache(maxsize=16_384)
def is_chrome_address(url: str) -> bool:
    """True for an address that is no article on any site: tags, authors, feeds, login, share links."""
    return chrome_reason(url) is not None
