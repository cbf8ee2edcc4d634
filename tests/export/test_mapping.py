"""The tables in docs/exports.md that say which field is where are what the formats write."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from lxml import etree

from archiver.export.formats import FILES, FOLDERS
from archiver.export.options import Options
from archiver.export.record import KEYS
from tests.export.samples import full

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text("utf-8")
BASE = Options(base_url="https://arkiv.example.org")
CODE = re.compile(r"`([^`]+)`")


def table(name: str) -> list[list[str]]:
    """The rows of a table of the page, without its head."""
    text = DOCS.partition(f"<!-- mapping: {name} -->\n")[2].partition("\n\n")[0]
    assert text
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines()[2:]]


def named(name: str, column: int) -> list[str]:
    """All that stands in code in a column of a table."""
    return [code for row in table(name) if len(row) > column for code in CODE.findall(row[column])]


def written(form: str) -> str:
    out = io.BytesIO()
    FILES[form].write([full()], out, BASE)
    return out.getvalue().decode()


@pytest.mark.parametrize("name", ["tei", "atom", "citations"])
def test_the_fields_of_a_table_are_those_of_an_article(name: str) -> None:
    assert {field.partition(".")[0] for field in named(name, 0)} <= set(KEYS)


def test_every_format_is_on_the_page() -> None:
    head = DOCS.partition("| format |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", head, re.M)) == {*FILES, *FOLDERS, "wacz"}


def test_csl_json() -> None:
    (item,) = json.loads(written("csl-json"))
    keys = {key for key in item if key != "custom"} | {f"custom.{key}" for key in item["custom"]}
    assert keys == set(named("citations", 1))


def test_ris() -> None:
    tags = set(re.findall(r"^([A-Z][A-Z0-9])  - ", written("ris"), re.M)) - {"ER"}
    assert tags == set(named("citations", 2))


def test_bibtex() -> None:
    fields = set(re.findall(r"^  (\w+) = ", written("bibtex"), re.M))
    assert fields | {"@misc"} == set(named("citations", 3))


def test_atom() -> None:
    entry = etree.fromstring(written("atom").encode())[-1]
    names = {"dcterms:" * (each.prefix == "dcterms") + etree.QName(each).localname for each in entry}
    said = {
        part
        for code in named("atom", 1)
        for part in [re.split(r"[/=]", code)[0]]
        if part not in ("rel", "entry")
    }
    assert names == said
    assert {each.get("rel") for each in entry if each.get("rel")} == set(re.findall(r'rel="(\w+)"', DOCS))


def test_tei() -> None:
    tree = etree.fromstring(written("tei").encode())
    text = {each.get("type") for each in tree.iter() if each.get("type")}
    space = {"t": "http://www.tei-c.org/ns/1.0"}
    for code in named("tei", 1):
        if code in text or code in ("a", "@when"):
            continue
        path = "/".join(step if step.startswith("@") else f"t:{step}" for step in code.split("/"))
        assert tree.xpath(f".//{path}", namespaces=space), code
    assert text - {"nyhetsarkiv", "application/json"} <= set(named("tei", 1))
