"""Records and rows against one another: what a file holds, and what the database says that it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import fields

from archiver.model import Capture
from archiver.store.captures import capture as find_capture
from archiver.store.captures import captures_in_file
from archiver.warc.capture import capture_of, is_capture
from archiver.warc.findings import Fault
from archiver.warc.frames import Frame
from archiver.warc.record import Record

COMPARED = tuple(f.name for f in fields(Capture) if f.name not in ("crawl", "site", "filename"))


class FileRows:
    """The rows of one file: each record of it is asked for its own, and what is left has none."""

    def __init__(self, db: sqlite3.Connection, site: str, filename: str) -> None:
        self.db = db
        self.site = site
        self.filename = filename
        self.rows = {row.warc_record_id: row for row in captures_in_file(db, site, filename)}

    def ask(self, frame: Frame) -> Iterable[Fault]:
        """What the rows say of a record that is not so."""
        if frame.values.get("warc-type") not in ("response", "revisit"):
            return
        block = bytes(memoryview(frame.block)) if frame.block is not None else b""
        record = Record(fields=frame.fields, block=block, offset=frame.offset, length=frame.length)
        if frame.block is None or not is_capture(record):
            return
        row = self.rows.pop(record.id, None)
        if row is None:
            yield self._unknown(record)
            return
        try:
            held = capture_of(record, site=self.site, crawl=row.crawl, filename=self.filename)
        except ValueError:
            return  # a bad date, which is a finding of its own
        for name in COMPARED:
            told, kept = getattr(row, name), getattr(held, name)
            if told != kept:
                detail = f"{name} is {told!r}, in the record {kept!r}"
                yield Fault(code="row-differs", offset=frame.offset, detail=detail, record=record.id)
        if held.refers_to and find_capture(self.db, held.refers_to) is None:
            yield Fault(code="lost-original", offset=frame.offset, detail=held.refers_to, record=record.id)

    def _unknown(self, record: Record) -> Fault:
        elsewhere = find_capture(self.db, record.id)
        detail = f"its row says that it lies in {elsewhere.filename}" if elsewhere else ""
        return Fault(code="record-without-row", offset=record.offset, detail=detail, record=record.id)

    def left(self) -> Iterator[Fault]:
        """The rows whose records did not come."""
        for row in self.rows.values():
            yield Fault(
                code="row-without-record", offset=row.offset, detail=row.url, record=row.warc_record_id
            )
