"""What a server sent, as it is kept: as plain text or a download, never as a page of ours.

Whatever goes out here was written by others. It is text or an attachment, in a sandbox without an origin,
and the browser is told not to guess what it may be. Of pictures those of five kinds that are nothing but
pixels are shown, and only where their first bytes are those of such a picture.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Request, Response

from archiver.errors import ArchiverError, DamagedError
from archiver.extract.decode import decode
from archiver.model import Capture
from archiver.originals import page_of
from archiver.store.captures import capture as find_capture
from archiver.store.captures import was_derived
from archiver.warc.places import located
from archiver.web.headers import CAPTURED
from archiver.web.links import records_named
from archiver.web.served import ArchiveDatasette, Missing, Served

LIMIT = 64 * 1024 * 1024
CHUNK = 64 * 1024
_TEXT = re.compile(r"text/|application/(?:xhtml\+xml|xml|json|javascript|rss\+xml|atom\+xml|ld\+json)")
_GZIP, _PLAIN = b"\x1f\x8b", b"WARC/"
_PICTURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
)
_HIDDEN = "This capture is not shown: it is hidden on request, or its page asks that no archive shows it."
_BLOCKED = "This capture may not be shown."


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An answer in pieces, so that a large one is never in memory twice."""

    headers: dict[str, str]
    pieces: Iterator[bytes]

    async def asgi_send(self, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        """Sends it, as Datasette asks of an answer."""
        headers = [
            (name.encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items()
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def capture(datasette: ArchiveDatasette, request: Request) -> Sent | Response:
    """The body of a capture, content coding removed. Raises Missing where it is not to be had."""
    return await _answer(datasette, request, _body)


async def record(datasette: ArchiveDatasette, request: Request) -> Sent | Response:
    """The WARC record of a capture, as it lies in its file. Raises Missing where it is not to be had."""
    return await _answer(datasette, request, _record)


async def picture(datasette: ArchiveDatasette, request: Request) -> Sent | Response:
    """An image that was captured. Raises Missing where it is none that is nothing but pixels."""
    return await _answer(datasette, request, _picture)


Make = Callable[[Served, sqlite3.Connection, Capture], Sent]


async def _answer(datasette: ArchiveDatasette, request: Request, make: Make) -> Sent | Response:
    names = records_named(request.url_vars["record"])
    served = datasette.served

    def question(db: sqlite3.Connection) -> Sent | Response:
        found = next((c for name in names if (c := find_capture(db, name)) is not None), None)
        if found is None:
            raise Missing("There is no such capture.")
        refused = served.shown.refusal(found)
        if refused:
            text, status = (_HIDDEN, 404) if refused == "hidden" else (_BLOCKED, 451)
            return Response.text(text + "\n", status=status, headers={"content-security-policy": CAPTURED})
        if not was_derived(db, found.warc_record_id):
            raise Missing("This capture is not derived yet: nobody knows whether its page may be shown.")
        try:
            return make(served, db, found)
        except ArchiverError as error:
            raise Missing(error.message) from None

    return await datasette.ask(question)


def _body(served: Served, db: sqlite3.Connection, found: Capture) -> Sent:
    page = page_of(db, served.home.archive(found.site), found, limit=LIMIT)
    if page.fault and not page.body:
        raise DamagedError(f"The capture cannot be read: {page.fault}.")
    if _TEXT.match((page.content_type or found.mime or "text/plain").strip().lower()):
        charset = decode(page.body[: 1 << 20], page.content_type).encoding
        headers = {"content-type": f"text/plain; charset={charset}"}
    else:
        headers = {
            "content-type": "application/octet-stream",
            "content-disposition": f'attachment; filename="{_name(found)}"',
        }
    return Sent(headers=_safe(headers, len(page.body)), pieces=_pieces(page.body))


def _picture(served: Served, db: sqlite3.Connection, found: Capture) -> Sent:
    body = page_of(db, served.home.archive(found.site), found, limit=LIMIT).body
    kind = next((kind for begins, kind in _PICTURES if begins.match(body)), None)
    if kind is None:
        raise Missing("This capture is no picture that can be shown.")
    return Sent(headers=_safe({"content-type": kind}, len(body)), pieces=_pieces(body))


def _record(served: Served, db: sqlite3.Connection, found: Capture) -> Sent:
    path = located(served.home.archive(found.site), found.filename)
    try:
        with path.open("rb") as file:
            file.seek(found.offset)
            begins = file.read(len(_PLAIN))
    except OSError as error:
        raise DamagedError(f"The file of this capture cannot be read: {error.strerror}.") from None
    if begins != _PLAIN and not begins.startswith(_GZIP):
        raise DamagedError("The record of this capture is compressed together with others.")
    suffix = "warc" if begins == _PLAIN else "warc.gz"
    headers = {
        "content-type": "application/warc",
        "content-disposition": f'attachment; filename="{_name(found)}.{suffix}"',
    }
    return Sent(headers=_safe(headers, found.length), pieces=_cut(path, found.offset, found.length))


def _safe(headers: dict[str, str], length: int) -> dict[str, str]:
    return headers | {
        "content-length": str(length),
        "content-security-policy": CAPTURED,
        "cache-control": "no-cache",
    }


def _name(found: Capture) -> str:
    """A file's name, made of letters that no system takes for anything else."""
    return re.sub(r"[^0-9A-Za-z-]+", "-", f"{found.site}-{found.timestamp}-{found.warc_record_id}").strip("-")


def _pieces(body: bytes) -> Iterator[bytes]:
    whole = memoryview(body)
    return (bytes(whole[start : start + CHUNK]) for start in range(0, len(whole), CHUNK))


def _cut(path: Path, offset: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while length > 0 and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece
