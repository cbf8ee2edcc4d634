"""Records and rows against one another: what a file holds, and what the database says that it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import fields

from archiver.model import Capture
from archiver.originals import original_in
from archiver.store.captures import capture as find_capture
from archiver.store.captures import captures_in_file
from archiver.warc.capture import TYPES, capture_of
from archiver.warc.findings import Fault
from archiver.warc.frames import Frame
from archiver.warc.imported import FOREIGN, Origin
from archiver.warc.record import Record

COMPARED = tuple(f.name for f in fields(Capture) if f.name not in ("crawl", "site", "filename"))


class FileRows:
    """The rows of one file: each record of it is asked for its own, and what is left has none."""

    def __init__(self, db: sqlite3.Connection, site: str, filename: str) -> None:
        self.db = db
        self.site = site
        self.filename = filename
        self.rows = {row.warc_record_id: row for row in captures_in_file(db, site, filename)}

    def ask(self, frame: Frame, origin: Origin) -> Iterable[Fault]:
        """What the rows say of a record that is not so."""
        if frame.values.get("warc-type") not in TYPES or frame.block is None:
            return
        block = frame.block if isinstance(frame.block, bytes) else memoryview(frame.block)
        record = Record(fields=frame.fields, block=block, offset=frame.offset, length=frame.length)
        if not origin.has_capture(record):
            return
        row = self.rows.pop(record.id, None)
        if row is not None:
            yield from self._compared(row, record, origin)
        elif origin is not FOREIGN:
            yield from self._unknown(record)

    def _compared(self, row: Capture, record: Record, origin: Origin) -> Iterator[Fault]:
        is_foreign = origin.is_foreign
        try:
            held = capture_of(
                record, site=self.site, crawl=row.crawl, filename=self.filename, source=origin.source
            )
        except ValueError:
            return  # a bad date, which is a finding of its own
        for name in COMPARED:
            told, kept = getattr(row, name), getattr(held, name)
            if told != kept:
                detail = f"{name} is {told!r}, in the record {kept!r}"
                yield Fault(code="row-differs", offset=record.offset, detail=detail, record=record.id)
        names_one = held.warc_type == "revisit" and (is_foreign or held.refers_to)
        if names_one and original_in(self.db, self.site, record) is None:
            yield Fault(
                code="lost-original",
                offset=record.offset,
                detail=held.refers_to or "it names none that is here",
                record=record.id,
                is_foreign=is_foreign,
            )

    def _unknown(self, record: Record) -> Iterator[Fault]:
        """A record that no row is left for; that one stands in a file twice is a finding of its own."""
        elsewhere = find_capture(self.db, record.id)
        if elsewhere and (elsewhere.site, elsewhere.filename) == (self.site, self.filename):
            return
        detail = f"its row says that it lies in {elsewhere.filename}" if elsewhere else ""
        yield Fault(code="record-without-row", offset=record.offset, detail=detail, record=record.id)

    def left(self) -> Iterator[Fault]:
        """The rows whose records did not come."""
        for row in self.rows.values():
            yield Fault(
                code="row-without-record", offset=row.offset, detail=row.url, record=row.warc_record_id
            )
