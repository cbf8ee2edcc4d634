"""Records that are far larger than their files, and others that cost a reader dear who believes them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.imports.foreign import HOST, an_id

MB = 1 << 20
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def head(size: int, *more: str, kind: str = "response") -> bytes:
    """The header of a record with so many bytes."""
    fields = (
        f"WARC-Type: {kind}", f"WARC-Record-ID: {an_id()}", "WARC-Date: 2021-03-04T05:06:07Z",
        f"WARC-Target-URI: https://{HOST}/bomb", "Content-Type: application/http;msgtype=response", *more,
        f"Content-Length: {size}",
    )  # fmt: skip
    return "\r\n".join(("WARC/1.1", *fields, "", "")).encode()


def blown(before: bytes, size: int, behind: bytes = b"", fill: bytes = b"\0") -> bytes:
    """A gzip member of these bytes with ``size`` megabytes of one sign between them.

    A megabyte is compressed once; what comes of it is as good a second time.
    """
    unit = fill * MB
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = stream.compress(before) + stream.flush(zlib.Z_FULL_FLUSH)
    middle = stream.compress(unit) + stream.flush(zlib.Z_FULL_FLUSH)
    end = stream.compress(behind) + stream.flush()
    check = zlib.crc32(before)
    for _ in range(size):
        check = zlib.crc32(unit, check)
    length = (len(before) + size * MB + len(behind)) & 0xFFFFFFFF
    tail = zlib.crc32(behind, check).to_bytes(4, "little") + length.to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + begin + middle * size + end + tail


def whole_record(size: int) -> bytes:
    """A record that is whole, with so many megabytes of zeros."""
    return blown(head(len(HTTP) + size * MB) + HTTP, size, b"\r\n\r\n")


def many_chunks(size: int) -> bytes:
    """A record that is whole, whose body comes in chunks of one byte."""
    before = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    unit = b"1\r\na\r\n" * (MB // 6)
    block = before + unit * size + b"0\r\n\r\n"
    return gzip.compress(head(len(block)) + block + b"\r\n\r\n", 1)


def warcinfo(size: int) -> bytes:
    """What a file says of its crawl, line upon line of nothing."""
    before = head(size * MB, kind="warcinfo").replace(
        b"application/http;msgtype=response", b"application/warc-fields"
    )
    return blown(before, size, b"\r\n\r\n", fill=b"\n")


BOMBS: dict[str, Callable[[int], bytes]] = {
    "a whole record": whole_record,
    "a record with more behind it": lambda size: blown(head(len(HTTP)) + HTTP + b"\r\n\r\n", size),
    "no record": lambda size: blown(b"", size),
    "a header without end": lambda size: blown(b"WARC/1.1\r\nX: ", size, fill=b"a"),
    "a record that claims ten gigabytes": lambda size: gzip.compress(head(10_000_000_000) + HTTP + b"\r\n\r\n"),
    "a long line": lambda size: blown(b"WARC/1.1\r\nX: ", min(size, 100), b"\r\nContent-Length: 0\r\n\r\n\r\n\r\n", b"a"),
    "a header without colon": lambda size: gzip.compress(b"WARC/1.1\r\nContent-Length 0\r\n\r\n\r\n\r\n"),
    "what a crawl says of itself": warcinfo,
}  # fmt: skip


def append(path: Path, *members: bytes) -> None:
    """Puts members behind what a file holds."""
    with path.open("ab") as file:
        for member in members:
            file.write(member)
