"""Records and pages are read back, also from files that a crash has cut off."""

from __future__ import annotations

import dataclasses
import gzip
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from archiver.errors import DamagedError
from archiver.warc.file import open_files, settle
from archiver.warc.reader import captures_in, iter_records, read_page, read_record, set_torn_tail_aside
from archiver.warc.writer import Original
from tests.warc.exchanges import URL, answer, exchange, writer

if TYPE_CHECKING:
    from archiver.model import Capture

ROOT = Path(__file__).resolve().parents[2]
HTML = "<p>Räksmörgås</p>".encode() * 50


def stored(archive: Path, *responses: bytes, close: bool = True, **values: Any) -> list[Capture]:
    warc = writer(archive, **values)
    captures = [warc.write(exchange(r)) for r in responses]
    warc.sync()
    if close:
        warc.close()
    return [c for c in captures if c]


def original_of(capture: Capture) -> Original:
    return Original(
        url=capture.url, date=capture.warc_date, record_id=capture.warc_record_id, status=capture.status
    )


@pytest.mark.parametrize("close", [True, False])
def test_a_record_is_read_at_its_offset(tmp_path: Path, close: bool) -> None:
    [capture] = stored(tmp_path, answer(HTML), close=close)
    record = read_record(tmp_path / capture.filename, capture.offset)
    assert (record.type, record.id) == ("response", capture.warc_record_id)
    assert bytes(record.block) == answer(HTML)
    assert (record.offset, record.length) == (capture.offset, capture.length)
    assert record.get("warc-target-uri") == URL
    assert record.get("X-None") is None


@pytest.mark.parametrize(
    ("coding", "coded"),
    [("gzip", gzip.compress(HTML, mtime=0)), ("br", brotli.compress(HTML)), ("identity", HTML)],
    ids=["gzip", "br", "identity"],
)
def test_a_page_is_decoded(tmp_path: Path, coding: str, coded: bytes) -> None:
    response = answer(coded, b"Content-Encoding: " + coding.encode(), b"Content-Language: sv")
    [capture] = stored(tmp_path, response)
    page = read_page(tmp_path, capture)
    assert page.body == HTML
    assert page.content_type == "text/html; charset=utf-8"
    assert (page.language, page.status, page.url, page.record) == ("sv", 200, URL, capture.warc_record_id)


def test_a_revisit_is_read_from_its_original(tmp_path: Path) -> None:
    body = gzip.compress(HTML)
    chunked = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    [first] = stored(tmp_path, chunked)
    again = answer(body, b"Content-Encoding: gzip", b"Content-Language: sv")
    [revisit] = stored(tmp_path, again, original=lambda digest: original_of(first))
    assert revisit.warc_type == "revisit"
    page = read_page(tmp_path, revisit, original=first)
    assert (page.body, page.language, page.record) == (HTML, "sv", first.warc_record_id)
    with pytest.raises(DamagedError, match="is a revisit"):
        read_page(tmp_path, revisit)


def test_a_304_shows_the_page_that_was_not_modified(tmp_path: Path) -> None:
    [first] = stored(tmp_path, answer(HTML, b"Content-Language: sv"))
    warc = writer(tmp_path)
    response = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    revisit = warc.write(exchange(response), not_modified=original_of(first))
    warc.close()
    assert revisit
    page = read_page(tmp_path, revisit, original=first)
    assert (page.body, page.status, page.language) == (HTML, 200, "sv")


def test_what_lies_elsewhere_is_damage(tmp_path: Path) -> None:
    [capture, other] = stored(tmp_path, answer(HTML), answer(b"annan"))
    wrong = [
        dataclasses.replace(capture, offset=other.offset),
        dataclasses.replace(capture, offset=capture.offset + 1),
        dataclasses.replace(capture, offset=10**9),
        dataclasses.replace(capture, filename="none.warc.gz"),
        dataclasses.replace(capture, payload_digest=other.payload_digest),
    ]
    for claim in wrong:
        with pytest.raises(DamagedError):
            read_page(tmp_path, claim)


def last_offset(path: Path) -> int:
    return max(record.offset for record in iter_records(path))


