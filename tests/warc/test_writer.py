"""What is written is WARC/1.1 by the book, checked by readers and digests that are not ours."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import resource
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archiver.errors import StorageError
from archiver.warc import record
from archiver.warc.reader import captures_in, iter_records
from archiver.warc.writer import Original
from tests.warc.exchanges import CRAWL, NOON, REQUEST, URL, answer, exchange, writer

NAME = "exempel-20260102120000-00000-vrd-1.example.warc.gz"
SHA256 = re.compile(r"sha256:[0-9a-f]{64}\Z")


def records(path: Path) -> list[tuple[dict[str, str], bytes]]:
    """All records of a file, by FastWARC, which has checked the block digests it knows."""
    with path.open("rb") as stream:
        return [
            (dict(r.headers), r.reader.read())
            for r in ArchiveIterator(stream, parse_http=False, verify_digests=True)
        ]


def only_file(archive: Path) -> Path:
    [path] = archive.iterdir()
    return path


def write(archive: Path, *exchanges: Any, **values: Any) -> tuple[Path, list[Any]]:
    warc = writer(archive, **values)
    captures = [warc.write(e) for e in exchanges]
    warc.close()
    return only_file(archive), captures


def test_a_file_begins_with_warcinfo_and_holds_pairs(tmp_path: Path) -> None:
    path, [capture] = write(tmp_path, exchange())
    info, response, request = records(path)
    assert path.name == NAME == capture.filename
    assert info[0]["WARC-Type"] == "warcinfo"
    assert info[0]["WARC-Filename"] == NAME
    stated = dict(line.split(": ", 1) for line in info[1].decode().splitlines())
    assert stated["format"] == "WARC File Format 1.1"
    assert stated["isPartOf"] == CRAWL
    assert stated["operator"] == "Arkivet"
    assert response[1] == answer(b"<p>Hej</p>")
    assert request[1] == REQUEST
    assert response[0]["Content-Type"] == "application/http;msgtype=response"
    assert request[0]["WARC-Concurrent-To"] == response[0]["WARC-Record-ID"] == capture.warc_record_id
    assert response[0]["WARC-Date"] == request[0]["WARC-Date"] == "2026-01-02T12:00:00.123456Z"
    assert {r[0]["WARC-Warcinfo-ID"] for r in (response, request)} == {info[0]["WARC-Record-ID"]}


def test_a_capture_says_what_stands_in_the_record(tmp_path: Path) -> None:
    fields = (b'ETag: W/"1"', b"Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT", b"Location: ../x")
    _, [capture] = write(tmp_path, exchange(answer(b"bort", *fields, status=b"302 Found")))
    assert (capture.site, capture.crawl, capture.url) == ("exempel", CRAWL, URL)
    assert capture.urlkey == "com,example)/nyheter?a=1&b=2"
    assert (capture.timestamp, capture.warc_date) == ("20260102120000", NOON)
    assert (capture.mime, capture.status, capture.warc_type) == ("text/html", 302, "response")
    assert capture.location == "https://www.example.com/x"
    assert (capture.etag, capture.last_modified) == ('W/"1"', "Thu, 01 Jan 2026 00:00:00 GMT")


def test_digests_are_those_that_independent_code_finds(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    path, [capture] = write(tmp_path, exchange(chunked))
    for headers, block in records(path):
        assert headers["WARC-Block-Digest"] == "sha256:" + hashlib.sha256(block).hexdigest()
        assert int(headers["Content-Length"]) == len(block)
    assert capture.payload_digest == "sha256:" + hashlib.sha256(b"abcde").hexdigest()


def test_each_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    path, [capture] = write(tmp_path, exchange())
    data = path.read_bytes()
    member = data[capture.offset : capture.offset + capture.length]
    plain = gzip.decompress(member)
    assert plain.startswith(b"WARC/1.1\r\n") and plain.endswith(b"\r\n\r\n")
    assert plain.count(b"WARC/1.1\r\n") == 1
    with path.open("rb") as stream:
        kinds = [r.rec_type for r in WarcioIterator(stream, check_digests=True)]
    assert kinds == ["warcinfo", "response", "request"]


def test_no_file_before_the_first_record(tmp_path: Path) -> None:
    warc = writer(tmp_path / "archive")
    warc.sync()
    warc.close()
    assert not (tmp_path / "archive").exists()


def test_a_file_is_called_open_until_it_is_closed(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    warc.write(exchange())
    warc.sync()
    assert only_file(tmp_path).name == NAME + ".open"
    warc.close()
    warc.close()
    assert only_file(tmp_path).name == NAME


def test_files_rotate_and_each_begins_with_warcinfo(tmp_path: Path) -> None:
    warc = writer(tmp_path, max_bytes=1500)
    captures = [warc.write(exchange(answer(os.urandom(600)))) for _ in range(4)]
    warc.close()
    names = sorted(p.name for p in tmp_path.iterdir())
    assert [n.split("-")[2] for n in names] == ["00000", "00001", "00002", "00003"][: len(names)]
    assert len(names) > 1
    for name in names:
        rows = records(tmp_path / name)
        assert rows[0][0]["WARC-Type"] == "warcinfo"
        assert rows[1][0]["WARC-Warcinfo-ID"] == rows[0][0]["WARC-Record-ID"]
    assert [c for n in names for c in captures_in(tmp_path / n, site="exempel")] == captures


def test_two_writers_of_one_second_take_different_names(tmp_path: Path) -> None:
    first, second = writer(tmp_path), writer(tmp_path)
    first.write(exchange())
    second.write(exchange())
    first.close()
    third = writer(tmp_path)
    third.write(exchange())
    for warc in (second, third):
        warc.close()
    assert len(list(tmp_path.iterdir())) == 3


def original(**values: Any) -> Original:
    known = {"url": "https://example.com/first", "date": NOON, "record_id": "<urn:uuid:1>", "status": 200}
    return Original(**{**known, **values})


def test_an_identical_payload_is_a_revisit(tmp_path: Path) -> None:
    asked: list[str] = []

    def find(digest: str) -> Original:
        asked.append(digest)
        return original()

    path, [capture] = write(tmp_path, exchange(answer(b"samma")), original=find)
    headers, block = records(path)[1]
    assert asked == ["sha256:" + hashlib.sha256(b"samma").hexdigest()] == [headers["WARC-Payload-Digest"]]
    assert headers["WARC-Type"] == "revisit"
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Refers-To"] == "<urn:uuid:1>" == capture.refers_to
    assert headers["WARC-Refers-To-Target-URI"] == "https://example.com/first"
    assert headers["WARC-Refers-To-Date"] == "2026-01-02T12:00:00.123456Z"
    assert headers["WARC-Truncated"] == "length" and capture.truncated is None
    assert block == answer(b"samma")[: -len(b"samma")]


@pytest.mark.parametrize(
    ("values", "response"),
    [
        ({"truncated": "time"}, answer(b"samma")),
        ({}, answer(b"")),
        ({}, answer(b"samma", status=b"404 Not Found")),
        ({"method": "HEAD"}, answer(b"samma")),
        ({}, b"no http"),
    ],
)
def test_what_is_no_revisit(tmp_path: Path, values: Any, response: bytes) -> None:
    path, _ = write(tmp_path, exchange(response, **values), original=lambda digest: original())
    headers, block = records(path)[1]
    assert (headers["WARC-Type"], block) == ("response", response)
    assert headers.get("WARC-Truncated") == values.get("truncated")


@pytest.mark.parametrize("known", [None, original(status=404)])
def test_not_modified_is_a_revisit_of_what_was_validated(tmp_path: Path, known: Original | None) -> None:
    response = b"HTTP/1.1 304 Not Modified\r\nETag: 1\r\nContent-Length: 99\r\n\r\n"
    warc = writer(tmp_path)
    capture = warc.write(exchange(response), not_modified=known)
    warc.close()
    headers, block = records(only_file(tmp_path))[1]
    assert block == response
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers.get("WARC-Refers-To") == (known.record_id if known else None)
    assert "WARC-Payload-Digest" not in headers
    assert capture and capture.status == 304 and capture.etag == "1"


def test_head_and_unanswered_requests_are_kept_and_are_no_captures(tmp_path: Path) -> None:
    head = exchange(answer(b"")[:-2] + b"\r\n", method="HEAD")
    path, captures = write(tmp_path, head, exchange(b""))
    assert captures == [None, None]
    kinds = [headers["WARC-Type"] for headers, _ in records(path)]
    assert kinds == ["warcinfo", "response", "request", "request"]
    assert list(captures_in(path, site="exempel")) == []


def test_metadata_lies_beside(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    profile = warc.write_metadata(target="urn:x", content_type="application/toml", block=b"name = 1\n")
    capture = warc.write(exchange(), metadata={"via": "https://example.com/\r\nx", "hopsFromSeed": "L"})
    outcome = warc.write_metadata(
        target="urn:y", content_type="application/json", block=b"{}", concurrent_to=profile
    )
    warc.close()
    rows = records(only_file(tmp_path))
    assert [r[0]["WARC-Type"] for r in rows] == [
        "warcinfo",
        "metadata",
        "response",
        "request",
        "metadata",
        "metadata",
    ]
    assert rows[1][0]["WARC-Record-ID"] == profile and rows[1][1] == b"name = 1\n"
    assert rows[4][1] == b"via: https://example.com/  x\r\nhopsFromSeed: L\r\n"
    assert capture and rows[4][0]["WARC-Concurrent-To"] == capture.warc_record_id
    assert (rows[5][0]["WARC-Record-ID"], rows[5][0]["WARC-Concurrent-To"]) == (outcome, profile)


@pytest.mark.parametrize("fast", [True, False])
def test_every_way_of_compressing_gives_plain_gzip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    if not fast:
        monkeypatch.setattr(record, "fast_zlib", None)
    body = b"<p>ord och ord</p>" * 1000
    packed = gzip.compress(os.urandom(5000))
    plain, coded = exchange(answer(body)), exchange(answer(packed, b"Content-Encoding: gzip"))
    path, captures = write(tmp_path, plain, coded)
    assert captures[0].length < len(body) / 10
    data = path.read_bytes()[captures[1].offset :]
    assert packed in data, "a compressed body is stored as it is"
    assert zlib.decompressobj(31).decompress(data).endswith(packed + b"\r\n\r\n")
    assert [b for _, b in records(path)][1:4:2] == [plain.response, coded.response]


def test_a_full_disk_leaves_whole_records_and_says_so(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from archiver.errors import StorageError\n"
        "from tests.warc.exchanges import answer, exchange, writer\n"
        "warc = writer(Path(sys.argv[1]))\n"
        "stored = 0\n"
        "try:\n"
        "    while True: warc.write(exchange(answer(os.urandom(3000)))); stored += 1\n"
        "except StorageError as error: print(stored, error.message, error.hint, sep='|')\n"
        "try: warc.write(exchange(answer(os.urandom(3_000_000))))\n"
        "except StorageError: print('again')\n"
        "warc.write(exchange(b''))\n"
        "warc.close()\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-B", "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, again = done.stdout.splitlines()
    stored, message, hint = first.split("|")
    assert again == "again"
    assert "File too large" in message and str(tmp_path) in message
    assert "limit on file size" in hint
    path = only_file(tmp_path)
    found = iter_records(path)
    assert len(list(found)) == 1 + 2 * int(stored) + 1
    assert found.torn is None
    assert len(list(captures_in(path, site="exempel"))) == int(stored)


def test_a_first_record_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    class BrokenError(OSError):
        pass

    def fails(digest: str) -> None:
        raise BrokenError

    warc = writer(tmp_path, original=fails)
    with pytest.raises(BrokenError):
        warc.write(exchange())
    assert list(tmp_path.iterdir()) == []
    warc.write(exchange(b""))
    warc.close()
    assert len(records(only_file(tmp_path))) == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="Not a directory"):
        writer(tmp_path / "file" / "archive").write(exchange())


urls = st.text(st.characters(codec="utf-8"), max_size=30).map(lambda t: "https://example.com/" + t)
responses = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda b: answer(b)),
    st.binary(max_size=200).map(lambda b: b"HTTP/1.1 302 Found\r\nLocation: " + b),
    st.binary(max_size=200).map(
        lambda b: b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b, b"Content-Encoding: gzip")
    ),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            exchange,
            responses,
            url=urls,
            truncated=st.sampled_from([None, "length", "time", "disconnect", "unspecified"]),
            method=st.sampled_from(["GET", "HEAD", "POST"]),
            ip=st.sampled_from([None, "2001:db8::1"]),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_round_trip_of_hostile_exchanges(
    tmp_path_factory: pytest.TempPathFactory, exchanges: list[Any], repeated: bool
) -> None:
    archive = tmp_path_factory.mktemp("round")
    warc = writer(archive, original=(lambda digest: original()) if repeated else (lambda digest: None))
    captures = [c for c in (warc.write(e) for e in exchanges) if c]
    warc.close()
    if not exchanges:
        return
    path = only_file(archive)
    rows = records(path)
    assert [b for h, b in rows if h["WARC-Type"] == "request"] == [e.request for e in exchanges]
    for headers, block in rows:
        assert SHA256.match(headers["WARC-Block-Digest"])
        assert headers["WARC-Block-Digest"] == "sha256:" + hashlib.sha256(block).hexdigest()
    assert list(captures_in(path, site="exempel")) == captures
    assert iter_records(path).torn is None
