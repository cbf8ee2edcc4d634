"""A WARC file against the standard and the rules of this house: every record, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from archiver.warc.checks import check_record, writes_here
from archiver.warc.findings import Fault
from archiver.warc.frames import Frame, frames
from archiver.warc.imported import FOREIGN, MAX_OWN, Origin, Origins

if TYPE_CHECKING:
    from pathlib import Path

SKEW = timedelta(hours=1)  # by which the clocks of two machines may differ


@dataclass(slots=True)
class Seen:
    """What was read of a file: its records, whether this software wrote it, and which ids it holds."""

    records: int = 0
    is_own: bool = False
    ids: set[str] = field(default_factory=set)
    named: list[tuple[str, str, Fault]] = field(default_factory=list)


Ask = Callable[[Frame, Origin], Iterable[Fault]]
"""What is asked of a record beside the standard."""


def nothing_more(frame: Frame, origin: Origin) -> Iterable[Fault]:
    """What is asked of a record beside the standard where nothing is."""
    return ()


def check_file(
    path: Path,
    *,
    now: datetime,
    seen: Seen | None = None,
    ask: Ask = nothing_more,
    is_elsewhere: bool = False,
) -> Iterator[Fault]:
    """Everything that is wrong with a file, in the order in which it lies there. Raises OSError.

    ``seen`` is filled while the findings are read, and complete after the last one. ``ask`` is
    given each record with its origin, and what it finds is told too. ``is_elsewhere`` is for a file
    that an import left in its place: all its records are of others.
    """
    origins = Origins()
    seen = seen if seen is not None else Seen()
    latest = (now + SKEW).strftime("%Y-%m-%dT%H:%M:%S.999999999Z")
    for found in frames(path):
        if isinstance(found, Fault):
            yield found
            continue
        if not seen.records:
            seen.is_own = writes_here(found)
            if found.values.get("warc-type") != "warcinfo":
                yield Fault(code="no-warcinfo", offset=found.offset)
        seen.records += 1
        origin = FOREIGN if is_elsewhere else origins.of(found.values.get, partial(_block, found))
        record = found.values.get("warc-record-id")
        for code, detail in check_record(found, latest=latest):
            yield _fault(code, found, detail, origin)
        if record:
            if record in seen.ids:
                yield _fault("duplicate-record-id", found, record, origin)
            seen.ids.add(record)
        yield from ask(found, origin)
        _note_names(seen, found, origin)
    yield from (fault for _, name, fault in seen.named if name not in seen.ids)


def _block(frame: Frame) -> bytes:
    """The beginning of a record's block, where all that is ours says what it has to say."""
    return b"" if frame.block is None else bytes(frame.block[:MAX_OWN])


def _fault(code: str, frame: Frame, detail: str, origin: Origin) -> Fault:
    return Fault(
        code=code,
        offset=frame.offset,
        detail=detail,
        record=frame.values.get("warc-record-id"),
        is_foreign=origin.is_foreign,
    )


def _note_names(seen: Seen, frame: Frame, origin: Origin) -> None:
    """Notes which other records of the file a record names, as far as they did not come yet."""
    for name in ("warc-concurrent-to", "warc-warcinfo-id"):
        named = frame.values.get(name)
        if named and named not in seen.ids:
            fault = _fault("dangling-" + name.removeprefix("warc-"), frame, named, origin)
            seen.named.append((name, named, fault))
