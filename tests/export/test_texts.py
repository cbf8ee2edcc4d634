"""Plain texts: one a file, and a table beside them that says what is known of each."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from archiver.counting import count_words
from archiver.export.csv import without_mark
from archiver.export.options import Options
from archiver.export.texts import COLUMNS, METADATA, doc_id, write_texts
from tests.export.samples import article, full, hostile


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / METADATA).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_text_is_a_file_that_the_table_names(tmp_path: Path) -> None:
    articles = [full(), *(each for each in hostile() if each.id != full().id)]
    assert write_texts(articles, tmp_path) == len(articles)
    rows = table(tmp_path)
    assert len(rows) == len(articles)
    assert {row["file"] for row in rows} == {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.txt")
    }
    for row, made in zip(rows, articles, strict=True):
        text = (tmp_path / row["file"]).read_text("utf-8")
        assert Path(row["file"]).stem == row["doc_id"] == doc_id(made)
        assert row["words"] == ("" if (n := count_words(text)) is None else str(n))
        assert not any(ord(c) < 32 and c not in "\n\t" for c in text)


def test_a_text_is_the_body_and_a_row_the_rest(tmp_path: Path) -> None:
    write_texts([full()], tmp_path)
    assert (tmp_path / "demo" / "demo_cdf45fe247db5f92.txt").read_text("utf-8") == full().body + "\n"
    (row,) = table(tmp_path)
    assert tuple(row) == COLUMNS
    assert (row["date"], row["year"], row["language"]) == ("2024-03-04T10:00:00+01:00", "2024", "sv")
    assert row["authors"] == "Anna Svensson; Redaktionen; Karin Ahl-Lund"
    assert (row["words"], row["sentences"]) == ("12", "5")


def test_the_table_is_read_by_duckdb(tmp_path: Path) -> None:
    write_texts([full(), article(title="två\nrader\x00\u2028", site="s")], tmp_path)
    found = duckdb.sql(f"SELECT doc_id, year, words, title FROM read_csv('{tmp_path / METADATA}')").fetchall()
    assert found == [
        ("demo_cdf45fe247db5f92", 2024, 12, full().title), ("s_0123456789abcdef", None, 0, "två rader"),
    ]  # fmt: skip


@pytest.mark.parametrize("site", ["../../etc", "a/b", "C:\\x", "con_s", "\x00", ""])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, site: str) -> None:
    folder = tmp_path / "inner" / "texts"
    write_texts([article(site=site)], folder)
    (path,) = tmp_path.rglob("*.txt")
    assert path.is_relative_to(folder)


def test_no_cell_is_a_formula_where_none_may_be(tmp_path: Path) -> None:
    odd = article(title="=HYPERLINK(1)", authors=("-2+3", "@x"), keywords=("'=1",))
    write_texts([odd], tmp_path, Options(no_formulas=True))
    (row,) = table(tmp_path)
    assert (row["title"], row["authors"], row["keywords"]) == ("'=HYPERLINK(1)", "'-2+3; @x", "''=1")
    assert without_mark(row["title"]) == odd.title


def test_nothing_is_a_table_without_rows(tmp_path: Path) -> None:
    assert write_texts([], tmp_path / "new") == 0
    assert table(tmp_path / "new") == []
