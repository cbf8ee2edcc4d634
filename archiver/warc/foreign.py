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

from archiver.warc.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MEMBER = b"\x1f\x8b"
_FAULTS = (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error)


def foreign_records(path: Path) -> Iterator[Record]:
    """The records of a WARC file of any layout, up to the first one that cannot be read.

    ``offset`` and ``length`` are those of the record in an uncompressed file, and 0 where
    one gzip member holds all: such a file must be copied record by record to be read at
    an offset.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _MEMBER
        file.seek(0)
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        yield from _records(ArchiveIterator(stream, no_record_parse=True), has_offsets=not packed)


def _records(found: Any, *, has_offsets: bool) -> Iterator[Record]:
    try:
        for record in found:
            if record.format != "warc":
                continue
            fields = tuple(record.rec_headers.headers)
            block = record.raw_stream.read()
            if str(len(block)) != (record.rec_headers.get_header("Content-Length") or "").strip():
                return
            yield Record(
                fields=fields,
                block=block,
                offset=found.get_record_offset() if has_offsets else 0,
                length=found.get_record_length() if has_offsets else 0,
            )
    except _FAULTS:
        return
