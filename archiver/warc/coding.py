"""Transfer and content codings taken off a body: chunks, gzip, deflate, brotli, zstd.

Everything here takes what servers send: a body that is cut off gives what can be had of
it and says so, junk behind the end is left out, and output is bounded, so that a bomb
stays small.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    import mmap

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 64 * 1024 * 1024
TOO_LARGE = "is too large"
_SLICE = 4 * 1024
_STEP = 1024 * 1024
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_MAGIC = b"\x1f\x8b"
_SKIPPABLE = tuple(
    bytes((0x50 | n,)) + b"\x2a\x4d\x18" for n in range(16)
)  # frames of zstd that hold no data
_CHUNK_LINE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[^\r\n]*\r?\n")
_CUT_LINE = re.compile(rb"[ \t]*[0-9A-Fa-f]{1,15}[^\r\n]{0,1024}\r?\Z")
_FAULTS = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


def dechunk(wire: bytes | mmap.mmap, start: int = 0) -> Iterator[memoryview]:
    """The data of a chunked body that begins at ``start`` (RFC 9112 §7.1), uncopied.

    Extensions and trailers are skipped; a body that is cut off or breaks the framing gives
    the chunks before that place and the part of the last one that arrived.
    """
    view, at = memoryview(wire), start
    while line := _CHUNK_LINE.match(wire, at):
        size = int(line[1], 16)
        piece = view[line.end() : line.end() + size]
        if len(piece):
            yield piece
        if not size or len(piece) < size:
            break
        at = line.end() + size
        at += 2 if wire[at : at + 2] == b"\r\n" else wire[at : at + 1] == b"\n"


def begins_chunk(wire: bytes | mmap.mmap, start: int) -> bool:
    """True where a chunk may begin, also one whose first line is cut off."""
    return bool(_CHUNK_LINE.match(wire, start) or _CUT_LINE.match(wire, start))


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A body without its content codings. ``fault`` says why it is not whole, None where it is."""

    body: bytes
    fault: str | None = None


def decode(body: bytes, codings: Iterable[str], *, limit: int = LIMIT) -> Decoded:
    """The body with its content codings removed, the last applied first.

    ``codings`` in the order of the Content-Encoding header. A body that would be larger
    than ``limit`` comes back empty, so that a bomb costs no memory. A coding that is not
    known, or a body that is not in it, is left as it is.
    """
    fault = None
    for coding in reversed([c.strip().lower() for c in codings]):
        if coding in ("", "identity"):
            continue
        if coding not in _DECODERS:
            break
        body, problem = _first_that_decodes(body, _DECODERS[coding], limit)
        fault = fault or (f"{coding} {problem}" if problem else None)
    if len(body) > limit:
        return Decoded(body=b"", fault=f"the body {TOO_LARGE}")
    return Decoded(body=body, fault=fault)


def _first_that_decodes(body: bytes, decoders: tuple[_Decoder, ...], limit: int) -> tuple[bytes, str | None]:
    """The output of the first decoder that takes the body, and what is wrong with it.

    The body itself where none takes it: many servers announce a coding and apply none.
    """
    problem = None
    for decoder in decoders:
        output, accepted, problem = bytearray(), True, None
        try:
            for piece in decoder(body):
                output += piece
                if len(output) > limit:
                    return b"", TOO_LARGE
        except EOFError:
            accepted, problem = bool(output), "ends early"
        except _FAULTS:
            accepted = bool(output) or body.startswith((_GZIP_MAGIC, _ZSTD_MAGIC))
            problem = "is damaged" if accepted else None
        if accepted:
            return bytes(output), problem
    return body, problem


def _inflate(body: bytes, *, wbits: int, members: bool = False) -> Iterator[bytes]:
    """The pieces of a deflate stream, or of gzip members one after the other."""
    view, at = memoryview(body), 0
    while at < len(view):
        stream = zlib.decompressobj(wbits)
        while at < len(view) and not stream.eof:
            piece = view[at : at + _SLICE]
            yield stream.decompress(piece)
            at += len(piece) - len(stream.unused_data)
        if not stream.eof:
            raise EOFError
        # Behind the last member some servers send padding or junk; that is no part of the body.
        if not members or view[at : at + 2] != _GZIP_MAGIC:
            return


def _unbrotli(body: bytes) -> Iterator[bytes]:
    """The pieces of a brotli stream.

    The library refuses a slice whole when bytes follow the end of the stream in it: then
    that slice is read again byte by byte, up to the end.
    """
    stream = brotli.Decompressor()
    for at in range(0, len(body), _SLICE):
        given = 0
        try:
            for piece in _brotli_pieces(stream, body[at : at + _SLICE]):
                given += len(piece)
                yield piece
        except brotli.error:
            for piece in _brotli_ending(body, at):
                yield piece[given:]
                given = max(0, given - len(piece))
            return
    if body and not stream.is_finished():
        raise EOFError


def _brotli_pieces(stream: brotli.Decompressor, data: bytes) -> Iterator[bytes]:
    # It may accept more data and still hold output back: only an empty piece says it is dry.
    piece = stream.process(data, output_buffer_limit=_STEP)
    while piece:
        yield piece
        piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=_STEP)


def _brotli_ending(body: bytes, at: int) -> Iterator[bytes]:
    """What the slice at ``at`` still gives before the fault; raises where that is nothing."""
    stream = brotli.Decompressor()
    for start in range(0, at, _SLICE):
        for _ in _brotli_pieces(stream, body[start : start + _SLICE]):
            pass
    for i in range(at, min(at + _SLICE, len(body))):
        if stream.is_finished():
            return
        yield from _brotli_pieces(stream, body[i : i + 1])


def _unzstd(body: bytes) -> Iterator[bytes]:
    rest = body
    while rest:
        stream = zstd.ZstdDecompressor()
        yield stream.decompress(rest, _STEP)
        while not stream.eof and not stream.needs_input:
            yield stream.decompress(b"", _STEP)
        if not stream.eof:
            raise EOFError
        rest = stream.unused_data
        if not rest.startswith(_ZSTD_MAGIC):
            return


_Decoder = Callable[[bytes], Iterator[bytes]]
_GZIP = (partial(_inflate, wbits=zlib.MAX_WBITS | 16, members=True),)
_DECODERS: dict[str, tuple[_Decoder, ...]] = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": (partial(_inflate, wbits=zlib.MAX_WBITS), partial(_inflate, wbits=-zlib.MAX_WBITS)),
    "br": (_unbrotli,),
    "zstd": (_unzstd,),
}


def looks_coded(begin: bytes, coding: str) -> bool:
    """True where a body that begins so may be in this content coding; an empty one is in any."""
    if not begin or coding not in _DECODERS:
        return True
    if coding in ("gzip", "x-gzip"):
        return begin.startswith(_GZIP_MAGIC[: len(begin)])
    if coding == "zstd":
        return begin.startswith((_ZSTD_MAGIC[: len(begin)], *_SKIPPABLE))
    return any(_begins(decoder, begin) for decoder in _DECODERS[coding])


def _begins(decoder: _Decoder, begin: bytes) -> bool:
    try:
        for _ in decoder(begin):
            return True
    except EOFError:
        return True
    except _FAULTS:
        return False
    return True
