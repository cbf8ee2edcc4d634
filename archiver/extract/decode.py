"""Bytes to text: byte order mark, HTTP charset, the document's own declaration, and only then the bytes.

A declaration that the bytes contradict is noticed and said in ``Decoded.problems``. Labels
mean what the WHATWG Encoding Standard says they mean (ISO-8859-1 is windows-1252). The
result depends on nothing but the arguments: no statistical detector is asked.
"""

from __future__ import annotations

import codecs
import re

from bs4.dammit import EncodingDetector

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
CUT = "cut inside its last character"
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


class Decoded:
    """An entity body as text: the codec it was read with, who named the codec, what was wrong.

    ``utf8`` is the text as bytes in UTF-8, in which control characters may still stand (but no
    NUL); ``text`` is without any.
    """

    __slots__ = ("_text", "encoding", "method", "problems", "utf8")

    def __init__(
        self, utf8: bytes, encoding: str, method: str, problems: list[str], text: str | None = None
    ) -> None:
        self.utf8 = utf8
        self.encoding = encoding
        self.method = method
        self.problems = tuple(problems)
        self._text = text

    @property
    def text(self) -> str:
        """The text without control characters."""
        if self._text is None:
            self._text = CONTROL.sub("", self.utf8.decode("utf-8"))
        return self._text


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of an entity body whose content coding is removed. Never raises."""
    problems: list[str] = []
    for mark, name in BOMS:
        if body.startswith(mark):
            text = _decoded(body[len(mark) :], name, problems, errors="replace")
            return _clean(text, name, "byte order mark", problems)
    if b"\0" in body[:4096] and (wide := _wide(body)):
        problems.append("utf-16 without a byte order mark")
        return _clean(_decoded(body, wide, problems, errors="replace"), wide, "bytes", problems)
    shifts = b"\x1b" in body[:8192]  # escape begins a shift of ISO-2022
    declared = _declared(body, content_type, problems)
    body = _whole(body, declared, problems)
    ascii_only = body.isascii() and not shifts
    if (not ascii_only or not declared) and _is_utf8(body):
        if declared and not ascii_only and declared[0][0] != "utf-8" and not shifts:
            problems.append(f"declared {declared[0][0]}, is utf-8")
        if not (shifts and declared and declared[0][0] != "utf-8"):
            return _of_utf8(body, _method(declared, "utf-8"), problems)
    elif ascii_only and declared[0][0] == "utf-8":
        return _of_utf8(body, declared[0][1], problems)
    return _by_declaration(body, declared, problems)


def _whole(body: bytes, declared: list[tuple[str, str]], problems: list[str]) -> bytes:
    """A page in UTF-8 without the beginning of a character at its end, where it was cut."""
    end = _end(body)
    if end == len(body):
        return body
    left = body[:end]
    if left.isascii() and (not declared or declared[0][0] != "utf-8"):
        return body
    if not _is_utf8(left) and _mostly_utf8(left) is None:
        return body
    problems.append(CUT)
    return left


def _end(body: bytes) -> int:
    """Where the last whole character of UTF-8 ends."""
    for back in range(1, min(3, len(body)) + 1):
        byte = body[-back]
        if byte & 0xC0 != 0x80:
            size = 4 if 0xF0 <= byte <= 0xF4 else 3 if byte >= 0xE0 else 2 if byte >= 0xC2 else 1
            return len(body) - back if back < size and byte <= 0xF4 else len(body)
    return len(body)


def _decoded(body: bytes, name: str, problems: list[str], errors: str = "strict") -> str:
    """The text of bytes in this codec, without a character that is cut at their end.

    Raises UnicodeDecodeError and LookupError as ``bytes.decode`` does.
    """
    decoder = codecs.getincrementaldecoder(name)(errors)
    text = decoder.decode(body)
    if decoder.getstate()[0]:
        problems.append(CUT)
    return text


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_utf8(body: bytes, method: str, problems: list[str]) -> Decoded:
    if b"\0" in body:
        left = body.translate(None, CONTROL_BYTES)
        problems.append(f"{len(body) - len(left)} control characters removed")
        body = left
    return Decoded(body, "utf-8", method, problems)


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
            return _clean(_decoded(body, name, problems), name, method, problems)
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
    return body.decode("utf-8", "western")


def _western(body: bytes) -> str:
    """windows-1252 as browsers read it: the five unassigned bytes become C1 controls."""
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1").translate(_C1)


_C1 = {n: bytes([n]).decode("cp1252", "ignore") or n for n in range(0x80, 0xA0)}


def _clean(text: str, encoding: str, method: str, problems: list[str]) -> Decoded:
    size = len(text)
    text = CONTROL.sub("", text)
    if len(text) != size:
        problems.append(f"{size - len(text)} control characters removed")
    return Decoded(text.encode("utf-8"), encoding, method, problems, text)


def _foreign(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8, read as windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _western(error.object[error.start : error.end]), error.end


codecs.register_error("western", _foreign)
