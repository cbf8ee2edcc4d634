"""Citations for people: plain, as HTML and in styles of CSL, whatever a page says."""

from __future__ import annotations

import html as markup
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from archiver.export.citation import Citation, citation_of, one_line
from archiver.export.reference import (
    entry_text,
    evidence_text,
    moment_text,
    reference_html,
    reference_text,
    robust_link,
)  # fmt: skip
from archiver.export.styles import Styles
from tests.export.samples import CAPTURE, article, full, hostile

BASE = "https://arkiv.example.org/replay"
text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.fixture(scope="module")
def styles() -> Styles:
    return Styles()


def cited(**values: Any) -> Citation:
    return citation_of(full(**values), base_url=BASE)


def test_what_is_not_known_is_left_out() -> None:
    bare = citation_of(article())
    assert entry_text(bare) == "[untitled]. s, n.d. <https://s.example/a>."
    assert evidence_text(bare) == ""
    assert reference_text(bare) == entry_text(bare)
    assert reference_text(citation_of(article(title="T", url=None, canonical_url=None))) == "“T”. s, n.d."
    captured = citation_of(article(capture=dict(CAPTURE) | {"payload_digest": None}))
    assert evidence_text(captured) == (
        "Captured 2026-01-02T03:04:05.123456Z, WARC record <urn:uuid:5a0d1c2e-0000-4000-8000-000000000001>."
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("2024-03-04T10:00:00+01:00", "2024-03-04 10:00+01:00"),
        ("2024-03-04T10:00:07.5Z", "2024-03-04 10:00:07Z"),
        ("2024-03-04T10:00", "2024-03-04 10:00"),
        ("2024-03-04", "2024-03-04"), ("2024-03", "2024-03"), ("2024", "2024"),
        ("in\nMarch\x00", "in March"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_date_is_as_precise_as_it_is_known(stated: str | None, said: str | None) -> None:
    assert moment_text(stated) == said


def test_a_link_is_robust() -> None:
    link = html.fromstring(robust_link(cited(), "a & <b>"))
    assert dict(link.attrib) == {
        "href": "https://www.example.se/nyheter/vag/",
        "data-originalurl": "https://www.example.se/nyheter/väg?a=1&b=2",
        "data-versionurl": f"{BASE}/demo/20260102030405/https://www.example.se/nyheter/väg?a=1&b=2",
        "data-versiondate": "2026-01-02",
    }
    assert link.text == "a & <b>"
    scripted = cited(url="javascript:alert(1)", canonical_url="javascript:alert(1)")
    assert robust_link(scripted, "<x>") == "&lt;x&gt;"
    assert "href" not in reference_html(citation_of(full(url="data:,x", canonical_url="data:,x")))


@given(said=text)
@settings(max_examples=60, deadline=None)
def test_any_text_stays_text_in_html(said: str) -> None:
    made = citation_of(full(title=said, authors=(said,), publisher=said), base_url=BASE)
    page = html.fragment_fromstring(reference_html(made))
    assert {element.tag for element in page.iter()} == {"p", "bdi", "a"}
    assert page[0].text_content().replace("<", "").replace(">", "") == entry_text(made).replace(
        "<", "").replace(">", "")  # fmt: skip


@pytest.mark.parametrize("style", ["apa", "ieee", "harvard-cite-them-right", "oscola", "chicago-notes"])
def test_hostile_texts_stay_text_in_every_style(styles: Styles, style: str) -> None:
    made = [citation_of(one, base_url=BASE) for one in hostile()]
    entries = styles.entries(made, style, locale="sv-SE")
    assert len(entries) == len(made)
    for citation, entry in zip(made, entries, strict=True):
        page = html.fragment_fromstring(reference_html(citation, entry.html))
        assert {element.tag for element in page.iter()} <= {"p", "bdi", "a", "i", "b", "span", "sup", "sub"}
        assert "\n" not in entry.text
        assert not set(entry.text) & set(map(chr, range(32)))
        assert "<script" not in entry.html
        if citation.title == "<script>alert(1)</script>":
            assert citation.title in entry.text
            assert markup.escape(citation.title) in entry.html


def test_markup_of_a_style_is_markup_and_that_of_a_title_is_none(styles: Styles) -> None:
    title = '<span class="nocase">En</span> & <i>två</i>'
    (entry,) = styles.entries([cited(title=title)], "apa")
    assert title in entry.text
    assert f"<i>{markup.escape(title, quote=False)}</i>" in entry.html


def test_dates_that_are_none_do_not_stop_a_style(styles: Styles) -> None:
    for stated in ("2024-99-99", "0000", "2024-02-30", "9999-12-31T99:99", "soon", None):
        (entry,) = styles.entries([cited(date_published=stated)], "apa")
        assert one_line(entry.text) == entry.text


def test_entries_are_in_the_order_of_the_citations(styles: Styles) -> None:
    made = [cited(id=f"{n:016X}", title=f"T{n}", authors=(f"{name} Ek",)) for n, name in enumerate("CAB")]
    entries = styles.entries(made, "apa")
    assert [f"T{n}" in entry.text for n, entry in enumerate(entries)] == [True] * 3
    assert styles.entries([], "apa") == []


def test_text_case_works_on_what_a_style_marks(styles: Styles) -> None:
    (entry,) = styles.entries([cited()], "the-british-journal-of-criminology")
    assert "Ny väg" in entry.text
