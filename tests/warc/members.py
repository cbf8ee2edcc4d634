"""WARC files taken apart into their gzip members and put together again, and what verify says of them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from archiver.warc.verify import Seen, check_file
from tests.warc.exchanges import NOON

LATER = NOON + timedelta(days=1)
PAGE = "<p>Räksmörgås, igen och igen</p>".encode() * 40
CODED = gzip.compress(PAGE)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n<p>He\r\n4\r\nj</p\r\n1\r\n>\r\n0\r\n\r\n"
)


class Member(NamedTuple):
    """A gzip member of a file and what it holds."""

    packed: bytes
    record: bytes


def members(path: Path) -> list[Member]:
    data, found = path.read_bytes(), []
    while data:
        stream = zlib.decompressobj(31)
        record = stream.decompress(data)
        size = len(data) - len(stream.unused_data)
        found.append(Member(data[:size], record))
        data = data[size:]
    return found


def packed(record: bytes) -> bytes:
    return gzip.compress(record)


def codes(path: Path, seen: Seen | None = None) -> list[str]:
    return [fault.code for fault in check_file(path, now=LATER, seen=seen)]


def all_packed(records: list[Member]) -> bytes:
    return b"".join(m.packed for m in records)


def plain(block: bytes, **fields: str) -> bytes:
    values = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(block).hexdigest()}>",
        "WARC-Date": "2020-01-02T03:04:05Z",
        "WARC-Target-URI": "http://www.example.com/",
        "Content-Type": "application/http; msgtype=response",
        **{name.replace("_", "-"): value for name, value in fields.items()},
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in values.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"
