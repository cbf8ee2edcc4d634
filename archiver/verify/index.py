"""The CDXJ index of a site against its rows: the same lines, in the order that readers search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from archiver.bounded import lines_in
from archiver.store.captures import captures_by_key
from archiver.warc.cdxj import is_indexed, line
from archiver.warc.findings import Fault

Place = tuple[bytes, int]
"""A line and the byte at which it begins."""

T = TypeVar("T")
Group = tuple[tuple[bytes, bytes], Iterator[T]]
"""A key and the lines that have it."""


def check_index(path: Path, db: sqlite3.Connection, site: str) -> Iterator[Fault]:
    """What an index misses, and what it holds that is not so. Raises OSError."""
    expected = (line(c).encode() for c in captures_by_key(db, site) if is_indexed(c))
    if not path.exists():
        if next(expected, None) is not None:
            yield Fault(code="no-index", offset=0)
        return
    faults: list[Fault] = []
    wanted = groupby(expected, key=_key)
    found = groupby(_lines(path, faults), key=lambda place: _key(place[0]))
    yield from _compared(wanted, found)
    yield from faults


def _key(text: bytes) -> tuple[bytes, bytes]:
    urlkey, _, rest = text.partition(b" ")
    return urlkey, rest[:14]


def _lines(path: Path, faults: list[Fault]) -> Iterator[Place]:
    """The lines of an index in their order; those out of order are left out and noted in ``faults``."""
    offset, last = 0, b""
    for text in lines_in(path):
        place = text.rstrip(b"\r\n"), offset
        offset += len(text)
        if not place[0].strip():
            continue
        if place[0].count(b" ") < 2 or b" {" not in place[0]:
            faults.append(Fault(code="index-damage", offset=place[1], detail=repr(place[0][:60])))
        elif place[0] < last:
            faults.append(Fault(code="index-unsorted", offset=place[1], detail=_short(place[0])))
        else:
            last = place[0]
            yield place


def _compared(wanted: Iterator[Group[bytes]], found: Iterator[Group[Place]]) -> Iterator[Fault]:
    """Walks both in step, key by key."""
    ours, theirs = next(wanted, None), next(found, None)
    while ours or theirs:
        should: set[bytes] = set()
        does: dict[bytes, int] = {}
        key = min(group[0] for group in (ours, theirs) if group)
        if ours and ours[0] == key:
            should, ours = set(ours[1]), next(wanted, None)
        if theirs and theirs[0] == key:
            does, theirs = dict(theirs[1]), next(found, None)
        yield from _missed(should - does.keys())
        yield from _foreign({text: at for text, at in does.items() if text not in should})


def _missed(lines: set[bytes]) -> Iterator[Fault]:
    for text in sorted(lines):
        yield Fault(code="index-misses", offset=0, detail=_short(text))


def _foreign(lines: dict[bytes, int]) -> Iterator[Fault]:
    for text, offset in lines.items():
        yield Fault(code="index-differs", offset=offset, detail=_short(text))


def _short(text: bytes) -> str:
    return text[:160].decode("utf-8", "replace")
