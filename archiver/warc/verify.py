"""A WARC file against the standard and the rules of this house: every record, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from archiver.warc.checks import check_record, writes_here
from archiver.warc.findings import Fault
from archiver.warc.frames import Frame, frames

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


def nothing_more(frame: Frame) -> Iterable[Fault]:
    """What is asked of a record beside the standard where nothing is."""
    return ()


def check_file(
    path: Path,
    *,
    now: datetime,
    seen: Seen | None = None,
    ask: Callable[[Frame], Iterable[Fault]] = nothing_more,
) -> Iterator[Fault]:
    """Everything that is wrong with a file, in the order in which it lies there. Raises OSError.

    ``seen`` is filled while the findings are read, and complete after the last one. ``ask`` is
    given each record, and what it finds is told too.
    """
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
        record = found.values.get("warc-record-id")
        for code, detail in check_record(found, latest=latest):
            yield Fault(code=code, offset=found.offset, detail=detail, record=record)
        if record:
            if record in seen.ids:
                yield Fault(code="duplicate-record-id", offset=found.offset, detail=record, record=record)
            seen.ids.add(record)
        yield from ask(found)
        _note_names(seen, found, record)
    yield from (fault for _, name, fault in seen.named if name not in seen.ids)


def _note_names(seen: Seen, frame: Frame, record: str | None) -> None:
    """Notes which other records of the file a record names, as far as they did not come yet."""
    for name in ("warc-concurrent-to", "warc-warcinfo-id"):
        named = frame.values.get(name)
        if named and named not in seen.ids:
            code = "dangling-" + name.removeprefix("warc-")
            fault = Fault(code=code, offset=frame.offset, detail=named, record=record)
            seen.named.append((name, named, fault))
