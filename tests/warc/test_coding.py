"""Content codings come off, however badly the body was cut."""

from __future__ import annotations

import gzip
import random
import sys
import time
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.coding import Decoded, decode

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
    assert decode(coded, [coding.upper()]).body == BODY
    assert decode(coded + b"junk behind the end", [coding]).body == BODY


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_cut_anywhere_gives_a_prefix(coding: str) -> None:
    coded = ENCODERS[coding](BODY)
    for cut in range(len(coded)):
        decoded = decode(coded[:cut], [coding]).body
        assert BODY.startswith(decoded) or decoded == coded[:cut]


@pytest.mark.parametrize("coding", [*ENCODERS, "aes128gcm"])
def test_a_body_that_is_not_coded_is_left_as_it_is(coding: str) -> None:
    assert decode(BODY, [coding]).body == BODY
    assert decode(b"", [coding]).body == b""


def test_deflate_without_zlib_header() -> None:
    assert decode(raw_deflate(BODY), ["deflate"]).body == BODY


def test_codings_one_in_another_and_several_members() -> None:
    assert decode(brotli.compress(gzip.compress(BODY)), ["gzip", "identity", "br"]).body == BODY
    assert decode(gzip.compress(b"a") + gzip.compress(b"") + gzip.compress(b"b"), ["gzip"]).body == b"ab"
    assert decode(zstd.compress(b"a") + zstd.compress(b"b"), ["zstd"]).body == b"ab"
    for coding, encode in ENCODERS.items():
        assert decode(encode(b""), [coding]) == Decoded(body=b"")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stays_small(coding: str) -> None:
    bomb = (
        ENCODERS[coding](bytes(20_000_000))
        if coding != "br"
        else brotli.compress(bytes(20_000_000), quality=1)
    )
    assert decode(bomb, [coding], limit=1_000_000) == Decoded(body=b"", fault=f"{coding} is too large")
    assert decode(bomb, [coding], limit=20_000_000).fault is None


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_that_is_not_whole_says_so(coding: str) -> None:
    coded = ENCODERS[coding](BODY)
    assert decode(coded, [coding]) == Decoded(body=BODY)
    assert decode(coded + b"JUNK" * 9, [coding]) == Decoded(body=BODY)
    assert decode(BODY, [coding]) == Decoded(body=BODY)
    for cut in (len(coded) - 1, len(coded) // 2, len(coded) - 5):
        assert decode(coded[:cut], [coding]).fault == f"{coding} ends early"


def test_a_gzip_body_with_a_wrong_check_sum_is_damaged() -> None:
    coded = bytearray(gzip.compress(BODY))
    coded[-6] ^= 1
    assert decode(bytes(coded), ["gzip"]).fault == "gzip is damaged"


def test_a_large_body_is_decoded_in_little_time() -> None:
    noise = random.Random(7).randbytes(8_000_000)
    began = time.process_time()
    assert decode(gzip.compress(noise, 1), ["gzip"]).body == noise
    assert time.process_time() - began < 5


@given(st.binary(max_size=500), st.sampled_from(sorted(ENCODERS)), st.integers(0, 500), st.integers(0, 255))
def test_damage_never_raises(body: bytes, coding: str, at: int, value: int) -> None:
    coded = bytearray(ENCODERS[coding](body))
    coded[at % len(coded)] = value
    decode(bytes(coded), [coding], limit=10_000)
