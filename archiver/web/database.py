"""The database as Datasette is given it: only to read, and without what is not for readers."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from datasette.database import Database

from archiver.home import Home
from archiver.store.database import connect_reader
from archiver.store.metadata import WITHHELD

Answer = TypeVar("Answer")

# The index keeps words of removed articles for a while in blocks that only SQLite itself needs to read.
_BLOCKS = "_data"


class ArchiveDatabase(Database):  # type: ignore[misc]
    """``archiver.db``; each thread opens it anew where the file was replaced, as a rebuild does."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, str(path), is_mutable=True)
        self._local = threading.local()

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection that only reads."""
        if write:
            raise sqlite3.OperationalError("the archive is served only to be read")
        connection = connect_reader(Path(self.path), any_thread=True)
        self._all_file_connections.append(connection)
        return connection

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """What a function says that is given a connection, in a thread of its own."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.ds.executor, lambda: fn(self._connection()))

    def interrupt(self) -> None:
        """End the queries of all threads."""
        for connection in list(self._all_file_connections):
            connection.interrupt()

    async def get_all_foreign_keys(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """The keys by table and direction, without those of tables that are not for readers."""
        found = await super().get_all_foreign_keys()
        return {
            table: {way: [k for k in keys if not is_withheld(k["other_table"])] for way, keys in ways.items()}
            for table, ways in found.items()
        }

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:
        """The rows of a query; what is wrong with a reader's SQL is told to the reader alone."""
        return await super().execute(sql, params, **options | {"log_sql_errors": False})

    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread to the file that is there now."""
        path = Path(self.path)
        try:
            found = path.stat()
        except FileNotFoundError:
            raise Home(path.parent).no_database() from None
        identity = (found.st_dev, found.st_ino)
        if getattr(self._local, "identity", None) != identity:
            if old := getattr(self._local, "connection", None):
                self._all_file_connections.remove(old)
                old.close()
            self._local.connection = self.connect()
            self.ds._prepare_connection(self._local.connection, self.name)
            self._local.identity = identity
        connection: sqlite3.Connection = self._local.connection
        return connection


def withhold(connection: sqlite3.Connection) -> None:
    """Have SQLite itself refuse what is not for readers, in whatever query it is asked for."""
    connection.set_authorizer(_may)


def is_withheld(name: str) -> bool:
    """True for a table that no query may read."""
    return name.lower() in WITHHELD or name.lower().endswith(_BLOCKS)


def _may(action: int, name: str | None, column: str | None, schema: str | None, view: str | None) -> int:
    is_refused = action == sqlite3.SQLITE_READ and name is not None and is_withheld(name)
    return sqlite3.SQLITE_DENY if is_refused else sqlite3.SQLITE_OK
