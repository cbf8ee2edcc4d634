"""Blocks of records, however large: held in memory while they are small, else in a temporary file.

A large block is a memory map of that file, and is gone through a few megabytes at a time, each let go of
before the next: it costs neither memory nor what the system counts as such.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archiver.warc.exchange import Wire
    from archiver.warc.members import Content
    from archiver.warc.record import Buffer

HELD = 1 << 20  # bytes of a record that are held in memory
MAX_BLOCK = 1 << 30  # bytes of a block that are looked at
STEP = 4 << 20
_LETS_GO = hasattr(mmap, "MADV_DONTNEED")


def mapped(pieces: Iterable[bytes]) -> mmap.mmap:
    """The pieces, which are not empty, as a map of a temporary file without a name."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def take_block(content: Content, size: int) -> Wire | None:
    """The next ``size`` bytes of a content, None where it ends before."""
    if size > HELD:
        block = mapped(content.take(size)) if content.has(1) else b""
        return block if len(block) == size else None
    if not content.has(size):
        return None
    content.at += size
    return content.held[content.at - size : content.at]


def joined(pieces: Iterable[Buffer], limit: int) -> bytes | None:
    """The pieces as one, None where they are more than ``limit`` bytes."""
    whole = bytearray()
    for piece in in_steps(pieces):
        whole += piece
        if len(whole) > limit:
            return None
    return bytes(whole)


def in_steps(pieces: Iterable[Buffer | Wire]) -> Iterator[Buffer | Wire]:
    """The same bytes in pieces of a few megabytes; what was read of a map is let go of."""
    read = 0
    for piece in pieces:
        if isinstance(piece.obj if isinstance(piece, memoryview) else piece, bytes):
            yield piece
            continue
        view = memoryview(piece)
        for at in range(0, len(view), STEP):
            part = view[at : at + STEP]
            yield part
            read += len(part)
            if read >= STEP:
                read = 0
                _let_go(view.obj)


def _let_go(block: Any) -> None:
    """Lets the system take back the memory of a map; its bytes stay in the file."""
    if _LETS_GO and isinstance(block, mmap.mmap):
        block.madvise(mmap.MADV_DONTNEED)
