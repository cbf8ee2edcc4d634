"""Content codings come off, however badly the body was cut."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.coding import decode_content

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODY = "Nyheter från Ålesund. ".encode() * 3000


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


ENCODERS = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", ENCODERS)
def test_each_coding_comes_off(coding: str) -> None:
    coded = ENCODERS[coding](BODY)
    assert decode_content(coded, [coding.upper()]) == BODY
    assert decode_content(coded + b"junk behind the end", [coding]) == BODY


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_cut_anywhere_gives_a_prefix(coding: str) -> None:
    coded = ENCODERS[coding](BODY)
    for cut in range(len(coded)):
        decoded = decode_content(coded[:cut], [coding])
        assert BODY.startswith(decoded) or decoded == coded[:cut]


@pytest.mark.parametrize("coding", [*ENCODERS, "aes128gcm"])
def test_a_body_that_is_not_coded_is_left_as_it_is(coding: str) -> None:
    assert decode_content(BODY, [coding]) == BODY
    assert decode_content(b"", [coding]) == b""


def test_deflate_without_zlib_header() -> None:
    assert decode_content(raw_deflate(BODY), ["deflate"]) == BODY


def test_codings_one_in_another_and_several_members() -> None:
    assert decode_content(brotli.compress(gzip.compress(BODY)), ["gzip", "identity", "br"]) == BODY
    assert decode_content(gzip.compress(b"a") + gzip.compress(b"") + gzip.compress(b"b"), ["gzip"]) == b"ab"
    assert decode_content(zstd.compress(b"a") + zstd.compress(b"b"), ["zstd"]) == b"ab"
    assert decode_content(gzip.compress(b""), ["gzip"]) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stays_small(coding: str) -> None:
    bomb = (
        ENCODERS[coding](bytes(20_000_000))
        if coding != "br"
        else brotli.compress(bytes(20_000_000), quality=1)
    )
    assert decode_content(bomb, [coding], limit=1_000_000) == bytes(1_000_000)


@given(st.binary(max_size=500), st.sampled_from(sorted(ENCODERS)), st.integers(0, 500), st.integers(0, 255))
def test_damage_never_raises(body: bytes, coding: str, at: int, value: int) -> None:
    coded = bytearray(ENCODERS[coding](body))
    coded[at % len(coded)] = value
    decode_content(bytes(coded), [coding], limit=10_000)
