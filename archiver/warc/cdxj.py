"""CDXJ indexes: a line a capture, sorted by urlkey and time, as pywb reads them.

Left out are captures that no reader could replay: the revisit that a 304 is, because pywb
would answer with an empty 304, answers without an HTTP status, and conversions: no server sent these.
"""

from __future__ import annotations

import heapq
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.bounded import LINE, lines_in
from archiver.disk import make_folder, written_whole
from archiver.posted import endpoint_of, form_text, is_posted
from archiver.warc.capture import is_not_modified

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Capture

_PAGE = 4096


def is_indexed(capture: Capture) -> bool:
    """True where a replay tool can show the capture."""
    is_answer = capture.status is not None and capture.warc_type != "conversion"
    return is_answer and not is_not_modified(capture)


def line(capture: Capture) -> str:
    """The CDXJ line of a capture, without its line end; that of a POST has its method and its form."""
    values = {
        "url": endpoint_of(capture.url),
        "mime": "warc/revisit" if capture.warc_type == "revisit" else capture.mime or "unk",
        "status": str(capture.status),
        "digest": capture.payload_digest or "-",
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.filename,
    }
    if is_posted(capture.url):
        values |= {"requestBody": form_text(capture.url), "method": "POST"}
    return f"{capture.urlkey} {capture.timestamp} {json.dumps(values)}"


def write_index(path: Path, captures: Iterable[Capture]) -> int:
    """Writes the whole index of a collection and returns its number of lines."""
    return _replace(path, _sorted_lines(captures))


def merge_index(path: Path, captures: Iterable[Capture]) -> int:
    """Adds captures to an index, made where there is none; returns its number of lines.

    The index is read as a stream and replaced in one step. A line that is there already is
    not written twice.
    """
    if not path.exists():
        return write_index(path, captures)
    return _replace(path, heapq.merge(_whole_lines(lines_in(path)), _sorted_lines(captures)))


def lines_of(path: Path, urlkey: str) -> Iterator[bytes]:
    """The lines of an index under one urlkey, by time; found by halving, whatever the index's size.

    Raises OSError.
    """
    wanted = urlkey.encode() + b" "
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while high - low > _PAGE:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline(LINE)
            text = file.readline(LINE)
            low, high = (middle, high) if text and text < wanted else (low, middle)
        file.seek(low)
        if low:
            file.readline(LINE)
        while text := file.readline(LINE):
            if text.startswith(wanted):
                yield text.rstrip(b"\r\n")
            elif text > wanted:
                return


def _sorted_lines(captures: Iterable[Capture]) -> list[bytes]:
    return sorted({line(c).encode() + b"\n" for c in captures if is_indexed(c)})


def _whole_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (text if text.endswith(b"\n") else text + b"\n" for text in lines if text.strip())


def _replace(path: Path, lines: Iterable[bytes]) -> int:
    """Makes these the lines of the index, in one step; the same line once."""
    count, last = 0, b""
    make_folder(path.parent)
    with written_whole(path) as file:
        for text in lines:
            if text != last:
                file.write(text)
                count, last = count + 1, text
    return count
