"""How records lie in a WARC file, found in whatever state it is: the frame of each, and what is between.

Reads files with a gzip member a record, with one member for all, and plain ones. Nothing that a
file holds raises or fills the memory: what is damaged is named, and reading goes on at the next
record that can be found. A block of more than ``HELD`` bytes is kept in a temporary file.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from archiver.warc.findings import Fault
from archiver.warc.record import END, INFLATE_FAULTS, Fields, decompressor

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.warc.exchange import Wire

HELD = 1 << 20  # bytes of a record that are held in memory
MAX_BLOCK = 1 << 30  # bytes of a block that are looked at
MAX_HEAD = 1 << 18  # bytes of a header

_SLICE = 16 * 1024
_STEP = 1 << 20
_MEMBER = b"\x1f\x8b\x08"
_VERSION = b"WARC/"
_NEXT = END + _VERSION
_END_OF_HEAD = re.compile(rb"\n\r?\n")


@dataclass(slots=True)
class Frame:
    """A record as it lies in its file.

    ``offset`` is the byte at which it begins (the member that holds it, in a compressed file),
    ``fields`` its header in order, ``values`` the first of each name in lower case. ``block`` is
    None where it cannot be told from what follows it. ``faults`` are kinds of findings with a detail.
    ``length`` is that of the record in its file, 0 where a member holds more than one. ``head``
    is the header as it is there, with the blank line that ends it.
    """

    offset: int
    head: bytes
    version: str
    fields: Fields
    values: dict[str, str]
    block: Wire | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)
    length: int = 0


class _DamageError(Exception):
    """A gzip member that cannot be taken apart; ``torn`` where the file ends in it."""

    def __init__(self, reason: str, *, torn: bool = False) -> None:
        super().__init__(reason)
        self.torn = torn


def frames(path: Path) -> Iterator[Frame | Fault]:
    """The records of a file in order, and what is no record among them. Raises OSError."""
    with path.open("rb") as file:
        raw = _Raw(file)
        begin = file.read(len(_MEMBER) + 2)
        file.seek(0)
        if not begin:
            yield Fault(code="empty-file", offset=0)
        elif begin.startswith(b"WARC/"):
            yield from _records(_Text(raw.pieces()), None)
        elif begin.startswith(_MEMBER):
            yield from _members(raw, 0)
        elif (at := _next_member(file, 0)) is None:
            yield Fault(code="not-warc", offset=0)
        else:
            yield Fault(code="junk", offset=0, detail=f"{at} bytes before the first record")
            yield from _members(raw, at)


class _Raw:
    """A file read in steps, of which slices are handed out and may be given back in part."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.begin = self.at = 0  # where in the file the step begins, where in the step we are
        self.step = b""

    @property
    def offset(self) -> int:
        return self.begin + self.at

    def go(self, offset: int) -> None:
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

    def member(self) -> Iterator[bytes]:
        """The content of the gzip member that begins here. Raises _DamageError."""
        stream: Any = decompressor()
        try:
            while not stream.eof:
                data = self.slice()
                if not data:
                    raise _DamageError("the file ends inside a gzip member", torn=True)
                yield stream.decompress(data)
            self.at -= len(stream.unused_data)
        except INFLATE_FAULTS as error:
            raise _DamageError(str(error)) from None


class _Text:
    """Content that comes in pieces: what is held of it, from ``at`` on, and where that begins."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.held = next(pieces, b"")
        self.at = self.before = 0

    @property
    def offset(self) -> int:
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

    def skip_to_next(self) -> bool:
        """Goes to the next place that looks like a record's beginning; False where there is none."""
        while (found := self.held.find(_NEXT, self.at)) < 0:
            self.at = max(self.at, len(self.held) - len(_NEXT))
            if not self.more():
                self.at = len(self.held)
                return False
        self.at = found + len(END)
        return True


