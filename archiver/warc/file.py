"""One WARC file while it grows: whole records appended, whole records only.

A file carries ``.open`` behind its name until it is closed. When the disk refuses, the file
is cut back to the last whole record, so that what is there stays readable.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archiver.disk import refusal, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OPEN = ".open"
_STEP = 1024 * 1024


class WarcFile:
    """A new file in ``folder``, opened for appending; ``name`` is what it is called once whole.

    ``until_then`` is its name while it grows, ``name`` and ``.open`` where none is given. Raises
    FileExistsError where the name is taken, StorageError where the disk refuses.
    """

    def __init__(self, folder: Path, name: str, *, until_then: str | None = None) -> None:
        self.name = name
        self.size = 0
        self._final = folder / name
        self._path = folder / (until_then or name + OPEN)
        self._new = True
        self._dirty = False
        if self._final.exists():
            raise FileExistsError(self._final)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except FileExistsError:
            raise
        except OSError as error:
            raise refusal(self._path, error) from error

    def append(self, pieces: Iterable[bytes]) -> int:
        """Writes the pieces at the end and returns their length, or leaves the file as it was."""
        before = self.size
        waiting = bytearray()
        try:
            for piece in pieces:
                waiting += piece
                if len(waiting) >= _STEP:
                    self._write_all(waiting)
                    waiting = bytearray()
            self._write_all(waiting)
        except BaseException as error:
            self.cut(before)
            if isinstance(error, OSError):
                raise refusal(self._path, error) from error
            raise
        return self.size - before

    def _write_all(self, piece: bytearray) -> None:
        view = memoryview(piece)
        self._dirty = True
        while view:
            written = os.write(self._fd, view)
            self.size += written
            view = view[written:]

    def cut(self, size: int) -> None:
        """Cuts the file back to ``size``; an empty file is removed when it is closed."""
        try:
            os.ftruncate(self._fd, size)
        except OSError as error:
            raise refusal(self._path, error) from error
        self.size = size

    def sync(self) -> None:
        """Returns once all bytes, and the file's name, are on the disk."""
        try:
            if self._dirty:
                os.fsync(self._fd)
            if self._new:
                sync_folder(self._path.parent)
        except OSError as error:
            raise refusal(self._path, error) from error
        self._dirty = self._new = False

    def discard(self) -> None:
        """Closes the file and removes it."""
        if self._fd >= 0:
            self.cut(0)
            self.close()

    def close(self) -> None:
        """Syncs, gives the file its final name and syncs that; removes it where it is empty."""
        if self._fd < 0:
            return
        try:
            if self.size:
                os.fsync(self._fd)
                self._path.rename(self._final)
            else:
                self._path.unlink()
            sync_folder(self._path.parent)
        except OSError as error:
            raise refusal(self._path, error) from error
        finally:
            os.close(self._fd)
            self._fd = -1


def open_files(archive: Path) -> list[Path]:
    """The files in an archive folder that were never closed, oldest name first."""
    return sorted(archive.glob("*.warc.gz" + OPEN))


def settle(path: Path) -> Path | None:
    """Gives a file that a crash left open its final name; removes it where it is empty.

    To be called after ``set_torn_tail_aside``, and never while its writer lives.
    """
    final = path.with_name(path.name.removesuffix(OPEN))
    try:
        if not path.stat().st_size:
            path.unlink()
        elif path != final:
            path.rename(final)
        sync_folder(path.parent)
    except OSError as error:
        raise refusal(path, error) from error
    return final if final.exists() else None


def existing(path: Path) -> Path:
    """The file under its final name, or under the name it has while it is open."""
    if path.exists():
        return path
    still_open = path.with_name(path.name + OPEN)
    return still_open if still_open.exists() else path
