"""One import: files of others, one after the other, into the collections of the sites they belong to.

A file is looked at, what is new of it is copied, synced and attested, and only then its rows are
stored, in the transaction that recovery would use. A crash leaves either nothing of a file or all of
it, and the same import goes on: what the archive has is known by its record ids.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from archiver.crawl.recovery import adopt_import, import_coverage, recover
from archiver.disk import refusal
from archiver.errors import DamagedError, UsageError
from archiver.home import Home
from archiver.imports.belonging import Belonging
from archiver.imports.copying import ImportFile, copied_records
from archiver.imports.plan import Part, Plan, description, plan
from archiver.imports.scan import Scan, scan
from archiver.site import Site
from archiver.store.crawls import finish_crawl, save_coverage
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site
from archiver.warc.findings import Fault
from archiver.warc.frames import frames
from archiver.warc.manifest import attest
from archiver.warc.places import add_place, places

CANNOT_READ = "what else was named is imported; the same command takes this file, once it can be read"


@dataclass(kw_only=True)
class SourceReport:
    """What became of one file of others."""

    file: str
    sites: dict[str, int] = field(default_factory=dict)
    records: int = 0
    taken: int = 0
    captures: int = 0
    known: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How an import is run: its crawl id, the one site that all belongs to, and whether files stay."""

    crawl: str
    only: Site | None = None
    in_place: bool = False
    operator: str | None = None


class ImportRun:
    """Everything that one import stores. The caller holds the archive's lock."""

    def __init__(
        self,
        home: Home,
        db: sqlite3.Connection,
        sites: Sequence[Site],
        options: ImportOptions,
        *,
        clock: Callable[[], datetime],
        watch: Callable[[int], None] = lambda done: None,
    ) -> None:
        self.home = home
        self.db = db
        self.options = options
        self.clock = clock
        self.watch = watch
        self.sites = {site.name: site for site in ([options.only] if options.only else sites)}
        self.touched: dict[str, Site] = {}
        self._belonging = Belonging(sites, options.only)
        self._done = 0
        self._ended: datetime | None = None

    def begin(self) -> None:
        """Bring together what a crash left of the sites, an import's files too."""
        for site in self.sites.values():
            if self.home.archive(site.name).exists():
                with transaction(self.db):
                    save_site(self.db, site)
                recover(self.home, self.db, site, Frontier(self.db, site.name, crawl=""))

    def take(self, path: Path) -> SourceReport:
        """Import one file.

        Raises DamagedError for what cannot be read, UsageError for what cannot stay, and
        StorageError where a disk refuses: then another file will fare no better.
        """
        try:
            found = scan(path, self._belonging, now=self.clock(), watch=self._at)
        except OSError as error:
            raise DamagedError(f"{path}: {error.strerror or error}", hint=CANNOT_READ) from error
        if self.options.in_place and not found.has_offsets:
            raise no_offsets(path)
        self._done += found.bytes
        try:
            made = plan(self.db, found, list(self.sites))
            for part in made.parts:
                self._take_part(found, made, part)
        except OSError as error:
            raise refusal(path, error) from error
        self._done += found.bytes
        self._at(0)
        return _report(found, made)

    def end(self) -> None:
        """Store the outcome: all rows of this import are there."""
        with transaction(self.db):
            for name in self.touched:
                save_coverage(self.db, import_coverage(name, self.options.crawl))
            if self._ended is not None:
                finish_crawl(self.db, self.options.crawl, at=self._ended)

    def _at(self, offset: int) -> None:
        self.watch(self._done + offset)

    def _take_part(self, found: Scan, made: Plan, part: Part) -> None:
        """Copies what goes to one site, or notes where it lies; then the rows."""
        archive = self.home.archive(part.site)
        name = self._placed(archive, found) if self.options.in_place else None
        file = ImportFile(
            archive,
            site=self.sites[part.site],
            crawl=self.options.crawl,
            operator=self.options.operator,
            clock=self.clock,
        )
        numbers = part.numbers if name is None else set[int]()
        records = copied_records(found.path, numbers, self._at) if name is None else iter(())
        outcome = import_coverage(part.site, self.options.crawl)
        self._ended = file.write(description(found, made, part, name=name), records, outcome)
        attest(self.home.collection(part.site), [archive / file.name])
        site = self.touched[part.site] = self.sites[part.site]
        adopt_import(self.home, self.db, site, archive / file.name, is_last=False)

    def _placed(self, archive: Path, found: Scan) -> str:
        """The name under which rows find a file that stays where it is; it is noted in the path index."""
        path = found.path.absolute()
        if re.search("[\t\r\n\ud800-\udfff]", str(path)):
            raise UsageError(
                f"{path}: a path index cannot hold this path", hint="rename it, or leave --in-place out"
            )
        known = places(archive)
        for name in (path.name, _told_apart(path.name, found.sha256)):
            is_here = (archive / name).exists()
            if known.get(name, (path,)) == (path,) and not is_here:
                break
        add_place(archive, name, path)
        return name


def _told_apart(name: str, digest: str) -> str:
    stem, dot, suffix = name.partition(".warc")
    return f"{stem}-{digest[:12]}{dot}{suffix}"


def refuse_without_offsets(paths: Iterable[Path]) -> None:
    """Raises UsageError for the first file whose records share a member, as far as its begin tells."""
    for path in paths:
        with suppress(OSError):  # the import itself says so
            begin = islice(frames(path), 3)
            if any(isinstance(found, Fault) and found.code == "one-member" for found in begin):
                raise no_offsets(path)


def no_offsets(path: Path) -> UsageError:
    """The refusal of a file that cannot be read record by record where it lies."""
    return UsageError(
        f"{path}: one gzip member holds many records, so that none can be read where it lies",
        hint="without --in-place it is copied, and compressed record by record",
    )


def _report(found: Scan, made: Plan) -> SourceReport:
    return SourceReport(
        file=os.fsencode(found.path).decode("utf-8", "replace"),
        sites={part.site: len(part.captures) for part in made.parts},
        records=found.records,
        taken=sum(len(part.numbers) for part in made.parts),
        captures=sum(len(part.captures) for part in made.parts),
        known=made.known,
        kept=made.kept,
        left_out=made.left_out,
        hosts=made.hosts,
        faults=found.faults,
    )
