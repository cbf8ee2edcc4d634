"""Text in XML: what XML 1.0 cannot hold is shown as such, and dates are those of XML Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from lxml import etree

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d)?")

# RFC 3986, appendix A; a port is left out or has a number, as validators of xs:anyURI want it.
_CHAR = r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})"
_HOST = r"(?:\[[0-9A-F:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-F]{2})+)(?::\d{1,5})?"
_USER = r"(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9A-F]{2})*@)?"
_URI = re.compile(
    rf"[a-z][a-z0-9+.-]*:(?:(?!//){_CHAR}+|//{_USER}{_HOST}(?:/{_CHAR}*)?)(?:\?(?:{_CHAR}|\?)*)?(?:#(?:{_CHAR}|\?)*)?",
    re.ASCII | re.I,
)
_NO_IRI = re.compile(r"[\s<>\"{}|\\^`\u200e\u200f\u202a-\u202e\u2066-\u2069]|%(?![0-9A-Fa-f]{2})")


def xml_text(text: str | None) -> str:
    """A text whose characters XML 1.0 can hold (section 2.2); in the place of others stands U+FFFD."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text or "")


def add(
    parent: etree._Element,
    tag: str,
    text: str | None = None,
    attributes: Mapping[str, str | None] | None = None,
) -> etree._Element:
    """A new child with a text and those attributes that have a value, in the namespace of its parent."""
    space = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{space}}}{tag}")
    child.text = xml_text(text) or None
    for name, value in (attributes or {}).items():
        if value is not None:
            child.set(name, xml_text(value))
    return child


def language_tag(text: str | None) -> str | None:
    """A language as ``xml:lang`` takes it, None for what is no tag."""
    return text if text and _LANGUAGE.fullmatch(text) else None


def w3c_date(text: str | None) -> str | None:
    """A date of XML Schema as precise as the text: a year, a month, a day or an instant; else None."""
    if not text:
        return None
    try:
        if whole := _INSTANT.fullmatch(text):
            datetime.fromisoformat(text)
            return f"{whole[1]}{whole[2] or ':00'}{whole[3] or ''}"
        found = _DATE.fullmatch(text)
        if found:
            date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
            return text
    except ValueError:
        pass
    return None


def instant_of(text: str | None) -> str | None:
    """An instant with its offset (RFC 3339), None where the text is less precise or has none."""
    found = w3c_date(text)
    return found if found and "T" in found and (found.endswith("Z") or found[-6] in "+-") else None


def iri(url: str) -> str:
    """An address in which what RFC 3987 does not let stand is percent-encoded."""
    return _NO_IRI.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)


def uri(address: str) -> str | None:
    """An address where it is a URI with a scheme (RFC 3986), as XML Schema has it; else None."""
    return address if _URI.fullmatch(address) else None
