"""What the path of an address says: the day or the month that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.dates import coarse_stamp, stamp_of

if TYPE_CHECKING:
    from archiver.extract.dates import Stamp

_DAY = re.compile(
    r"[/\-_](?P<y>(?:19|20)\d\d)[/\-_.]?(?P<m>0[1-9]|1[0-2]|(?<=[/\-_])[1-9](?=[/\-_]))[/\-_.]?"
    r"(?P<d>0[1-9]|[12]\d|3[01]|(?<=[/\-_])[1-9](?=[/\-_]))(?=[/\-_.T]|\Z)"
)
_NAME = re.compile(
    r"/(?P<y>(?:19|20)\d\d)/(?P<n>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/(?P<d>[0-3]?\d)/", re.I
)
_DAY_FIRST = re.compile(
    r"[/_](?P<d>0[1-9]|[12]\d|3[01])[-_.](?P<m>0[1-9]|1[0-2])[-_.](?P<y>(?:19|20)\d\d)(?=[/_.-]|\Z)"
)
# an article's number that begins with its moment: /article/A2026012914320005196
_NUMBER = re.compile(
    r"/[A-Za-z]{0,4}(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d\d{2,9}"
    r"(?=[/.]|\Z)"
)
_MONTH = re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>0?[1-9]|1[0-2])(?=/)")


def url_date(path: str) -> Stamp | None:
    """The day, or else the month, that an address's path names."""
    if "19" not in path and "20" not in path:
        return None
    for pattern in (_DAY, _NAME, _DAY_FIRST, _NUMBER):
        if found := pattern.search(path):
            stamp = stamp_of(found, None)
            if stamp and 1993 <= stamp.day.year <= 2100:
                return stamp
    if found := _MONTH.search(path):
        return coarse_stamp(int(found["y"]), int(found["m"]))
    return None
