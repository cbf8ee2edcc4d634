"""How records lie in a WARC file, found in whatever state it is: the frame of each, and what is between.

Reads files with a gzip member a record, with one member for all, and plain ones. Nothing that a
file holds raises or fills the memory: what is damaged is named, and reading goes on at the next
record that can be found. A block of more than ``HELD`` bytes is kept in a temporary file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.warc.blocks import HELD, MAX_BLOCK, mapped
from archiver.warc.findings import Fault
from archiver.warc.members import MEMBER, NEXT, VERSION, Content, DamageError, RawFile, next_member
from archiver.warc.record import END, Fields

if TYPE_CHECKING:
    import mmap
    from pathlib import Path

    from archiver.warc.exchange import Wire

MAX_HEAD = 1 << 18  # bytes of a header

ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # a WACZ holds whole WARC files, which must not be taken out of it

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


def frames(path: Path) -> Iterator[Frame | Fault]:
    """The records of a file in order, and what is no record among them. Raises OSError."""
    with path.open("rb") as file:
        raw = RawFile(file)
        begin = file.read(len(MEMBER) + 2)
        file.seek(0)
        if not begin:
            yield Fault(code="empty-file", offset=0)
        elif begin.startswith(ZIP):
            yield Fault(code="zip-file", offset=0)
        elif begin.startswith(b"WARC/"):
            yield from _records(Content(raw.pieces()), None)
        elif begin.startswith(MEMBER):
            yield from _members(raw, 0)
        elif (at := next_member(file, 0)) is None:
            yield Fault(code="not-warc", offset=0)
        else:
            yield Fault(code="junk", offset=0, detail=f"{at} bytes before the first record")
            yield from _members(raw, at)


def _members(raw: RawFile, start: int) -> Iterator[Frame | Fault]:
    """The records of gzip members one after the other, from ``start`` on."""
    raw.go(start)
    is_said = False
    while begin := raw.peek(len(MEMBER)):
        if begin == MEMBER and (usual := _usual(raw)) is not None:
            yield usual
            continue
        offset, damage, number = raw.offset, None, -1
        for number, found in enumerate(_of_member(raw, offset) if begin == MEMBER else ()):
            if isinstance(found, DamageError):
                damage = found
                continue
            if number == 1 and not is_said and isinstance(found, Frame):
                is_said = True
                yield Fault(code="one-member", offset=offset)
            yield found
        if begin == MEMBER and damage is None:
            if number < 0:
                yield Fault(code="empty-member", offset=offset)
            continue
        following = next_member(raw.file, offset + 1)
        yield _damage(damage, offset, following)
        if following is None:
            return
        raw.go(following)


def _usual(raw: RawFile) -> Frame | None:
    """The frame of a small member that holds one whole record and nothing else, as nearly all do.

    None, and nothing is read, for whatever else is there.
    """
    offset = raw.offset
    content = raw.whole_member()
    if content is not None and content.startswith(VERSION):
        found = _END_OF_HEAD.search(content, 0, MAX_HEAD)
        if found is not None and content.endswith(END):
            begin, end = found.end(), len(content) - len(END)
            frame = parse_head(content[:begin], offset)
            if end - begin <= HELD and frame.values.get("content-length") == str(end - begin):
                frame.block, frame.length = content[begin:end], raw.offset - offset
                return frame
    raw.give_back(offset)
    return None


def _of_member(raw: RawFile, offset: int) -> Iterator[Frame | Fault | DamageError]:
    """What a member holds, and last what is wrong with the member itself.

    A frame is held back until what follows it is known: the only one is as long as the member.
    """
    waiting: Frame | Fault | None = None
    is_first = True
    try:
        for found in _records(Content(raw.member()), offset):
            if waiting is not None:
                is_first = False
                yield waiting
            waiting = found
    except DamageError as error:
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


def _damage(error: DamageError | None, offset: int, following: int | None) -> Fault:
    """The damage at ``offset``, behind which the next record begins at ``following``.

    ``error`` is None where no member begins at all.
    """
    goes_on = "nothing can be read behind it" if following is None else f"the next record is at {following}"
    if error is None:
        return Fault(code="junk", offset=offset, detail=goes_on)
    torn = error.torn and following is None
    detail = str(error) if torn else f"{error}; {goes_on}"
    return Fault(code="torn-tail" if torn else "gzip-damage", offset=offset, detail=detail)


def _records(text: Content, member: int | None) -> Iterator[Frame | Fault]:
    """The records of one content; ``member`` is the offset of the member that holds it, if one does."""
    while text.at < len(text.held) or text.more():
        offset = text.offset if member is None else member
        if not text.held.startswith(VERSION, text.at) and not (
            text.has(len(VERSION)) and text.held.startswith(VERSION, text.at)
        ):
            yield Fault(code="junk", offset=offset, detail=repr(text.held[text.at : text.at + 20]))
        elif (head := head_of(text)) is None:
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


def head_of(text: Content) -> bytes | None:
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


def _take_block(text: Content, frame: Frame, *, is_plain: bool) -> bool:
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


def _take_what_is_there(text: Content, frame: Frame, size: int, *, is_plain: bool) -> None:
    """The block of a member whose only record states another length; in a plain file none can be told."""
    is_whole = not is_plain and not text.has(HELD)
    rest = text.held[text.at :]
    if is_plain or not is_whole or NEXT in rest:
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


def _spooled(text: Content, size: int) -> tuple[mmap.mmap | None, int | None]:
    """A large block as a map of a temporary file, None where it is too large to look at.

    The second is the number of bytes that there are where these are fewer than ``size``.
    """
    begin = text.offset
    block = mapped(text.take(size)) if size <= MAX_BLOCK and text.has(1) else None
    for _ in text.take(size) if block is None else ():
        pass
    there = text.offset - begin
    return (block, None) if there == size else (None, there)
