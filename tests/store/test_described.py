"""The shape of the database as others read it: the same as the database, in each language."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from archiver.home import Home
from archiver.store.database import open_database, open_reader
from archiver.store.described import described, statements
from archiver.store.descriptions import TABLES
from archiver.store.descriptors import FORMATS

TOOLS = Path(__file__).resolve().parents[2] / ".venv-tools" / "bin"
ALL = described()


def test_every_table_is_there_with_its_columns_in_their_order() -> None:
    assert [table.name for table in ALL] == list(TABLES)
    for table in ALL:
        assert {column.name: column.about for column in table.columns} == TABLES[table.name][1]
        assert not table.is_view or not table.key


def test_what_is_said_to_refer_to_a_table_does() -> None:
    names = {table.name for table in ALL}
    referring = [(t.name, c) for t in ALL for c in t.columns if c.refers_to]
    assert {column.refers_to for _, column in referring} <= names
    # What SQLite enforces is said in words, too: a view and an export have no foreign keys.
    unsaid = {(name, c.name) for name, c in referring if f"references {c.refers_to}" not in c.about}
    assert not unsaid


def test_types_are_those_of_the_values(demo_home: Home) -> None:
    kinds = {"text": {"text"}, "json": {"text"}, "integer": {"integer"}, "real": {"real", "integer"}}
    with closing(open_reader(demo_home.database)) as db:
        for table in ALL:
            if table.is_index:
                continue
            for column in table.columns:
                query = f'SELECT DISTINCT typeof("{column.name}") FROM [{table.name}]'
                found = {row[0] for row in db.execute(query)} - {"null"}
                assert found <= kinds[column.type], (table.name, column.name)
                if column.type == "json":
                    query = f'SELECT min(json_valid("{column.name}")) FROM [{table.name}]'
                    assert db.execute(query).fetchone()[0] in (1, None), (table.name, column.name)


def test_the_database_describes_itself(demo_home: Home) -> None:
    with closing(open_reader(demo_home.database)) as db:
        rows = db.execute("SELECT name, position, column_name, about FROM descriptions").fetchall()
    said = {row["name"]: row["about"] for row in rows if row["position"] == 0}
    assert said == {name: about for name, (about, _) in TABLES.items()}
    columns = {(row["name"], row["column_name"]): row["about"] for row in rows if row["position"]}
    assert columns == {(name, c): text for name, (_, cs) in TABLES.items() for c, text in cs.items()}


def test_the_sql_makes_the_same_database() -> None:
    with closing(sqlite3.connect(":memory:")) as made, closing(open_database(Path(":memory:"))) as ours:
        made.executescript(FORMATS["sql"](ALL))
        query = (
            "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE '%migrations%' ORDER BY 1, 2"
        )
        assert made.execute(query).fetchall() == [tuple(row) for row in ours.execute(query)]
        for table in ALL:
            xinfo = f"PRAGMA table_xinfo([{table.name}])"
            assert made.execute(xinfo).fetchall() == [tuple(row) for row in ours.execute(xinfo)]
    text = FORMATS["sql"](ALL)
    assert all(len(line) <= 110 for line in text.splitlines() if line.startswith("--"))
    assert len(statements()) > 15


def dumped(home: Home, folder: Path) -> None:
    """Every table and view as CSV, as a person would write it."""
    with closing(open_reader(home.database)) as db:
        for table in ALL:
            if not table.is_index:
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                rows = db.execute(f"SELECT {names} FROM [{table.name}]")
                with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as out:
                    writer = csv.writer(out)
                    writer.writerow(column.name for column in table.columns)
                    writer.writerows(rows)


def test_frictionless_finds_the_tables_as_they_are_described(demo_home: Home, tmp_path: Path) -> None:
    if not (TOOLS / "frictionless").exists():
        pytest.skip("frictionless is not there: run `make tools`")
    dumped(demo_home, tmp_path)
    (tmp_path / "datapackage.json").write_text(FORMATS["table-schema"](ALL), "utf-8")
    words = [str(TOOLS / "frictionless"), "validate", "--json", "datapackage.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False)
    report = json.loads(done.stdout)
    wrong = [(task["name"], task["errors"][:2]) for task in report["tasks"] if not task["valid"]]
    assert report["valid"], wrong


READS_CSVW = """
import sys
from csvw import TableGroup
group = TableGroup.from_file(sys.argv[1])
print(len(group.tables), sum(len(list(table.iterdicts())) for table in group.tables))
assert group.check_referential_integrity()
"""


def test_a_reader_of_csvw_finds_the_tables_as_they_are_described(demo_home: Home, tmp_path: Path) -> None:
    python = TOOLS / "python"
    if not python.exists() or subprocess.run([python, "-c", "import csvw"], capture_output=True).returncode:
        pytest.skip("csvw is not there: run `make tools`")
    dumped(demo_home, tmp_path)
    path = tmp_path / "csv-metadata.json"
    path.write_text(FORMATS["csvw"](ALL), "utf-8")
    done = subprocess.run([python, "-c", READS_CSVW, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tables, rows = map(int, done.stdout.split())
    assert tables == sum(not table.is_index for table in ALL)
    lines = 0
    for made in tmp_path.glob("*.csv"):
        with made.open(encoding="utf-8", newline="") as file:
            lines += sum(1 for _ in csv.reader(file)) - 1
    assert rows == lines > 1000
    # A value of another type is found.
    text = (tmp_path / "coverage.csv").read_text("utf-8")
    (tmp_path / "coverage.csv").write_text(text.replace(",50,", ",fifty,"), "utf-8")
    assert subprocess.run([python, "-c", READS_CSVW, path], capture_output=True, check=False).returncode


def test_csvw_has_every_table_with_its_keys() -> None:
    group = json.loads(FORMATS["csvw"](ALL))
    assert group["@context"][0] == "http://www.w3.org/ns/csvw"
    tables = {table["url"].removesuffix(".csv"): table["tableSchema"] for table in group["tables"]}
    assert set(tables) == {table.name for table in ALL if not table.is_index}
    for schema in tables.values():
        names = {column["name"] for column in schema["columns"]}
        assert {column["datatype"] for column in schema["columns"]} <= {"string", "integer", "double", "json"}
        assert set(schema.get("primaryKey", ())) <= names
        for key in schema.get("foreignKeys", ()):
            other = tables[key["reference"]["resource"].removesuffix(".csv")]
            assert set(key["columnReference"]) <= names
            assert key["reference"]["columnReference"] == other["primaryKey"]
    named = {key["reference"]["resource"] for key in tables["articles"]["foreignKeys"]}
    assert named == {"captures.csv", "sites.csv"}


def test_mermaid_names_every_table_and_reference() -> None:
    text = FORMATS["mermaid"](ALL)
    lines = text.splitlines()
    assert lines[0] == "erDiagram"
    shapes = (r"    \w+ \{", r"    \}", r'        \w+ \w+ (PK |FK )?"[^"]*"', r"    \w+ \|\|--o\{ \w+ : \w+")
    assert all(any(re.fullmatch(shape, line) for shape in shapes) for line in lines[1:])
    assert "    captures ||--o{ articles : capture" in lines
