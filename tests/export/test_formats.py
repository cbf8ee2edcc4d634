"""Tables and Markdown are read back by readers that are not ours, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archiver.errors import UsageError
from archiver.export.csv import without_mark, write_csv
from archiver.export.formats import FILES
from archiver.export.jsonl import write_jsonl
from archiver.export.markdown import file_name, markdown_text, write_markdown
from archiver.export.options import PLAIN, Options
from archiver.export.parquet import ROWS, write_parquet
from archiver.export.record import KEYS, record
from archiver.model import Article
from tests.export.samples import article, full, hostile

PROMISED = [
    "id", "site", "url", "canonical_url", "publisher", "title", "description", "body", "body_markdown",
    "authors", "keywords", "date_published", "date_modified", "language", "version", "versions",
    "first_seen", "last_seen", "gone_since", "observed", "capture", "captures", "evidence", "extractor",
    "chrome_model", "profile",
]  # fmt: skip
JSON = ("authors", "keywords", "captures", "capture", "evidence")
INSTANTS = ("first_seen", "last_seen", "gone_since")

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def test_the_keys_are_those_that_are_promised() -> None:
    assert list(KEYS) == PROMISED


@pytest.mark.parametrize("form", FILES)
def test_the_same_articles_are_the_same_bytes(form: str) -> None:
    made = []
    for _ in range(2):
        out = io.BytesIO()
        assert FILES[form].write(iter([full(), article(), *hostile()]), out, Options()) == 2 + len(hostile())
        made.append(out.getvalue())
    assert made[0] == made[1]


# -- JSON Lines


@settings(max_examples=100, deadline=None)
@given(title=text, body=text, authors=st.lists(text, max_size=3))
def test_jsonl_round_trip(title: str, body: str, authors: list[str]) -> None:
    original = article(title=title, body=body, authors=tuple(authors), evidence={"title": {"raw": title}})
    out = io.BytesIO()
    assert write_jsonl([original, original], out) == 2
    lines = out.getvalue().decode().split("\n")
    assert len(lines) == 3
    assert json.loads(lines[0]) == record(original)


def test_every_field_of_jsonl_is_read_by_duckdb(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as out:
        write_jsonl([full(), *hostile()], out)
    rows = duckdb.sql(f"SELECT to_json(t) FROM read_ndjson_objects('{tmp_path}/a.jsonl') t").fetchall()
    assert [json.loads(row[0])["json"] for row in rows] == [record(each) for each in (full(), *hostile())]


# -- CSV


def cells(articles: list[Article], options: Options = PLAIN) -> list[dict[str, str]]:
    out = io.BytesIO()
    assert write_csv(articles, out, options) == len(articles)
    header, *rows = csv.reader(io.StringIO(out.getvalue().decode(), newline=""), strict=True)
    assert header == PROMISED
    return [dict(zip(header, row, strict=True)) for row in rows]


def value(name: str, cell: str | None) -> Any:
    """What a cell means; an empty one is null, but for the texts that are never null."""
    if not cell:
        return "" if name.startswith("body") else None
    return json.loads(cell) if name in JSON else int(cell) if name.startswith("version") else cell


def as_cells(original: Article) -> dict[str, Any]:
    """What CSV keeps of an article: a text without NUL, an empty text as null."""
    values = record(original).items()
    return {k: (v.replace("\x00", "") or value(k, "")) if isinstance(v, str) else v for k, v in values}


def test_every_field_of_csv_is_read_back() -> None:
    for original, row in zip((full(), *hostile()), cells([full(), *hostile()]), strict=True):
        assert {name: value(name, cell) for name, cell in row.items()} == as_cells(original)


def test_csv_is_read_by_duckdb(tmp_path: Path) -> None:
    articles = [full(), *hostile()]
    with (tmp_path / "a.csv").open("wb") as out:
        write_csv(articles, out)
    options = "header=true, all_varchar=true, delim=',', quote='\"', escape='\"'"
    found = duckdb.sql(f"SELECT * FROM read_csv('{tmp_path}/a.csv', {options})")
    names = found.columns
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert [value("title", row["title"]) for row in rows] == [as_cells(each)["title"] for each in articles]
    assert [json.loads(row["authors"]) for row in rows] == [list(each.authors) for each in articles]


@settings(max_examples=200, deadline=None)
@given(title=st.one_of(text, st.text("'=+-@\t\r\n＝＋－＠a", max_size=6)))
def test_no_cell_is_a_formula_where_that_is_asked_and_the_text_comes_back(title: str) -> None:
    title = title.replace("\x00", "")
    (row,) = cells([article(title=title, authors=(title,))], Options(no_formulas=True))
    assert not row["title"].startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert without_mark(row["title"]) == title
    assert json.loads(row["authors"]) == [title]
    (plain,) = cells([article(title=title)])
    assert plain["title"] == title


# -- Parquet


def parquet(path: Path, articles: list[Article]) -> Path:
    with path.open("wb") as out:
        assert write_parquet(articles, out) == len(articles)
    return path


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of Parquet as the record: instants as text, the map as an object."""

    def said(instant: Any) -> Any:
        return instant and f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"

    row |= {name: said(row[name]) for name in INSTANTS} | {"evidence": dict(row["evidence"])}
    if row["capture"]:
        row["capture"] |= {"warc_date": said(row["capture"]["warc_date"])}
    return row


