"""Writing to the disk so that a crash leaves a file whole, as it was or as it is to be."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archiver.errors import StorageError

# Bytes of a name that leave room for more in one of 255.
LONGEST = 240
_HINTS = {
    errno.ENOSPC: "free some space and run the same command again",
    errno.EDQUOT: "the quota is used up; free some space and run the same command again",
    errno.EFBIG: "the file may not grow further; raise the limit on file size",
    errno.EROFS: "the file system is read-only; remount it or choose another data directory",
    errno.ENOENT: "make the folder first",
    errno.EACCES: "give the user that runs this the right to write there",
}


def refusal(path: Path, error: OSError) -> StorageError:
    """The disk's refusal as one line with what to do."""
    return StorageError(f"{path}: {error.strerror or error}", hint=_HINTS.get(error.errno or 0))


def real_path(path: Path | str) -> Path:
    """Where a path leads, links followed; one whose links lead in a circle stays what it is."""
    return Path(os.path.realpath(path))


def sync_folder(folder: Path) -> None:
    """Returns once the folder's names are on the disk. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Makes a folder that stays. Raises StorageError where the disk refuses."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
    except OSError as error:
        raise refusal(folder, error) from error


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which has this name once it is whole and on the disk.

    What was there stays until then, and where something fails. A link stays a link, to a file that
    is written so; a pipe or a device is written to as it is. Raises StorageError where the disk refuses.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    path = real_path(path)
    try:
        with half_written(path) as half:
            with half.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
            sync_folder(path.parent)
    except OSError as error:
        raise refusal(path, error) from error


@contextmanager
def half_written(path: Path) -> Iterator[Path]:
    """A new hidden name in the same folder, for what is to become ``path`` once it is whole.

    What fails in between leaves nothing of that name, a file or a folder, whenever a signal comes.
    """
    name = path.name.encode(errors="surrogateescape")[:LONGEST].decode(errors="ignore")
    half = path.with_name(f".{name}.{secrets.token_hex(4)}")
    _half_written.add(half)
    try:
        yield half
    except BaseException:
        _remove(half)
        raise
    finally:
        _half_written.discard(half)


def remove_half_written() -> None:
    """Remove all that this process has begun to write and not ended, as it ends itself."""
    for half in [*_half_written]:
        _remove(half)


_half_written: set[Path] = set()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        path.unlink()


def write_atomically(path: Path, data: bytes | str) -> None:
    """Writes a file, and its folder, in one step: it is whole and on the disk, or as it was.

    Raises StorageError where the disk refuses.
    """
    make_folder(path.parent)
    with written_whole(path) as file:
        file.write(data.encode() if isinstance(data, str) else data)
