"""One HTTP exchange as it was on the wire, and HTTP/1.x messages read without changing a byte.

Interim responses (1xx) are messages of their own that come before the final one: they are
told apart here, so that a response record holds the final message alone, which is what
every reader expects, and the interim ones are kept in a record of their own. Whatever else
the server sent, well-formed or not, stays in the final message.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from archiver.warc.coding import begins_chunk, dechunk, looks_coded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from archiver.model import Truncated

Wire = bytes | mmap.mmap

MAX_HEAD = 256 * 1024

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_END_OF_LINE = re.compile(rb"\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d+\.\d+[ \t]+(\d{3})(?=[ \t\r\n])")
_WITHOUT_BODY = frozenset({204, 304})

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request and what came back, as bytes of the decrypted connection.

    ``url`` is the target URI without fragment, ``began`` the instant at which the request
    was written, aware and UTC. ``response`` holds all that was received, interim responses
    too; it is a read-only memory map of a temporary file where it is large, and empty where
    the server sent nothing. ``truncated`` says why the response is not whole, if it is not.
    """

    url: str
    began: datetime
    request: bytes
    response: Wire = b""
    ip: str | None = None
    truncated: Truncated | None = None
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Chunks:
    """The data of a chunked body that begins at ``start``, as often as it is asked for."""

    wire: Wire
    start: int

    def __iter__(self) -> Iterator[memoryview]:
        return dechunk(self.wire, self.start)


Payload = list[memoryview] | Chunks


@dataclass(frozen=True, kw_only=True)
class ResponseMessage:
    """The final response in received bytes: where it begins, its head, its entity body.

    ``interim`` and ``start`` bound the 1xx messages before it. ``head`` ends with the blank
    line, or where the bytes end. ``status`` is None where there is no HTTP status line.
    ``method`` is that of the request, which decides whether there is a body (RFC 9112 §6.3).
    """

    wire: Wire
    start: int
    head: bytes
    status: int | None
    method: str = "GET"

    @property
    def interim(self) -> bytes:
        """All interim responses before the final one, as received."""
        return self.wire[: self.start]

    @property
    def block(self) -> memoryview:
        """The final message as received: head, body with its framing, and what followed."""
        return memoryview(self.wire)[self.start :]

    @property
    def is_empty(self) -> bool:
        """True where no final response was received at all."""
        return self.start >= len(self.wire)

    @cached_property
    def headers(self) -> Headers:
        """The header fields in order, names as sent, folded lines joined by their own bytes."""
        return parse_headers(self.head)

    def header(self, name: str) -> str | None:
        """The first field of this name, in any case, as text with 8-bit bytes as Latin-1."""
        return header_text(self.headers, name)

    @property
    def has_body(self) -> bool:
        """False where the method or the status rules a body out."""
        return not (
            self.status is None
            or self.method == "HEAD"
            or self.status in _WITHOUT_BODY
            or 100 <= self.status < 200
        )

    def payload(self) -> Payload:
        """The entity body in pieces: transfer coding removed, content coding as sent.

        They may be gone through more than once; a body of many small chunks is never held as a list of them.
        """
        if not self.has_body:
            return []
        start = self.start + len(self.head)
        body = memoryview(self.wire)[start:]
        if is_chunked(self.headers):
            # Some programs take the framing off and leave the header; readers show such a body as it is.
            is_framed = begins_chunk(self.wire, start) or not len(body)
            return Chunks(self.wire, start) if is_framed else [body]
        length = content_length(self.headers)
        if length is None or (length < len(body) and self._is_decoded(body)):
            return [body]
        return [body[:length]]

    def _is_decoded(self, body: memoryview) -> bool:
        """True where the body is not in the coding that the head names, so that its length is another."""
        codings = content_codings(self.headers)
        return bool(codings) and not looks_coded(bytes(body[:4096]), codings[-1])


def parse_response(wire: Wire, *, method: str = "GET") -> ResponseMessage:
    """The final response in what was received, of whatever shape. Never raises.

    A head ends after ``MAX_HEAD`` bytes where nothing else ends it.
    """
    start = 0
    while True:
        ended = _END_OF_HEAD.search(wire, start, start + MAX_HEAD)
        head = wire[start : ended.end() if ended else start + MAX_HEAD]
        found = _STATUS_LINE.match(head)
        status = int(found[1]) if found else None
        if status is None or not 100 <= status < 200 or status == 101:
            break
        start += len(head)
    if status is None and not head.startswith(b"HTTP/"):
        head = b""
    return ResponseMessage(wire=wire, start=start, head=head, status=status, method=method)


def parse_headers(head: bytes) -> Headers:
    """The fields of a head in order; a line without colon has an empty value.

    A folded line (RFC 9112 §5.2) belongs to the field before it. Names keep their case and
    values their bytes, without the white space around them.
    """
    fields: list[list[bytes]] = []
    for line in _END_OF_LINE.split(head)[1:]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b" " + line.strip()
        elif line:
            name, _, value = line.partition(b":")
            fields.append([name.rstrip(), value.strip()])
    return tuple((name, value) for name, value in fields)


def header_text(headers: Headers, name: str) -> str | None:
    """The first field of this name, in any case, 8-bit bytes as Latin-1; None without one."""
    wanted = name.lower().encode("ascii")
    for key, value in headers:
        if key.lower() == wanted:
            return value.decode("latin-1")
    return None


def is_chunked(headers: Headers) -> bool:
    """True where the last transfer coding is ``chunked``."""
    codings = [v for k, v in headers if k.lower() == b"transfer-encoding"]
    return bool(codings) and codings[-1].lower().rsplit(b",", 1)[-1].strip() == b"chunked"


def content_length(headers: Headers) -> int | None:
    """The first Content-Length that is a number, None without one."""
    for key, value in headers:
        if key.lower() == b"content-length" and value.isdigit():
            return int(value[:18])
    return None


def content_codings(headers: Headers) -> list[str]:
    """The content codings in the order in which they were applied, lower case."""
    values = [v.decode("latin-1") for k, v in headers if k.lower() == b"content-encoding"]
    return [c for c in (p.strip().lower() for v in values for p in v.split(",")) if c]
