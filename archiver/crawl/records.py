"""What the records of WARC files say of the crawls that wrote them: captures, profile, begin and outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from archiver.errors import ConfigurationError
from archiver.instants import from_text
from archiver.model import Capture
from archiver.site import Site, parse_site
from archiver.store.crawls import Coverage
from archiver.warc.imported import OUTCOME, Imported, Origin, is_import
from archiver.warc.reader import capture_in, captures_in_place, records_with_origin
from archiver.warc.record import MAX_FIELDS, Record, parse_warc_fields

INTERRUPTED = ("interrupted", "shutdown")
"""Reasons of a crawl that a signal ended; the second is of earlier versions."""

PROFILE = "urn:nyhetsarkiv:profile:"


@dataclass(kw_only=True)
class CrawlRecords:
    """What the records of one crawl say: its captures, its profile, when and how it began and ended.

    ``imports`` are the files of others that it took over, where it was an import.
    """

    id: str
    begun: datetime | None = None
    info: dict[str, str] = field(default_factory=dict)
    profile: Site | None = None
    outcome: tuple[Coverage, datetime] | None = None
    captures: list[Capture] = field(default_factory=list)
    imports: list[Imported] = field(default_factory=list)

    @property
    def was_cut_off(self) -> bool:
        """True for a crawl that a signal or a crash ended, before its articles were derived."""
        has_ended = self.outcome is not None and self.outcome[0].reason not in INTERRUPTED
        return not has_ended and not is_import(self.info)


Damaged = Callable[[Path, int], None]
"""What is told of a place at which no whole record lies."""


def crawls_in(files: Iterable[Path], site: str, damaged: Damaged) -> Iterator[CrawlRecords]:
    """The crawls whose records lie in these files, one after the other as they lie there."""
    current: CrawlRecords | None = None
    for path in files:
        for origin, record in records_with_origin(path, partial(damaged, path)):
            if current is None or current.id != origin.crawl:
                if current is not None:
                    yield current
                current = CrawlRecords(id=origin.crawl)
            try:
                _take(current, record, origin, site, path)
            except (ValueError, RecursionError, msgspec.MsgspecError):  # what verify finds in it says more
                damaged(path, record.offset)
    if current is not None:
        yield current


def _take(crawl: CrawlRecords, record: Record, origin: Origin, site: str, path: Path) -> None:
    """Keeps what one record says of its crawl; of one of others only the capture."""
    if (capture := capture_in(path, record, origin, site=site)) is not None:
        crawl.captures.append(capture)
    elif not origin.is_foreign:
        _take_own(crawl, record, origin, site, path)


def _take_own(crawl: CrawlRecords, record: Record, origin: Origin, site: str, path: Path) -> None:
    target = record.get("WARC-Target-URI") or ""
    if origin.imported is not None:
        crawl.imports.append(origin.imported)
        crawl.captures += captures_in_place(path.parent, origin.imported, site=site, crawl=crawl.id)
    elif record.type == "warcinfo" and crawl.begun is None:
        crawl.info = dict(parse_warc_fields(record.block))
        crawl.begun = from_text(record.get("WARC-Date") or "")
    elif target.startswith(OUTCOME):
        outcome = msgspec.json.decode(_own_block(record), type=Coverage)
        if (outcome.site, outcome.crawl) != (site, crawl.id):
            raise ValueError("the outcome of another crawl")
        crawl.outcome = outcome, from_text(record.get("WARC-Date") or "")
    elif target == PROFILE + site:
        crawl.profile = profile_of(record, path)


def profile_of(record: Record, path: Path) -> Site | None:
    """The profile in a record; None where this version can no longer read it."""
    with suppress(ConfigurationError, ValueError, RecursionError):
        return parse_site(json.loads(_own_block(record)), source=str(path))
    return None


def _own_block(record: Record) -> bytes:
    """The block of a record of ours, none of which is large; what pretends to be one is cut off."""
    return bytes(memoryview(record.block)[:MAX_FIELDS])
