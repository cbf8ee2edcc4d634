"""Conditional requests (RFC 9110, section 13): a page is sent again only where it is another by now."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date

from archiver.instants import is_day_of
from archiver.model import Capture
from archiver.store.captures import capture as find_capture
from archiver.store.captures import whole_answers
from archiver.warc.writer import Original

# An address is asked for whole on one day of so many: what validators say need not be true.
CHECKED = 7
MAX_VALUE = 1000
VALIDATORS = "validators"  # the key under which a request's meta has those that it was sent with
_VALUE = re.compile(r"[ -~\x80-\xff]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What the last answer of an address is known by, and the capture that holds its page."""

    original: Capture
    etag: str | None
    last_modified: str | None

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The header fields that ask for the page only where it is another."""
        values = {b"If-None-Match": self.etag, b"If-Modified-Since": self.last_modified}
        return {name: value.encode("latin-1") for name, value in values.items() if value}


def validators(db: sqlite3.Connection, site: str, url: str, *, on: date) -> Validators | None:
    """What to ask for an address with on this day, None where it is to be asked for whole.

    These are the newest that the server stated since it sent the page, with the page or with a 304.
    """
    original: Capture | None = None
    if is_checked(url, on):
        return None
    for answer in whole_answers(db, site, url):
        if original is None:
            original = answer if answer.warc_type == "response" else find_capture(db, answer.refers_to or "")
        if original is None:
            return None
        etag, last_modified = _usable(answer.etag), _usable(answer.last_modified)
        if etag or last_modified:
            return Validators(original=original, etag=etag, last_modified=last_modified)
        if answer.status == 200:
            return None
    return None


def is_checked(url: str, on: date) -> bool:
    """True on the days on which an address is asked for whole, each on another one."""
    return is_day_of(url, on, out_of=CHECKED)


def _usable(value: str | None) -> str | None:
    return value if value and len(value) <= MAX_VALUE and _VALUE.fullmatch(value) else None


def original_from(capture: Capture) -> Original:
    """What a revisit says of the capture that holds its page."""
    return Original(
        url=capture.url, date=capture.warc_date, record_id=capture.warc_record_id, status=capture.status
    )
