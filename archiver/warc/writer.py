"""Writes exchanges into the WARC files of one site and one crawl.

A response and its request are a pair of records; the response comes first, so that a file
cut off anywhere never names a record that is not there. Both carry the instant at which the
exchange began. No file is opened before there is something to write.
"""

from __future__ import annotations

import re
import socket
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from archiver.warc.capture import FORM_FIELD, METHOD_FIELD, capture_of, is_capture
from archiver.warc.exchange import MAX_HEAD, Exchange, Payload, ResponseMessage, parse_response
from archiver.warc.file import WarcFile
from archiver.warc.record import (
    FIELDS_TYPE,
    IDENTICAL,
    NOT_MODIFIED,
    REQUEST_TYPE,
    RESPONSE_TYPE,
    Buffer,
    Record,
    compress,
    is_compressed,
    plain_value,
    serialise,
    sha256,
    warc_date,
    warc_fields,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archiver.model import Capture, Truncated

CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
# The target of a record that holds interim responses: never the page's own address, under which
# an indexer would offer it for replay.
INTERIM = "urn:interim:"
_CRAWL_TIME = re.compile(r"(\d{8})T(\d{6})Z")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The capture that a revisit points to: where and when its payload was kept.

    ``date`` is its WARC-Date, ``status`` that of its response: a payload is the same capture
    only under the same status.
    """

    url: str
    date: datetime
    record_id: str
    status: int | None = None


def no_original(payload_digest: str) -> Original | None:
    """What is known of payloads where there is no index of them: nothing."""
    return None


def record_id() -> str:
    """A new record id, a random UUID as URN in angle brackets."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def host_name(host: str | None = None) -> str:
    """A machine, this one if none is given, as it stands in the name of a file."""
    return re.sub(r"[^a-z0-9.-]+", "", (host or socket.gethostname()).lower()) or "localhost"


def file_name(site: str, crawl: str, serial: int, host: str, *, now: Callable[[], datetime]) -> str:
    """``Prefix-Timestamp-Serial-Host``: the time is that of the crawl, so that files sort as crawls do."""
    found = _CRAWL_TIME.match(crawl)
    stamp = found[1] + found[2] if found else now().strftime("%Y%m%d%H%M%S")
    return f"{site}-{stamp}-{serial:05d}-{host}.warc.gz"


class WarcWriter:
    """The WARC files that one crawl of one site writes into ``archive``.

    ``info`` is added to the warcinfo records (``software``, ``operator``, ``robots`` …).
    ``clock`` gives aware UTC instants. ``closed`` is told the name of each file that became
    whole. ``original`` is asked with the digest of each whole, non-empty payload; a capture of
    the same payload and status makes the new one a revisit. A file that has reached
    ``max_bytes`` or ``max_age`` is closed before the next exchange. Used by one thread. Every
    method that writes raises StorageError where the disk refuses, and leaves only whole records.
    """

    def __init__(
        self,
        archive: Path,
        *,
        site: str,
        crawl: str,
        info: Mapping[str, str],
        clock: Callable[[], datetime],
        max_bytes: int = 1_000_000_000,
        max_age: timedelta = timedelta(days=1),
        closed: Callable[[str], None] = lambda name: None,
        original: Callable[[str], Original | None] = no_original,
        host: str | None = None,
        new_id: Callable[[], str] = record_id,
    ) -> None:
        self._archive = archive
        self._site = site
        self._crawl = crawl
        self._info = dict(info)
        self._clock = clock
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._closed = closed
        self._opened: datetime | None = None
        self._original = original
        self._host = host_name(host)
        self._new_id = new_id
        self._serial = 0
        self._file: WarcFile | None = None
        self._warcinfo = ""

    @property
    def filename(self) -> str | None:
        """The final name of the file that is open, None where none is."""
        return self._file.name if self._file else None

    def add_info(self, name: str, value: str) -> None:
        """Adds a field to the warcinfo records of the files that are begun from now on."""
        self._info[name] = value

    def write(
        self,
        exchange: Exchange,
        *,
        metadata: Mapping[str, str] | None = None,
        not_modified: Original | None = None,
    ) -> Capture | None:
        """Writes an exchange and returns its capture, None where there is none.

        No capture: nothing was received, or the method is neither GET nor a POST of a form.
        ``metadata`` becomes an ``application/warc-fields`` record beside the response.
        ``not_modified`` is the capture whose validators the request carried, for a 304.
        """
        message = parse_response(exchange.response, method=exchange.method)
        with self._whole() as file:
            response = None
            if not message.is_empty:
                response = self._write_response(file, exchange, message, not_modified)
            request_id = self._write_request(file, exchange, response)
            about = response.id if response else request_id
            if message.interim:
                target = INTERIM + exchange.url
                self._write_beside(file, exchange, target, about, RESPONSE_TYPE, message.interim)
            if metadata:
                fields = warc_fields(metadata.items())
                self._write_beside(file, exchange, exchange.url, about, FIELDS_TYPE, fields)
            if response is None or not is_capture(response):
                return None
            return capture_of(response, site=self._site, crawl=self._crawl, filename=file.name)

    def write_metadata(
        self, *, target: str, content_type: str, block: bytes, concurrent_to: str | None = None
    ) -> str:
        """Writes a metadata record about ``target`` and returns its record id.

        A target that is the address of a page belongs to ``application/warc-fields`` alone:
        indexers offer other blocks for replay under it. A ``urn:`` is always safe.
        """
        beside = [("WARC-Concurrent-To", concurrent_to)] if concurrent_to else []
        with self._whole() as file:
            fields = self._fields("metadata", self._clock(), target, content_type)
            return self._append(file, fields + beside, [block]).id

    def sync(self) -> None:
        """Returns once everything written so far is on the disk."""
        if self._file:
            self._file.sync()

    def close(self) -> None:
        """Closes the open file and gives it its final name. May be called again."""
        file, self._file = self._file, None
        if file:
            file.close()
            if file.size:
                self._closed(file.name)

    @contextmanager
    def _whole(self) -> Iterator[WarcFile]:
        """The file to write to; what is written inside stays as a whole or not at all."""
        if self._file and (self._file.size >= self._max_bytes or self._is_old()):
            self.close()
        file = self._file or self._open()
        before = file.size
        try:
            if not before:
                self._write_warcinfo(file)
            yield file
        except BaseException:
            file.cut(before)
            if not before:
                self.close()
            raise

    def _is_old(self) -> bool:
        return self._opened is not None and self._clock() - self._opened >= self._max_age

    def _open(self) -> WarcFile:
        while True:
            name = file_name(self._site, self._crawl, self._serial, self._host, now=self._clock)
            self._serial += 1
            try:
                self._file = WarcFile(self._archive, name)
            except FileExistsError:
                continue
            self._opened = self._clock()
            return self._file

    def _write_warcinfo(self, file: WarcFile) -> None:
        given = {"format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO, "isPartOf": self._crawl}
        block = warc_fields({**self._info, **given}.items())
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", self._new_id()),
            ("WARC-Date", warc_date(self._clock())),
            ("WARC-Filename", file.name),
            ("Content-Type", FIELDS_TYPE),
        ]
        self._warcinfo = self._append(file, fields, [block]).id

    def _write_response(
        self, file: WarcFile, exchange: Exchange, message: ResponseMessage, validated: Original | None
    ) -> Record:
        payload = message.payload()
        digest = sha256(payload) if message.has_body else None
        revisited = self._revisited(exchange, message, payload, digest, validated)
        truncated: Truncated | None = exchange.truncated
        block: Sequence[Buffer] = [message.block]
        if revisited and digest:
            block, truncated = [message.head], "length"
        content_type = RESPONSE_TYPE if message.head else "application/octet-stream"
        fields = self._fields(
            "response" if revisited is None else "revisit", exchange.began, exchange.url, content_type
        )
        fields += _optional("WARC-IP-Address", exchange.ip) + _optional("WARC-Payload-Digest", digest)
        fields += _optional("WARC-Truncated", truncated) + (revisited or [])
        if exchange.method != "GET":
            form = exchange.form
            fields += [(METHOD_FIELD, exchange.method), *([] if form is None else [(FORM_FIELD, form)])]
        stored = is_compressed(message.codings, message.header("content-type"))
        return self._append(file, fields, block, stored=stored and len(block[0]) > len(message.head) + 64)

    def _revisited(
        self,
        exchange: Exchange,
        message: ResponseMessage,
        payload: Payload,
        digest: str | None,
        validated: Original | None,
    ) -> Pairs | None:
        """The fields that make this a revisit (ISO 28500 §6.7), None where it is none."""
        if exchange.method != "GET" or exchange.truncated or not message.head:
            return None
        if message.status == 304:
            return [("WARC-Profile", NOT_MODIFIED), *_refers_to(validated)]
        if digest is None or not any(payload):
            return None
        original = self._original(digest)
        if original is None or original.status != message.status:
            return None
        return [("WARC-Profile", IDENTICAL), *_refers_to(original)]

    def _write_request(self, file: WarcFile, exchange: Exchange, response: Record | None) -> str:
        fields = self._fields("request", exchange.began, exchange.url, REQUEST_TYPE)
        fields += _optional("WARC-IP-Address", exchange.ip)
        fields += _optional("WARC-Concurrent-To", response.id if response else None)
        return self._append(file, fields, [exchange.request]).id

    def _write_beside(
        self, file: WarcFile, exchange: Exchange, target: str, about: str, content_type: str, block: bytes
    ) -> None:
        fields = self._fields("metadata", exchange.began, target, content_type)
        self._append(file, [*fields, ("WARC-Concurrent-To", about)], [block])

    def _fields(self, kind: str, moment: datetime, target: str, content_type: str) -> Pairs:
        return [
            ("WARC-Type", kind),
            ("WARC-Record-ID", self._new_id()),
            ("WARC-Date", warc_date(moment)),
            ("WARC-Target-URI", target),
            ("WARC-Warcinfo-ID", self._warcinfo),
            ("Content-Type", content_type),
        ]

    def _append(
        self, file: WarcFile, fields: Pairs, block: Sequence[Buffer], *, stored: bool = False
    ) -> Record:
        fields = [
            *((name, plain_value(value)) for name, value in fields),
            ("WARC-Block-Digest", sha256(block)),
            ("Content-Length", str(sum(len(piece) for piece in block))),
        ]
        offset = file.size
        length = file.append(compress(serialise(fields, block), stored=stored))
        head = bytes(memoryview(block[0])[:MAX_HEAD])
        return Record(fields=tuple(fields), block=head, offset=offset, length=length)


def _optional(name: str, value: str | None) -> Pairs:
    return [(name, value)] if value else []


def _refers_to(original: Original | None) -> Pairs:
    if original is None:
        return []
    return [
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.date)),
    ]
