"""Gzip members of a file in whatever state it is, and content that comes in pieces.

Nothing here holds more of a file, or of what a member gives, than a few megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from archiver.warc.record import END, INFLATE_FAULTS, decompressor

VERSION = b"WARC/"
MEMBER = b"\x1f\x8b\x08"

_SLICE = 16 * 1024
_BEGIN = 2048  # bytes in which a member has given its first 64, whatever tables it begins with
_STEP = 1 << 20
NEXT = END + VERSION


class DamageError(Exception):
    """A gzip member that cannot be taken apart; ``torn`` where the file ends in it."""

    def __init__(self, reason: str, *, torn: bool = False) -> None:
        super().__init__(reason)
        self.torn = torn


class RawFile:
    """A file read in steps, of which slices are handed out and may be given back in part."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.begin = self.at = 0  # where in the file the step begins, where in the step we are
        self.step = b""

    @property
    def offset(self) -> int:
        """Where in the file the next byte lies."""
        return self.begin + self.at

    def go(self, offset: int) -> None:
        """Goes to a place in the file."""
        self.file.seek(offset)
        self.begin, self.at, self.step = offset, 0, b""

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read."""
        if len(self.step) - self.at < size:
            left = self.step[self.at :]
            self.begin += self.at
            self.step, self.at = left + self.file.read(_STEP), 0
        return self.step[self.at : self.at + size]

    def slice(self) -> bytes:
        """The next bytes, empty at the end of the file."""
        if self.at >= len(self.step):
            self.begin += len(self.step)
            self.step, self.at = self.file.read(_STEP), 0
        piece = self.step[self.at : self.at + _SLICE]
        self.at += len(piece)
        return piece

    def pieces(self) -> Iterator[bytes]:
        """What is left of the file."""
        while piece := self.slice():
            yield piece

    def whole_member(self) -> bytes | None:
        """The content of the gzip member that begins here, where one slice of the file holds it all.

        None, and nothing is read, where it does not, or where it is damaged.
        """
        offset = self.offset
        stream: Any = decompressor()
        try:
            content: bytes = stream.decompress(self.slice())
        except INFLATE_FAULTS:
            content = b""
        if content and stream.eof:
            self.at -= len(stream.unused_data)
            return content
        self.give_back(offset)
        return None

    def give_back(self, offset: int) -> None:
        """Has what was read of the present step from ``offset`` on be read again."""
        self.at = offset - self.begin

    def member(self) -> Iterator[bytes]:
        """The content of the gzip member that begins here. Raises DamageError."""
        stream: Any = decompressor()
        try:
            while not stream.eof:
                data = self.slice()
                if not data:
                    raise DamageError("the file ends inside a gzip member", torn=True)
                yield stream.decompress(data)
            self.at -= len(stream.unused_data)
        except INFLATE_FAULTS as error:
            raise DamageError(str(error)) from None


class Content:
    """Content that comes in pieces: what is held of it, from ``at`` on, and where that begins."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.held = next(pieces, b"")
        self.at = self.before = 0

    @property
    def offset(self) -> int:
        """How much of the content was read."""
        return self.before + self.at

    def more(self) -> bool:
        """Takes one more piece, and lets go of what was read; False at the end."""
        for piece in self.pieces:
            if piece:
                self.before += self.at
                self.held, self.at = self.held[self.at :] + piece, 0
                return True
        return False

    def has(self, size: int) -> bool:
        """True where so many bytes are still to come; they are held then."""
        there = len(self.held) - self.at
        if there >= size:
            return True
        gathered = [self.held[self.at :]]
        for piece in self.pieces:
            gathered.append(piece)
            there += len(piece)
            if there >= size:
                break
        self.before += self.at
        self.held, self.at = b"".join(gathered), 0
        return there >= size

    def take(self, size: int) -> Iterator[bytes]:
        """The next bytes, as many as there are of them, in pieces that nobody holds."""
        while size and self.has(1):
            piece = self.held[self.at : self.at + size]
            self.at += len(piece)
            size -= len(piece)
            yield piece

    def skip_to_next(self) -> bool:
        """Goes to the next place that looks like a record's beginning; False where there is none."""
        while (found := self.held.find(NEXT, self.at)) < 0:
            self.at = max(self.at, len(self.held) - len(NEXT))
            if not self.more():
                self.at = len(self.held)
                return False
        self.at = found + len(END)
        return True


def next_member(file: BinaryIO, start: int) -> int | None:
    """Where the next member begins that holds a record, None without one."""
    held = b""
    while True:
        file.seek(start + len(held))
        read = file.read(_STEP)
        held += read
        at = held.find(MEMBER)
        while at >= 0:
            if _holds_record(file, start + at):
                return start + at
            at = held.find(MEMBER, at + 1)
        if not read:
            return None
        kept = len(MEMBER) - 1
        start, held = start + max(0, len(held) - kept), held[-kept:]


def _holds_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    stream: Any = decompressor()
    try:
        return bool(stream.decompress(file.read(_BEGIN), 64).startswith(b"WARC/"))
    except INFLATE_FAULTS:
        return False


def next_whole_member(file: BinaryIO, start: int) -> int | None:
    """Where the next member begins that holds a record and is whole, None without one."""
    at = next_member(file, start)
    while at is not None and not _is_whole(file, at):
        at = next_member(file, at + 1)
    return at


def _is_whole(file: BinaryIO, offset: int) -> bool:
    raw = RawFile(file)
    raw.go(offset)
    try:
        for _ in raw.member():
            pass
    except DamageError:
        return False
    return True
