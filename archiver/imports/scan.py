"""What a WARC file of others holds: each record that is whole, its kind and site, and what is wrong.

A record is taken where ``archiver verify`` finds no defect in it. Everything else is told and stays
in the file that it came in. Nothing of a record is held but its names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from archiver.imports.belonging import Belonging, host_of
from archiver.warc.capture import SOURCE_FIELD, is_capture
from archiver.warc.checks import check_record
from archiver.warc.findings import KINDS, NEVER_DEFECTS, Fault
from archiver.warc.frames import Frame, frames
from archiver.warc.imported import MAX_OWN, Origin, Origins
from archiver.warc.manifest import digest_of
from archiver.warc.record import Record, parse_warc_date
from archiver.warc.verify import SKEW

TOLD = 1000  # faults that are kept with their place; all are counted
STEP = 500  # records between two words on the progress
NOT_READ = frozenset(("too-large",))


@dataclass(slots=True)
class Piece:
    """A record that may be taken: its number in the file, where it begins, what it is and names.

    ``host`` and ``site`` are those of its address, ``why_none`` says why a response is no capture.
    """

    number: int
    offset: int
    id: str
    kind: str
    url: str
    date: str
    host: str | None
    site: str | None
    is_capture: bool
    why_none: str | None
    linked: tuple[str, ...]
    method: str | None = None


@dataclass(kw_only=True)
class Scan:
    """A file of others, looked at. ``has_offsets`` where each record can be read alone."""

    path: Path
    sha256: str
    bytes: int
    records: int = 0
    has_offsets: bool = True
    pieces: list[Piece] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def tell(self, fault: Fault) -> None:
        """Keeps what is wrong at a place."""
        if len(self.faults) < TOLD:
            self.faults.append(fault)


def scan(
    path: Path, belonging: Belonging, *, now: datetime, watch: Callable[[int], None] = lambda done: None
) -> Scan:
    """Look at every record of a file. Raises OSError."""
    found = Scan(path=path, sha256=digest_of(path), bytes=path.stat().st_size)
    latest = (now + SKEW).strftime("%Y-%m-%dT%H:%M:%S.999999999Z")
    ids: set[str] = set()
    origins = Origins()
    for frame in frames(path):
        if isinstance(frame, Fault):
            _take_fault(found, frame)
            continue
        found.records += 1
        if found.records % STEP == 0:
            watch(frame.offset)
        origin = origins.of(frame.values.get, partial(_begin_of, frame))
        defects = [*_defects(frame, ids, latest)]
        for code, detail in defects:
            record = frame.values.get("warc-record-id")
            found.tell(Fault(code=code, offset=frame.offset, detail=detail, record=record))
        if defects:
            found.left_out[defects[0][0]] += 1
        elif frame.block is None:
            found.left_out["damaged"] += 1  # what the damage is comes as a fault of the file
        else:
            found.pieces.append(_piece(frame, found.records - 1, belonging, origin))
    return found


def _begin_of(frame: Frame) -> bytes:
    """The beginning of a block, where all that is ours says what it has to say."""
    return b"" if frame.block is None else bytes(frame.block[:MAX_OWN])


def _take_fault(found: Scan, fault: Fault) -> None:
    if fault.code == "one-member":
        found.has_offsets = False
    elif not KINDS[fault.code].house:
        found.tell(fault)


def _defects(frame: Frame, ids: set[str], latest: str) -> Iterator[tuple[str, str]]:
    """What keeps a record from being taken."""
    for code, detail in check_record(frame, latest=latest):
        if code in NOT_READ or not (KINDS[code].house or code in NEVER_DEFECTS):
            yield code, detail
    record = frame.values.get("warc-record-id", "")
    if record in ids:
        yield "duplicate-record-id", record
    ids.add(record)


def _piece(frame: Frame, number: int, belonging: Belonging, origin: Origin) -> Piece:
    values = frame.values
    record = Record(fields=frame.fields, block=b"")
    target = values.get("warc-target-uri", "")
    is_page = is_capture(record)
    why = _why_no_capture(frame, origin) if is_page else None
    linked = (value for name, value in frame.fields if name.lower() == "warc-concurrent-to")
    return Piece(
        number=number,
        offset=frame.offset,
        id=values["warc-record-id"],
        kind=values["warc-type"],
        url=target.strip("<>"),
        date=values["warc-date"],
        host=host_of(target),
        site=belonging.site_of(target, values["warc-date"]),
        is_capture=is_page and why is None,
        why_none=why,
        linked=tuple(linked),
        method=_method(frame),
    )


def _why_no_capture(frame: Frame, origin: Origin) -> str | None:
    """Why a response of a web address stands for no page, None where it may."""
    if origin.is_backfill and SOURCE_FIELD.lower() not in frame.values:
        return "answer of a web archive"
    media = frame.values.get("content-type", "application/http")
    if frame.values["warc-type"] != "conversion" and not media.startswith("application/http"):
        return "no HTTP"
    if "warc-segment-number" in frame.values:
        return "a segment"
    try:
        parse_warc_date(frame.values["warc-date"])
    except ValueError:
        return "no instant"
    return None


def _method(frame: Frame) -> str | None:
    """The method of a request, None of any other record."""
    if frame.values["warc-type"] != "request" or not frame.block:
        return None
    return bytes(frame.block[:40]).partition(b" ")[0].decode("ascii", "replace")
