"""CSL-JSON, RIS and BibTeX, read back by citeproc and by parsers that are not ours."""

from __future__ import annotations

import io
import json
import warnings
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from archiver.export.bibtex import write_bibtex
from archiver.export.citation import Name, citation_of, memento_url, name_of, one_line
from archiver.export.csl import csl_date, write_csl
from archiver.export.options import Options
from archiver.export.ris import write_ris
from archiver.model import Article
from tests.export.samples import CAPTURE, article, full, hostile

BASE = Options(base_url="https://arkiv.example.org/replay")
MEMENTO = "https://arkiv.example.org/replay/demo/20260102030405/https://www.example.se/nyheter/väg?a=1&b=2"
RECORD = "urn:uuid:5a0d1c2e-0000-4000-8000-000000000001"

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


def csl(*articles: Article, options: Options = BASE) -> list[dict[str, Any]]:
    out = io.BytesIO()
    assert write_csl(articles, out, options) == len(articles)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def ris(*articles: Article) -> list[dict[str, Any]]:
    out = io.BytesIO()
    assert write_ris(articles, out, BASE) == len(articles)
    return list(rispy.loads(out.getvalue().decode()))


def bibtex(*articles: Article) -> list[dict[str, Any]]:
    out = io.BytesIO()
    assert write_bibtex(articles, out, BASE) == len(articles)
    library = bibtexparser.parse_string(out.getvalue().decode(), append_middleware=[SeparateCoAuthors()])
    assert not library.failed_blocks
    return [{"key": e.key, **{f.key: decoded(f.key, f.value) for f in e.fields}} for e in library.entries]


def decoded(name: str, value: Any) -> Any:
    """A field as LaTeX prints it; addresses stand as they are."""
    if isinstance(value, list):
        return [decoded(name, each) for each in value]
    return value if "url" in name else LatexNodes2Text(keep_braced_groups=False).latex_to_text(value)


def test_csl_says_who_what_when_and_where_it_is_kept() -> None:
    assert csl() == []
    (item,) = csl(full())
    assert item == {
        "id": "cdf45fe247db5f92",
        "type": "webpage",
        "title": "Ny väg framåt: 50 % «bättre» <b>än</b> i {fjol}",
        "author": [
            {"family": "Svensson", "given": "Anna"},
            {"literal": "Redaktionen"},
            {"family": "Ahl-Lund", "given": "Karin"},
        ],
        "container-title": "Exempel & Söner AB",
        "publisher": "Exempel & Söner AB",
        "issued": {"date-parts": [[2024, 3, 4]]},
        "accessed": {"date-parts": [[2026, 1, 2]]},
        "URL": "https://www.example.se/nyheter/vag/",
        "archive_location": MEMENTO,
        "language": "sv",
        "abstract": "En kort & bra sammanfattning.",
        "keyword": "digitalisering, väg, järnväg, R&D_50%",
        "note": f"Captured 2026-01-02T03:04:05.123456Z; WARC record {RECORD}; payload {CAPTURE['payload_digest']}"
        "; gone since 2026-02-03",
        "custom": {
            "memento_url": MEMENTO,
            "captured": "2026-01-02T03:04:05.123456Z",
            "warc_record_id": RECORD,
            "payload_digest": CAPTURE["payload_digest"],
        },
    }


def test_without_a_base_no_memento_has_an_address() -> None:
    (item,) = csl(full(), options=Options())
    assert "archive_location" not in item
    assert "memento_url" not in item["custom"]
    assert memento_url(article(url="https://a.se/"), "https://b.org") is None


