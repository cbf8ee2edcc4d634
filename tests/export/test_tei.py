"""TEI is valid, and a parser that is not the writer's reads every field back."""

from __future__ import annotations

import copy
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archiver.errors import UsageError
from archiver.export.options import Options
from archiver.export.record import record
from archiver.export.tei import write_tei
from archiver.export.teibody import LARGEST
from archiver.export.xml import w3c_date, xml_text
from archiver.home import Home
from archiver.model import Article
from archiver.store.articles import articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from tests.export.samples import CAPTURE, article, full, hostile

T = "{http://www.tei-c.org/ns/1.0}"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "tei-subset.rng"))
BASE = Options(base_url="https://arkiv.example.org")

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def tei(*made: Article) -> list[ET.Element]:
    """The articles of a corpus that is valid."""
    out = io.BytesIO()
    assert write_tei(made, out, BASE) == len(made)
    tree = etree.fromstring(out.getvalue(), etree.XMLParser(huge_tree=True))
    assert SCHEMA.validate(tree), SCHEMA.error_log
    return ET.fromstring(out.getvalue()).findall(f"{T}TEI")


def texts(element: ET.Element, path: str) -> list[str]:
    return [
        found.text or "" for found in element.iterfind("/".join(f"{T}{step}" for step in path.split("/")))
    ]


def words(element: ET.Element) -> list[str]:
    return " ".join(element.itertext()).split()


def body_of(markdown: str) -> ET.Element:
    (one,) = tei(article(body=markdown, body_markdown=markdown))
    body = one.find(f"{T}text/{T}body")
    assert body is not None
    return body


def shape(element: ET.Element) -> str:
    """An element as its names and texts, without attributes."""
    inner = (element.text or "") + "".join(shape(each) + (each.tail or "") for each in element)
    return f"{element.tag.removeprefix(T)}({inner})"


def test_every_field_is_where_the_table_says() -> None:
    (one,) = tei(full())
    file, profile = "teiHeader/fileDesc", "teiHeader/profileDesc"
    bibl = f"{file}/sourceDesc/bibl"
    assert texts(one, f"{file}/titleStmt/title") == texts(one, f"{bibl}/title") == [full().title]
    assert texts(one, f"{file}/titleStmt/author") == texts(one, f"{bibl}/author") == list(full().authors)
    assert texts(one, f"{file}/editionStmt/edition") == ["version 2 of 3"]
    assert texts(one, f"{file}/publicationStmt/idno") == [full().id]
    assert texts(one, f"{bibl}/publisher") == [full().publisher]
    dates = {each.get("type"): each.get("when") for each in one.iter(f"{T}date")}
    assert dates == {
        "published": "2024-03-04T10:00:00+01:00", "modified": "2024-03-05", "captured": CAPTURE["warc_date"]
    }  # fmt: skip
    numbers = {each.get("type"): each.text for each in one.iterfind(f".//{T}bibl/{T}idno")}
    assert numbers == {
        "URL": full().url,
        "canonical-URL": full().canonical_url,
        "memento": f"https://arkiv.example.org/demo/20260102030405/{full().url}",
        "WARC-Record-ID": "urn:uuid:5a0d1c2e-0000-4000-8000-000000000001",
        "WARC-Payload-Digest": CAPTURE["payload_digest"],
    }
    assert texts(one, f"{profile}/abstract/p") == [full().description]
    assert texts(one, f"{profile}/textClass/keywords/term") == list(full().keywords)
    assert [each.get("ident") for each in one.iter(f"{T}language")] == ["sv"]
    assert texts(one, "teiHeader/encodingDesc/appInfo/application/label") == [full().extractor]
    (whole,) = texts(one, "teiHeader/xenoData")
    assert json.loads(whole) == {k: v for k, v in record(full()).items() if not k.startswith("body")}


def test_the_text_keeps_its_structure() -> None:
    body = body_of(
        "Ett *stycke* med **fet**, `kod`,\noch [en länk](https://a.se/x?a=1&b=2).\n\n"
        "## A\n\n1. ett\n2. två\n\n   mer\n\n### B\n\n> citat\n\n---\n\n## C\n\n"
        "| a | b |\n| --- | --- |\n| 1 | *2* |\n\n![bild](https://a.se/b.png)\n\n> ## D\n>\n> x\\<b\\>"
    )  # fmt: skip
    assert shape(body) == (
        "body(p(Ett hi(stycke) med hi(fet), code(kod),\noch ref(en länk).)"
        "div(head(A)list(item(p(ett))item(p(två)p(mer)))div(head(B)quote(p(citat))milestone()))"
        "div(head(C)table(row(cell(a)cell(b))row(cell(1)cell(hi(2))))p(figure(graphic()figDesc(bild)))"
        "quote(p(D)p(x<b>))))"
    )
    assert [each.get("target") for each in body.iter(f"{T}ref")] == ["https://a.se/x?a=1&b=2"]
    assert [each.get("url") for each in body.iter(f"{T}graphic")] == ["https://a.se/b.png"]


