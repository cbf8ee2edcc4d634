"""The original of a revisit: the capture whose payload it says that it found again."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from archiver.errors import DamagedError
from archiver.model import Capture, Page
from archiver.store.captures import capture as find_capture
from archiver.store.captures import capture_at
from archiver.warc.blocks import MAX_BLOCK, joined
from archiver.warc.capture import is_not_modified, wire_of
from archiver.warc.exchange import parse_response
from archiver.warc.places import located
from archiver.warc.reader import read_page, read_record
from archiver.warc.record import Record, parse_warc_date


def original_of(db: sqlite3.Connection, archive: Path, capture: Capture) -> Capture | None:
    """The original of a revisit, None for any other capture and where the archive has it not.

    Programs of others often name the original by address and time alone, which stands in the record.
    """
    if capture.warc_type != "revisit":
        return None
    if capture.refers_to and (found := find_capture(db, capture.refers_to)) is not None:
        return found
    with suppress(DamagedError):
        return original_in(db, capture.site, read_record(located(archive, capture.filename), capture.offset))
    return None


def page_of(db: sqlite3.Connection, archive: Path, capture: Capture, *, limit: int) -> Page:
    """The page that a crawl saw with a capture: its own, or for a revisit that of its original.

    Its links are those of this capture, also where its bytes are kept with an earlier one; a 304 brings
    none of its own. Raises DamagedError where it cannot be read.
    """
    page = read_page(archive, capture, original=original_of(db, archive, capture), limit=limit)
    return page if is_not_modified(capture) else replace(page, record=capture.warc_record_id)


def payload_of(db: sqlite3.Connection, archive: Path, capture: Capture) -> bytes:
    """The body that a capture holds, as it was sent, without framing of chunks; of a revisit its original's.

    Raises DamagedError where it cannot be read, or is larger than may be held.
    """
    held = original_of(db, archive, capture) or capture
    record = read_record(located(archive, held.filename), held.offset)
    if record.id != held.warc_record_id or held.warc_type == "revisit":
        raise DamagedError(
            f"{capture.warc_record_id}: its payload is not here", hint="archiver verify says more"
        )
    if held.warc_type == "conversion":
        return bytes(record.block)
    payload = joined(parse_response(wire_of(record.block)).payload(), MAX_BLOCK)
    if payload is None:
        raise DamagedError(f"{capture.warc_record_id}: its payload is too large")
    return bytes(payload)


def original_in(db: sqlite3.Connection, site: str, record: Record) -> Capture | None:
    """The capture that a revisit record names as its original, by id, or else by address and time."""
    named = record.get("WARC-Refers-To")
    if named and (found := find_capture(db, named)) is not None:
        return found
    url, date = record.get("WARC-Refers-To-Target-URI"), record.get("WARC-Refers-To-Date")
    if not url or not date:
        return None
    with suppress(ValueError):
        return capture_at(db, site, url.strip("<>"), parse_warc_date(date))
    return None
