"""Reads records and pages back from WARC files, ours first: one gzip member a record.

A path may name a file that is still open (``.open``). A torn tail, which a crash leaves,
never hides the whole records before it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from shutil import copyfileobj
from typing import TYPE_CHECKING, BinaryIO

from archiver.disk import sync_folder, written_whole
from archiver.errors import DamagedError
from archiver.model import Capture, Page
from archiver.warc.blocks import MAX_BLOCK, joined, take_block
from archiver.warc.capture import capture_of, is_capture, is_not_modified, wire_of
from archiver.warc.checks import compared, is_framed
from archiver.warc.coding import LIMIT, TOO_LARGE, Decoded, decode
from archiver.warc.exchange import parse_response
from archiver.warc.file import OPEN, existing
from archiver.warc.foreign import foreign_records
from archiver.warc.frames import head_of
from archiver.warc.imported import OUTCOME, Imported, Origin, Origins
from archiver.warc.members import Content, DamageError, RawFile, next_whole_member
from archiver.warc.places import called, located
from archiver.warc.record import (
    END,
    Fields,
    Record,
    parse_warc_date,
    parse_warc_fields,
    sha256,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from archiver.warc.exchange import ResponseMessage, Wire
    from archiver.warc.record import Buffer

_OTHER_LENGTH = "Content-Length and the length of the block differ"
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*\Z", re.DOTALL)
_PLAIN = b"WARC/"


class _TornError(Exception):
    """The bytes from an offset on are no whole record."""


class Records:
    """The whole records of a file in order, those behind damage too.

    After the last one ``torn`` is the offset of the first byte behind it that belongs to no whole
    record, None where the file ends with one; ``reason`` says what is wrong there. ``damaged``
    are the offsets at which no whole record begins and behind which others follow.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path = existing(path)
        self.torn: int | None = None
        self.reason: str | None = None
        self.damaged: list[int] = []
        self._start = start

    def __iter__(self) -> Iterator[Record]:
        self.torn = self.reason = None
        self.damaged = []
        offset = self._start
        with self.path.open("rb") as file:
            while True:
                try:
                    record = _read_member(file, offset)
                except _TornError as error:
                    following = next_whole_member(file, offset + 1)
                    if following is None:
                        self.torn, self.reason = offset, str(error)
                        return
                    self.damaged.append(offset)
                    offset = following
                    continue
                if record is None:
                    return
                yield record
                offset += record.length


def iter_records(path: Path, start: int = 0) -> Records:
    """The whole records from byte ``start`` on, read as they are asked for."""
    return Records(path, start)


def read_record(path: Path, offset: int) -> Record:
    """The record whose gzip member begins at ``offset``; in a file that is not compressed, the record itself.

    Raises DamagedError that names file and offset where there is no whole record.
    """
    path = existing(path)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            is_plain = file.read(len(_PLAIN)) == _PLAIN
            record = _read_plain(file, offset) if is_plain else _read_member(file, offset)
    except FileNotFoundError:
        raise DamagedError(f"{path}: there is no such file", hint="archiver verify says more") from None
    except (_TornError, OSError) as error:
        raise DamagedError(f"{path}: no whole record at byte {offset}: {error}") from None
    if record is None:
        raise DamagedError(f"{path}: the file ends before byte {offset}", hint="archiver verify says more")
    return record


def read_page(
    archive: Path, capture: Capture, *, original: Capture | None = None, limit: int = LIMIT
) -> Page:
    """The decoded body of a capture; that of ``original`` where the capture is a revisit.

    ``limit`` bounds the decoded body; the page's ``fault`` says where it is not whole.
    Raises DamagedError where the record is not there, or is another one, where its payload
    has another digest than stated, or where a revisit is given without its original.
    """
    own = source = _record_of(archive, capture)
    if capture.warc_type == "conversion":
        return _text_page(own, capture, limit)
    if capture.warc_type == "revisit":
        if original is None:
            raise DamagedError(f"{capture.warc_record_id} is a revisit and holds no page", url=capture.url)
        source = _record_of(archive, original)
    kept = parse_response(wire_of(source.block))
    shown = kept if is_not_modified(capture) else parse_response(wire_of(own.block))
    stated = capture.payload_digest or (original and original.payload_digest)
    _check_digest(kept.payload(), stated or source.get("WARC-Payload-Digest"), source)
    if capture.source != "crawl" and not is_not_modified(capture):
        _check_other_digest(kept, own)
    payload = joined(kept.payload(), limit)
    decoded = (
        Decoded(body=b"", fault=f"the body {TOO_LARGE}")
        if payload is None
        else decode(payload, shown.codings, limit=limit)
    )
    return Page(
        url=capture.url,
        body=decoded.body,
        content_type=shown.header("content-type"),
        language=shown.header("content-language"),
        status=shown.status or 0,
        record=source.id,
        fault=decoded.fault,
        captured=capture.warc_date.date(),
    )


