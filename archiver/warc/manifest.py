"""The chain of manifests of a collection: which files were closed, and what they were then.

Each manifest is a file in the line format of RFC 8493 (``manifest-sha256.txt``: digest, two
spaces, path), so that ``sha256sum -c`` checks it from within the collection's folder. Its first
line is the digest of the manifest before it. The digest of the newest one, the *head*, stands in
every crawl's report: whoever changes a file must change all manifests since, and every report.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archiver.bounded import lines_in
from archiver.disk import write_atomically

FOLDER = "manifests"
MOVES = "-moves.json"
_NAME = re.compile(r"(\d{6,})-manifest-sha256\.txt\Z")
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)\Z")
_STEP = 1 << 20
SHOWN = 200  # characters of a line in another form


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A file that now is a part of another, byte for byte: from ``offset`` on, ``length`` bytes."""

    file: str
    into: str
    offset: int
    length: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One manifest: its file, its own digest, and the digest of each path that it names, in order."""

    path: Path
    digest: str
    entries: tuple[tuple[str, str], ...]

    @property
    def moves(self) -> list[Move]:
        """Which files this manifest says have become parts of others. Raises OSError, ValueError."""
        path = moves_of(self.path)
        if not path.exists():
            return []
        try:
            return [Move(**move) for move in json.loads(path.read_bytes())]
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from None


def moves_of(manifest: Path) -> Path:
    """Where a manifest's moves stand, whether there are any or not."""
    return manifest.with_name(manifest.name.removesuffix("-manifest-sha256.txt") + MOVES)


def manifests(collection: Path) -> Iterator[Manifest]:
    """The manifests of a collection, the oldest first. Raises OSError.

    A line in another form has the digest ``""``.
    """
    for path in _paths(collection):
        state, entries = hashlib.sha256(), []
        for line in lines_in(path):
            state.update(line)
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            found = _LINE.match(text)
            entries.append((found[2], found[1]) if found else (text[:SHOWN], ""))
        yield Manifest(path=path, digest=state.hexdigest(), entries=tuple(entries))


def attested_files(collection: Path) -> set[str]:
    """The names of the archive's files that a manifest names. Raises OSError."""
    named = (name for manifest in manifests(collection) for name, _ in manifest.entries)
    return {name.removeprefix("archive/") for name in named if name.startswith("archive/")}


def standing_files(collection: Path) -> dict[str, str]:
    """The files that manifests name and that were not merged into others: the newest digest of each.

    Raises OSError, or ValueError where a manifest's moves cannot be read.
    """
    found: dict[str, str] = {}
    for manifest in manifests(collection):
        for name, digest in manifest.entries:
            if name.startswith("archive/"):
                found[name.removeprefix("archive/")] = digest
        for move in manifest.moves:
            found.pop(move.file, None)
    return found


def attest(collection: Path, files: Iterable[Path]) -> None:
    """Adds a manifest of closed files as they are now. Raises StorageError where the disk refuses."""
    if digests := {path.name: digest_of(path) for path in files}:
        add_manifest(collection, digests)


def attest_missing(collection: Path, files: Iterable[Path]) -> None:
    """Adds a manifest of those closed files that no manifest names."""
    known = attested_files(collection)
    attest(collection, [path for path in files if path.name not in known])


def head(collection: Path) -> str | None:
    """``sha256:`` and hex of the newest manifest, None where there is none."""
    paths = _paths(collection)
    return f"sha256:{digest_of(paths[-1])}" if paths else None


def add_manifest(collection: Path, digests: Mapping[str, str], *, moves: Iterable[Move] = ()) -> Path:
    """Adds a manifest for files of the archive folder, given by name with their digest in hex.

    Returns once it is on the disk. Raises StorageError where the disk refuses.
    """
    folder = collection / FOLDER
    before = _paths(collection)
    number = int(before[-1].name.partition("-")[0]) + 1 if before else 1
    path = folder / f"{number:06d}-manifest-sha256.txt"
    lines = {f"{FOLDER}/{before[-1].name}": digest_of(before[-1])} if before else {}
    lines |= {f"archive/{name}": digest for name, digest in sorted(digests.items())}
    if moved := list(moves):
        beside = moves_of(path)
        text = json.dumps([_as_dict(move) for move in moved], indent=1) + "\n"
        write_atomically(beside, text)
        lines[f"{FOLDER}/{beside.name}"] = digest_of(beside)
    write_atomically(path, "".join(f"{digest}  {name}\n" for name, digest in lines.items()))
    return path


def digest_of(path: Path, *, offset: int = 0, length: int | None = None) -> str:
    """SHA-256 in hex of a file or of a part of it. Raises OSError."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(offset)
        while length != 0:
            piece = file.read(_STEP if length is None else min(length, _STEP))
            if not piece:
                break
            length = None if length is None else length - len(piece)
            state.update(piece)
    return state.hexdigest()


def _as_dict(move: Move) -> dict[str, str | int]:
    return {"file": move.file, "into": move.into, "offset": move.offset, "length": move.length}


def _paths(collection: Path) -> list[Path]:
    folder = collection / FOLDER
    found = [(int(m[1]), path) for path in folder.glob("*.txt") if (m := _NAME.match(path.name))]
    return [path for _, path in sorted(found)]
