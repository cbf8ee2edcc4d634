"""Lists are read whatever they hold: entries come out, garbage is counted, nothing raises."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.backfill.listed import (
    Form,
    Further,
    Listed,
    body_of,
    entries,
    form_of,
    moment_of,
    raw_address,
)
from archiver.errors import DamagedError
from archiver.warc.exchange import ResponseMessage, parse_response

URL = "https://www.nyheter.example/nyheter/"
FORMS: tuple[Form, ...] = ("json lines", "json rows", "cdx", "link-format")


def message(body: bytes, *headers: bytes) -> ResponseMessage:
    return parse_response(b"\r\n".join([b"HTTP/1.1 200 OK", *headers, b"", body]))


PARTS = st.sampled_from([
    b"[", b"]", b'"', b",", b"\\", b"<", b">", b";", b"=", b"{", b"}", b"\n", b" ", b"rel", b"memento",
    b"datetime", b"20150102030405", b"timemap", URL.encode(), b"urlkey", b"timestamp", b"original", b"\xff",
])  # fmt: skip


@given(st.lists(PARTS, max_size=60).map(b"".join), st.sampled_from(FORMS))
def test_garbage_never_raises(body: bytes, form: Form) -> None:
    form_of(message(body))
    for entry in entries(message(body), form, URL):
        assert entry is None or isinstance(entry, (Listed, Further))
        if isinstance(entry, Listed):
            assert moment_of(entry.timestamp) is not None


@given(st.binary(max_size=300), st.sampled_from(FORMS))
def test_bytes_never_raise(body: bytes, form: Form) -> None:
    form_of(message(body))
    list(entries(message(body), form, URL))


@pytest.mark.parametrize("size", [1, 7, 100_000, 300_000])
def test_entries_that_lie_across_pieces(size: int) -> None:
    rows = [f'["k", "20150102030405", "{URL}?{n}{"x" * (size % 1000)}"]' for n in range(max(2, size // 100))]
    body = ('[["urlkey", "timestamp", "original"],' + ",".join(rows) + "]").encode()
    found = list(entries(message(body), "json rows", URL))
    assert [entry.url for entry in found if isinstance(entry, Listed)] == [
        f"{URL}?{n}{'x' * (size % 1000)}" for n in range(max(2, size // 100))
    ]
    assert len(found) == len(rows)


def test_a_list_may_be_compressed() -> None:
    line = f"k 20150102030405 {URL} text/html 200 ABC 1\n".encode()
    coded = message(gzip.compress(line) + gzip.compress(line), b"Content-Encoding: gzip")
    assert form_of(coded) == "cdx"
    assert len(list(entries(coded, "cdx", URL))) == 2
    torn = message(gzip.compress(line)[:-12] + b"\0" * 40, b"Content-Encoding: gzip")
    with pytest.raises(DamagedError):
        list(body_of(torn))
    with pytest.raises(DamagedError):
        list(entries(message(zlib.compress(line), b"Content-Encoding: br"), "cdx", URL))


@pytest.mark.parametrize(
    ("uri", "raw"),
    [
        (f"http://a/web/20150102030405/{URL}", f"http://a/web/20150102030405id_/{URL}"),
        (f"http://a/c/20150102030405mp_/{URL}", f"http://a/c/20150102030405id_/{URL}"),
        (f"http://a/c/20150102030405id_/{URL}", f"http://a/c/20150102030405id_/{URL}"),
        ("http://a/memento/abc", None),
    ],
)
def test_where_a_memento_is_as_it_was_captured(uri: str, raw: str | None) -> None:
    assert raw_address(uri) == raw
