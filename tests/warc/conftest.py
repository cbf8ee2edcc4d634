"""Files that several tests of WARC files begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warc.exchanges import answer, exchange, writer
from tests.warc.members import CHUNKED, CODED, PAGE


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A file of ours with each type of record, coded, chunked and repeated payloads."""
    warc = writer(tmp_path / "archive")
    first = warc.write(exchange(answer(PAGE)), metadata={"via": "https://www.example.com/"})
    warc.write(exchange(answer(CODED, b"Content-Encoding: gzip"), url="https://www.example.com/gzip"))
    warc.write(exchange(CHUNKED, url="https://www.example.com/chunked"))
    assert first is not None
    from tests.warc.test_reader import original_of

    warc._original = lambda digest: original_of(first) if digest == first.payload_digest else None
    warc.write(exchange(answer(PAGE)))
    warc.write(exchange(b"HTTP/1.1 304 Not Modified\r\n\r\n"), not_modified=original_of(first))
    warc.write(exchange(b"", truncated="time"))
    warc.write(exchange(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", truncated="disconnect"))
    warc.write(exchange(b"no HTTP at all"))
    warc.write(exchange(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"later")))
    warc.close()
    [path] = (tmp_path / "archive").iterdir()
    return path
