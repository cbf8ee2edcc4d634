"""Exports are read back by readers that are not ours, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.export.csv import write_csv
from archiver.export.jsonl import write_jsonl
from archiver.export.markdown import file_name, markdown_text, write_markdown
from archiver.export.record import KEYS, record
from tests.export.samples import article

PROMISED = [
    "id", "site", "url", "canonical_url", "publisher", "title", "description", "body", "body_markdown",
    "authors", "keywords", "date_published", "date_modified", "language", "version", "versions",
    "first_seen", "last_seen", "gone_since", "observed", "capture", "captures", "evidence", "extractor",
    "chrome_model", "profile",
]  # fmt: skip

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def test_the_keys_are_those_that_are_promised() -> None:
    assert list(KEYS) == PROMISED


@settings(max_examples=100, deadline=None)
@given(title=text, body=text, authors=st.lists(text, max_size=3))
def test_jsonl_round_trip(title: str, body: str, authors: list[str]) -> None:
    original = article(title=title, body=body, authors=tuple(authors), evidence={"title": {"raw": title}})
    out = io.BytesIO()
    assert write_jsonl([original, original], out) == 2
    lines = out.getvalue().decode().split("\n")
    assert len(lines) == 3
    assert json.loads(lines[0]) == record(original)


@settings(max_examples=100, deadline=None)
@given(title=text, body=text, authors=st.lists(text, max_size=3))
def test_csv_round_trip(title: str, body: str, authors: list[str]) -> None:
    title, body = title.replace("\x00", ""), body.replace("\x00", "")
    out = io.BytesIO()
    write_csv([article(title=title, body=body, authors=tuple(authors))], out)
    header, row = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))
    assert header == PROMISED
    cells = dict(zip(header, row, strict=True))
    assert (cells["title"], cells["body"]) == (title, body)
    assert json.loads(cells["authors"]) == authors
    assert cells["gone_since"] == ""


def test_front_matter_cannot_be_broken_out_of(tmp_path: Path) -> None:
    hostile = article(
        title="---\nid: evil\n# x", publisher='"\n---\n', body_markdown="Text.", date_published="2020-01-02"
    )
    head = markdown_text(hostile).split("\n---\n")[0].splitlines()[1:]
    values = {line.split(": ", 1)[0]: json.loads(line.split(": ", 1)[1]) for line in head}
    assert values["title"] == hostile.title
    assert values["publisher"] == hostile.publisher
    assert write_markdown([hostile], tmp_path) == 1
    (path,) = tmp_path.rglob("*.md")
    assert path.parent == tmp_path / "s"


def test_file_names_sort_by_day_and_are_plain() -> None:
    named = article(title="Ny väg / framåt: «Åre»?", date_published="2020-01-02T10:00:00+01:00")
    assert file_name(named) == "2020-01-02-ny-vag-framat-are-0123456789abcdef.md"
    assert file_name(article(title="../../etc/passwd")) == "undated-etc-passwd-0123456789abcdef.md"
    assert file_name(article(title="北京")) == "undated-0123456789abcdef.md"
