"""The gzip member of a record: as it lies in its file, or made where the record has none of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archiver.warc.frames import Frame
from archiver.warc.record import END, compress

_GZIP = b"\x1f\x8b"
_STEP = 1 << 20


def member(file: BinaryIO, frame: Frame) -> Iterator[bytes]:
    """The bytes of a member that holds this record alone; ``file`` is where the record was found.

    They are copied as they are. In a plain file, and where one member holds more, the header and the
    block as they are there are compressed. Raises OSError.
    """
    file.seek(frame.offset)
    if not frame.length or file.read(len(_GZIP)) != _GZIP:
        yield from compress([frame.head, memoryview(frame.block or b""), END])
        return
    file.seek(frame.offset)
    left = frame.length
    while left > 0 and (piece := file.read(min(left, _STEP))):
        left -= len(piece)
        yield piece
