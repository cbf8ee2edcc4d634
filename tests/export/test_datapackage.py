"""Descriptors of tables: valid, with the types of the columns and the digest of the file."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archiver.export.datapackage import Table, descriptor, slug, table_schema
from archiver.export.formats import FILES
from archiver.export.options import Options
from archiver.export.record import KEYS
from archiver.export.table import columns
from archiver.store.descriptions import TABLES
from tests.export.samples import full, hostile

ABOUT = TABLES["articles"][1]
PLAIN, SAFE = Options(), Options(no_formulas=True)


def described(folder: Path, form: str, options: Options) -> dict[str, Any]:
    """A table of articles in a folder, with its descriptor beside it."""
    path = folder / f"articles{FILES[form].suffix}"
    with path.open("wb") as out:
        rows = FILES[form].write([full(), *hostile()], out, options)
    data = path.read_bytes()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    table = Table(path=path.name, format=FILES[form], rows=rows, size=len(data), digest=digest)
    text = descriptor([table], name=path.name, about=ABOUT, options=options)
    (folder / "datapackage.json").write_text(text, "utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    ("form", "options"), [("csv", PLAIN), ("csv", SAFE), ("jsonl", PLAIN), ("parquet", PLAIN)]
)
def test_frictionless_finds_the_table_as_it_is_described(
    tmp_path: Path, tools: Path, form: str, options: Options
) -> None:
    described(tmp_path, form, options)
    words = [tools / "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    report = json.loads(done.stdout)
    assert report["valid"], report["tasks"]
    # A byte that changed is found.
    path = next(tmp_path.glob("articles.*"))
    path.write_bytes(path.read_bytes().replace(b"demo", b"dema", 1))
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert not json.loads(done.stdout)["valid"]


def test_every_column_has_a_type_and_a_meaning() -> None:
    fields = {field["name"]: field for field in table_schema(ABOUT)["fields"]}
    assert list(fields) == list(KEYS)
    assert not [name for name, field in fields.items() if not field.get("description")]
    assert {name: fields[name]["type"] for name in ("id", "version", "first_seen", "authors", "evidence")} == {
        "id": "string", "version": "integer", "first_seen": "datetime", "authors": "array", "evidence": "object"
    }  # fmt: skip
    assert {column.kind for column in columns(ABOUT)} == {
        "text",
        "number",
        "instant",
        "texts",
        "capture",
        "evidence",
    }


def test_names_are_what_the_specification_allows() -> None:
    assert slug("Mina Artiklar åäö (1).csv") == "mina-artiklar-1-.csv"
    assert slug("åäö") == "articles"
