"""Where a command puts what it writes: standard output, or a file or folder that is whole or not there."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from archiver.disk import half_written, real_path, written_whole
from archiver.errors import StorageError, UsageError
from archiver.home import Home

if TYPE_CHECKING:
    from archiver.cli.main import Settings

T = TypeVar("T")


class Stream(io.RawIOBase):
    """Standard output as what it is: written once, in order and never sought, also where it is a file."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Write all of the data."""
        return self._out.write(data)


def check_place(settings: Settings, output: Path | str) -> None:
    """Raises UsageError for a place in the archive itself, and a name that no description can hold.

    The archive's own are also the file of its settings, and what it imported in place.
    """
    from archiver.store.articles import is_text
    from archiver.warc.places import places

    if not str(output):
        raise UsageError("the name of the output is empty", hint="name a file; - is standard output")
    if not is_text(str(output)):
        raise UsageError(f"{str(output)!r} is no name in UTF-8", hint="name another")
    if output == "-":
        return
    home, path = Home(settings.config.data_dir), real_path(output)
    archives = (archive for site in home.archived() for archive in home.archives(site))
    imported = (place for archive in archives for named in places(archive).values() for place in named)
    if home.holds(path) or any(path == real_path(own) for own in (*settings.config.files, *imported)):
        raise UsageError(f"{output} is a place of the archive itself", hint="name a file outside of it")


@contextmanager
def undone_by_signals() -> Iterator[None]:
    """Have SIGTERM in between take back what is half-written, as Ctrl-C does, and end with 143.

    A second signal is not heard: what is half-written is taken back already.
    """

    def end(number: int, frame: object) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def into(write: Callable[[BinaryIO], T], output: str) -> T:
    """Write a file that is whole or not there, or standard output where it is called ``-``."""
    if output != "-":
        with written_whole(Path(output)) as file:
            return write(file)
    written = write(cast("BinaryIO", Stream(sys.stdout.buffer)))
    sys.stdout.buffer.flush()
    return written


def into_folder(make: Callable[[Path], T], path: Path) -> T:
    """Fill a new folder that is there with all that is in it, or not at all.

    Raises UsageError where the name is taken by anything but an empty folder.
    """
    path = path.absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already and not an empty folder", hint="name a new one")
    path = real_path(path)
    if path == Path.cwd():
        raise UsageError("the folder in which you stand cannot be replaced", hint="name another one")
    with half_written(path) as half:
        half.mkdir()
        made = make(half)
        if path.exists():
            path.rmdir()
        half.rename(path)
    return made


def is_file_or_new(output: str) -> bool:
    """True for what has a place of its own in a folder: no standard output, no pipe, no device."""
    return output != "-" and (not os.path.exists(output) or os.path.isfile(output))  # noqa: PTH110, PTH113


@contextmanager
def refusals(output: str) -> Iterator[None]:
    """Raises StorageError where the disk, or whoever reads standard output, refuses; a closed pipe passes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if output == "-":
            raise StorageError(f"standard output: {error.strerror or error}") from None
        hint = "nothing was left half-written"
        raise StorageError(f"{output}: {error.strerror or error}", hint=hint) from None
