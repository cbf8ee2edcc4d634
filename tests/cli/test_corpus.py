"""Samples, texts without copies and the schema, from the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from archiver.home import Home
from tests.conftest import run_archiver


def lines(home: Path, *words: str, code: int = 0) -> list[str]:
    done = run_archiver(home, *words)
    assert done.returncode == code, done.stderr
    return done.stdout.splitlines() if code == 0 else done.stderr.splitlines()


def test_an_export_of_a_sample_has_the_articles_of_the_sample(demo_home: Home, tmp_path: Path) -> None:
    chosen = ("--seed", "7", "--from", "2018", "--query", "vi OR att")
    drawn = [json.loads(line) for line in lines(demo_home.root, "sample", "9", *chosen, "--jsonl")]
    assert len(drawn) == 9
    exported = lines(demo_home.root, "export", "--format", "jsonl", "--sample", "9", *chosen)
    assert sorted(json.loads(line)["id"] for line in exported) == sorted(row["id"] for row in drawn)
    assert {row["year"] for row in drawn} == {json.loads(line)["date_published"][:4] for line in exported}
    lines(demo_home.root, "export", "--format", "texts", "--sample", "9", *chosen, "-o", str(tmp_path / "t"))
    with (tmp_path / "t" / "metadata.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["doc_id"] for row in csv.DictReader(file)}
    assert texts == {f"{row['site']}_{row['id']}" for row in drawn}


def test_a_sample_of_more_than_there_is_is_all_of_it(demo_home: Home) -> None:
    done = run_archiver(demo_home.root, "sample", "1000")
    assert len(done.stdout.splitlines()) == 51
    assert done.stderr == "50 of 50 articles, seed 0\n"
    assert {line.split("\t")[3] for line in done.stdout.splitlines()[1:]} == {"1.0"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sample", "0"), "0 is not in the range"),
        (("sample", "5", "--site", "nosuch"), "nosuch"),
        (("export", "--format", "wacz", "--sample", "5", "-o", "x"), "--sample is for formats of articles"),
        (("export", "--dataset", "x", "--no-duplicates"), "--no-duplicates is for formats of articles"),
        (("export", "--format", "texts"), "texts writes a folder of files"),
        (("schema", "article"), "did you mean articles?"),
        (("schema", "--format", "sql", "--json"), "leave --json away"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(demo_home: Home, words: tuple[str, ...], said: str) -> None:
    text = "\n".join(lines(demo_home.root, *words, code=2))
    assert said in text


def test_without_duplicates_one_of_each_text_is_left(demo_copy: Path) -> None:
    import sqlite3

    with sqlite3.connect(demo_copy / "archiver.db") as db:
        [(first, digest)] = db.execute(
            "SELECT id, text_digest FROM articles ORDER BY published_day LIMIT 1, 1"
        )
        [(later,)] = db.execute("SELECT id FROM articles ORDER BY published_day DESC LIMIT 1")
        db.execute("UPDATE articles SET text_digest = ? WHERE id = ?", (digest, later))
    db.close()
    ids = [
        json.loads(line)["id"] for line in lines(demo_copy, "export", "--format", "jsonl", "--no-duplicates")
    ]
    assert len(ids) == 49
    assert first in ids
    assert later not in ids


def test_the_schema_needs_no_archive(tmp_path: Path) -> None:
    rows = lines(tmp_path, "schema", "articles", "languages")
    assert rows[0] == "table\tcolumn\ttype\trefers_to\tmeaning"
    assert "articles\tsite\ttext\tsites\tthe site's key, references sites" in rows
    assert {row.split("\t")[0] for row in rows[1:]} == {"articles", "languages"}
    made = json.loads("\n".join(lines(tmp_path, "schema", "--format", "csvw")))
    assert len(made["tables"]) > 30
    assert not any(tmp_path.iterdir())