def _text_page(record: Record, capture: Capture, limit: int) -> Page:
    """The page of a conversion: a text, as another program took it from what a server sent."""
    _check_digest([record.block], capture.payload_digest, record)
    return Page(
        url=capture.url,
        body=bytes(memoryview(record.block)[:limit]),
        content_type=record.get("Content-Type"),
        record=record.id,
        fault="the body is too large" if len(record.block) > limit else None,
        captured=capture.warc_date.date(),
    )


def captures_in(path: Path, *, site: str, damaged: Callable[[int], None] | None = None) -> Iterator[Capture]:
    """The captures of a file, rebuilt from its records alone, up to a torn tail.

    Equal, field for field, to what the writer returned when it wrote them. Files of others
    are read too, in any layout; ``foreign_records`` says what their offsets are. Where the file
    says that an import left another one in its place, the captures of that one come too. ``damaged``
    is told of each offset at which no whole record lies.
    """
    for origin, record in records_with_origin(path, damaged or unheard):
        if origin.imported is not None:
            yield from captures_in_place(path.parent, origin.imported, site=site, crawl=origin.crawl)
            continue
        with suppress(ValueError):  # a date that is none, which verify finds
            if (capture := capture_in(path, record, origin, site=site)) is not None:
                yield capture


def unheard(offset: int) -> None:
    """What is done where a file is damaged and nobody asks."""


def records_with_origin(
    path: Path, damaged: Callable[[int], None] = unheard
) -> Iterator[tuple[Origin, Record]]:
    """The records of a file, each with where it comes from; ``damaged`` is told where there is none."""
    origins = Origins()
    for record in any_records(path, damaged):
        yield origins.of(record.get, partial(_block_of, record)), record


def _block_of(record: Record) -> Buffer:
    return record.block


def capture_in(path: Path, record: Record, origin: Origin, *, site: str) -> Capture | None:
    """The capture that a record of a file in the archive is, None where it is none. Raises ValueError."""
    if not origin.has_capture(record):
        return None
    return capture_of(
        record, site=site, crawl=origin.crawl, filename=called(path, site), source=origin.source
    )


def captures_in_place(archive: Path, imported: Imported, *, site: str, crawl: str) -> Iterator[Capture]:
    """The captures of a file that an import left in its place, as far as they are there still."""
    place = imported.place()
    if place is None:
        return
    path = located(archive, place[0])
    if not path.exists():
        path = place[1]
    for offset in imported.offsets:
        with suppress(DamagedError, ValueError):  # another record may lie there now
            if is_capture(record := read_record(path, offset)):
                yield capture_of(record, site=site, crawl=crawl, filename=place[0], source="import")


def any_records(path: Path, damaged: Callable[[int], None] = unheard) -> Iterator[Record]:
    """The records of a file in our layout, or of one in any other; ``damaged`` as above."""
    records = iter_records(path)
    yield from records
    if records.torn == 0 and not records.damaged:
        is_empty = True
        for record in foreign_records(records.path):
            is_empty = False
            yield record
        if is_empty:
            damaged(0)
        return
    for offset in (*records.damaged, *((records.torn,) if records.torn is not None else ())):
        damaged(offset)


def crawl_of(path: Path) -> str:
    """The crawl that a file is part of, as its warcinfo says; empty where it says none."""
    return info_of(path).get("isPartOf", "")


def info_of(path: Path) -> dict[str, str]:
    """What the warcinfo says that a file begins with; empty where it begins with none."""
    for record in iter_records(path):
        return dict(parse_warc_fields(record.block)) if record.type == "warcinfo" else {}
    return {}