def test_citeproc_makes_a_bibliography_of_it() -> None:
    items = csl(full(title="Ny väg"), article(title="Utan datum", url="https://a.se/x"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc-py warns of CSL's variable "custom"
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        made = CitationStylesBibliography(style, source, formatter.plain)
        made.register(Citation([CitationItem("cdf45fe247db5f92"), CitationItem("0123456789abcdef")]))
        lines = sorted(map(str, made.bibliography()))
    assert (
        lines[0].startswith("Svensson, A., Redaktionen & Ahl-Lund, K. (2024) Ny väg")
        or "Svensson" in lines[0]
    )
    assert any("Ny väg" in line and "https://www.example.se/nyheter/vag/" in line for line in lines)
    assert any("Utan datum" in line for line in lines)


def test_ris_is_read_back() -> None:
    assert ris() == []
    one, two = ris(full(), article(title="B"))
    assert one == {
        "type_of_reference": "ELEC",
        "id": "cdf45fe247db5f92",
        "title": "Ny väg framåt: 50 % «bättre» <b>än</b> i {fjol}",
        "authors": ["Svensson, Anna", "Redaktionen", "Ahl-Lund, Karin"],
        "secondary_title": "Exempel & Söner AB",
        "publisher": "Exempel & Söner AB",
        "year": "2024",
        "date": "2024/03/04/",
        "urls": ["https://www.example.se/nyheter/vag/"],
        "file_attachments2": MEMENTO,
        "access_date": "2026/01/02/",
        "language": "sv",
        "abstract": "En kort & bra sammanfattning.",
        "keywords": ["digitalisering", "väg, järnväg", "R&D_50%"],
        "accession_number": RECORD,
        "notes": [
            f"Captured 2026-01-02T03:04:05.123456Z; WARC record {RECORD}; payload {CAPTURE['payload_digest']}"
            "; gone since 2026-02-03"
        ],
    }
    assert two["title"] == "B"


def test_bibtex_is_read_back() -> None:
    assert bibtex() == []
    one, two = bibtex(full(), article(title="B", publisher="Ö"))
    assert one == {
        "key": "svensson2024-cdf45fe247db5f92",
        "author": ["Svensson, Anna", "Redaktionen", "Ahl-Lund, Karin"],
        "title": "Ny väg framåt: 50 % «bättre» <b>än</b> i {fjol}",
        "howpublished": "Exempel & Söner AB",
        "year": "2024",
        "month": "mar",
        "date": "2024-03-04",
        "url": "https://www.example.se/nyheter/vag/",
        "urldate": "2026-01-02",
        "archiveurl": MEMENTO.replace("ä", "%C3%A4"),
        "language": "sv",
        "abstract": "En kort & bra sammanfattning.",
        "keywords": "digitalisering, väg, järnväg, R&D_50%",
        "note": f"Captured 2026-01-02T03:04:05.123456Z; WARC record {RECORD}; payload {CAPTURE['payload_digest']}"
        "; gone since 2026-02-03",
    }
    assert two["key"] == "o-0123456789abcdef"


def test_hostile_text_stays_text() -> None:
    articles = hostile()
    for made in (csl(*articles), ris(*articles), bibtex(*articles)):
        assert len(made) == len(articles)
        for item, original in zip(made, articles, strict=True):
            # pylatexenc reads \\textasciicircum as the modifier letter.
            assert (item.get("title") or "").replace("ˆ", "^") == (one_line(original.title) or "")


@settings(max_examples=60, deadline=None)
@given(title=text, author=text, keyword=text)
def test_any_text_is_read_back_and_begins_nothing(title: str, author: str, keyword: str) -> None:
    made = [
        article(title=title, authors=(author,), keywords=(keyword,), publisher=title),
        article(title="after", id="b" * 16),
    ]
    for items in (csl(*made), ris(*made), bibtex(*made)):
        assert [item.get("title") for item in items][-1] == "after"
        assert len(items) == 2
    assert ris(*made)[0].get("title") == one_line(title)
    assert csl(*made)[0].get("title") == one_line(title)


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Anna Svensson", "Svensson", "Anna"),
        ("Carl von Linné", "von Linné", "Carl"),
        ("J. R. R. Tolkien", "Tolkien", "J. R. R."),
        ("Lars-Erik Ås", "Ås", "Lars-Erik"),
        ("Svensson, Anna", "Svensson", "Anna"),
        ("Redaktionen", None, None),
        ("Sopra Steria", None, None),
        ("Knowit AB", None, None),
        ("anna svensson", None, None),
        ("Anna och Bo", None, None),
        ("Robert'); DROP TABLE", None, None),
        ("A, B, C", None, None),
        ("IBM Sverige", None, None),
        ("Anna von", None, None),
        ("Svenska Dagbladet", None, None),
        ("TT Nyhetsbyrån", None, None),
        ("Sveriges Radio", None, None),
        ("Kommunikationsenheten Umeå", None, None),
        ("Anna Berg PhD", None, None),
        ("Martin Luther King Jr.", None, None),
        ("Anna Berg, Bo Ek", None, None),
        ("Anna Karin Berg, Bo Ek", None, None),
        ("Anna Berg, Bo Karl Ek", None, None),
        ("de la Cruz Juan", None, None),
        ("García Márquez, Gabriel", "García Márquez", "Gabriel"),
        ("von Trier, Lars", "von Trier", "Lars"),
        ("De la Cruz, Juan Carlos", "De la Cruz", "Juan Carlos"),
    ],
)
def test_only_what_looks_like_a_persons_name_is_split(
    name: str, family: str | None, given: str | None
) -> None:
    assert name_of(name, publisher="Sopra Steria Sverige") == Name(literal=name, family=family, given=given)


@pytest.mark.parametrize(
    ("stated", "parts"),
    [
        ("2024", [2024]),
        ("2024-03", [2024, 3]),
        ("2024-03-04T10:00:00+01:00", [2024, 3, 4]),
        ("x", None),
        (None, None),
    ],
)
def test_dates_are_as_precise_as_the_page(stated: str | None, parts: list[int] | None) -> None:
    assert csl_date(stated) == (parts and {"date-parts": [parts]})


def test_citations_carry_what_proves_them() -> None:
    made = citation_of(full(), base_url="https://arkiv.example.org")
    assert made.record == RECORD
    assert made.digest == CAPTURE["payload_digest"]
    assert citation_of(article(capture=None)).note is None
