"""What the shape of an address tells a crawl: a further page of an article, or one of endlessly many."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

# An article of more pages than this is none.
MAX_PARTS = 50
# Deeper than this no address of a page is written by a person.
MAX_DEPTH = 12
_CALENDAR = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])(?:/([0-3]?\d))?/?\Z")
_DAY = re.compile(r"((?:19|20)\d\d)-(?:0[1-9]|1[0-2])(-[0-3]\d)?(?:\Z|T)")
MAX_PARAMETERS = 5
_PART = re.compile(r"(?:/?(?:page|sida|side|seite|sivu)?[/-]?)(\d{1,2})/?\Z")
_PART_KEYS = frozenset({"page", "sida", "side", "seite", "sivu", "p", "part"})


def beginning(first: str) -> str:
    """What stands in every address that ``is_part_of`` takes for a part of ``first``."""
    here = urlsplit(first)
    return here.netloc + _stem(here.path)


def _stem(path: str) -> str:
    base = path.rstrip("/")
    return base.rsplit(".", 1)[0] if "." in base.rsplit("/", 1)[-1] else base


def is_endless(url: str, *, year: int) -> bool:
    """True where an address looks like one of endlessly many: its path turns in a circle, is
    deeper than anybody writes, or is a day, or a year to come, of a calendar; or its parameters
    are more than anybody writes, are there twice, or say such a day.
    """
    path, query = urlsplit(url).path, parse_qsl(urlsplit(url).query, keep_blank_values=True)
    if len(query) > MAX_PARAMETERS or len({key for key, _ in query}) < len(query):
        return True
    if any((found := _DAY.match(value)) and (found[2] or int(found[1]) > year) for _, value in query):
        return True
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
