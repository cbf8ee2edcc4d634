"""Dates as pages write them: strict formats, month names of twelve languages, the precision kept.

A date is text in ISO 8601: an instant with offset, a day, a month or a year, as precise as
the page. A time without offset is read in the site's zone. What is no date is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from archiver.extract.clock import ISO_TIME, TIME, ZONES, clock_before, offset_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MONTHS = (
    "januari januar january tammikuu tammikuuta tammikuun tammikuussa janúar jänner janvier enero gennaio "
    "januarí jan janv ene gen",
    "februari februar february helmikuu helmikuuta helmikuun helmikuussa febrúar feber février fevrier "
    "febrero febbraio feb febr "
    "févr fév fevr",
    "mars marts march maaliskuu maaliskuuta maaliskuun maaliskuussa märz maerz marzo maart "
    "mar mrt mär mrz marz",
    "april huhtikuu huhtikuuta huhtikuun huhtikuussa apríl avril abril aprile apr avr abr",
    "maj mai may toukokuu toukokuuta toukokuun toukokuussa maí mayo maggio mei mag",
    "juni june kesäkuu kesäkuuta kesäkuun kesäkuussa júní juin junio giugno jun giu",
    "juli july heinäkuu heinäkuuta heinäkuun heinäkuussa júlí juillet julio luglio jul juil lug",
    "augusti august elokuu elokuuta elokuun elokuussa ágúst août aout agosto augustus aug ago agos",
    "september syyskuu syyskuuta syyskuun syyskuussa septembre septiembre setiembre settembre sep sept set",
    "oktober october lokakuu lokakuuta lokakuun lokakuussa október octobre octubre ottobre okt oct ott",
    "november marraskuu marraskuuta marraskuun marraskuussa nóvember novembre noviembre nov",
    "december desember joulukuu joulukuuta joulukuun joulukuussa dezember décembre decembre diciembre "
    "dicembre dec des dez déc dic",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
LINE = 300  # characters of a text whose date is remembered
YEAR_FIRST, DAY_FIRST = "year", "day"  # how 24-03-04 is read
# a day without its century; both forms begin with a sign of a set, which is quick to look for
_SHORT = re.compile(r"\d[./-]\s?\d\d?[./-]\s?\d\d")
_SHORTER = re.compile(r"[-–’'](?<=\s.)\d\d(?!\d)")
_ISO = re.compile(
    r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2]|[1-9](?!\d))-(?P<d>0[1-9]|[12]\d|3[01]|"
    rf"[1-9](?!\d))(?![\d-]){ISO_TIME}",
    re.I,
)
_COMPACT = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:T?(?P<h>[01]\d|2[0-3])(?P<i>[0-5]\d)(?P<s>[0-5]\d)?(?P<z>Z|[+-]\d{4})?)?\Z"
)
# a month's name is looked up, not spelled out here: at every word of a line that would cost the most
_WORD = r"[^\W\d_]{3,11}"
_DAY_NAME = re.compile(
    rf"(?<!\d)(?P<d>[0-3]?\d)(?:\.|st|nd|rd|th|er|:e|º|°|an|e)?\s*(?:of\s+|de\s+|di\s+)?[\s\-/.]*"
    rf"(?P<n>{_WORD})\b\.?,?[\s\-/.]*(?:de[l]?\s+)?(?P<y>(?:19|20)\d\d)(?!\d){TIME}",
    re.I,
)
_NAME_DAY = re.compile(
    rf"\b(?P<n>{_WORD})\.?\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)(?!\d){TIME}", re.I
)
_DOTTED = re.compile(
    rf"(?<![\d.])(?P<d>[0-3]?\d|[4-9]\d(?=-))(?P<sep>[./-])\s?(?P<m>[0-3]?\d)(?P=sep)\s?(?P<y>"
    rf"(?:19|20)\d\d(?!:\d\d)|\d\d(?=\s|\Z|,|\d\d:\d\d))(?!\d(?!\d:)|\.\d)"
    rf"{TIME}",
    re.I,
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<y>(?:19|"
    rf"20)\d\d)\s?(?P<sep>[./])\s?(?P<m>[01]?\d)\s?(?P=sep)\s?(?P<d>[0-3]?\d)(?!\d){TIME}",
    re.I,
)
_SLASHED = re.compile(
    r"(?<![\d/.])(?P<d>[0-3]?\d)/(?P<m>[01]?\d)(?:,?\s+(?P<y>(?:19|20)\d\d)|\s?[-–’'](?P<yy>(?:20)?\d\d))(?![\d/])"
)
_NAME_SHORT = re.compile(
    rf"(?<!\d)(?P<d>[0-3]?\d)\.?\s+(?P<n>{_WORD})\.?\s+[-–’'](?P<y>\d\d)(?![\d:.])", re.I
)
_CJK = re.compile(r"(?P<y>(?:19|20)\d\d)\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]")
_ROW = re.compile(r"\d\s?[./-]\s?\d\d?\s?[./-]\s?\d")  # what each form of numbers alone has
_MONTH_ONLY = re.compile(rf"\b(?P<n>{MONTH_NAMES})\b\.?,?\s+(?:de\s+)?(?P<y>(?:19|20)\d\d)\b", re.I)
_YEAR_ONLY = re.compile(r"(?P<y>(?:19|20)\d\d)\Z")
_ISO_MONTH = re.compile(r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])\Z")
_DIGIT = re.compile(r"\d")
_DAY_NUMBER = re.compile(r"\d\d?(?!\d)(?<!\d\d\d)")  # each form of a day has a number of one digit or two
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_SCRIPT = re.compile(
    rf"(?:mon|tue|wed|thu|fri|sat|sun)\w*\s+(?P<n>{MONTH_NAMES})\s+(?P<d>[0-3]?\d)\s+(?:(?P<y>(?:19|20)\d\d)\s+)?"
    r"(?P<h>[012]?\d):(?P<i>[0-5]\d):(?P<s>[0-5]\d)\s*(?P<z>GMT[+-]\d{4}|[A-Z]{2,4})?"
    r"(?:\s+(?P<late>(?:19|20)\d\d))?",
    re.I,
)
_RFC = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+\d", re.I)
_PUBLISHED = (
    r"publi[cs]\w*|published|posted|post(?:ad|et)|upplagd|upprättad|inlagd|skrive[nt]|skapad|opprettet|"
    r"lagt (?:ut|op|in)|"
    r"udgivet|utgitt|utgiven|offentliggjort|julkaistu|julkaisupäivä|birt|erstellt|veröffentlicht|erschienen|"
    r"verfasst|geschrieben|"
    r"publié|mis en ligne|publicado|pubblicato|gepubliceerd|geplaatst|datum|dato|date|päivämäärä|released?|"
    r"nyhet|pressmeddelande|pressemelding|pressemeddelelse|created|written|stand|first published|issued"
)
_MODIFIED = (
    r"uppdatera(?:[dt]|des)?|senast (?:uppdaterad|ändrad)|ändra(?:d|des)|oppdatert(?:es)?|"
    r"sist (?:oppdatert|endret)|opdateret|"
    r"senest (?:opdateret|redigeret)|redigeret|päivitetty|muokattu|uppfært|aktualisiert|updated?|last "
    r"(?:updated|modified|"
    r"edited)|modified|edited|mis à jour|modifié|actualizado|aggiornato|bijgewerkt|reviderad|geändert"
)
PUBLISHED_LABEL = re.compile(
    rf"(?:\b(?:{_PUBLISHED})\b)(?:\s+(?:den|on|am|d\.|le|el|il|av|by|op|the|at|dag|i)\b)*\s*[:\-–|]*\s*", re.I
)
MODIFIED_LABEL = re.compile(
    rf"(?:\b(?:{_MODIFIED})\b)(?:\s+(?:den|on|am|d\.|le|el|il|op|the|at)\b)*\s*[:\-–|]*\s*", re.I
)
COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights|med ensamrätt|upphovsrätt", re.I)
_RELATIVE = re.compile(r"\b(?:ago|sedan|siden|sitten|vor)\b", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """A parsed date: ISO text, its day, whether it names a time, and its precision.

    ``precision`` is ``instant``, ``day``, ``month`` or ``year``; ``day`` is the first day meant.
    ``utc`` is true where the offset given is zero, which sites also give for local days.
    """

    iso: str
    day: date
    precision: str
    utc: bool = False
    moment: datetime | None = None


def read_date(
    raw: str, *, zone: tzinfo | None = None, month_first: bool = False, short: str = YEAR_FIRST
) -> Stamp | None:
    """The one date that a machine-readable or short visible value states, or None.

    ``zone`` reads times without offset; without it such a time is kept as a day.
    ``month_first`` reads 3/4/2024 as the fourth of March; ``short`` says which part of 24-03-04 is
    the year, empty where nobody knows.
    """
    raw = " ".join(raw.split())[:120]
    if raw[4:5] == "-" and raw[10:11] == "T" and (stamp := _iso(raw, zone)):
        return stamp
    if not _DIGIT.search(raw):
        return None
    if _EPOCH.match(raw):
        return _epoch(raw)
    if strict := _ISO.search(raw) or _COMPACT.match(raw):
        return stamp_of(strict, zone)
    if _RFC.match(raw) and (stamp := _mail(raw)):
        return stamp
    if (match := _SCRIPT.match(raw)) and (stamp := _told_by_script(match, zone)):
        return stamp
    if found := find_date(raw, zone=zone, month_first=month_first, short=short):
        return found[0]
    if match := _ISO_MONTH.match(raw):
        return coarse_stamp(int(match["y"]), int(match["m"]))
    if match := _YEAR_ONLY.match(raw):
        return coarse_stamp(int(match["y"]), None)
    return None


def _iso(raw: str, zone: tzinfo | None) -> Stamp | None:
    """An instant in the one form that most pages state; None where it is another."""
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return None
    if not 1990 <= moment.year <= 2100:
        return None
    if moment.tzinfo is not None:
        return of_moment(moment, utc=not moment.utcoffset())
    return of_moment(moment.replace(tzinfo=zone)) if zone is not None else _day(moment.date())


def may_date(text: str) -> bool:
    """False where a text holds no date for sure: most lines, at the cost of a glance."""
    if _DIGIT.search(text) is None:
        return False
    if "20" in text or "19" in text or _SHORT.search(text) is not None:
        return True
    return _SHORTER.search(text) is not None


def find_date(
    text: str,
    *,
    zone: tzinfo | None = None,
    month_first: bool = False,
    short: str = YEAR_FIRST,
    coarse: bool = False,
) -> tuple[Stamp, int, int] | None:
    """The first day or instant in a text, with where it begins and ends; ``coarse`` takes months too."""
    if not may_date(text):
        return None
    best = None
    if _DAY_NUMBER.search(text):
        find = _remembered if len(text) <= LINE else _find_day
        best = find(text, zone, month_first, short if "-" in text else "")
    if best is not None or not coarse or (month := _MONTH_ONLY.search(text)) is None:
        return best
    stamp = coarse_stamp(int(month["y"]), MONTHS[month["n"].lower()])
    return (stamp, month.start(), month.end()) if stamp else None


def _find_day(text: str, zone: tzinfo | None, month_first: bool, short: str) -> tuple[Stamp, int, int] | None:
    """The first day or instant in a text, of whichever form."""
    best: tuple[Stamp, int, int] | None = None
    for pattern in _forms_in(text):
        for found in pattern.finditer(text):
            if best is not None and found.start() >= best[1]:
                break
            if stamp := stamp_of(found, zone, month_first=month_first and pattern is _DOTTED, short=short):
                best = stamp, found.start(), found.end()
                break
        if best is not None and not best[1]:
            return best
    return best


_remembered = lru_cache(maxsize=1024)(_find_day)  # a page's lines are asked for more than once


def _forms_in(text: str) -> Iterator[re.Pattern[str]]:
    """The forms that are worth looking for in a text, the strictest first."""
    century = "20" in text or "19" in text
    numbers = _ROW.search(text) is not None
    if numbers and century:
        yield _ISO
    if century:
        yield _DAY_NAME
        yield _NAME_DAY
    if numbers:
        yield _YEAR_FIRST
        yield _DOTTED
    if "年" in text or "년" in text:
        yield _CJK
    if "/" in text:
        yield _SLASHED
    if _SHORTER.search(text):
        yield _NAME_SHORT


def stamp_of(
    found: re.Match[str], zone: tzinfo | None, *, month_first: bool = False, short: str = YEAR_FIRST
) -> Stamp | None:
    """The date in a match of groups y, m (or n, a month's name), d and perhaps a time; None for no day."""
    groups = found.groupdict()
    month = MONTHS.get(groups["n"].lower(), 0) if groups.get("n") else int(groups["m"])
    day, year = int(groups["d"]), int(groups["y"] or groups["yy"])
    if year <= 31 and groups.get("sep") == "-":
        if day > 31 or short == YEAR_FIRST:
            day, year, month_first = year, day, False
        elif short != DAY_FIRST:
            return None
    if year < 100:
        year += 2000 if year < 70 else 1900
    if month_first or month > 12:
        month, day = day, month
    try:
        whole = date(year, month, day)
    except ValueError:
        return None
    if not 1990 <= year <= 2100:
        return _day(whole)
    clock = groups if groups.get("h") else clock_before(found.string, found.start())
    return _instant(whole, clock, zone) if clock is not None else _day(whole)


def _instant(day: date, groups: Mapping[str, str | None], zone: tzinfo | None) -> Stamp:
    hour, minute = int(groups["h"] or 0), int(groups["i"] or 0)
    half = (groups.get("ap") or "").lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if hour > 23:
        return _day(day)
    offset = offset_of(groups.get("z"))
    seconds = min(int(groups.get("s") or 0), 59)
    tz = offset or offset_of(groups.get("tz")) or zone
    if tz is None:
        return _day(day)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, seconds, tzinfo=tz)
        return of_moment(moment, utc=offset is not None and not moment.utcoffset())
    except (ValueError, OverflowError):
        return _day(day)