def test_a_tail_torn_at_any_byte_is_set_aside(tmp_path: Path) -> None:
    captures = stored(tmp_path, answer(HTML), answer(b"<p>sist</p>"))
    [path] = tmp_path.iterdir()
    data = path.read_bytes()
    start = last_offset(path)
    whole = list(iter_records(path))
    for cut in range(start, len(data)):
        path.write_bytes(data[:cut])
        records = iter_records(path)
        assert list(records) == whole[:-1]
        assert records.torn == (start if cut > start else None)
        assert list(captures_in(path, site="exempel")) == captures
        aside = set_torn_tail_aside(path)
        assert path.read_bytes() == data[:start]
        if cut == start:
            assert aside is None
        else:
            assert aside and aside.name == f"{path.name}.torn-{start}"
            assert aside.read_bytes() == data[start:cut]
            aside.unlink()
    assert set_torn_tail_aside(path) is None


@pytest.mark.parametrize(
    "junk",
    [b"\0" * 5000, b"\x1f\x8b\x08" * 100, b"WARC/1.1\r\n", gzip.compress(b"x", mtime=0)],
    ids=["zeros", "magic", "plain", "member"],
)
def test_junk_behind_the_last_record_is_set_aside(tmp_path: Path, junk: bytes) -> None:
    captures = stored(tmp_path, answer(HTML))
    [path] = tmp_path.iterdir()
    data = path.read_bytes()
    path.write_bytes(data + junk)
    assert list(captures_in(path, site="exempel")) == captures
    aside = set_torn_tail_aside(path)
    assert aside and aside.read_bytes() == junk
    assert path.read_bytes() == data


def test_damage_with_whole_records_behind_it_is_left_alone(tmp_path: Path) -> None:
    capture, _ = stored(tmp_path, answer(HTML), answer(b"sist"))
    [path] = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[capture.offset + capture.length // 2] ^= 0xFF
    path.write_bytes(data)
    assert set_torn_tail_aside(path) is None
    assert path.read_bytes() == data
    assert len(list(tmp_path.iterdir())) == 1


def test_an_abandoned_file_gets_its_final_name(tmp_path: Path) -> None:
    captures = stored(tmp_path, answer(HTML), close=False)
    [left] = open_files(tmp_path)
    left.write_bytes(left.read_bytes() + b"\x1f\x8b")
    assert list(captures_in(left, site="exempel")) == captures
    assert set_torn_tail_aside(left)
    assert settle(left) == tmp_path / captures[0].filename
    assert open_files(tmp_path) == []
    assert list(captures_in(tmp_path / captures[0].filename, site="exempel")) == captures


def test_an_abandoned_file_without_a_whole_record_goes(tmp_path: Path) -> None:
    left = tmp_path / "x.warc.gz.open"
    left.write_bytes(b"\x1f\x8b\x08torn")
    assert set_torn_tail_aside(left)
    assert settle(left) is None
    assert [p.name for p in tmp_path.iterdir()] == ["x.warc.gz.torn-0"]


def test_a_record_that_claims_more_or_less_than_it_holds_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    for length in (b"10000000000", b"4", b"-1", b"5 ", "٥".encode(), b""):
        content = b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: " + length + b"\r\n\r\nhello\r\n\r\n"
        path.write_bytes(gzip.compress(content))
        records = iter_records(path)
        assert len(list(records)) == (1 if length == b"5 " else 0)
        assert records.torn == (None if length == b"5 " else 0)


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_synced(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tests.warc.exchanges import answer, exchange, writer\n"
        "warc = writer(Path(sys.argv[1]), max_bytes=40_000)\n"
        "while True:\n"
        "    capture = warc.write(exchange(answer(os.urandom(2000))))\n"
        "    warc.sync()\n"
        "    print(capture.warc_record_id, flush=True)\n"
    )
    synced: list[str] = []
    for after in (1, 17, 60):
        run = [sys.executable, "-c", script, str(tmp_path)]
        with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout
            synced += [process.stdout.readline().strip() for _ in range(after)]
            process.kill()
            synced += process.stdout.read().split()
        for left in open_files(tmp_path):
            set_torn_tail_aside(left)
            settle(left)
    assert open_files(tmp_path) == []
    paths = sorted(tmp_path.glob("*.warc.gz"))
    found = [capture.warc_record_id for path in paths for capture in captures_in(path, site="exempel")]
    assert len(paths) > 3
    assert len(found) == len(set(found))
    assert set(synced) <= set(found)
    assert len(found) <= len(synced) + 3
