"""A WARC/1.1 record as bytes: header fields, digests, one gzip member.

Follows ISO 28500:2017. Digests are ``sha256:`` and lower-case hex. A member is always
plain gzip; only how hard it is compressed differs, because a body that the server sent
compressed does not get smaller.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from archiver.warc.blocks import in_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

try:
    from isal import isal_zlib as fast_zlib
except ImportError:
    fast_zlib = None  # type: ignore[assignment]

INFLATE_FAULTS: tuple[type[Exception], ...] = (zlib.error,)
if fast_zlib is not None:
    INFLATE_FAULTS += (cast("type[Exception]", fast_zlib.error),)
VERSION = b"WARC/1.1"
END = b"\r\n\r\n"
RESPONSE_TYPE = "application/http;msgtype=response"
REQUEST_TYPE = "application/http;msgtype=request"
FIELDS_TYPE = "application/warc-fields"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

MAX_FIELDS = 1 << 20  # bytes of a block of fields that are read
_SLICE = 256 * 1024
_CODED = ("gzip", "x-gzip", "br", "zstd", "deflate", "compress")
_COMPRESSED_TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/avif",
    "application/zip",
    "application/gzip",
    "application/pdf",
    "video/",
    "audio/",
    "font/woff",
)

Buffer = bytes | bytearray | memoryview
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record: its header fields in order, its block, and where it lies.

    ``offset`` and ``length`` are bytes of the compressed record in its file, 0 and 0 where
    it lies in none. Names of fields compare without regard to case.
    """

    fields: Fields
    block: Buffer
    offset: int = 0
    length: int = 0

    def get(self, name: str) -> str | None:
        """The value of the first field of this name, None without one."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    @property
    def type(self) -> str:
        """WARC-Type, empty text where there is none."""
        return self.get("WARC-Type") or ""

    @property
    def id(self) -> str:
        """WARC-Record-ID with its angle brackets, empty text where there is none."""
        return self.get("WARC-Record-ID") or ""


def sha256(pieces: Iterable[Buffer]) -> str:
    """``sha256:`` and hex over the pieces one after the other."""
    state = hashlib.sha256()
    for piece in in_steps(pieces):
        state.update(piece)
    return "sha256:" + state.hexdigest()


def warc_date(moment: datetime) -> str:
    """An aware instant as WARC-Date, UTC to the microsecond (ISO 28500 §5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_warc_date(text: str) -> datetime:
    """The instant of a WARC-Date of any precision, aware UTC. Raises ValueError."""
    text = text.strip()
    moment = datetime.fromisoformat(text + "0000-01-01"[len(text) :] if len(text) < 10 else text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def warc_fields(values: Iterable[tuple[str, str]]) -> bytes:
    """An ``application/warc-fields`` block; line breaks in a value become spaces."""
    return "".join(f"{k}: {plain_value(v)}\r\n" for k, v in values).encode()


def parse_warc_fields(block: Buffer) -> Fields:
    """Names and values of an ``application/warc-fields`` block, in order, within its first megabyte."""
    lines = bytes(memoryview(block)[:MAX_FIELDS]).decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def plain_value(value: str) -> str:
    """A value as a header field can hold it: one line, no white space around, valid UTF-8."""
    if value.isprintable() and value.isascii():
        return value.strip()
    text = value.encode("utf-8", "replace").decode()
    return text.replace("\r", " ").replace("\n", " ").strip(" \t")


def serialise(fields: Iterable[tuple[str, str]], block: Sequence[Buffer]) -> list[Buffer]:
    """A record's bytes in pieces, the block uncopied: version, fields, block, two line ends.

    Values are taken as ``plain_value`` gives them.
    """
    head = "".join(f"{k}: {v}\r\n" for k, v in fields)
    return [VERSION + b"\r\n" + head.encode() + b"\r\n", *block, END]


def compress(pieces: Iterable[Buffer], *, stored: bool = False) -> Iterator[bytes]:
    """One gzip member of the pieces; ``stored`` where compressing them would gain nothing."""
    wbits = zlib.MAX_WBITS | 16
    stream: Any
    if stored:
        stream = zlib.compressobj(0, zlib.DEFLATED, wbits)
    elif fast_zlib is not None:
        stream = fast_zlib.compressobj(2, zlib.DEFLATED, wbits)
    else:
        stream = zlib.compressobj(6, zlib.DEFLATED, wbits)
    for piece in in_steps(pieces):
        view = memoryview(piece)
        for at in range(0, len(view), _SLICE):
            if out := stream.compress(view[at : at + _SLICE]):
                yield out
    yield stream.flush()


def decompressor() -> Any:
    """An object that takes one gzip member apart, as ``zlib.decompressobj`` does.

    What it raises on damage is one of ``INFLATE_FAULTS``.
    """
    library: Any = zlib if fast_zlib is None else fast_zlib
    return library.decompressobj(zlib.MAX_WBITS | 16)


def is_compressed(codings: Iterable[str], content_type: str | None) -> bool:
    """True where a body with these headers would not get smaller."""
    if any(coding in _CODED for coding in codings):
        return True
    return bool(content_type) and str(content_type).strip().lower().startswith(_COMPRESSED_TYPES)
