"""The database opens migrated, and says clearly when it cannot."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from archiver.errors import ConfigurationError, StorageError, UsageError
from archiver.store.database import VERSION, open_database, open_reader, transaction
from archiver.store.schema import migrations
from tests.conftest import run_archiver

PROMISED = {
    "sites", "crawls", "coverage", "captures", "articles", "article_versions", "article_aliases",
    "article_authors", "article_keywords", "links", "evidence", "chrome_blocks", "findings", "suppressions",
    "frontier", "articles_fts", "articles_by_month", "latest_by_site", "changes", "gone", "site_health",
}  # fmt: skip


def test_a_new_database_has_every_promised_table_and_view(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert names >= PROMISED
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION == len(migrations._migrations)
    for name in names:
        db.execute(f"SELECT * FROM [{name}] LIMIT 1")


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_database(path).close()
    before = path.read_bytes()
    open_database(path).close()
    open_reader(path).close()
    assert path.read_bytes() == before


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    before = path.read_bytes()
    for opening in (open_database, open_reader):
        with pytest.raises(ConfigurationError, match="newer version"):
            opening(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is a text" * 100)
    with pytest.raises(ConfigurationError) as caught:
        open_reader(path)
    assert "rebuild" in (caught.value.hint or "")


def test_reading_where_there_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_reader(tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    open_database(tmp_path / "a.db").close()
    with pytest.raises(sqlite3.OperationalError):
        open_reader(tmp_path / "a.db").execute("DELETE FROM sites")


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    insert = "INSERT INTO suppressions VALUES (?, 'exclude', 'x', 'y')"
    with pytest.raises(ValueError, match="boom"), transaction(db):
        db.execute(insert, ("a",))
        raise ValueError("boom")
    assert db.execute("SELECT count(*) FROM suppressions").fetchone()[0] == 0
    with transaction(db):
        db.execute(insert, ("a",))
    assert db.execute("SELECT count(*) FROM suppressions").fetchone()[0] == 1


def test_a_full_disk_is_a_storage_error(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageError, match="full"), transaction(db):
        for number in range(2000):
            db.execute("INSERT INTO suppressions VALUES (?, 'exclude', ?, 'y')", (str(number), "x" * 500))
    assert db.execute("SELECT count(*) FROM suppressions").fetchone()[0] == 0


def test_commands_that_come_while_a_database_is_brought_up_to_date_wait(demo_copy: Path) -> None:
    with closing(sqlite3.connect(demo_copy / "archiver.db")) as db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'letters_alike'")
        db.execute("PRAGMA user_version = 17")
        db.commit()
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _: run_archiver(demo_copy, "search", "upphandling"), range(3)))
    assert [done.returncode for done in found] == [0, 0, 0], [done.stderr for done in found]