def test_every_field_of_parquet_is_read_back(tmp_path: Path) -> None:
    articles = [full(), article(), *hostile()]
    path = parquet(tmp_path / "a.parquet", articles)
    assert [plain(row) for row in pq.read_table(path).to_pylist()] == [record(each) for each in articles]


def test_parquet_has_types_of_its_own(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", [full(), article()])
    found = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    types = {row[0]: row[1] for row in found}
    assert list(types) == PROMISED
    assert types["authors"] == types["keywords"] == types["captures"] == "VARCHAR[]"
    assert {types[name] for name in INSTANTS} == {"TIMESTAMP WITH TIME ZONE"}
    assert types["version"] == "BIGINT"
    assert types["evidence"] == 'MAP(VARCHAR, STRUCT("method" VARCHAR, "where" VARCHAR, raw VARCHAR))'
    one = duckdb.sql(
        "SELECT authors[1], evidence['title'].raw, capture.length, epoch_us(first_seen), gone_since IS NULL"
        f" FROM '{path}' ORDER BY publisher NULLS LAST"
    ).fetchall()
    assert one == [
        ("Anna Svensson", "Ny väg & <b>", 5678, 1709553600000000, False),
        (None, None, None, 1767323045123456, True),
    ]


def test_parquet_goes_out_in_groups(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", [article(id=f"{n:016x}") for n in range(ROWS + 1)])
    assert pq.ParquetFile(path).num_row_groups == 2
    assert pq.ParquetFile(parquet(tmp_path / "none.parquet", [])).metadata.num_rows == 0


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        write_parquet([full()], io.BytesIO())
    assert "nyhetsarkiv[parquet]" in (caught.value.hint or "")


# -- Markdown


def front_matter(whole: str) -> tuple[dict[str, Any], str]:
    _, head, body = whole.split("---\n", 2)
    found: dict[str, Any] = yaml.safe_load(head)
    return found, body


def test_every_field_of_front_matter_is_read_by_a_reader_of_yaml() -> None:
    for original in (full(), article(), *hostile()):
        head, body = front_matter(markdown_text(original))
        assert head == {k: v for k, v in record(original).items() if not k.startswith("body")}
        assert body.split("\n", 3)[3] == original.body_markdown.rstrip() + "\n"


@settings(max_examples=150, deadline=None)
@given(title=text)
def test_any_text_stays_in_its_line(title: str) -> None:
    head, body = front_matter(markdown_text(article(title=title, authors=(title,), body_markdown="Text.")))
    assert (head["title"], head["authors"]) == (title, [title])
    heading = MarkdownIt().parse(body)[1]
    assert heading.type == "inline"
    assert {token.type for token in heading.children or []} <= {"text", "text_special"}
    said = "".join(token.content for token in heading.children or [])
    assert said.replace("\ufffd", "\x00") == (" ".join(title.split()) or "Untitled")


def test_markdown_is_a_file_an_article(tmp_path: Path) -> None:
    assert write_markdown([full(), *hostile()], tmp_path) == 1 + len(hostile())
    paths = list(tmp_path.rglob("*.md"))
    assert len(paths) == 1 + len(hostile())
    assert {path.parent for path in paths} == {tmp_path / "demo"}


def test_file_names_sort_by_day_and_are_plain() -> None:
    named = article(title="Ny väg / framåt: «Åre»?", date_published="2020-01-02T10:00:00+01:00")
    assert file_name(named) == "2020-01-02-ny-vag-framat-are-0123456789abcdef.md"
    assert file_name(article(title="../../etc/passwd")) == "undated-etc-passwd-0123456789abcdef.md"
    assert file_name(article(title="北京")) == "undated-0123456789abcdef.md"
