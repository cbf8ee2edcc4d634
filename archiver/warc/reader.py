"""Reads records and pages back from WARC files, ours first: one gzip member a record.

A path may name a file that is still open (``.open``). A torn tail, which a crash leaves,
never hides the whole records before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from archiver.errors import DamagedError
from archiver.model import Capture, Page
from archiver.warc.capture import capture_of, is_capture, is_not_modified
from archiver.warc.coding import LIMIT, decode
from archiver.warc.exchange import content_codings, parse_response
from archiver.warc.file import OPEN, existing, sync_folder, write_synced
from archiver.warc.foreign import foreign_records
from archiver.warc.record import END, INFLATE_FAULTS, Fields, Record, decompressor, parse_warc_fields, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_RECORD = 1 << 30
_SLICE = 32 * 1024
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*\Z", re.DOTALL)
_MEMBER = b"\x1f\x8b\x08"


class _TornError(Exception):
    """The bytes from an offset on are no whole record."""


_NO_RECORD: tuple[type[Exception], ...] = (_TornError, *INFLATE_FAULTS)


class Records:
    """The records of a file in order. After the last one ``torn`` says what is behind it.

    ``torn`` is the offset of the first byte that belongs to no whole record, None where the
    file ends with a whole one; ``reason`` says what is wrong there.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path = existing(path)
        self.torn: int | None = None
        self.reason: str | None = None
        self._start = start

    def __iter__(self) -> Iterator[Record]:
        self.torn = self.reason = None
        offset = self._start
        with self.path.open("rb") as file:
            while True:
                try:
                    record = _read_member(file, offset)
                except _TornError as error:
                    self.torn, self.reason = offset, str(error)
                    return
                if record is None:
                    return
                yield record
                offset += record.length


def iter_records(path: Path, start: int = 0) -> Records:
    """The whole records from byte ``start`` on, read as they are asked for."""
    return Records(path, start)


def read_record(path: Path, offset: int) -> Record:
    """The record whose gzip member begins at ``offset``.

    Raises DamagedError that names file and offset where there is no whole record.
    """
    path = existing(path)
    try:
        with path.open("rb") as file:
            record = _read_member(file, offset)
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
    if capture.warc_type == "revisit":
        if original is None:
            raise DamagedError(f"{capture.warc_record_id} is a revisit and holds no page", url=capture.url)
        source = _record_of(archive, original)
    kept = parse_response(bytes(source.block))
    shown = kept if is_not_modified(capture) else parse_response(bytes(own.block))
    payload = b"".join(kept.payload())
    _check_digest(payload, capture.payload_digest or source.get("WARC-Payload-Digest"), source)
    decoded = decode(payload, content_codings(shown.headers), limit=limit)
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


def captures_in(path: Path, *, site: str) -> Iterator[Capture]:
    """The captures of a file, rebuilt from its records alone, up to a torn tail.

    Equal, field for field, to what the writer returned when it wrote them. Files of others
    are read too, in any layout; ``foreign_records`` says what their offsets are.
    """
    filename = path.name.removesuffix(OPEN)
    crawls: dict[str, str] = {}
    for record in any_records(path):
        if record.type == "warcinfo":
            crawls[record.id] = dict(parse_warc_fields(record.block)).get("isPartOf", "")
        elif is_capture(record):
            crawl = crawls.get(record.get("WARC-Warcinfo-ID") or "", "")
            yield capture_of(record, site=site, crawl=crawl, filename=filename)


def any_records(path: Path) -> Iterator[Record]:
    """The records of a file in our layout, or of one in any other."""
    records = iter_records(path)
    yield from records
    if records.torn == 0:
        yield from foreign_records(records.path)


def crawl_of(path: Path) -> str:
    """The crawl that a file is part of, as its warcinfo says; empty where it says none."""
    for record in iter_records(path):
        return dict(parse_warc_fields(record.block)).get("isPartOf", "") if record.type == "warcinfo" else ""
    return ""


