"""Atom is valid, and feedparser reads every field back."""

from __future__ import annotations

import copy
import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archiver.export.atom import updated_of, write_atom
from archiver.export.options import Options
from archiver.export.xml import iri, xml_text
from archiver.model import Article
from tests.export.samples import SEEN, article, full, hostile

A = "{http://www.w3.org/2005/Atom}"
TERMS = "{http://purl.org/dc/terms/}"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "atom.rng"))
BASE = Options(base_url="https://arkiv.example.org")

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def written(*made: Article) -> bytes:
    out = io.BytesIO()
    assert write_atom(made, out, BASE) == len(made)
    assert SCHEMA.validate(etree.fromstring(out.getvalue())), SCHEMA.error_log
    return out.getvalue()


def atom(*made: Article) -> Any:
    found = feedparser.parse(written(*made))
    assert not found.bozo, found.bozo_exception
    assert found.version == "atom10"
    assert len(found.entries) == len(made)
    return found


def test_every_field_is_where_the_table_says() -> None:
    feed = atom(full())
    (entry,) = feed.entries
    assert entry.title == full().title
    assert entry.title_detail.type == "text/plain"
    assert [author.name for author in entry.authors] == list(full().authors)
    assert entry.summary == full().description
    assert entry.content[0].value == full().body
    assert entry.content[0].language == "sv"
    assert entry.published == "2024-03-04T10:00:00+01:00"
    assert entry.updated == "2024-03-05"  # feedparser believes dcterms:modified first
    assert updated_of(full()) == entry.published
    stated = ET.fromstring(written(full())).find(f"{A}entry")
    assert stated is not None
    assert stated.findtext(f"{TERMS}issued") == full().date_published
    assert stated.findtext(f"{TERMS}modified") == full().date_modified
    assert (entry.dcterms_identifier, entry.dcterms_ispartof) == (full().id, full().site)
    assert entry.dcterms_publisher == full().publisher
    assert [tag.term for tag in entry.tags] == list(full().keywords)
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": full().canonical_url,
        "memento": f"https://arkiv.example.org/demo/20260102030405/{full().url}",
    }
    assert entry.id.startswith("urn:uuid:")
    assert feed.feed.updated == "2024-03-04T09:00:00Z"


def test_an_entry_has_what_it_must_have() -> None:
    (entry,) = atom(article()).entries
    assert entry.title == article().url
    assert entry.updated == SEEN
    assert "published" not in entry
    assert [author.name for author in entry.authors] == ["s"]
    assert atom().feed.updated == "1970-01-01T00:00:00Z"


def test_names_of_entries_stay() -> None:
    one, two = atom(full(), article()).entries
    assert atom(full(title="Annan")).entries[0].id == one.id != two.id


def test_a_date_without_a_time_is_no_instant() -> None:
    assert updated_of(article(date_published="2024-03")) == SEEN
    assert updated_of(article(date_published="2024-03-04T10:00:00")) == SEEN
    assert updated_of(article(date_modified="2024-03-04T10:00Z")) == "2024-03-04T10:00:00Z"


def test_hostile_text_stays_text() -> None:
    tree = etree.fromstring(written(*hostile()))
    for entry, original in zip(tree.iterfind(f"{A}entry"), hostile(), strict=True):
        assert entry.findtext(f"{A}content") == xml_text(original.body)
        assert entry.findtext(f"{A}summary", "") == xml_text(original.description)
        assert entry.find(f"{A}content").get("type") == "text"
    assert iri("https://a.se/a b\u202e<%zz%20å") == "https://a.se/a%20b%E2%80%AE%3C%25zz%20å"


@settings(max_examples=100, deadline=None)
@given(title=text, body=text)
def test_any_text_is_valid(title: str, body: str) -> None:
    tree = etree.fromstring(
        written(article(title=title, body=body, keywords=(title,), language=title, url=title))
    )
    assert tree.findtext(f"{A}entry/{A}content", "") == xml_text(body)


@pytest.mark.parametrize("spoil", ["id", "title", "updated"])
def test_the_schema_tells_what_is_no_atom(spoil: str) -> None:
    tree = etree.fromstring(written(full()))
    for place in ("", f"{A}entry/"):
        without, twice = copy.deepcopy(tree), copy.deepcopy(tree)
        element = without.find(f"{place}{A}{spoil}")
        element.getparent().remove(element)
        assert not SCHEMA.validate(without)
        element = twice.find(f"{place}{A}{spoil}")
        element.addnext(copy.deepcopy(element))
        assert not SCHEMA.validate(twice)
