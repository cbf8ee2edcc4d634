"""Lists of mementos as web archives give them: CDX as lines or JSON, TimeMaps in link-format.

They are read as a stream, whatever their size; what is no entry is counted and passed over.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urljoin

from archiver.errors import DamagedError
from archiver.warc.blocks import in_steps
from archiver.warc.exchange import ResponseMessage

Form = Literal["json lines", "json rows", "cdx", "link-format"]

LONGEST = 1 << 16  # bytes of an entry; no address has as many
MOST = 1 << 31  # bytes of a list, whatever its coding
_STEP = 1 << 18
_STAMP = re.compile(r"\d{14}\Z")
# The place of the date in the address of a memento, and what stands behind it, as pywb and Wayback have it.
_IN_ADDRESS = re.compile(r"/(\d{14})([a-z]{2}_)?/(?=[a-z]+:)", re.I)
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_COLUMNS = ("urlkey", "timestamp", "url", "mime", "status", "digest")
_ROW = re.compile(rb'\[\s*(?:"(?:[^"\\]|\\.)*"|null|-?\d+)?(?:\s*,\s*(?:"(?:[^"\\]|\\.)*"|null|-?\d+))*\s*\]')
_LINK = re.compile(rb'<([^<>]*)>([^<"]*(?:"[^"]*"[^<"]*)*)')
_ATTRIBUTE = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^;,\s"]+))')


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A memento in a list: the address that was captured, when (14 digits), and what the list says of it.

    ``uri`` is the memento's own address, where the list gives it. ``digest`` is as it stands there.
    """

    url: str
    timestamp: str
    mime: str | None = None
    status: int | None = None
    digest: str | None = None
    uri: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Further:
    """Where a list goes on: a key to resume with, or the address of another TimeMap."""

    key: str | None = None
    url: str | None = None


Entry = Listed | Further | None
"""An entry of a list; None is one that cannot be read."""


def form_of(message: ResponseMessage) -> Form | None:
    """The form of a list, by how it begins; None where it is none."""
    begin = b""
    for piece in body_of(message):
        begin += piece
        if len(begin.lstrip()) >= LONGEST:
            break
    begin = begin.lstrip()[:LONGEST]
    if begin.startswith(b"<"):
        return "link-format" if _is_link_format(begin) else None
    first = begin.split(b"\n", 1)[0].strip()
    if first.startswith(b"{"):
        return "json lines" if _of_json_line(first) is not None else None
    if first.startswith(b"["):
        return "json rows" if _is_header(begin) else None
    lines = [line for line in begin.split(b"\n")[:3] if not _says_columns(line)]
    return "cdx" if lines and _of_line(lines[0]) is not None else None


def says_nothing(message: ResponseMessage) -> bool:
    """True for a list without an entry."""
    begin = b"".join(piece for piece, _ in zip(body_of(message), range(2), strict=False)).strip()
    return begin in (b"", b"[]")


def entries(message: ResponseMessage, form: Form, url: str) -> Iterator[Entry]:
    """The entries of a list that was got from ``url``. Raises DamagedError where its coding is damaged."""
    return _READERS[form](body_of(message), url)


def body_of(message: ResponseMessage) -> Iterator[bytes]:
    """A body in pieces, without a gzip coding. Raises DamagedError for another one, and for damage."""
    pieces = (bytes(piece) for piece in in_steps(message.payload()))
    if not message.codings:
        return _small(pieces)
    if message.codings not in (["gzip"], ["x-gzip"]):
        raise DamagedError(f"the list comes in the coding {message.codings[-1]}, which was not asked for")
    return _small(_inflated(pieces))


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST:
            raise DamagedError(f"the list is larger than {MOST >> 30} GB")
        for at in range(0, len(piece), _STEP):
            yield piece[at : at + _STEP]


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in pieces:
            while piece:
                yield stream.decompress(piece, _STEP)
                piece = stream.unconsumed_tail
                if stream.eof:
                    piece, stream = stream.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 16)
    except zlib.error as error:
        raise DamagedError(f"the list is damaged: {error}") from None