def _told_by_script(found: re.Match[str], zone: tzinfo | None) -> Stamp | None:
    """The moment in the form that Java and JavaScript give: Tue Jul 30 09:35:14 CEST 2019."""
    groups = found.groupdict()
    year = groups["y"] or groups.pop("late")
    if year is None:
        return None
    name = (groups["z"] or "").lower()
    if name in ZONES:
        groups["z"] = name
    elif name.startswith("gmt") and len(name) > 3:
        groups["z"] = name[3:]
    else:
        groups["z"] = None
    try:
        whole = date(int(year), MONTHS[groups["n"].lower()], int(groups["d"]))
    except ValueError:
        return None
    return _instant(whole, groups, zone)


def of_moment(moment: datetime, *, utc: bool = False) -> Stamp:
    """An instant as a stamp, to the second, in the offset that it carries."""
    return Stamp(
        iso=moment.replace(microsecond=0).isoformat(),
        day=moment.date(),
        precision="instant",
        utc=utc,
        moment=moment,
    )


def _day(day: date) -> Stamp:
    return Stamp(iso=day.isoformat(), day=day, precision="day")


def coarse_stamp(year: int, month: int | None) -> Stamp | None:
    """A year or a month, None out of the range that pages have."""
    if not 1990 <= year <= 2100:
        return None
    if month is None:
        return Stamp(iso=f"{year:04d}", day=date(year, 1, 1), precision="year")
    return Stamp(iso=f"{year:04d}-{month:02d}", day=date(year, month, 1), precision="month")


def _epoch(raw: str) -> Stamp | None:
    seconds = int(raw) / (1000 if len(raw) == 13 else 1)
    try:
        return of_moment(datetime.fromtimestamp(seconds, UTC), utc=True)
    except (OverflowError, OSError, ValueError):
        return None


def _mail(raw: str) -> Stamp | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if not 1990 <= moment.year <= 2100 or f" {moment.year} " not in raw:
        return None
    if moment.tzinfo is None:
        return of_moment(moment.replace(tzinfo=UTC), utc=True)
    return of_moment(moment, utc=not moment.utcoffset())


def is_relative(text: str) -> bool:
    """True for "3 timmar sedan": such a date hangs on the day it was read."""
    return bool(_RELATIVE.search(text))
