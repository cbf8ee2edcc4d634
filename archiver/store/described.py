"""The shape of the database beside its descriptions: tables and views, their columns, keys and references.

Types and keys are what SQLite says of the schema, meanings are those of ``descriptions``. All that describes
the database is made of these nouns: the docs, the diagram, CSVW, Table Schema, SQL with comments, and the
table ``descriptions`` inside the database itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from archiver.store.database import open_database, transaction
from archiver.store.descriptions import TABLES

Type = Literal["text", "integer", "real", "json"]
_REFERENCE = re.compile(r"references (\w+)")
# Expressions of views, which have no type of their own.
_TEXTS = frozenset(
    {"month", "kind", "first_id", "first_site", "first_day", "last_day", "state", "facets"}
    | {"last_capture", "last_observed"}
)
_REALS = frozenset(["per_night"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column. ``refers_to`` is the table whose key it holds; ``is_enforced`` where SQLite sees to that."""

    name: str
    type: Type
    about: str
    is_key: bool = False
    is_required: bool = False
    refers_to: str | None = None
    is_enforced: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A table or a view; ``is_index`` where it is one of full text. ``sql`` is what makes it."""

    name: str
    about: str
    columns: tuple[Column, ...]
    sql: str
    is_view: bool = False
    is_index: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the columns of the primary key; none for a view."""
        return tuple(column.name for column in self.columns if column.is_key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What makes an index or a trigger of a table."""

    table: str
    sql: str


@cache
def described() -> tuple[Described, ...]:
    """Every table and view that this version makes, in the order of the descriptions."""
    with closing(open_database(Path(":memory:"))) as db:
        return describe(db)


def describe(db: sqlite3.Connection) -> tuple[Described, ...]:
    """Every described table and view of a database of this version."""
    return tuple(_described(db, name) for name in TABLES)


@cache
def statements() -> tuple[Statement, ...]:
    """The statements that make the indexes and triggers of this version."""
    query = "SELECT tbl_name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql NOT NULL"
    with closing(open_database(Path(":memory:"))) as db:
        return tuple(Statement(table=row[0], sql=row[1]) for row in db.execute(f"{query} ORDER BY rowid"))


def _described(db: sqlite3.Connection, name: str) -> Described:
    kind, sql = db.execute("SELECT type, sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    enforced = {row[3]: row[2] for row in db.execute(f"PRAGMA foreign_key_list([{name}])")}
    about, meanings = TABLES[name]
    found = {row[1]: row for row in db.execute(f"PRAGMA table_xinfo([{name}])")}
    columns = tuple(_column(name, found[column], meanings[column], enforced) for column in meanings)
    is_index = sql.upper().startswith("CREATE VIRTUAL")
    return Described(
        name=name, about=about, columns=columns, sql=sql, is_view=kind == "view", is_index=is_index
    )


def _column(table: str, row: Sequence[object], about: str, enforced: dict[str, str]) -> Column:
    name, declared, required, key = str(row[1]), str(row[2]), row[3], row[5]
    named = _REFERENCE.search(about)
    return Column(
        name=name,
        type=_type(table, name, declared),
        about=about,
        is_key=bool(key),
        is_required=bool(required or key),
        refers_to=enforced.get(name) or (named[1] if named else None),
        is_enforced=name in enforced,
    )


def _type(table: str, name: str, declared: str) -> Type:
    """The type of a column; where an expression of a view has none declared, it counts unless it is known."""
    if re.search(r"JSON (list|object)", TABLES[table][1][name]):
        return "json"
    if declared:
        return "integer" if declared == "INTEGER" else "text"
    if table.endswith("_fts") or name in _TEXTS:
        return "text"
    return "real" if name in _REALS else "integer"


def write_descriptions(db: sqlite3.Connection) -> None:
    """Fill the table ``descriptions``: a row a table or view with position 0, and one a column."""
    rows: list[tuple[object, ...]] = []
    for table in describe(db):
        kind = "view" if table.is_view else "table"
        rows.append((table.name, 0, None, kind, None, table.about))
        rows += (
            (table.name, n, c.name, c.type, c.refers_to, c.about) for n, c in enumerate(table.columns, 1)
        )
    with transaction(db):
        db.execute("DELETE FROM descriptions")
        db.executemany("INSERT INTO descriptions VALUES (?, ?, ?, ?, ?, ?)", rows)
