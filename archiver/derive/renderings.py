"""Renderings of an article: AMP and print versions, told by their addresses and their text."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.model import Extraction

# Words of an address that ask for another rendering of the page without them.
_WORDS = r"amp|print(?:able|version)?|printer-friendly|utskrift(?:sversion)?|skriv-ut|druckversion|tulosta"
_IN_PATH = re.compile(rf"/(?:{_WORDS})(?=/|\Z)", re.I)
_AT_END = re.compile(r"[.\-_](?:amp|print)(?=\.html?\Z|/?\Z)", re.I)
_IN_QUERY = re.compile(
    rf"(?:(?:{_WORDS})(?:=(?:1|true|yes|on)?)?|(?:output|format|view|mode|outputtype|layout|version|type)="
    rf"(?:{_WORDS})|tmpl=component)\Z",
    re.I,
)
# The share of the shorter text's runs of words that the other has, where the addresses do not tell.
SAME_TEXT = 0.8
# The same, where one page may be a later version of the other.
EDITED = 0.3
RUN = 4  # words


def plain_version(url: str) -> str | None:
    """The address without the words that ask for a rendering, a slash at its end left out.

    None for an address that asks for none.
    """
    parts = urlsplit(url)
    host = re.sub(r"\A(?:amp|print)\.", "", parts.netloc)
    path = _AT_END.sub("", _IN_PATH.sub("", parts.path))
    query = "&".join(p for p in parts.query.split("&") if not _IN_QUERY.match(p))
    if (host, path, query) == (parts.netloc, parts.path, parts.query):
        return None
    return f"{parts.scheme}://{host}{path.rstrip('/')}" + (f"?{query}" if query else "")


def is_same_article(one: Extraction, other: Extraction) -> bool:
    """True where two pages agree in title and day, and the shorter text is nearly all in the other."""
    if _fold(one.title) != _fold(other.title) or not one.title:
        return False
    days = {e.date_published[:10] for e in (one, other) if e.date_published}
    if len(days) > 1:
        return False
    return shared_runs(one.body, other.body) >= SAME_TEXT


def resembles(one: Extraction, other: Extraction) -> bool:
    """True where a page may be an edited version of another: the headline stayed, or much of the text."""
    if _fold(one.title) and _fold(one.title) == _fold(other.title):
        return True
    return shared_runs(one.body, other.body) >= EDITED


def shared_runs(one: str, other: str) -> float:
    """The share of the shorter text's runs of words that the other has, 0 where it has none."""
    short, long = sorted((_runs(text) for text in (one, other)), key=len)
    return len(short & long) / len(short) if short else 0.0


def alike_texts(one: str, other: str) -> bool:
    """True where two texts are nearly the same as a whole; neither is empty."""
    a, b = _runs(one), _runs(other)
    return bool(a and b) and len(a & b) >= SAME_TEXT * max(len(a), len(b))


def _runs(text: str) -> set[tuple[str, ...]]:
    """The runs of words of a text; however its lines are broken, they are the same."""
    words = _fold(text).split()
    return {tuple(words[n : n + RUN]) for n in range(max(len(words) - RUN + 1, min(len(words), 1)))}


def _fold(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").casefold()))
