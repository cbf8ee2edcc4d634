"""Files of other programs: uncompressed, one member for all, digests of another kind."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from typing import TYPE_CHECKING

import pytest

from archiver.warc.foreign import foreign_records
from archiver.warc.reader import captures_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = b"<p>Fr\xc3\xa5n annat h\xc3\xa5ll</p>"


def foreign(*, packed: bool) -> bytes:
    """A file as wget writes it: SHA-1 digests, addresses in angle brackets, no crawl id."""
    return b"".join(gzip.compress(record) if packed else record for record in _records())


def _records() -> Iterator[bytes]:
    yield _record("warcinfo", "", b"software: other\r\n")
    for n in range(3):
        target = f"WARC-Target-URI: <http://www.example.com/{n}>\r\nWARC-Payload-Digest: sha1:ABCDEFGH\r\n"
        yield _record("response", target, b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY)


def _record(kind: str, more: str, block: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
    head += f"WARC-Date: 2015-07-01T10:00:00Z\r\n{more}Content-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("layout", ["by record", "plain", "one member"])
def test_every_layout_gives_captures(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "x.warc.gz"
    data = foreign(packed=layout == "by record")
    path.write_bytes(gzip.compress(data) if layout == "one member" else data)
    captures = list(captures_in(path, site="annan"))
    assert [c.urlkey for c in captures] == [f"com,example)/{n}" for n in range(3)]
    assert {c.payload_digest for c in captures} == {"sha256:" + hashlib.sha256(BODY).hexdigest()}
    assert {(c.status, c.mime, c.crawl) for c in captures} == {(200, "text/html", "")}
    if layout == "plain":
        for capture in captures:
            assert data[capture.offset :].startswith(b"WARC/1.0\r\nWARC-Type: response")
    if layout == "one member":
        assert {(c.offset, c.length) for c in captures} == {(0, 0)}


@pytest.mark.parametrize(
    "data", [b"", b"no warc at all", gzip.compress(b"no warc", mtime=0), b"\x1f\x8b", b"\0" * 999]
)
def test_what_is_no_warc_gives_nothing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(data)
    assert list(captures_in(path, site="annan")) == []
    assert list(foreign_records(path)) == []


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_cut_anywhere_gives_what_is_whole(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "x.warc.gz"
    data = gzip.compress(foreign(packed=False)) if packed else foreign(packed=False)
    for cut in range(0, len(data), 7):
        path.write_bytes(data[:cut])
        ends = [] if packed else [i for i in range(len(data)) if data[:i].endswith(BODY)]
        found = len(list(captures_in(path, site="annan")))
        assert found <= 3
        if not packed:
            assert found == sum(end <= cut for end in ends)
