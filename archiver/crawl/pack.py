"""Packing: many small closed files of a site into one, record for record.

What moves is whole files, byte for byte, so every record keeps its gzip member. A plan is on the
disk before anything changes, and each step can be made again: a crash anywhere is finished by the
next run. Until the last step every record lies in both places, so that no reader ever misses one.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from archiver.disk import refusal, sync_folder, write_atomically
from archiver.errors import DamagedError
from archiver.home import Home
from archiver.store.captures import captures_by_key, crawls_in_file, move_captures
from archiver.store.crawls import ended_crawls
from archiver.store.database import transaction
from archiver.warc.cdxj import write_index
from archiver.warc.manifest import Move, add_manifest, attested_files, digest_of, standing_files
from archiver.warc.reader import crawl_of

LIMIT = 1_000_000_000  # bytes of a packed file
_STEP = 1 << 20
_PLAN = ".plan"
_NEW = ".packing"
_PACKED = re.compile(r"(\.p\d+)?\.warc\.gz\Z")


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What one packing came to: the new file and how many it is made of."""

    file: str
    files: int
    bytes: int


def pack_site(
    home: Home,
    db: sqlite3.Connection,
    site: str,
    *,
    limit: int = LIMIT,
    left_out: Callable[[Path], None] = lambda path: None,
) -> Iterator[Packed]:
    """Packs the closed files of a site; the caller holds the lock.

    ``left_out`` is told of files that are not what their manifest says: damage stays where it is.
    Raises StorageError where the disk refuses, DamagedError where a copy is not what was copied.
    """
    finish_packing(home, db, site)
    standing = standing_files(home.collection(site))

    def may_move(path: Path) -> bool:
        is_whole = standing.get(path.name) == digest_of(path)
        if not is_whole:
            left_out(path)
        return is_whole

    for group in _groups(db, home.archive(site), site, limit, may_move):
        plan = _copy(home.archive(site), group, attested_files(home.collection(site)))
        finish_packing(home, db, site)
        yield Packed(file=plan[0].into, files=len(plan), bytes=sum(move.length for move in plan))


def _groups(
    db: sqlite3.Connection, archive: Path, site: str, limit: int, may_move: Callable[[Path], bool]
) -> Iterator[list[Path]]:
    """Neighbours in the order of their names that fit into one file; at least two of them.

    Neighbours, so that the order of the files stays that of the crawls.
    """
    ended = set(ended_crawls(db, site))
    group: list[Path] = []
    size = 0
    for path in sorted(archive.glob("*.warc.gz")):
        length = path.stat().st_size
        is_over = {crawl_of(path), *crawls_in_file(db, site, path.name)} <= ended
        moves = length < limit and is_over and may_move(path)
        if group and (size + length > limit or not moves):
            if len(group) > 1:
                yield group
            group, size = [], 0
        if moves:
            group.append(path)
            size += length
    if len(group) > 1:
        yield group


def _copy(archive: Path, group: Sequence[Path], taken: Container[str]) -> list[Move]:
    """Writes the new file under a name that no reader looks at, and the plan of what is to be done."""
    name = _free_name(archive, group[0].name, taken)
    moves, at = [], 0
    try:
        with (archive / f".{name}{_NEW}").open("wb") as file:
            for path in group:
                with path.open("rb") as source:
                    while piece := source.read(_STEP):
                        file.write(piece)
                length = file.tell() - at
                moves.append(Move(file=path.name, into=name, offset=at, length=length))
                at += length
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise refusal(archive / name, error) from error
    plan = json.dumps([asdict(move) for move in moves])
    write_atomically(archive / f".{name}{_PLAN}", plan.encode())
    return moves


def _free_name(archive: Path, first: str, taken: Container[str]) -> str:
    """A name of the same form that sorts where the first file does.

    It is none of ``taken``, which manifests name: a packed file that was packed again is gone, and
    what a manifest says of its name must stay true.
    """
    stem = _PACKED.sub("", first)
    names = (f"{stem}.p{number}.warc.gz" for number in count(1))
    return next(name for name in names if name not in taken and not (archive / name).exists())


def unfinished(archive: Path) -> list[str]:
    """The names of files that a packing was about to make, and did not get to the end."""
    return sorted(path.name[1 : -len(_PLAN)] for path in archive.glob(f".*.warc.gz{_PLAN}"))


def finish_packing(home: Home, db: sqlite3.Connection, site: str) -> None:
    """Finishes what a crash left of a packing, and takes away what had no plan yet.

    Raises StorageError where the disk refuses.
    """
    archive = home.archive(site)
    try:
        for name in unfinished(archive):
            plan = archive / f".{name}{_PLAN}"
            _carry_out(home, db, site, _planned(plan))
            plan.unlink()
        for path in (*archive.glob(f".*.warc.gz{_NEW}"), *archive.glob(f".*.warc.gz{_PLAN}.*")):
            path.unlink()
    except OSError as error:
        raise refusal(archive, error) from error


def _planned(path: Path) -> list[Move]:
    """The moves of a plan. Raises DamagedError where it says none."""
    try:
        moves = [Move(**move) for move in json.loads(path.read_bytes())]
    except (ValueError, TypeError, RecursionError):
        moves = []
    if not moves:
        raise DamagedError(
            f"{path}: the plan of a packing cannot be read",
            hint="move it away; archiver verify says whether anything is missing",
        )
    return moves


def _carry_out(home: Home, db: sqlite3.Connection, site: str, moves: Sequence[Move]) -> None:
    """Takes the steps of a plan, those that were taken already too."""
    archive, collection = home.archive(site), home.collection(site)
    into = archive / moves[0].into
    beside = archive / f".{into.name}{_NEW}"
    if beside.exists():
        _compare(archive, beside, moves)
        beside.rename(into)
        sync_folder(archive)
    with transaction(db):
        for move in moves:
            move_captures(db, site, move.file, into=move.into, by=move.offset)
    write_index(home.index(site), captures_by_key(db, site))
    if into.name not in attested_files(collection):
        add_manifest(collection, {into.name: digest_of(into)}, moves=moves)
    for move in moves:
        (archive / move.file).unlink(missing_ok=True)
    sync_folder(archive)


def _compare(archive: Path, packed: Path, moves: Sequence[Move]) -> None:
    """Raises DamagedError where a part of the new file is not what the old one holds."""
    for move in moves:
        old = archive / move.file
        if digest_of(packed, offset=move.offset, length=move.length) != digest_of(old):
            raise DamagedError(
                f"{packed}: the copy of {move.file} is not what it was copied from",
                hint="look at the disk; the files are as they were",
            )
