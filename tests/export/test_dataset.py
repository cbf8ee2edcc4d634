"""A dataset is whole, says what is in it and what is not, and readers that are not ours take it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from markdown_it import MarkdownIt

from archiver.errors import UsageError
from archiver.export.dataset import write_dataset
from archiver.export.published import RIGHTS, LeftOut
from archiver.export.record import KEYS, record
from archiver.model import Article
from archiver.store.descriptions import TABLES
from tests.export.samples import article, full, hostile

ABOUT = TABLES["articles"][1]
FILES = {
    "README.md",
    "CITATION.cff",
    "SHA256SUMS",
    "croissant.json",
    "articles.parquet",
    "articles.jsonl",
    "datapackage.json",
    "dataset.jsonld",
}


def dataset(folder: Path, *articles: Article, **more: Any) -> Path:
    folder.mkdir()
    write_dataset(articles, folder, about=ABOUT, **{"left_out": LeftOut(), "creator": "Arkivet AB"} | more)
    return folder


def run(*words: str | Path) -> str:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_dataset_is_whole_and_the_same_again(tmp_path: Path) -> None:
    articles = [full(), article(), *hostile()]
    one, two = (dataset(tmp_path / name, *articles) for name in ("one", "two"))
    assert {path.name for path in one.iterdir()} == FILES
    for line in (one / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((one / name).read_bytes()).hexdigest() == digest
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert len((one / "SHA256SUMS").read_text().splitlines()) == 7
    lines = (one / "articles.jsonl").read_text("utf-8").split("\n")[:-1]
    assert [json.loads(line) for line in lines] == [record(each) for each in articles]
    rows = duckdb.sql(f"SELECT id, title FROM '{one}/articles.parquet'").fetchall()
    assert rows == [(each.id, each.title) for each in articles]


def test_the_readme_has_the_numbers_and_the_terms(tmp_path: Path) -> None:
    left = LeftOut(tdm=7, noarchive=1, asked=12, suppressed=1)
    made = dataset(tmp_path / "d", full(), article(), left_out=left, scope="--query väg*")
    text = (made / "README.md").read_text("utf-8")
    for line in (
        "# News articles of demo, s, 2024",
        "| articles | 2 |",
        "| that are gone from their site | 1 |",
        "| demo | Exempel \\& Söner AB | 1 | 2024-03-04 | 2024-03-04 |",
        "- 7 articles whose site reserves text and data mining (TDMRep)",
        "- 1 article whose page asks not to be archived (noarchive)",
        "- 12 pages of these sites that ask not to be archived, whatever is on them",
        "- 1 address hidden on request",
    ):
        assert line in text.splitlines()
    assert RIGHTS in text
    assert "--query väg\\*" in text
    kept = dataset(tmp_path / "kept", full(), left_out=LeftOut(tdm=7, is_kept=True))
    assert "**In it, as its maker asked, are 7 articles" in (kept / "README.md").read_text("utf-8")


def test_no_text_of_a_site_is_markup_in_the_readme(tmp_path: Path) -> None:
    for n, each in enumerate(hostile()):
        text = (dataset(tmp_path / str(n), each) / "README.md").read_text("utf-8")
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        links = {t.attrs["href"] for i in tokens for t in i.children or [] if t.type == "link_open"}
        assert links == {RIGHTS}
        assert not [
            t for i in tokens for t in [i, *(i.children or [])] if t.type.startswith(("html", "image"))
        ]
        assert len([t for t in tokens if t.type == "heading_open"]) == 7
        assert len([t for t in tokens if t.type == "table_open"]) == 6


def test_a_citation_file_is_yaml_with_what_it_must_have(tmp_path: Path) -> None:
    made = yaml.safe_load((dataset(tmp_path / "d", full()) / "CITATION.cff").read_text("utf-8"))
    assert made["cff-version"] == "1.2.0"
    assert made["type"] == "dataset"
    assert made["authors"] == [{"name": "Arkivet AB"}]
    assert made["title"] == "News articles of demo, 2024"
    assert (made["version"], made["date-released"]) == ("2026.1.2", "2026-01-02")
    assert made["message"] and made["abstract"].startswith("1 article of 1 news site")
    nobody = dataset(tmp_path / "e", full(), creator=None)
    assert yaml.safe_load((nobody / "CITATION.cff").read_text())["authors"] == [
        {"name": "the operator of this archive"}
    ]


def test_schema_org_says_what_search_engines_ask_for(tmp_path: Path) -> None:
    made = json.loads((dataset(tmp_path / "d", full()) / "dataset.jsonld").read_text("utf-8"))
    assert (made["@type"], made["@context"]) == ("Dataset", {"@vocab": "https://schema.org/"})
    assert 50 <= len(made["description"]) <= 5000
    assert made["temporalCoverage"] == "2024-03-04/2024-03-04"
    assert made["inLanguage"] == ["sv"]
    assert [each["name"] for each in made["variableMeasured"]] == list(KEYS)
    for each in made["distribution"]:
        data = (tmp_path / "d" / each["contentUrl"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
        assert each["contentSize"] == f"{len(data)} B"


def test_nothing_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to publish"):
        dataset(tmp_path / "d")


JSON_LD = """
import sys
from rdflib import Graph, Namespace, RDF
schema = Namespace("https://schema.org/")
graph = Graph().parse(sys.argv[1], format="json-ld")
(one,) = graph.subjects(RDF.type, schema.Dataset)
print(graph.value(one, schema.name), len(list(graph.objects(one, schema.distribution))))
"""


def test_readers_of_packages_croissant_and_json_ld_take_it(tmp_path: Path, tools: Path) -> None:
    made = dataset(tmp_path / "d", full(), *hostile())
    report = json.loads(run(tools / "frictionless", "validate", "--json", made / "datapackage.json"))
    assert report["valid"], report
    assert [task["stats"].get("rows") for task in report["tasks"]] == [None, 1 + len(hostile())]
    said = run(tools / "mlcroissant", "validate", "--jsonld", made / "croissant.json")
    assert "WARNING" not in said and "Done." in said
    words = ("--jsonld", "croissant.json", "--record_set", "articles", "--num_records", "1")
    done = subprocess.run([tools / "mlcroissant", "load", *words], cwd=made, capture_output=True, check=True)
    assert full().title is not None
    assert repr(full().title.encode()) in done.stdout.decode()
    found = run(tools / "python", "-c", JSON_LD, made / "dataset.jsonld")
    assert found.strip().endswith("2")
