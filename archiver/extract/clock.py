"""Times of day as pages write them beside a date, and the zones that they name."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone

ZONES = {
    "gmt": 0, "utc": 0, "wet": 0, "cet": 1, "met": 1, "mez": 1, "bst": 1, "west": 1, "cest": 2, "mest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "edt": -4, "est": -5, "cdt": -5, "mdt": -6, "mst": -7, "pdt": -7,
    "pst": -8,
}  # fmt: skip
"""The hours that the zones of Europe and of North America are ahead of UTC."""

# in capitals alone: "est" and "met" are words too
_ZONE = (
    r"(?:\s?\(?(?P<tz>(?-i:(?:GMT|UTC)(?:\s?[+-]\d\d?(?::?\d\d)?)?|CES?T|EES?T|MES?Z|BST|E[SD]T|M[SD]T|P[SD]T|CDT))"
    r"(?!\w)\)?)?"
)
_CLOCK = r"kl(?:\.|ockan|okken|okka|o)?\.?"
_AT = rf"(?:{_CLOCK}|klukkan|at|um|à|alle ore|alle|ore|om|a las|-|–|—|\||·|@)"
_HOUR = r"(?P<h>[01]?\d|2[0-3])"
_AFTER = rf"(?P<ap>[ap]\.?m\.?)?(?!\d)(?:\s*(?:uhr|uur))?{_ZONE}"
TIME = rf"(?:[\s,T(]*{_AT}?[\s,]*{_HOUR}(?:[:.h]|\sh\s)(?P<i>[0-5]\d)(?:[:.](?P<s>[0-5]\d))?\s*{_AFTER})?"
"""A time after a day, or none: groups h, i, s, ap for the half of the day, tz for the zone."""

ISO_TIME = (
    rf"(?:(?:T|[\s,(]*{_AT}?[\s,]*)(?P<h>[01]?\d|2[0-4])[:.](?P<i>[0-5]\d)(?:[:.](?P<s>[0-5]\d|60))?(?!\d)"
    rf"(?:[.,]\d+)?\s*(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d(?!\d))?{_ZONE})?"
)
"""A time after a day in ISO 8601, or none; z is an offset."""

_WEEKDAY = (
    r"(?:(?:m[aåáo]n|lun|maa|ti[irs]|die|di|tue|mar|þri|ons|mit|wed|mer|mié|kesk|mið|woe|to|don|thu|jeu|jue|gio|fim|"
    r"fre|fri|ven|vie|vri|per|fös|lör|lør|lau|sam|sat|s[aá]b|zat|s[öøou]n|dim|dom|zon)[^\W\d_]*\.?,?\s+)"
)
_BEFORE = re.compile(
    rf"(?<![\w.:])(?:(?:{_CLOCK}|um|at)\s*{_HOUR}[:.]|(?P<hour>[01]?\d|2[0-3]):)"
    rf"(?P<i>[0-5]\d)\s*{_AFTER}[\s,|·–-]*(?:\b(?:den|on|am|the|le|el|il|d\.)\s+)?{_WEEKDAY}?\Z",
    re.I,
)
_OF_ANOTHER = re.compile(rf"\d\W*{_AT}?\W*\Z", re.I)
BEFORE = 40  # characters before a day in which its time may stand


def clock_before(text: str, start: int) -> dict[str, str | None] | None:
    """The time that stands right before a day: "14:05, 4 March 2024"; its groups as in ``TIME``."""
    found = _BEFORE.search(text, max(start - BEFORE, 0), start) if ":" in text or "kl" in text else None
    if found is None or _OF_ANOTHER.search(text, 0, found.start()):
        return None
    groups = found.groupdict()
    return groups | {"h": groups["h"] or groups["hour"]}


def offset_of(text: str | None) -> timezone | None:
    """The zone that is written as Z, +01:00, GMT+1 or CET; None where none is."""
    if not text:
        return None
    name = text[:4].rstrip(" +-0123456789").lower() if text[0] not in "+-" else ""
    signed = text[len(name) :].strip()
    if name == "z" or (name and not signed):
        return UTC if not ZONES.get(name) else timezone(timedelta(hours=ZONES[name]))
    hours, _, minutes = signed[1:].partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta >= timedelta(hours=24):
        return None
    return timezone(-delta if signed[0] == "-" else delta)
