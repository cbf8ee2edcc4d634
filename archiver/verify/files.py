"""WARC files by themselves, wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import UsageError
from archiver.model import Finding
from archiver.verify.findings import KINDS, finding
from archiver.warc.findings import NEVER_DEFECTS, Fault
from archiver.warc.frames import Frame
from archiver.warc.imported import Origin
from archiver.warc.verify import Ask, Seen, check_file, nothing_more

SUFFIXES = (".warc", ".warc.gz", ".warc.open", ".warc.gz.open")

STEP = 500  # records between two words on the progress


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
    """The files named, and the WARC files in the folders named.

    Raises UsageError for what is not there, and for a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.name.endswith(SUFFIXES) and p.is_file())
            if not inside:
                raise UsageError(
                    f"{path}: there is no WARC file in this folder",
                    hint="their names end in .warc or .warc.gz; a file of another name is named itself",
                )
            found += inside
        elif path.is_file():
            found.append(path)
        elif path.exists():
            raise UsageError(
                f"{path}: is no regular file", hint="what comes from a pipe is kept in a file first"
            )
        else:
            raise UsageError(f"{path}: there is no such file or folder")
    return found


def verify_file(
    path: Path,
    *,
    now: datetime,
    tally: Tally,
    is_own: bool = False,
    ask: Ask = nothing_more,
    only: Callable[[int], bool] | None = None,
) -> Iterator[Finding]:
    """The findings of one file. ``is_own`` where it lies in an archive home; else its warcinfo says so.

    In an archive the rules of this house are not asked of records that an import took over. ``only``
    is for a file that an import left in its place: of which offsets the records are the archive's.
    """
    seen = Seen()
    tally.files += 1
    before = tally.bytes

    def asked(frame: Frame, origin: Origin) -> Iterable[Fault]:
        tally.records += 1
        tally.bytes = before + frame.offset
        if tally.records % STEP == 0:
            tally.watch(tally.bytes)
        return ask(frame, origin)

    try:
        for fault in check_file(path, now=now, seen=seen, ask=asked, is_elsewhere=only is not None):
            is_foreign = fault.is_foreign or only is not None
            if is_own and is_foreign and (KINDS[fault.code].house or fault.code in NEVER_DEFECTS):
                continue
            if only is not None and not only(fault.offset):
                continue
            yield tally.count(finding(fault, path, is_own=is_own or seen.is_own))
        tally.bytes = before + path.stat().st_size
    except OSError as error:
        fault = Fault(code="unreadable", offset=0, detail=error.strerror or str(error))
        yield tally.count(finding(fault, path, is_own=True))