def set_torn_tail_aside(path: Path) -> Path | None:
    """Moves what lies behind the last whole record into a file beside; None where nothing does.

    The whole records stay untouched. The file beside carries the offset in its name. Raises
    DamagedError where whole records follow the damage: that is no torn tail.
    """
    path = existing(path)
    records = iter_records(path)
    for _ in records:
        pass
    if records.torn is None:
        return None
    with path.open("r+b") as file:
        file.seek(records.torn)
        tail = file.read()
        if (at := _next_record(tail)) is not None:
            raise DamagedError(
                f"{path}: damaged at byte {records.torn}, but a whole record follows at {records.torn + at}",
                hint="archiver verify says more; nothing was changed",
            )
        aside = path.with_name(f"{path.name.removesuffix(OPEN)}.torn-{records.torn}")
        write_synced(aside, tail)
        file.truncate(records.torn)
    sync_folder(path.parent)
    return aside


def _next_record(tail: bytes) -> int | None:
    """Where in a damaged tail the next whole record begins, None without one."""
    at = tail.find(_MEMBER, 1)
    while at >= 0:
        try:
            _parse(_inflate_all(tail[at:])[0], at, 0)
        except _NO_RECORD:
            at = tail.find(_MEMBER, at + 1)
        else:
            return at
    return None


def _inflate_all(data: bytes) -> tuple[bytes, int]:
    stream = decompressor()
    content = stream.decompress(data, MAX_RECORD)
    if not stream.eof:
        raise _TornError("the gzip member is cut off")
    return content, len(data) - len(stream.unused_data)


def _check_digest(payload: bytes, stated: str | None, record: Record) -> None:
    if stated and stated.startswith("sha256:") and sha256([payload]) != stated:
        raise DamagedError(
            f"{record.id}: the payload is not the one with digest {stated}",
            hint="archiver verify says more",
            url=record.get("WARC-Target-URI"),
        )


def _record_of(archive: Path, capture: Capture) -> Record:
    record = read_record(archive / capture.filename, capture.offset)
    if record.id != capture.warc_record_id:
        raise DamagedError(
            f"{archive / capture.filename}: the record at byte {capture.offset} is {record.id or 'none'},"
            f" not {capture.warc_record_id}",
            hint="archiver verify says more",
            url=capture.url,
        )
    return record


def _read_member(file: BinaryIO, offset: int) -> Record | None:
    """The record whose member begins here, None at the end of the file."""
    file.seek(offset)
    stream = decompressor()
    pieces, held, read = [], 0, 0
    try:
        while not stream.eof:
            data = file.read(_SLICE)
            if not data and not read:
                return None
            if not data:
                raise _TornError("the gzip member is cut off")
            read += len(data)
            while data and not stream.eof:
                piece = stream.decompress(data, MAX_RECORD - held)
                data = stream.unconsumed_tail
                held += len(piece)
                pieces.append(piece)
                if held >= MAX_RECORD:
                    raise _TornError(f"the record is larger than {MAX_RECORD} bytes")
    except INFLATE_FAULTS as error:
        raise _TornError(f"no gzip member: {error}") from None
    length = read - len(stream.unused_data)
    return _parse(b"".join(pieces), offset, length)


def _parse(content: bytes, offset: int, length: int) -> Record:
    """The record in the content of one member, which must hold it whole and nothing else."""
    head, found, rest = content.partition(END)
    lines = head.split(b"\r\n")
    if not found or not lines[0].startswith(b"WARC/1."):
        raise _TornError("the member holds no WARC record")
    fields = _parse_fields(lines[1:])
    stated = next((v for k, v in fields if k.lower() == "content-length"), "")
    if not stated.isascii() or not stated.isdigit() or rest[int(stated) :] != END:
        raise _TornError("Content-Length and the length of the block differ")
    return Record(fields=fields, block=memoryview(rest)[: int(stated)], offset=offset, length=length)


def _parse_fields(lines: list[bytes]) -> Fields:
    found = (_FIELD.match(line) for line in lines)
    return tuple((m[1].decode(), m[2].decode("utf-8", "replace")) for m in found if m)
