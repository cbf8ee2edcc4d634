"""What the standard and this house ask of one record: its fields, its digests, its HTTP message."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from archiver.warc.blocks import in_steps
from archiver.warc.capture import METHOD_FIELD
from archiver.warc.coding import looks_coded
from archiver.warc.exchange import parse_response
from archiver.warc.record import FIELDS_TYPE, IDENTICAL, NOT_MODIFIED

if TYPE_CHECKING:
    from archiver.warc.exchange import ResponseMessage, Wire
    from archiver.warc.frames import Frame
    from archiver.warc.record import Buffer

TYPES = frozenset(
    ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
)
WITH_TARGET = TYPES - {"warcinfo", "metadata"}
PROFILES = frozenset((
    IDENTICAL, NOT_MODIFIED, IDENTICAL.replace("1.1", "1.0"), NOT_MODIFIED.replace("1.1", "1.0"),
    "http://netpreserve.org/warc/0.18/revisit/identical-payload-digest",
    "http://netpreserve.org/warc/1.0/revisit/uri-agnostic-identical-payload-digest",
))  # fmt: skip
MAY_REPEAT = frozenset(("warc-concurrent-to",))
VERSIONS = frozenset(("WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"))

_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+>\Z")
_URI = re.compile(r"<?[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]*>?\Z")
# the profile of ISO 8601 that ISO 28500 §5.4 allows
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?\Z")
_REQUEST_LINE = re.compile(rb"[!-~]+ [^\r\n]+ HTTP/\d")
_SHA1 = re.compile(r"[A-Z2-7]{32}\Z")
_BASE_32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
_HEX = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}

_RIGHT = frozenset(("weak-digest", "framed-digest"))  # what is said of digests that are right

Found = tuple[str, str]
"""A kind of finding and its detail."""


def check_record(frame: Frame, *, latest: str) -> Iterator[Found]:
    """What is wrong with a record by itself. ``latest`` is the last date that is not in the future."""
    yield from frame.faults
    if frame.version not in VERSIONS:
        yield "bad-version", frame.version[:40]
    if len(frame.values) != len(frame.fields):
        yield from _repeated(frame)
    yield from _fields(frame.values, latest)
    if frame.block is not None:
        yield from _content(frame, frame.block)


def _repeated(frame: Frame) -> Iterator[Found]:
    names = [name.lower() for name, _ in frame.fields]
    for name in sorted({n for n in names if names.count(n) > 1} - MAY_REPEAT):
        yield "repeated-field", name


def _fields(values: dict[str, str], latest: str) -> Iterator[Found]:
    kind = values.get("warc-type")
    if not kind:
        yield "no-type", ""
    elif kind not in TYPES:
        yield "unknown-type", kind[:40]
    record = values.get("warc-record-id")
    if not record:
        yield "no-record-id", ""
    elif not _ID.match(record):
        yield "bad-record-id", record[:80]
    date = values.get("warc-date")
    if not date:
        yield "no-date", ""
    elif not _is_date(date):
        yield "bad-date", date[:40]
    elif date > latest:
        yield "future-date", date
    target = values.get("warc-target-uri")
    if not target:
        if kind in WITH_TARGET:
            yield "no-target-uri", ""
    elif not _URI.match(target):
        yield "bad-target-uri", target[:120]
    if (address := values.get("warc-ip-address")) and not _is_address(address):
        yield "bad-ip-address", address[:60]
    if kind == "revisit":
        yield from _revisit(values)


@lru_cache(maxsize=256)
def _is_date(stated: str) -> bool:
    """True for a date of ISO 28500 §5.4; the records of an exchange share theirs."""
    if not _DATE.match(stated):
        return False
    try:
        datetime.fromisoformat(stated[:26].rstrip("Z") if len(stated) > 10 else f"{stated}-01-01"[:10])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _revisit(values: dict[str, str]) -> Iterator[Found]:
    profile = values.get("warc-profile")
    if not profile:
        yield "no-profile", ""
    elif profile not in PROFILES:
        yield "unknown-profile", profile[:120]
    elif profile.endswith("identical-payload-digest"):
        for name in ("refers-to", "refers-to-target-uri", "refers-to-date"):
            if f"warc-{name}" not in values:
                yield "no-refers-to", f"WARC-{name.title()} is missing"


def _content(frame: Frame, block: Wire) -> Iterator[Found]:
    """What the block shows: its digests, and the HTTP message in it."""
    values = frame.values
    kind, media = values.get("warc-type"), values.get("content-type", "")
    stated, fault = values.get("warc-block-digest"), None
    if not stated:
        yield "no-block-digest", ""
    elif fault := compared(stated, [block], "block-digest"):
        yield fault
    if not media and len(block) and kind != "continuation":
        yield "no-content-type", ""
    is_proven = bool(stated) and (fault is None or fault[0] == "weak-digest")
    if kind == "request" and media.startswith("application/http"):
        if not _REQUEST_LINE.match(block):
            yield "no-request-line", repr(block[:40])
    elif kind in ("response", "revisit") and media.startswith("application/http"):
        yield from _response(frame, block, is_proven=is_proven)
    elif kind in ("resource", "conversion") and (payload := values.get("warc-payload-digest")):
        yield from filter(None, [compared(payload, [block], "payload-digest")])


def _response(frame: Frame, block: Wire, *, is_proven: bool) -> Iterator[Found]:
    """What the message in a response shows; ``is_proven`` where the digest of the whole block is right."""
    message = parse_response(block, method=frame.values.get(METHOD_FIELD.lower(), "GET"))
    is_revisit = frame.values["warc-type"] == "revisit"
    if message.status is None:
        if len(block) or not is_revisit:
            yield "no-status-line", repr(block[:40])
        return
    stated = frame.values.get("warc-payload-digest")
    if is_revisit:
        if not stated and message.status != 304:
            yield "no-payload-digest", ""
        return
    payload = message.payload()
    fault = compared(stated, payload, "payload-digest") if stated else None
    if fault and fault[0] == "payload-digest" and is_framed(stated, message):
        fault = ("framed-digest", "")
    if fault and fault[0] == "payload-digest" and is_proven:
        fault = ("odd-digest", fault[1])
    if fault:
        yield fault
    if not stated and message.has_body:
        yield "no-payload-digest", ""
    if (coding := _unapplied(message, payload)) is not None:
        proven = is_proven or (stated is not None and (fault is None or fault[0] in _RIGHT))
        yield "unapplied-coding" if proven else "decoded-body", coding


def _unapplied(message: ResponseMessage, payload: Iterable[memoryview]) -> str | None:
    """The last content coding that the head names, where the body is not in it."""
    codings = message.codings
    if not codings or message.status == 206 or looks_coded(b"".join(_first(payload, 4096)), codings[-1]):
        return None
    return codings[-1]


def _first(pieces: Iterable[memoryview], size: int) -> Iterator[memoryview]:
    for piece in pieces:
        yield piece[:size]
        size -= len(piece)
        if size <= 0:
            return


def is_framed(stated: str | None, message: ResponseMessage) -> bool:
    """True where the digest is that of everything behind the head, as many programs take it."""
    behind = message.block[len(message.head) :]
    if stated is None or not message.is_chunked:
        return False
    return compared(stated, [behind], "") in (None, ("weak-digest", stated[:100]))


def compared(stated: str, pieces: Iterable[Buffer | Wire], code: str) -> Found | None:
    """None where the digest is that of the pieces, in SHA-256 and hex; otherwise what is to be said of it."""
    if stated.startswith("sha256:") and len(stated) == 71:
        state = hashlib.sha256()
        for piece in in_steps(pieces):
            state.update(piece)
        return None if state.hexdigest() == stated[7:] else (code, f"sha256:{state.hexdigest()} is right")
    algorithm, _, value = stated.partition(":")
    algorithm = algorithm.lower().replace("-", "")
    expected = _digest_bytes(algorithm, value)
    if expected is None:
        return "bad-digest", stated[:100]
    state = hashlib.new(algorithm, usedforsecurity=False)
    for piece in in_steps(pieces):
        state.update(piece)
    return ("weak-digest", stated[:100]) if state.digest() == expected else (code, stated[:100])


def _digest_bytes(algorithm: str, value: str) -> bytes | None:
    """The bytes of a digest in hex or base 32, None where it is in neither."""
    if algorithm not in _HEX:
        return None
    if algorithm == "sha1" and _SHA1.match(value):
        # As most files of others have it; a number to the base of 32 is read at a tenth of the cost.
        return int(value.translate(_BASE_32), 32).to_bytes(20, "big")
    try:
        if len(value) == _HEX[algorithm]:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None


def writes_here(frame: Frame) -> bool:
    """True for the warcinfo of a file that this software wrote."""
    if frame.values.get("warc-type") != "warcinfo" or frame.block is None:
        return False
    media = frame.values.get("content-type", FIELDS_TYPE)
    return media.startswith(FIELDS_TYPE) and b"software: nyhetsarkiv/" in frame.block[:4096]