def _members(raw: _Raw, start: int) -> Iterator[Frame | Fault]:
    """The records of gzip members one after the other, from ``start`` on."""
    raw.go(start)
    is_said = False
    while begin := raw.peek(len(_MEMBER)):
        offset, damage = raw.offset, None
        for number, found in enumerate(_of_member(raw, offset) if begin == _MEMBER else ()):
            if isinstance(found, _DamageError):
                damage = found
                continue
            if number == 1 and not is_said and isinstance(found, Frame):
                is_said = True
                yield Fault(code="one-member", offset=offset)
            yield found
        if begin == _MEMBER and damage is None:
            continue
        following = _next_member(raw.file, offset + 1)
        yield _damage(damage, offset, following)
        if following is None:
            return
        raw.go(following)


def _of_member(raw: _Raw, offset: int) -> Iterator[Frame | Fault | _DamageError]:
    """What a member holds, and last what is wrong with the member itself.

    A frame is held back until what follows it is known: the only one is as long as the member.
    """
    waiting: Frame | Fault | None = None
    is_first = True
    try:
        for found in _records(_Text(raw.member()), offset):
            if waiting is not None:
                is_first = False
                yield waiting
            waiting = found
    except _DamageError as error:
        if isinstance(waiting, Frame):
            waiting.block = None
        if waiting is not None:
            yield waiting
        yield error
        return
    if waiting is not None:
        if is_first and isinstance(waiting, Frame):
            waiting.length = raw.offset - offset
        yield waiting


def _damage(error: _DamageError | None, offset: int, following: int | None) -> Fault:
    """The damage at ``offset``, behind which the next record begins at ``following``.

    ``error`` is None where no member begins at all.
    """
    goes_on = "nothing can be read behind it" if following is None else f"the next record is at {following}"
    if error is None:
        return Fault(code="junk", offset=offset, detail=goes_on)
    torn = error.torn and following is None
    detail = str(error) if torn else f"{error}; {goes_on}"
    return Fault(code="torn-tail" if torn else "gzip-damage", offset=offset, detail=detail)


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Where the next member begins that holds a record, None without one."""
    held = b""
    while True:
        file.seek(start + len(held))
        read = file.read(_STEP)
        held += read
        at = held.find(_MEMBER)
        while at >= 0:
            if _holds_record(file, start + at):
                return start + at
            at = held.find(_MEMBER, at + 1)
        if not read:
            return None
        kept = len(_MEMBER) - 1
        start, held = start + max(0, len(held) - kept), held[-kept:]


def _holds_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    stream: Any = decompressor()
    try:
        return bool(stream.decompress(file.read(_SLICE), 64).startswith(b"WARC/"))
    except INFLATE_FAULTS:
        return False


def _records(text: _Text, member: int | None) -> Iterator[Frame | Fault]:
    """The records of one content; ``member`` is the offset of the member that holds it, if one does."""
    while text.at < len(text.held) or text.more():
        offset = text.offset if member is None else member
        if not text.held.startswith(_VERSION, text.at) and not (
            text.has(len(_VERSION)) and text.held.startswith(_VERSION, text.at)
        ):
            yield Fault(code="junk", offset=offset, detail=repr(text.held[text.at : text.at + 20]))
        elif (head := _head(text)) is None:
            yield Fault(code="endless-head", offset=offset, detail=f"of more than {MAX_HEAD} bytes")
        else:
            frame = parse_head(head, offset)
            whole = _take_block(text, frame, is_plain=member is None)
            if whole and member is None:
                frame.length = text.offset - offset
            yield frame
            if whole:
                continue
        text.skip_to_next()


def _head(text: _Text) -> bytes | None:
    """The header from here on with the line end before its blank line; None where it has no end."""
    while True:
        found = _END_OF_HEAD.search(text.held, text.at, text.at + MAX_HEAD)
        if found is not None:
            head = text.held[text.at : found.end()]
            text.at = found.end()
            return head
        if len(text.held) - text.at >= MAX_HEAD or not text.more():
            return None


def parse_head(head: bytes, offset: int) -> Frame:
    """The frame that a header describes, without its block."""
    text = head.decode("utf-8", "replace")
    lines = text.split("\r\n")
    try:
        # What nearly every header is: a line a field, a colon and a space in each.
        fields = tuple([(name, value) for name, value in [line.split(": ", 1) for line in lines[1:-2]]])
    except ValueError:
        return _parse_odd_head(head, offset)
    if text.count("\n") >= len(lines) or "\r\n " in text or "\r\n\t" in text:
        return _parse_odd_head(head, offset)
    values = {name.lower(): value for name, value in reversed(fields)}
    return Frame(offset, head, lines[0], fields, values, None, [])


def _parse_odd_head(head: bytes, offset: int) -> Frame:
    """The frame of a header with folded lines, bare line ends, or lines without a colon."""
    text = head.decode("utf-8", "replace")
    faults: list[tuple[str, str]] = []
    lines = text.split("\r\n")
    if lines[-2:] != ["", ""] or any("\n" in line for line in lines):
        faults.append(("bare-lf", ""))
        lines = text.splitlines()
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon:
            fields.append((name, value.strip()))
        elif line:
            faults.append(("bad-field", repr(line[:80])))
    values = {name.lower(): value for name, value in reversed(fields)}
    return Frame(offset, head, lines[0], tuple(fields), values, None, faults)


def _take_block(text: _Text, frame: Frame, *, is_plain: bool) -> bool:
    """Reads the block of a frame and the two line ends behind it; False where they are not there."""
    stated = frame.values.get("content-length", "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 18:
        frame.faults.append(("no-content-length", repr(stated[:30]) if stated else ""))
        return False
    size = int(stated)
    if size + len(END) <= HELD:
        if text.has(size + len(END)) and text.held.startswith(END, text.at + size):
            frame.block = text.held[text.at : text.at + size]
            text.at += size + len(END)
            return True
        _take_what_is_there(text, frame, size, is_plain=is_plain)
        return False
    frame.block, there = _spooled(text, size)
    if there is None and text.has(len(END)) and text.held.startswith(END, text.at):
        text.at += len(END)
        if frame.block is None:
            frame.faults.append(("too-large", f"{size} bytes"))
        return True
    frame.block = None
    frame.faults.append(_length_fault(size, there, is_plain=is_plain))
    return False


def _take_what_is_there(text: _Text, frame: Frame, size: int, *, is_plain: bool) -> None:
    """The block of a member whose only record states another length; in a plain file none can be told."""
    is_whole = not is_plain and not text.has(HELD)
    rest = text.held[text.at :]
    if is_plain or not is_whole or _NEXT in rest:
        there = None if text.has(size + len(END)) else len(rest)
        frame.faults.append(_length_fault(size, there, is_plain=is_plain))
        return
    frame.block = rest.removesuffix(END)
    frame.faults.append(_length_fault(size, len(frame.block), is_plain=False))
    text.at = len(text.held)


def _length_fault(size: int, there: int | None, *, is_plain: bool) -> tuple[str, str]:
    """What is wrong with a block: ``there`` bytes are left of the file, None where these are enough."""
    if there is None:
        return "wrong-length", f"stated are {size} bytes; no two line ends follow them"
    if is_plain:
        return "torn-tail", f"stated are {size} bytes, the file ends after {there}"
    return "wrong-length", f"stated are {size} bytes, there are {there}"


def _spooled(text: _Text, size: int) -> tuple[mmap.mmap | None, int | None]:
    """A large block as a map of a temporary file, None where it is too large to look at.

    The second is the number of bytes that there are where these are fewer than ``size``.
    """
    left = size
    with tempfile.TemporaryFile() as file:
        while left and text.has(1):
            piece = text.held[text.at : text.at + left]
            text.at += len(piece)
            left -= len(piece)
            if size <= MAX_BLOCK:
                file.write(piece)
        if left:
            return None, size - left
        if size > MAX_BLOCK:
            return None, None
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), None
