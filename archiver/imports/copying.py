"""A file of ours around records of others, which stay byte for byte what they were.

Until it is whole the file has a name that no reader looks at: whatever cuts it off, nothing of it is
there, and the same import begins again. The records of a member of their own are copied with it;
others are compressed, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from archiver.crawl.describing import SOFTWARE
from archiver.crawl.records import PROFILE
from archiver.crawl.recovery import UNFINISHED
from archiver.imports.scan import STEP
from archiver.site import Site
from archiver.store.crawls import Coverage
from archiver.warc.file import WarcFile
from archiver.warc.findings import Fault
from archiver.warc.frames import frames
from archiver.warc.imported import IMPORT, OUTCOME, Imported
from archiver.warc.member import member
from archiver.warc.record import FIELDS_TYPE, compress, serialise, sha256, warc_date, warc_fields
from archiver.warc.writer import CONFORMS_TO, file_name, host_name, record_id


class ImportFile:
    """The file that one import writes for one site and one file of others."""

    def __init__(
        self, archive: Path, *, site: Site, crawl: str, operator: str | None, clock: Callable[[], datetime]
    ) -> None:
        self._site = site
        self._crawl = crawl
        self._operator = operator
        self._clock = clock
        self._warcinfo = record_id()
        self._file = _new_file(archive, site.name, crawl, clock)

    @property
    def name(self) -> str:
        """What the file is called once it is whole."""
        return self._file.name

    def write(self, imported: Imported, records: Iterator[Iterator[bytes]], outcome: Coverage) -> datetime:
        """Writes the whole file and closes it; when its outcome was written.

        Raises StorageError, and leaves nothing then.
        """
        try:
            self._write_warcinfo(imported)
            self._write_metadata(IMPORT, msgspec.json.encode(imported))
            self._write_metadata(PROFILE, msgspec.json.encode(self._site, order="sorted"))
            for pieces in records:
                self._file.append(pieces)
            ended = self._write_metadata(OUTCOME, msgspec.json.encode(outcome))
            self._file.close()
        except BaseException:
            self._file.discard()
            raise
        return ended

    def _write_warcinfo(self, imported: Imported) -> None:
        info = {
            "software": SOFTWARE,
            "format": "WARC File Format 1.1",
            "conformsTo": CONFORMS_TO,
            "isPartOf": self._crawl,
            "command": "import",
            "description": f"records of {imported.file}, which others wrote, as they were",
        }
        info |= {"operator": self._operator} if self._operator else {}
        fields = [("WARC-Filename", self.name), ("Content-Type", FIELDS_TYPE)]
        self._append("warcinfo", self._warcinfo, fields, warc_fields(info.items()))

    def _write_metadata(self, what: str, block: bytes) -> datetime:
        fields = [
            ("WARC-Target-URI", what + self._site.name),
            ("WARC-Warcinfo-ID", self._warcinfo),
            ("Content-Type", "application/json"),
        ]
        return self._append("metadata", record_id(), fields, block)

    def _append(self, kind: str, record: str, fields: list[tuple[str, str]], block: bytes) -> datetime:
        moment = self._clock()
        head = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", record),
            ("WARC-Date", warc_date(moment)),
            *fields,
            ("WARC-Block-Digest", sha256([block])),
            ("Content-Length", str(len(block))),
        ]
        self._file.append(compress(serialise(head, [block])))
        return moment


def _new_file(archive: Path, site: str, crawl: str, clock: Callable[[], datetime]) -> WarcFile:
    serial = 0
    while True:
        name = file_name(site, crawl, serial, host_name(), now=clock)
        try:
            return WarcFile(archive, name, until_then=f".{name}{UNFINISHED}")
        except FileExistsError:
            serial += 1


def copied_records(
    path: Path, numbers: Container[int], watch: Callable[[int], None] = lambda done: None
) -> Iterator[Iterator[bytes]]:
    """The records with these numbers, each as the bytes of a member of its own."""
    with path.open("rb") as source:
        records = (frame for frame in frames(path) if not isinstance(frame, Fault))
        for number, frame in enumerate(records):
            if number % STEP == 0:
                watch(frame.offset)
            if number in numbers:
                yield member(source, frame)
