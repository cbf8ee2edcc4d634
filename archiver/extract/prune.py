"""What a page holds that is never a line of text, cut out before it is parsed: half of most pages.

Scripts are kept beside; styles, drawings and comments are not.
"""

from __future__ import annotations

import re

OPENING = re.compile(rb"<(?:!--|(script|style|svg|SCRIPT|STYLE|SVG)(?=[\s>/]))")
ATTRIBUTES = re.compile(rb"(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>")
TYPE = re.compile(rb"\btype\s*=\s*[\"']?\s*([^\s\"'>]+)", re.I)
SOURCE = re.compile(rb"\bsrc\s*=", re.I)

MANY = 32  # brackets in a row that mean nothing, each of which a parser would tell of
BRACKETS = re.compile(b"<{%d,}(?=<)" % MANY)
# how a sign is read, beside it: text only where brackets set it apart
READING = re.compile(rb"<rt>[^<]{0,200}(?:</rt>)?")
SLASH = ord("/")
NESTED = 20  # scripts inside the comment of a script that are stepped over
DRAWINGS = (b"svg", b"SVG")

Script = tuple[str, bool, bytes]
"""The type of a script (empty where it states none), whether it has a source, its text."""


def prune(page: bytes) -> tuple[bytes, list[Script]]:
    """A page in UTF-8 without what is never text, and its scripts in order.

    Where an end is missing, everything from there on is left to the parser.
    """
    kept: list[bytes] = []
    scripts: list[Script] = []
    stops: dict[bytes, int] = {}
    at = 0
    found = OPENING.search(page)
    while found:
        name = found[1]
        if name is None:
            end = page.find(b"-->", found.start() + 2) + 3
            if end < 3:
                break
        else:
            opened = ATTRIBUTES.match(page, found.end())
            if opened is None:
                break
            inner = opened.end()
            stop = _stop(page, name, inner, stops)
            end = page.find(b">", stop) + 1
            if page[inner - 2] == SLASH or stop < 0 or end == 0:
                found = OPENING.search(page, inner)
                continue
            if name in (b"script", b"SCRIPT"):
                scripts.append(_script(page[found.end() : inner], page[inner:stop]))
        kept.append(page[at : found.start()])
        at = end
        found = OPENING.search(page, at)
    kept.append(page[at:])
    return _without_noise(b"".join(kept)), scripts


def _without_noise(page: bytes) -> bytes:
    """A page without rows of brackets, and without readings of signs that no brackets set apart."""
    if b"<<<<" in page:
        page = BRACKETS.sub(b"<<", page)
    if b"<rt>" in page and b"<rp" not in page:
        page = READING.sub(b"", page)
    return page


def _stop(page: bytes, name: bytes, inner: int, stops: dict[bytes, int]) -> int:
    """Where the end tag of an element stands, -1 where that is better left to the parser.

    ``stops`` are those found before, so that thousands of elements without an end cost one search.
    """
    tag = b"</" + name
    stop = stops.get(name, 0)
    if 0 <= stop < inner:
        stop = stops[name] = page.find(tag, inner)
    if name in DRAWINGS:
        return -1 if page.find(b"<svg", inner, stop) >= 0 else stop
    for _ in range(NESTED):
        hidden = page.rfind(b"<!--", inner, stop) if stop >= 0 else -1
        if hidden < 0:
            break
        # "script data double escaped" of the HTML standard: a script inside a comment inside a script
        held = page[hidden:stop]
        if b"-->" in held or held.count(b"<" + name) <= held.count(tag):
            break
        stop = page.find(tag, stop + 1)
    return stop


def _script(attributes: bytes, text: bytes) -> Script:
    kind = TYPE.search(attributes)
    return (kind[1].decode("ascii", "replace") if kind else "", SOURCE.search(attributes) is not None, text)
