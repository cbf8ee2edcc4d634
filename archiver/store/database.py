"""Opening ``archiver.db``: migrated, in WAL mode, with foreign keys on."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from archiver.errors import ArchiverError, ConfigurationError, StorageError
from archiver.home import Home

VERSION = 18

# How long another writer is waited for: seconds; while the database is brought up to date, milliseconds.
TIMEOUT = 30
MIGRATION = 2 * 3600 * 1000
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_REFUSALS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, *_BUSY)
_GONE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)  # of a database that could be opened before


def open_database(path: Path) -> sqlite3.Connection:
    """A connection for reading and writing; the schema is brought up to date first.

    Raises ConfigurationError where the file is no database, cannot be opened or comes
    from a newer version, StorageError where the disk refuses.
    """
    if not path.exists():
        forget_logs(path)
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=TIMEOUT)
        db.row_factory = sqlite3.Row
        version = _version(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        if version < VERSION:
            _migrate(db)
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from None
    return db


def forget_logs(path: Path) -> None:
    """Remove what SQLite keeps beside a database, where that one is gone or about to be replaced.

    It would write the pages of the old one into the new.
    """
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Raises UsageError where there is no archive yet, DamagedError
    where its database was lost.
    """
    if not path.exists():
        raise Home(path.parent).no_database()
    try:
        db = connect_reader(path)
        if _version(db, path) < VERSION:
            db.close()
            open_database(path).close()
            return open_reader(path)
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from None
    return db


def connect_reader(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """A connection that only reads; where nothing may be written beside the file, not even by SQLite.

    ``any_thread`` lets another thread than the one that opened it use it, one at a time.
    A reader of a database in WAL mode makes files beside it. Where it may not, and there is no log,
    nobody writes to the file, and it is read as it is.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    log = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not log.exists():
        uri += "&immutable=1"
    db = sqlite3.connect(uri, uri=True, timeout=TIMEOUT, check_same_thread=not any_thread)
    db.row_factory = sqlite3.Row
    return db


def refuse_newer(path: Path) -> None:
    """Raises ConfigurationError where the database comes from a newer version; a damaged one passes."""
    with closing(sqlite3.connect(path, timeout=TIMEOUT)) as db, suppress(sqlite3.DatabaseError):
        _version(db, path)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Raises StorageError where the disk or the file refuses in between; other errors are our own."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF not in (*_REFUSALS, *_GONE):
            raise
        raise _refused("archiver.db", error) from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. Raises StorageError where the disk or the file refuses."""
    with disk_errors():
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException:
            _roll_back(db)
            raise


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")


def _version(db: sqlite3.Connection, path: Path) -> int:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise ConfigurationError(
            f"{path}: written by a newer version (schema {version}, this one knows {VERSION})",
            hint="upgrade nyhetsarkiv, or choose another --data-dir",
        )
    return version


def _migrate(db: sqlite3.Connection) -> None:
    # Imported here: sqlite-utils costs start-up time that reading commands need not pay.
    with _as_if_missing("pandas", "numpy"):
        from sqlite_utils import Database

        from archiver.store.described import write_descriptions
        from archiver.store.schema import migrations

    db.execute(f"PRAGMA busy_timeout = {MIGRATION}")
    with transaction(db):  # others wait, and find it done
        migrations.apply(Database(db))
    db.execute(f"PRAGMA busy_timeout = {TIMEOUT * 1000}")
    write_descriptions(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _as_if_missing(*names: str) -> Iterator[None]:
    """Import in between as if these packages were not installed.

    sqlite-utils imports them where they are, for types that are stored nowhere: a second and 100 MB.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _refused(name: str, error: sqlite3.DatabaseError) -> StorageError:
    is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY
    hint = (
        "another program is writing to it: close that and run it again"
        if is_busy
        else "free some disk space and run it again"
    )
    return StorageError(f"{name}: {error}", hint=hint)


def unusable(path: Path, error: sqlite3.DatabaseError) -> ArchiverError:
    """What to say where SQLite cannot use the database: the disk refuses, or the file is damaged."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSALS:
        return _refused(str(path), error)
    return ConfigurationError(
        f"{path}: the database cannot be used: {error}",
        hint="if it is damaged, move it away and run archiver rebuild; the WARC files hold everything",
    )
