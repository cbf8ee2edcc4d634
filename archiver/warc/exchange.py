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
from typing import TYPE_CHECKING

from archiver.posted import FORM_TYPE, is_form
from archiver.warc.coding import begins_chunk, dechunk, looks_coded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from archiver.model import Truncated

Wire = bytes | mmap.mmap

MAX_HEAD = 256 * 1024

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_FOLDED = re.compile(rb"\n[ \t]")
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

    @property
    def form(self) -> str | None:
        """The form that a POST sent, in its encoding; None where it sent anything else."""
        head, _, body = self.request.partition(b"\r\n\r\n")
        kinds = (value.lower() for name, value in parse_headers(head) if name.lower() == b"content-type")
        if self.method != "POST" or not next(kinds, b"").startswith(FORM_TYPE.encode()):
            return None
        form = body.decode("latin-1")
        return form if is_form(form) else None


@dataclass(frozen=True, slots=True)
class Chunks:
    """The data of a chunked body that begins at ``start``, as often as it is asked for."""

    wire: Wire
    start: int

    def __iter__(self) -> Iterator[memoryview]:
        return dechunk(self.wire, self.start)


Payload = list[memoryview] | Chunks


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseMessage:
    """The final response in received bytes: where it begins, its head, its entity body.

    ``interim`` and ``start`` bound the 1xx messages before it. ``head`` ends with the blank
    line, or where the bytes end. ``headers`` are its fields in order, names as sent, folded lines joined.
    ``status`` is None where there is no HTTP status line.
    ``method`` is that of the request, which decides whether there is a body (RFC 9112 §6.3).
    """

    wire: Wire
    start: int
    head: bytes
    headers: Headers
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

    def _values(self, name: bytes) -> list[bytes]:
        """The values of a field in their order; its name is in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    def header(self, name: str) -> str | None:
        """The first field of this name, in any case, as text with 8-bit bytes as Latin-1."""
        values = self._values(name.lower().encode("ascii"))
        return values[0].decode("latin-1") if values else None

    def fields(self, name: str) -> list[str]:
        """All fields of this name, as text in the same way."""
        return [value.decode("latin-1") for value in self._values(name.lower().encode("ascii"))]

    @property
    def is_chunked(self) -> bool:
        """True where the last transfer coding is ``chunked``."""
        codings = self._values(b"transfer-encoding")
        return bool(codings) and codings[-1].lower().rsplit(b",", 1)[-1].strip() == b"chunked"

    @property
    def content_length(self) -> int | None:
        """The first Content-Length that is a number, None without one."""
        lengths = [value for value in self._values(b"content-length") if value.isdigit()]
        return int(lengths[0][:18]) if lengths else None

    @property
    def codings(self) -> list[str]:
        """The content codings in the order in which they were applied, lower case."""
        return content_codings(self._values(b"content-encoding"))

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
        if self.is_chunked:
            # Some programs take the framing off and leave the header; readers show such a body as it is.
            is_framed = begins_chunk(self.wire, start) or not len(body)
            return Chunks(self.wire, start) if is_framed else [body]
        length = self.content_length
        if length is None or (length < len(body) and self._is_decoded(body)):
            return [body]
        return [body[:length]]

    def _is_decoded(self, body: memoryview) -> bool:
        """True where the body is not in the coding that the head names, so that its length is another."""
        codings = self.codings
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
    return ResponseMessage(
        wire=wire, start=start, head=head, headers=parse_headers(head), status=status, method=method
    )


def parse_headers(head: bytes) -> Headers:
    """The fields of a head in order; a line without colon has an empty value.

    A folded line (RFC 9112 §5.2) belongs to the field before it. Names keep their case and
    values their bytes, without the white space around them.
    """
    lines = head.split(b"\r\n")
    if lines[-2:] == [b"", b""] and head.count(b"\n") == len(lines) - 1 and not _FOLDED.search(head):
        try:
            # What nearly every head is, at half of the cost.
            return tuple([(n.rstrip(), v.strip()) for n, v in [s.split(b":", 1) for s in lines[1:-2]]])
        except ValueError:
            pass  # for a line without colon
    fields: list[list[bytes]] = []
    for line in _END_OF_LINE.split(head)[1:]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b" " + line.strip()
        elif line:
            name, _, value = line.partition(b":")
            fields.append([name.rstrip(), value.strip()])
    return tuple((name, value) for name, value in fields)


def content_codings(values: Iterable[bytes]) -> list[str]:
    """The content codings that fields with these values name, in the order of their use, lower case."""
    codings = (part.strip().lower() for value in values for part in value.decode("latin-1").split(","))
    return [coding for coding in codings if coding]
