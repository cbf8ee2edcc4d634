"""A part of a WARC file, read back by readers that are not ours."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.warc.excerpt import excerpt
from archiver.warc.record import compress
from tests.warc.exchanges import NOON, answer, exchange, writer

Layout = Callable[[bytes], bytes]


def one_member(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content))


def as_it_is(content: bytes) -> bytes:
    return content


LAYOUTS: dict[str, Layout] = {"members": as_it_is, "one member": one_member, "plain": gzip.decompress}


def taken(path: Path, wanted: Iterable[str]) -> bytes:
    made = [
        b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:made>\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    ]
    ids = set(wanted)
    parts = excerpt(path, ids.__contains__, warcinfo=lambda: compress(made))
    return b"".join(piece for part in parts for piece in part.pieces)


def records(content: bytes) -> list[tuple[str, str, bytes]]:
    """Type, id and block of each record."""
    found = []
    for record in ArchiveIterator(io.BytesIO(content), no_record_parse=True):
        identity = record.rec_headers.get_header("WARC-Record-ID")
        found.append((record.rec_type, identity, record.raw_stream.read()))
    return found


def our_file(folder: Path) -> bytes:
    """Three pages with what led to the second, and what the file says of its crawl."""
    warc = writer(folder)
    warc.write_metadata(target="urn:nyhetsarkiv:profile:s", content_type="application/json", block=b"{}")
    for n in range(3):
        url = f"https://www.example.com/{n}"
        more = {"via": "https://www.example.com/"} if n == 1 else None
        warc.write(exchange(answer(b"<p>%d</p>" % n), url=url, began=NOON), metadata=more)
    warc.write_metadata(target="urn:nyhetsarkiv:outcome:s", content_type="application/json", block=b"{}")
    warc.close()
    return next(folder.iterdir()).read_bytes()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_is_taken_with_all_that_belongs_to_it(tmp_path: Path, layout: str) -> None:
    content = our_file(tmp_path / "archive")
    whole = records(content)
    path = tmp_path / "file"
    path.write_bytes(LAYOUTS[layout](content))
    second = [identity for kind, identity, _ in whole if kind == "response"][1]
    got = taken(path, [second])
    kinds = ["warcinfo", "metadata", "response", "request", "metadata", "metadata"]
    assert [kind for kind, _, _ in records(got)] == kinds
    assert records(got) == [r for r in whole if r in records(got)]
    if layout == "members":
        responses = [i for i, (kind, _, _) in enumerate(whole) if kind == "response"]
        assert taken(path, [whole[i][1] for i in responses]) == content
    assert taken(path, ["<urn:uuid:none>"]) == b""


def test_packed_files_keep_each_record_under_its_own_warcinfo(tmp_path: Path) -> None:
    first, second = our_file(tmp_path / "a"), our_file(tmp_path / "b")
    path = tmp_path / "packed.warc.gz"
    path.write_bytes(first + second)
    last = [identity for kind, identity, _ in records(second) if kind == "response"][-1]
    got = records(taken(path, [last]))
    assert [kind for kind, _, _ in got] == ["warcinfo", "metadata", "response", "request", "metadata"]
    assert {identity for _, identity, _ in got} <= {identity for _, identity, _ in records(second)}
    both = [i for content in (first, second) for k, i, _ in records(content) if k == "response"]
    assert taken(path, both) == first + second


def foreign(kind: str, name: str, block: bytes, more: str = "") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{name}>\r\n{more}"
    head += f"WARC-Date: 2015-07-01T10:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def test_files_of_others_that_write_the_request_first(tmp_path: Path) -> None:
    exchanges = [
        foreign("request", f"asked-{n}", b"GET / HTTP/1.0\r\n\r\n")
        + foreign(
            "response", f"got-{n}", b"HTTP/1.0 200 OK\r\n\r\nHej", f"WARC-Concurrent-To: <urn:asked-{n}>\r\n"
        )
        for n in range(3)
    ]
    path = tmp_path / "other.warc.gz"
    path.write_bytes(b"".join(exchanges))
    got = taken(path, ["<urn:got-1>"])
    assert [(kind, identity) for kind, identity, _ in records(got)] == [
        ("warcinfo", "<urn:made>"),
        ("request", "<urn:asked-1>"),
        ("response", "<urn:got-1>"),
    ]
    assert got.endswith(exchanges[1])


def test_a_torn_tail_stays_behind(tmp_path: Path) -> None:
    content = our_file(tmp_path / "archive")
    path = tmp_path / "torn.warc.gz.open"
    path.write_bytes(content + content[:100])
    ids = [identity for kind, identity, _ in records(content) if kind == "response"]
    assert taken(path, ids) == content
