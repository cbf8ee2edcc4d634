"""An archive open for reading: its folder, its database, and how what SQLite says becomes an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from archiver.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from types import TracebackType

    from archiver.home import Home

T = TypeVar("T")


class Opened:
    """The database of an archive, opened when it is first asked, by the thread that asks."""

    def __init__(self, data: str | os.PathLike[str] | None = None) -> None:
        self._data = data
        self._opened: sqlite3.Connection | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def close(self) -> None:
        """Close the database; nothing can be asked after that."""
        self._is_closed = True
        if self._opened is not None:
            self._opened.close()

    @property
    def path(self) -> Path:
        """The folder of the archive."""
        return self._home.root

    @cached_property
    def _home(self) -> Home:
        from archiver.config import load_config
        from archiver.home import Home

        if self._data is not None:
            return Home(Path(self._data)).check()
        config = load_config({}, environ=os.environ, file=None, folder=Path.cwd())
        return Home(config.data_dir).check()

    def _read(self, ask: Callable[[sqlite3.Connection], Iterable[T]]) -> Iterator[T]:
        """What the database gives, as it comes."""
        db = self._connected()
        with self._errors():
            yield from ask(db)

    def _ask(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """What the database says."""
        db = self._connected()
        with self._errors():
            return ask(db)

    def _connected(self) -> sqlite3.Connection:
        from archiver.store.database import open_reader

        if self._is_closed:
            raise self._no_more()
        if self._opened is None:
            self._opened = open_reader(self._home.database)
        return self._opened

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raises what SQLite says as errors for a person."""
        import sqlite3

        from archiver.store.database import unusable

        try:
            yield
        except sqlite3.ProgrammingError as error:
            if self._is_closed:
                raise self._no_more() from None
            raise UsageError(
                str(error), hint="an Archive belongs to the thread that first asked it"
            ) from None
        except sqlite3.DatabaseError as error:
            raise unusable(self._home.database, error) from error

    def _no_more(self) -> UsageError:
        return UsageError(f"{self.path}: this archive was closed", hint="open another Archive")
