"""How templates write dates, instants and texts of others."""

from __future__ import annotations

import re

from markupsafe import Markup

from archiver.amounts import count, plain

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(T\d\d:\d\d)?")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
# What turns the direction of text about, and what cannot be seen.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def day(text: str | None) -> Markup:
    """A date as precise as it is stated, marked up with what was stated."""
    found = _DATE.match(text or "")
    if not text or not found:
        return Markup('<span class="soft">no date</span>')
    year, month, of_month = found[1], int(found[2] or 0), int(found[3] or 0)
    words = [str(of_month)] if of_month else []
    words += [_MONTHS[month - 1]] if 1 <= month <= 12 else []
    return Markup('<time datetime="{}">{}</time>').format(text, " ".join([*words, year]))


def instant(text: str | None) -> Markup:
    """One of our own instants, to the minute, in UTC."""
    if not text:
        return Markup("–")
    return Markup('<time datetime="{}">{} {} UTC</time>').format(text, text[:10], text[11:16])


def title(text: str | None) -> Markup:
    """A headline on one line, in a direction of its own: nothing in it turns the text around it."""
    line = " ".join(_TURNING.sub(" ", text or "").split())
    return Markup("<bdi>{}</bdi>").format(line) if line else Markup('<span class="soft">untitled</span>')


def line(text: str | None) -> str:
    """The same as plain text, for what can hold no tag."""
    return " ".join(_TURNING.sub(" ", text or "").split()) or "untitled"


def seen(text: str | None, most: int = 400) -> str:
    """What stands in a page, with a mark for what cannot be seen or turns text about."""
    cut = text[: most - 1] + "…" if text and len(text) > most else text
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", cut or "")


def language(text: str | None) -> str:
    """A language that a page may state as its own, else empty."""
    return text if text and _TAG.match(text) else ""


FILTERS = {
    "day": day,
    "instant": instant,
    "headline": title,
    "line": line,
    "seen": seen,
    "language": language,
    "amount": plain,
    "count": count,
}
