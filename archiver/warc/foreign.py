"""WARC files that other programs wrote: uncompressed, or one gzip member for all records.

warcio reads them; only the records' own bytes are asked of it, no HTTP is parsed and no
content coding taken off.
"""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archiver.warc.blocks import HELD, MAX_BLOCK, STEP, mapped
from archiver.warc.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archiver.warc.exchange import Wire

_MEMBER = b"\x1f\x8b"
_FAULTS = (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error)
_MAX_HEAD = 1 << 20  # bytes that warcio may read from the end of one block to the beginning of the next


def foreign_records(path: Path) -> Iterator[Record]:
    """The records of a WARC file of any layout, up to the first one that cannot be read.

    ``offset`` and ``length`` are those of the record in an uncompressed file, and 0 where
    one gzip member holds all: such a file must be copied record by record to be read at
    an offset.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _MEMBER
        file.seek(0)
        stream = _Bounded(cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file)
        yield from _records(stream, has_offsets=not packed)


class _Bounded:
    """A stream that gives no more than ``left`` bytes. Raises ValueError where more are asked of it.

    warcio reads a line to its end, however far that is.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.left = _MAX_HEAD
        self.tell = file.tell

    def read(self, size: int) -> bytes:
        """The next bytes."""
        piece = self.file.read(size)
        self.left -= len(piece)
        if self.left < 0:
            raise ValueError("a header without end")
        return piece


def _records(stream: _Bounded, *, has_offsets: bool) -> Iterator[Record]:
    try:
        found: Any = ArchiveIterator(stream, no_record_parse=True)
        for record in found:
            if record.format != "warc":
                continue
            stated = (record.rec_headers.get_header("Content-Length") or "").strip()
            if not stated.isascii() or not stated.isdigit() or len(stated) > 18 or int(stated) > MAX_BLOCK:
                return
            stream.left = int(stated) + 2 * _MAX_HEAD
            block = _block(record.raw_stream, int(stated))
            if len(block) != int(stated):
                return
            stream.left = _MAX_HEAD
            yield Record(
                fields=tuple(record.rec_headers.headers),
                block=memoryview(block),
                offset=found.get_record_offset() if has_offsets else 0,
                length=found.get_record_length() if has_offsets else 0,
            )
    except _FAULTS:
        return


def _block(stream: Any, size: int) -> Wire:
    """The block of a record, or what there is of it."""
    if size <= HELD:
        return cast("bytes", stream.read(size))
    first = stream.read(STEP)
    return mapped(_pieces(first, stream)) if first else b""


def _pieces(first: bytes, stream: Any) -> Iterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = stream.read(STEP)
