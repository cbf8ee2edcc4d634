"""HTTP messages are told apart and read without a byte being changed."""

from __future__ import annotations

import mmap
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.exchange import MAX_HEAD, parse_response

OK = b"HTTP/1.1 200 OK\r\n"


def body_of(wire: bytes, method: str = "GET") -> bytes:
    return b"".join(parse_response(wire, method=method).payload())


def test_interim_responses_are_split_from_the_final_one() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    message = parse_response(interim + OK + b"A: 1\r\n\r\nbody")
    assert message.interim == interim
    assert message.status == 200
    assert bytes(message.block) == OK + b"A: 1\r\n\r\nbody"


def test_switching_protocols_is_a_final_response() -> None:
    message = parse_response(b"HTTP/1.1 101 Switching Protocols\r\n\r\nx")
    assert (message.status, message.interim, message.payload()) == (101, b"", [])


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 20", None),
        (b"HTTP/1.1 200", None),
        (b"HTTP/1.1 200\r\n", 200),
        (b"HTTP/1.0 404 Nope\n\nx", 404),
        (b"HTTP/1.1 2000 OK\r\n\r\n", None),
        (b"SSH-2.0-x\r\n\r\n", None),
        (b"<html>\n\n", None),
    ],
)
def test_status_is_read_or_not_there(wire: bytes, status: int | None) -> None:
    assert parse_response(wire).status == status


def test_header_fields_keep_their_bytes() -> None:
    head = OK + b"X-Fold: one\r\n\t two \r\nnocolon\r\nX-Latin: caf\xe9\r\nx-latin:  2 \r\n:empty\r\n\r\n"
    assert parse_response(head).headers == (
        (b"X-Fold", b"one two"),
        (b"nocolon", b""),
        (b"X-Latin", b"caf\xe9"),
        (b"x-latin", b"2"),
        (b"", b"empty"),
    )
    assert parse_response(head).header("X-LATIN") == "café"


@pytest.mark.parametrize(
    ("framed", "body"),
    [
        (b"4\r\nWiki\r\n5;a=b\r\npedia\r\n0\r\nX: y\r\n\r\n", b"Wikipedia"),
        (b"4\nWiki\n0\n\n", b"Wiki"),
        (b"004 \r\nWiki\r\n0\r\n\r\njunk", b"Wiki"),
        (b"A\r\nWiki", b"Wiki"),
        (b"4\r\nWiki\r\n5\r", b"Wiki"),
        (b"4\r\nWiki\r\nzz\r\nx", b"Wiki"),
        (b"-1\r\nx", b"-1\r\nx"),  # no framing at all: some programs take it off and leave the header
        (b"", b""),
    ],
)
def test_chunks_are_joined_as_far_as_they_go(framed: bytes, body: bytes) -> None:
    assert body_of(OK + b"transfer-encoding: gzip, Chunked\r\n\r\n" + framed) == body


def test_body_ends_where_its_length_says() -> None:
    assert body_of(OK + b"Content-Length: 2\r\n\r\nokjunk") == b"ok"
    assert body_of(OK + b"Content-Length: 9\r\n\r\nok") == b"ok"
    assert body_of(OK + b"Content-Length: x\r\n\r\nok") == b"ok"


def test_no_body_where_method_or_status_rules_it_out() -> None:
    assert body_of(OK + b"\r\nx", "HEAD") == b""
    assert body_of(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n") == b""
    assert body_of(b"HTTP/1.1 204 No Content\r\n\r\nx") == b""
    assert body_of(b"no http at all") == b""


def test_a_head_without_end_is_bounded() -> None:
    message = parse_response(OK + b"A: 1\r\n" * 100_000)
    assert len(message.head) == MAX_HEAD


def test_a_memory_map_reads_as_bytes_do() -> None:
    wire = b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    with tempfile.TemporaryFile() as file:
        file.write(wire)
        file.flush()
        mapped = parse_response(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    plain = parse_response(wire)
    assert (mapped.interim, mapped.head, bytes(mapped.block)) == (
        plain.interim,
        plain.head,
        bytes(plain.block),
    )
    assert b"".join(mapped.payload()) == b"abc"


def test_codings_come_in_the_order_in_which_they_were_applied() -> None:
    message = parse_response(OK + b"Content-Encoding: GZIP, br\r\ncontent-encoding:zstd\r\n\r\n")
    assert message.codings == ["gzip", "br", "zstd"]


@given(
    st.binary(max_size=300), st.sampled_from([b"", OK, OK + b"Transfer-Encoding: chunked\r\n\r\n", OK[:9]])
)
def test_any_bytes_are_read(noise: bytes, start: bytes) -> None:
    wire = start + noise
    message = parse_response(wire)
    assert message.interim + bytes(message.block) == wire
    assert bytes(message.block).startswith(message.head)
    assert sum(map(len, message.payload())) <= len(wire)
    assert message.headers is not None


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.integers(0, 400))
def test_a_chunked_body_cut_anywhere_gives_a_prefix(pieces: list[bytes], cut: int) -> None:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
    wire = OK + b"Transfer-Encoding: chunked\r\n\r\n" + framed
    assert body_of(wire) == b"".join(pieces)
    assert b"".join(pieces).startswith(body_of(wire[:cut]))
