"""WACZ 1.1.1: WARC files, their index and a list of pages in one zip, written as a stream.

WARC files and the packed index are stored without compression, as the specification asks, so that a
player reads single records by byte range. What goes out can be a pipe: sizes and checksums then
follow each entry, and stand in the directory at the end, which is what readers of WACZ go by.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, BinaryIO, Self, TypeVar

VERSION = "1.1.1"
INDEX = "indexes/index.cdx.gz"
LINES = 1024  # of the index, in a block that is compressed by itself
_LARGE = 1 << 31

T = TypeVar("T")


class WaczWriter:
    """Writes a WACZ into ``out``: first WARC files, then index and pages, then ``finish``.

    ``created`` is aware; it is the date of all entries. Memory holds none of them.
    """

    def __init__(self, out: BinaryIO, *, created: datetime, software: str) -> None:
        self._zip = zipfile.ZipFile(out, "w")
        self._created = created.astimezone(UTC)
        self._software = software
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # A zip that was not finished is of no use; it is closed so that nobody writes to it later.
        with suppress(Exception) if kind else nullcontext():
            self._zip.close()

    def add_warc(self, name: str, pieces: Iterable[bytes], *, size: int) -> None:
        """A WARC file of the archive folder; ``size`` is what it may come to, about."""
        self._add(f"archive/{name}", pieces, size=size)

    def add_index(self, lines: Iterable[str]) -> int:
        """The CDXJ index from its sorted lines, in blocks, and the index of the blocks; their number."""
        blocks: list[str] = []
        count = _Count()
        self._add(INDEX, _packed(count.each(lines), blocks), size=_LARGE)
        head = {"format": "cdxj-gzip-1.0", "filename": INDEX.rpartition("/")[2]}
        text = "".join((f"!meta 0 {json.dumps(head)}\n", *blocks))
        self._add("indexes/index.idx", [text.encode()], size=len(text))
        return count.seen

    def add_pages(self, pages: Iterable[Mapping[str, Any]]) -> int:
        """The list of pages, their number: ``id``, ``url``, ``ts``, ``title``, the ``text`` to search."""
        head = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
        count = _Count()
        self._add("pages/pages.jsonl", _json_lines(head, count.each(pages)), size=_LARGE)
        return count.seen

    def finish(self, *, title: str, description: str) -> None:
        """The package's own description with the digest of each entry, its digest, and the directory."""
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "description": description,
            "created": f"{self._created:%Y-%m-%dT%H:%M:%SZ}",
            "software": self._software,
            "resources": self._resources,
        }
        text = json.dumps(package, ensure_ascii=False, indent=1).encode()
        digest = {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(text).hexdigest()}
        self._write("datapackage.json", [text], size=len(text))
        self._write("datapackage-digest.json", [json.dumps(digest, indent=1).encode()], size=0)
        self._zip.close()

    def _add(self, path: str, pieces: Iterable[bytes], *, size: int) -> None:
        written, digest = self._write(path, pieces, size=size)
        name = path.rpartition("/")[2].lower()
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": written})

    def _write(self, path: str, pieces: Iterable[bytes], *, size: int) -> tuple[int, str]:
        info = zipfile.ZipInfo(path, self._created.timetuple()[:6])
        info.external_attr = 0o644 << 16
        state, written = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=size >= _LARGE) as entry:
            for piece in pieces:
                entry.write(piece)
                state.update(piece)
                written += len(piece)
        return written, state.hexdigest()


class _Count:
    """Counts what passes."""

    seen = 0

    def each(self, values: Iterable[T]) -> Iterator[T]:
        for value in values:
            self.seen += 1
            yield value


def _packed(lines: Iterable[str], blocks: list[str]) -> Iterator[bytes]:
    """The lines in blocks of one gzip member each; a line about each block goes to ``blocks``."""
    offset, left = 0, iter(lines)
    while group := list(islice(left, LINES)):
        stream = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        member = stream.compress("".join(f"{line}\n" for line in group).encode()) + stream.flush()
        digest = "sha256:" + hashlib.sha256(member).hexdigest()
        place = {
            "offset": offset,
            "length": len(member),
            "digest": digest,
            "filename": INDEX.rpartition("/")[2],
        }
        key, stamp, _ = group[0].split(" ", 2)
        blocks.append(f"{key} {stamp} {json.dumps(place)}\n")
        offset += len(member)
        yield member


def _json_lines(head: Mapping[str, Any], values: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for value in chain((head,), values):
        yield json.dumps(value, ensure_ascii=False).encode() + b"\n"
