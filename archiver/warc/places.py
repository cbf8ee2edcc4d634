"""Where the file lies that rows call by a name: in the archive folder, or elsewhere.

A file that was imported in place stays where its owner keeps it. ``path-index.txt`` beside the
archive folder says where: a line a file, its name, a tab and its path, sorted, as pywb reads it.
Whoever moves such a file edits that line.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from archiver.disk import write_atomically
from archiver.warc.file import existing

NAME = "path-index.txt"

Places = dict[str, tuple[Path, ...]]


def path_index(archive: Path) -> Path:
    """The path index of the collection that an archive folder belongs to."""
    return archive.parent / NAME


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
    lines = path.read_text("utf-8", "surrogateescape").splitlines()
    cells = (line.split("\t") for line in lines if "\t" in line)
    return {name: tuple(Path(place) for place in found if place) for name, *found in cells}


def add_place(archive: Path, filename: str, path: Path) -> None:
    """Notes where a file lies. Returns once it is on the disk. Raises StorageError where it refuses."""
    known = {**places(archive), filename: (path,)}
    lines = sorted(
        "\t".join([name, *map(str, found)]).encode("utf-8", "surrogateescape")
        for name, found in known.items()
    )
    write_atomically(path_index(archive), b"".join(line + b"\n" for line in lines))
