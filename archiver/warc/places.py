"""Where the file lies that rows call by a name: in the archive folder, or elsewhere.

A file that was imported in place stays where its owner keeps it. ``path-index.txt`` beside the
archive folder says where: a line a file, its name, a tab and its path, sorted, as pywb reads it.
Whoever moves such a file edits that line.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from archiver.disk import write_atomically
from archiver.model import BACKFILL
from archiver.warc.file import OPEN, existing

NAME = "path-index.txt"

_LINE = 1 << 16  # bytes, more than any path has

Places = dict[str, tuple[Path, ...]]


def path_index(archive: Path) -> Path:
    """The path index of the collection that an archive folder belongs to."""
    return archive.parent / NAME


def called(path: Path, site: str) -> str:
    """What rows of a site call a file: its path from the archive folder of the site's own collection."""
    name, collection = path.name.removesuffix(OPEN), path.parent.parent.name
    return name if collection != site + BACKFILL else f"../../{collection}/archive/{name}"


def located(archive: Path, filename: str) -> Path:
    """Where the file lies, under its final name, its open one, or elsewhere; it may be missing there."""
    path = existing(archive / filename)
    if path.exists():
        return path
    elsewhere = places(archive).get(filename, ())
    return next((place for place in elsewhere if place.exists()), elsewhere[0] if elsewhere else path)


def places(archive: Path) -> Places:
    """Where the files lie that are not in the archive folder, by the name that rows give them."""
    path = path_index(archive)
    try:
        state = path.stat()
    except OSError:
        return {}
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, changed: int, size: int) -> Places:
    found: Places = {}
    with path.open("rb") as file:
        while line := file.readline(_LINE):
            name, *cells = os.fsdecode(line.rstrip(b"\r\n")).split("\t")
            if named := tuple(Path(cell) for cell in cells if cell and "\0" not in cell):
                found[name] = named
    return found


def add_place(archive: Path, filename: str, path: Path) -> None:
    """Notes where a file lies. Returns once it is on the disk. Raises StorageError where it refuses."""
    index = path_index(archive)
    known = index.read_bytes().splitlines() if index.exists() else []
    name = os.fsencode(filename)
    lines = [line for line in known if line.partition(b"\t")[0] != name]
    lines.append(name + b"\t" + os.fsencode(path))
    write_atomically(index, b"".join(line + b"\n" for line in sorted(lines)))
