"""Exports of many articles take no more memory than those of few."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.export.formats import FILES
from tests.memory import measured
from tests.synthetic import make

pytestmark = pytest.mark.soak
FEW, MANY = 10_000, 100_000
BARE, WITH_ARROW = 70_000, 260_000  # kB
FORMS = [*FILES, "markdown", "dataset"]


def most(home: Path, form: str, output: Path) -> int:
    """The most memory that an export takes, in kB."""
    words = ("--dataset", str(output)) if form == "dataset" else ("--format", form, "-o", str(output))
    done = measured(home, "-q", "export", *words)
    assert done.code == 0, done.said
    return done.most


def test_memory_stays_flat(tmp_path: Path) -> None:
    # One test: the archive of many takes a gigabyte, and half a minute to make.
    for name, number in (("few", FEW), ("many", MANY)):
        make(tmp_path / name, number)
    for form in FORMS:
        little, much = (most(tmp_path / name, form, tmp_path / f"{name}.{form}") for name in ("few", "many"))
        assert much < little * 1.15, form
        assert much < (WITH_ARROW if form in ("parquet", "dataset") else BARE), form
        remove(tmp_path / f"many.{form}")


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("form", FORMS)
def test_a_text_of_ten_megabytes_is_one_text(tmp_path: Path, form: str) -> None:
    make(tmp_path / "data", 20)
    with closing(sqlite3.connect(tmp_path / "data" / "archiver.db")) as db, db:
        body = "\n\n".join(["Ett stycke med ord. " * 50] * 10_000)
        db.execute("UPDATE articles SET body = ?1, body_markdown = ?1", (body,))
    # It is there as text, as Markdown, and in a line of both.
    assert most(tmp_path / "data", form, tmp_path / "out") < (
        400_000 if form in ("parquet", "dataset") else 250_000
    )
