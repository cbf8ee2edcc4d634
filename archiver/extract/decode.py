"""Bytes to text: byte order mark, HTTP charset, the document's own declaration, and only then the bytes.

A declaration that the bytes contradict is noticed and said in ``Decoded.problems``. Labels
mean what the WHATWG Encoding Standard says they mean (ISO-8859-1 is windows-1252). The
result depends on nothing but the arguments: no statistical detector is asked.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from bs4.dammit import EncodingDetector, UnicodeDammit

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.I)
# control characters and non-characters that no text means and no XML tree takes
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
CONTROL_BYTES = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
# labels whose browsers' meaning is wider than the codec of that name
WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
TWINGLED = 200_000  # bytes; repairing mixed encodings walks byte by byte


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """Text without control characters, the codec it was read with, who named the codec, what was wrong."""

    text: str
    encoding: str
    method: str
    problems: tuple[str, ...] = ()


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of an entity body whose content coding is removed. Never raises."""
    for mark, name in BOMS:
        if body.startswith(mark):
            if name == "utf-8":
                body = body.translate(None, CONTROL_BYTES)
            return _clean(body[len(mark) :].decode(name, "replace"), name, "byte order mark", [])
    if wide := _wide(body):
        return _clean(body.decode(wide, "replace"), wide, "bytes", ["utf-16 without a byte order mark"])
    problems: list[str] = []
    if b"\x1b" not in body[:8192]:  # escape begins a shift of ISO-2022
        size = len(body)
        body = body.translate(None, CONTROL_BYTES)
        if len(body) != size:
            problems.append(f"{size - len(body)} control characters removed")
    declared = _declared(body, content_type, problems)
    ascii_only = body.isascii()
    if not ascii_only or not declared:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if declared and not ascii_only and declared[0][0] != "utf-8":
                problems.append(f"declared {declared[0][0]}, is utf-8")
            return _clean(text, "utf-8", _method(declared, "utf-8"), problems)
    return _by_declaration(body, declared, problems)


def _by_declaration(body: bytes, declared: list[tuple[str, str]], problems: list[str]) -> Decoded:
    """Bytes that are not UTF-8: what is declared, where the bytes allow it, else windows-1252."""
    for name, method in declared:
        if name == "utf-8":
            if repaired := _mostly_utf8(body):
                problems.append("declared utf-8, with bytes that are not")
                return _clean(repaired, "utf-8", method, problems)
            problems.append("declared utf-8, is not")
            continue
        try:
            return _clean(body.decode(name), name, method, problems)
        except (UnicodeDecodeError, LookupError):
            if name in ("cp1252", "cp1254"):
                break
            problems.append(f"declared {name}, is not")
    if not declared and (repaired := _mostly_utf8(body)):
        return _clean(repaired, "utf-8", "bytes", [*problems, "utf-8 with bytes that are not"])
    return _clean(_western(body), "cp1252", _method(declared, "cp1252"), problems)


def _method(declared: list[tuple[str, str]], name: str) -> str:
    """Who named this codec, or that the bytes themselves did."""
    return next((method for found, method in declared if found == name), "bytes")


def _declared(body: bytes, content_type: str | None, problems: list[str]) -> list[tuple[str, str]]:
    """Codecs that are declared and known, with who declares them, the header first."""
    labels = []
    if match := CHARSET.search(content_type or ""):
        labels.append((match[1], "http"))
    if own := EncodingDetector.find_declared_encoding(body[:4096], is_html=True, search_entire_document=True):
        labels.append((own, "document"))
    found = []
    for label, method in labels:
        if name := codec(label):
            # a declaration that could be read as ASCII cannot be a wide encoding
            found.append(("utf-8" if name.startswith(("utf-16", "utf-32")) else name, method))
        else:
            problems.append(f"unknown charset {label[:40]}")
    return found


def codec(label: str) -> str | None:
    """The Python codec that a charset label means in browsers, None where it means nothing."""
    try:
        info = codecs.lookup(label.strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True):
        return None
    return WIDER.get(info.name, info.name)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    sample = body[:4096]
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 8:
        return None
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _mostly_utf8(body: bytes) -> str | None:
    """UTF-8 with a few foreign bytes, those read as windows-1252; None where the bytes are something else."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if bad > max(good, 0):
        return None
    if len(body) <= TWINGLED:
        return UnicodeDammit.detwingle(body).decode("utf-8", "replace")
    return text


def _western(body: bytes) -> str:
    """windows-1252 as browsers read it: the five unassigned bytes become C1 controls."""
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1").translate(_C1)


_C1 = {n: bytes([n]).decode("cp1252", "ignore") or n for n in range(0x80, 0xA0)}


def _clean(text: str, encoding: str, method: str, problems: list[str]) -> Decoded:
    if encoding != "utf-8" or "\ufffe" in text or "\uffff" in text or "\x1b" in text[:8192]:
        size = len(text)
        text = CONTROL.sub("", text)
        if len(text) != size:
            problems.append(f"{size - len(text)} control characters removed")
    return Decoded(text=text, encoding=encoding, method=method, problems=tuple(problems))