def test_hostile_text_stays_text() -> None:
    for made, original in zip(tei(*hostile()), hostile(), strict=True):
        assert texts(made, "teiHeader/fileDesc/titleStmt/title") == [xml_text(original.title)]
        assert texts(made, "teiHeader/fileDesc/titleStmt/author") == [xml_text(original.authors[0])]
        assert json.loads(texts(made, "teiHeader/xenoData")[0])["title"] == original.title
        targets = [
            each.get("target") or each.get("url") or "" for each in made.iter() if each.tag != f"{T}bibl"
        ]
        assert not [target for target in targets if target.startswith("javascript")]


@settings(max_examples=150, deadline=None)
@given(title=text, body=st.one_of(text, st.text("#>-*_[]()!`|\n 1.a<&", max_size=60)))
def test_any_text_is_valid(title: str, body: str) -> None:
    (one,) = tei(article(title=title, body=body, body_markdown=body, description=title, language=title))
    assert texts(one, "teiHeader/fileDesc/titleStmt/title") == [xml_text(title)]


@pytest.mark.parametrize(
    "address",
    [
        "http://www.x.se:80port/", "http://a@b@c/", "http://x.se:/", "http://[::1", "java%20script:alert%281%29",
        "http:///x", "http://", "//x", "tel:+46 8", "http://x.se/%zz", "1:2", "å:b", "", "x:", "http://x.se:99999999/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_leaves_the_words_alone(address: str) -> None:
    body = body_of(f"Läs [mer](<{address}>) och ![bilden](<{address}>) här.")
    assert words(body) == ["Läs", "mer", "och", "bilden", "här."]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("htp:/@[]x.%2?#&;+-!å\\ 0"), max_size=20))
def test_any_address_is_valid(address: str) -> None:
    body_of(f"[a](<http://{address}>) [b](<{address}>) ![c](<{address}>)")


def test_addresses_stay() -> None:
    stay = [
        "https://x.se/a?b=c#d",
        "mailto:a@b.se?subject=x%20y",
        "http://[::1]:80/",
        "tel:+468",
        "ftp://a:b@x.se/~u/",
    ]
    body = body_of(" ".join(f"[x]({address})" for address in stay))
    assert [ref.get("target") for ref in body.iter(f"{T}ref")] == stay


def test_the_articles_of_the_demo_keep_their_words(demo_home: Home) -> None:
    found = list(articles(open_reader(demo_home.database), Filter()))
    assert len(found) > 10
    for made, original in zip(tei(*found), found, strict=True):
        body = made.find(f"{T}text/{T}body")
        assert body is not None
        said = "".join(words(body))
        assert not [word for word in original.body.split() if word.strip("-") not in said]


def test_a_text_of_ten_megabytes() -> None:
    paragraph = "Ett stycke med ord. " * 50
    body = "\n\n".join([paragraph] * 10_000)
    assert len(body) > LARGEST
    (one,) = tei(article(body=body, body_markdown=body))
    assert len(list(one.iter(f"{T}p"))) == 10_001  # one is about rights


def test_nothing_is_no_corpus() -> None:
    out = io.BytesIO()
    with pytest.raises(UsageError):
        write_tei([], out)
    assert not out.getvalue()


@pytest.mark.parametrize(
    ("stated", "when"),
    [
        ("2024", "2024"), ("2024-03", "2024-03"), ("2024-02-29", "2024-02-29"), ("2023-02-29", None), ("2024-13", None),
        ("0000", None), ("2024-03-04T10:00+01:00", "2024-03-04T10:00:00+01:00"), ("2024-03-04T25:00:00Z", None),
        ("2024-03-04T10:00:00.123456Z", "2024-03-04T10:00:00.123456Z"), ("2024-03-04T10:00:00", "2024-03-04T10:00:00"),
        ("2024-03-04 10:00", None), ("i går", None), (None, None), ("", None),
    ],
)  # fmt: skip
def test_dates_of_xml_schema(stated: str | None, when: str | None) -> None:
    assert w3c_date(stated) == when


@pytest.mark.parametrize(
    "spoil",
    ["teiHeader", "titleStmt", "publicationStmt", "sourceDesc", "body", "distributor", "title"],
)
def test_the_schema_tells_what_is_no_tei(spoil: str) -> None:
    out = io.BytesIO()
    write_tei([full()], out)
    tree = etree.fromstring(out.getvalue())
    assert SCHEMA.validate(tree)
    without, strange = copy.deepcopy(tree), copy.deepcopy(tree)
    for element in without.findall(f".//{T}{spoil}"):
        element.getparent().remove(element)
    assert not SCHEMA.validate(without)
    strange.find(f".//{T}{spoil}").append(etree.Element(f"{T}div"))
    strange.find(f".//{T}{spoil}").append(etree.Element(f"{T}p"))
    assert not SCHEMA.validate(strange)
