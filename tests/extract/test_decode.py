from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.extract.decode import codec, decode

TEXT = "Å, ä och ö – ”citat” i Västerås"


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "method"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", "utf-8", "http"),
        (TEXT.encode(), None, "utf-8", "bytes"),
        (TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8", "bytes"),
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1", "cp1252", "http"),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8", "cp1252", "bytes"),
        (TEXT.encode("cp1252"), None, "cp1252", "bytes"),
        (b'<meta charset="windows-1252">' + TEXT.encode("cp1252"), "text/html", "cp1252", "document"),
        (b'<meta charset="utf-8">' + TEXT.encode(), "text/html; charset=x-fjallbro", "utf-8", "document"),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8", "byte order mark"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None, "utf-16-le", "byte order mark"),
        (
            codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
            "text/html; charset=utf-8",
            "utf-16-be",
            "byte order mark",
        ),
        (TEXT.encode("utf-16-le"), "text/html", "utf-16-le", "bytes"),
        (TEXT.encode("utf-16-be"), "text/html; charset=utf-16", "utf-16-be", "bytes"),
    ],
)
def test_text_is_read_whatever_is_declared(body, content_type, encoding, method):
    decoded = decode(body, content_type)
    assert decoded.text.endswith(TEXT)
    assert (decoded.encoding, decoded.method) == (encoding, method)


def test_a_wrong_declaration_is_said():
    assert decode(TEXT.encode(), "text/html; charset=iso-8859-1").problems == ("declared cp1252, is utf-8",)
    assert decode(TEXT.encode("cp1252"), "text/html; charset=utf-8").problems == ("declared utf-8, is not",)
    assert decode(b"abc", "text/html; charset=klingon").problems == ("unknown charset klingon",)


def test_utf8_with_a_few_foreign_bytes_stays_utf8():
    body = (TEXT * 3).encode() + b"\x93citat\x94"
    assert decode(body, "text/html; charset=utf-8").text == TEXT * 3 + "“citat”"


def test_control_characters_go_and_are_counted():
    decoded = decode(b"<p>a\x00b\x07c</p>", None)
    assert decoded.text == "<p>abc</p>"
    assert decoded.problems == ("2 control characters removed",)


def test_japanese_shift_codes_survive():
    text = "<meta charset=iso-2022-jp>日本"
    assert decode(text.encode("iso-2022-jp"), None).text == text


def test_labels_mean_what_browsers_mean():
    assert codec("latin1") == "cp1252"
    assert codec(" UTF8 ") == "utf-8"
    assert codec("base64") is None
    assert codec("x" * 200) is None


@given(
    st.binary(max_size=600),
    st.sampled_from([None, "text/html; charset=utf-16", "text/html; charset=big5", "x"]),
)
def test_any_bytes_are_read(body, content_type):
    text = decode(body, content_type).text
    assert "\x00" not in text
    text.encode("utf-8")


@pytest.mark.parametrize(
    ("encoding", "tail", "declared"),
    [
        ("utf-8", b"\xc3", "text/html; charset=utf-8"),
        ("utf-8", b"\xc3", None),
        ("utf-8", b"\xe2\x80", None),
        ("utf-8", b"\xf0\x9f\x98", None),
        ("utf-8-sig", b"\xc3", None),
        ("utf-16-le", b"h", "text/html"),
        ("shift_jis", b"\x83", "text/html; charset=shift_jis"),
    ],
)
def test_a_character_cut_at_the_end_is_left_out(encoding, tail, declared):
    text = "日本の新聞" if encoding == "shift_jis" else "Så gick det för kommunen i höst"
    found = decode(text.encode(encoding) + tail, declared)
    assert found.text == text
    assert "cut inside its last character" in found.problems


def test_a_foreign_byte_before_a_cut_character():
    found = decode("Så gick det för ".encode() + b"\xe9 kommunen h\xc3", "text/html; charset=utf-8")
    assert found.text == "Så gick det för é kommunen h"


@pytest.mark.parametrize("declared", [None, "text/html; charset=iso-8859-1"])
def test_a_last_character_of_another_charset_stays(declared):
    assert decode(b"Ett nytt caf\xe9", declared).text == "Ett nytt café"
    assert decode("På vårt nya café".encode("cp1252"), declared).text == "På vårt nya café"