# -- lines


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is too long."""
    held, is_long = b"", False
    for piece in pieces:
        held += piece
        *lines, held = held.split(b"\n")
        for line in lines:
            yield None if is_long or len(line) > LONGEST else line.rstrip(b"\r")
            is_long = False
        if len(held) > LONGEST:
            held, is_long = b"", True
    if held or is_long:
        yield None if is_long else held.rstrip(b"\r")


def _cdx(pieces: Iterable[bytes], url: str) -> Iterator[Entry]:
    """The lines of a CDX; behind an empty one comes the key to resume with."""
    was_empty = False
    for line in _lines(pieces):
        if line is None or (line.strip() and not _says_columns(line)):
            found = _of_line(line) if line is not None else None
            if found is None and was_empty and line:
                yield Further(key=line.strip().decode("utf-8", "replace"))
            else:
                yield found
        was_empty = line is not None and not line.strip()


def _says_columns(line: bytes) -> bool:
    """True for the first line of a CDX file, which names its columns by letters."""
    return line.lstrip().startswith(b"CDX ")


def _of_line(line: bytes) -> Listed | None:
    """A line with the usual columns, or with JSON behind the first two."""
    cells = line.decode("utf-8", "replace").split(" ")
    if len(cells) >= 3 and cells[2].startswith("{"):
        key, stamp, rest = line.decode("utf-8", "replace").split(" ", 2)
        values = _object(rest)
        return _listed({"urlkey": key, "timestamp": stamp, **values}) if values is not None else None
    return _listed(dict(zip(_COLUMNS, cells, strict=False))) if len(cells) >= len(_COLUMNS) else None


def _json_lines(pieces: Iterable[bytes], url: str) -> Iterator[Entry]:
    for line in _lines(pieces):
        if line is None or line.strip():
            yield _of_json_line(line) if line is not None else None


def _of_json_line(line: bytes) -> Listed | None:
    values = _object(line.decode("utf-8", "replace"))
    return _listed(values) if values is not None else None


def _object(text: str) -> dict[str, Any] | None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _listed(values: dict[str, Any]) -> Listed | None:
    """An entry by the names of its columns; None where it lacks an address or a date."""
    said = {_NAMES.get(name, name): value for name, value in values.items() if value not in (None, "", "-")}
    url, stamp = str(said.get("url", "")), str(said.get("timestamp", ""))
    if moment_of(stamp) is None or not re.match(r"https?://[^/]", url, re.I):
        return None
    status = str(said.get("status", ""))
    return Listed(
        url=url,
        timestamp=stamp,
        mime=str(said["mime"]).lower() if "mime" in said else None,
        status=int(status) if re.fullmatch(r"[0-9]{3}", status) else None,
        digest=str(said["digest"]) if "digest" in said else None,
    )


def moment_of(stamp: str) -> datetime | None:
    """The instant of 14 digits, aware UTC; None where they are none."""
    if not _STAMP.match(stamp) or not stamp.isascii():
        return None
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


# -- rows of JSON


def _is_header(begin: bytes) -> bool:
    found = _ROW.search(begin, 1)
    names = json.loads(found[0]) if found else []
    return "timestamp" in names and bool({"original", "url"} & set(map(str, names)))


def _json_rows(pieces: Iterable[bytes], url: str) -> Iterator[Entry]:
    """The rows of one array, the first of which names the columns; behind an empty one comes the key."""
    names: list[str] | None = None
    was_empty = False
    for found in _found(pieces, _ROW, b"["):
        row = _values(found[0]) if found is not None else None
        if names is None and row:
            names = [_NAMES.get(name, name) for name in row]
        elif row and was_empty and len(row) == 1:
            yield Further(key=row[0])
        elif row != []:
            yield _listed(dict(zip(names or (), row, strict=False))) if row else None
        was_empty = row == []


def _values(text: bytes) -> list[str] | None:
    try:
        return ["" if value is None else str(value) for value in json.loads(text)]
    except (ValueError, RecursionError):
        return None


def _found(
    pieces: Iterable[bytes], pattern: re.Pattern[bytes], first: bytes
) -> Iterator[re.Match[bytes] | None]:
    """What a pattern finds in a stream; None for each stretch in which it finds nothing for too long."""
    held, is_over = b"", False
    source = iter(pieces)
    while not is_over:
        piece = next(source, None)
        is_over = piece is None
        held += piece or b""
        at = 0
        for found in pattern.finditer(held):
            if found.end() == len(held) and not is_over:
                break  # it may go on
            at = found.end()
            yield found
        held = held[at:]
        if len(held) > LONGEST:
            start = held.rfind(first, 0, len(held) - 1)
            held = held[start:] if start > 0 and len(held) - start <= LONGEST else b""
            yield None


# -- link-format


def _is_link_format(begin: bytes) -> bool:
    found = _LINK.match(begin)
    return found is not None and "rel" in _attributes(found)


def _attributes(found: re.Match[bytes]) -> dict[str, str]:
    said = _ATTRIBUTE.finditer(found[2].decode("utf-8", "replace"))
    return {m[1].lower(): m[2] if m[2] is not None else m[3] for m in said}


def _links(pieces: Iterable[bytes], url: str) -> Iterator[Entry]:
    """The mementos of a TimeMap, and the TimeMaps that it names (RFC 7089, section 5)."""
    original: str | None = None
    for found in _found(pieces, _LINK, b"<"):
        said = _attributes(found) if found is not None else {}
        if found is None or "rel" not in said:
            yield None
            continue
        uri, rel = found[1].decode("utf-8", "replace").strip(), said["rel"].lower().split()
        if "original" in rel:
            original = uri
        elif "memento" in rel:
            yield _memento(urljoin(url, uri), said.get("datetime", ""), original)
        elif "timemap" in rel and "self" not in rel and "json" not in said.get("type", ""):
            yield Further(url=urljoin(url, uri))


def _memento(uri: str, date: str, original: str | None) -> Listed | None:
    found = _IN_ADDRESS.search(uri)
    stamp = found[1] if found else _stamp(date)
    url = uri[found.end() :] if found else original
    return Listed(url=url, timestamp=stamp, uri=uri) if url and stamp and moment_of(stamp) else None


def _stamp(date: str) -> str | None:
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y%m%d%H%M%S")


def raw_address(uri: str) -> str | None:
    """The address at which an archive gives a memento as it was captured; None where it has no such form."""
    found = _IN_ADDRESS.search(uri)
    return f"{uri[: found.start()]}/{found[1]}id_/{uri[found.end() :]}" if found else None


_READERS: dict[Form, Callable[[Iterable[bytes], str], Iterator[Entry]]] = {
    "json lines": _json_lines,
    "json rows": _json_rows,
    "cdx": _cdx,
    "link-format": _links,
}
