"""WARC files by themselves, wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import UsageError
from archiver.model import Finding
from archiver.verify.findings import finding
from archiver.warc.findings import Fault
from archiver.warc.frames import Frame
from archiver.warc.verify import Seen, check_file, nothing_more

SUFFIXES = (".warc", ".warc.gz", ".warc.open", ".warc.gz.open")

STEP = 500  # records between two words on the progress

Ask = Callable[[Frame], Iterable[Fault]]


@dataclass(kw_only=True)
class Tally:
    """What was looked at, for the summary; ``watch`` is told the number of bytes now and then."""

    watch: Callable[[int], None] = lambda done: None
    files: int = 0
    records: int = 0
    articles: int = 0
    bytes: int = 0
    defects: int = 0
    notes: int = 0

    def count(self, found: Finding) -> Finding:
        """Counts a finding and gives it back."""
        if found.level == "defect":
            self.defects += 1
        else:
            self.notes += 1
        return found


def named_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the WARC files in the folders named. Raises UsageError for what is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.name.endswith(SUFFIXES) and p.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"{path}: there is no such file or folder")
    return found


def verify_file(
    path: Path, *, now: datetime, tally: Tally, is_own: bool = False, ask: Ask = nothing_more
) -> Iterator[Finding]:
    """The findings of one file. ``is_own`` where it lies in an archive home; else its warcinfo says so."""
    seen = Seen()
    tally.files += 1
    before, last = tally.bytes, 0

    def asked(frame: Frame) -> Iterable[Fault]:
        nonlocal last
        tally.records += 1
        tally.bytes += frame.offset - last
        last = frame.offset
        if tally.records % STEP == 0:
            tally.watch(tally.bytes)
        return ask(frame)

    try:
        for fault in check_file(path, now=now, seen=seen, ask=asked):
            yield tally.count(finding(fault, path, is_own=is_own or seen.is_own))
        tally.bytes = before + path.stat().st_size
    except OSError as error:
        fault = Fault(code="unreadable", offset=0, detail=error.strerror or str(error))
        yield tally.count(finding(fault, path, is_own=True))
