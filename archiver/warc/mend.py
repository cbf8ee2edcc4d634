"""Mends a WARC file without losing a byte: whole records into a new file, the old one kept beside it.

A torn tail is cut off and kept in a file of its own; the file itself stays as it is. Damage
between records, or one member for all of them, needs a new file: whole members are copied as they
are, records that share a member are compressed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.disk import refusal, written_whole
from archiver.errors import DamagedError, StorageError
from archiver.warc.file import OPEN
from archiver.warc.findings import KINDS, Fault
from archiver.warc.frames import Frame, frames
from archiver.warc.reader import set_torn_tail_aside
from archiver.warc.record import END, compress

if TYPE_CHECKING:
    from typing import BinaryIO

MENDED = frozenset(("junk", "gzip-damage", "one-member", "empty-member"))
_NOTHING_YET = frozenset(("torn-tail", "empty-file", "endless-head"))  # of a file whose writing just began
NAMES = (".warc", ".warc.gz")
_STEP = 1 << 20


def mend(path: Path, *, now: datetime) -> Path | None:
    """Mends what can be mended of a file; the file that keeps what was taken out, None where nothing was.

    Raises StorageError where the disk refuses, and DamagedError for what is no WARC file: no record is in
    it, or it begins with none and its name is another, as that of a tar file of WARC files. Both leave the
    file as it was.
    """
    wrong, records, is_warc = set[str](), 0, path.name.removesuffix(OPEN).endswith(NAMES)
    for found in frames(path):
        records += isinstance(found, Frame) and (is_warc or not wrong)
        wrong |= {found.code} if isinstance(found, Fault) else {code for code, _ in found.faults}
    if not records and (no_warc := wrong - _NOTHING_YET):
        what = KINDS["zip-file" if "zip-file" in no_warc else "not-warc"]
        raise DamagedError(f"{path}: {what.what}", hint=what.hint)
    is_torn = "torn-tail" in wrong
    if wrong & MENDED or (is_torn and path.name.removesuffix(OPEN).endswith(".warc")):
        return _rewrite(path, now)
    return set_torn_tail_aside(path) if is_torn else None


def _rewrite(path: Path, now: datetime) -> Path:
    """Writes the whole records of a file anew, and keeps the old file under another name."""
    kept = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    try:
        # The old file has its second name before it loses the first.
        kept.hardlink_to(path)
    except OSError as error:
        raise refusal(path, error) from error
    try:
        with kept.open("rb") as source, written_whole(path) as file:
            for piece in _whole(kept, source):
                file.write(piece)
    except StorageError:
        kept.unlink()
        raise
    return kept


def _whole(path: Path, source: BinaryIO) -> Iterator[bytes]:
    """The bytes of the records that are whole: those of a member of their own as they are."""
    for found in frames(path):
        if isinstance(found, Fault):
            continue
        if found.length:
            yield from _copied(source, found.offset, found.length)
        elif found.block is not None and not _is_cut(found):
            yield from compress([found.head, memoryview(found.block), END])


def _is_cut(frame: Frame) -> bool:
    return any(code in ("wrong-length", "torn-tail") for code, _ in frame.faults)


def _copied(source: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    source.seek(offset)
    while length > 0 and (piece := source.read(min(length, _STEP))):
        length -= len(piece)
        yield piece