def ended_at(path: Path) -> datetime | None:
    """When the outcome of the last crawl of ours in a file was written, None where there is none."""
    found = None
    for origin, record in records_with_origin(path):
        if not origin.is_foreign and (record.get("WARC-Target-URI") or "").startswith(OUTCOME):
            with suppress(ValueError):
                found = parse_warc_date(record.get("WARC-Date") or "")
    return found


def set_torn_tail_aside(path: Path) -> Path | None:
    """Moves what lies behind the last whole record into a file beside; None where nothing does.

    The whole records stay untouched, and so does damage that whole records follow: that is no torn
    tail. The file beside carries the offset in its name.
    """
    path = existing(path)
    records = iter_records(path)
    for _ in records:
        pass
    if records.torn is None:
        return None
    aside = path.with_name(f"{path.name.removesuffix(OPEN)}.torn-{records.torn}")
    with path.open("r+b") as file:
        file.seek(records.torn)
        with written_whole(aside) as kept:
            copyfileobj(file, kept)
        file.truncate(records.torn)
    sync_folder(path.parent)
    return aside


def _check_digest(payload: Iterable[Buffer], stated: str | None, record: Record) -> None:
    if stated and stated.startswith("sha256:") and sha256(payload) != stated:
        raise DamagedError(
            f"{record.id}: the payload is not the one with digest {stated}",
            hint="archiver verify says more",
            url=record.get("WARC-Target-URI"),
        )


def _check_other_digest(kept: ResponseMessage, record: Record) -> None:
    """A digest of another kind, as others state it, is that of the payload too, or of its framing."""
    stated = record.get("WARC-Payload-Digest")
    if record.type != "revisit" or not stated or stated.startswith("sha256:"):
        return
    found = compared(stated, kept.payload(), "payload-digest")
    if found is not None and found[0] == "payload-digest" and not is_framed(stated, kept):
        raise DamagedError(
            f"{record.id}: the original is not the payload with digest {stated}",
            hint="archiver verify says more",
            url=record.get("WARC-Target-URI"),
        )


def _record_of(archive: Path, capture: Capture) -> Record:
    path = located(archive, capture.filename)
    record = read_record(path, capture.offset)
    if record.id != capture.warc_record_id:
        raise DamagedError(
            f"{path}: the record at byte {capture.offset} is {record.id or 'none'},"
            f" not {capture.warc_record_id}",
            hint="archiver verify says more",
            url=capture.url,
        )
    return record


def _read_member(file: BinaryIO, offset: int) -> Record | None:
    """The record whose member begins here, None at the end of the file."""
    raw = RawFile(file)
    raw.go(offset)
    if not raw.peek(1):
        return None
    try:
        content = Content(raw.member())
        fields, block = _parse(content)
        if content.has(1):
            raise _TornError(_OTHER_LENGTH)
    except DamageError as error:
        raise _TornError("the gzip member is cut off" if error.torn else f"no gzip member: {error}") from None
    return Record(fields=fields, block=memoryview(block), offset=offset, length=raw.offset - offset)


def _read_plain(file: BinaryIO, offset: int) -> Record:
    """The record that begins here in a file that is not compressed."""
    raw = RawFile(file)
    raw.go(offset)
    content = Content(raw.pieces())
    fields, block = _parse(content)
    return Record(fields=fields, block=memoryview(block), offset=offset, length=content.offset)


def _parse(content: Content) -> tuple[Fields, Wire]:
    """Fields and block of the record that a content begins with; the content goes on behind it."""
    head = head_of(content)
    if head is None or not head.endswith(END) or not head.startswith(_PLAIN):
        raise _TornError("there is no header of a WARC record")
    fields = _parse_fields(head.split(b"\r\n")[1:])
    stated = next((v for k, v in fields if k.lower() == "content-length"), "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 18:
        raise _TornError("the header states no length")
    if (size := int(stated)) > MAX_BLOCK:
        raise _TornError(f"the record is larger than {MAX_BLOCK} bytes")
    block = take_block(content, size)
    if block is None or not content.has(len(END)) or not content.held.startswith(END, content.at):
        raise _TornError(_OTHER_LENGTH)
    content.at += len(END)
    return fields, block


def _parse_fields(lines: list[bytes]) -> Fields:
    found = (_FIELD.match(line) for line in lines)
    return tuple((m[1].decode(), m[2].decode("utf-8", "replace")) for m in found if m)
