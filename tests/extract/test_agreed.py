"""What a site's pages agree on decides for the page where nothing else does."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.model import Mention
from tests.extract.pages import FIRST, HOST, SECOND, THIRD, document, page


def one(n, *, head="", title="Fjällbro", event=""):
    """A page whose headline is a div and whose date stands in a column far from it."""
    days = f"<div class='nere'><span class='plats'>{n % 27 + 1} april 2021</span><span>Nyhet</span></div>"
    inner = (
        f"<div class='sida'><div class='topp'>Älven och bron, del {n}</div>{event}<div class='text'>"
        f"<p>{FIRST} {n}</p><p>{SECOND}</p><p>{THIRD}</p></div></div>"
        + "<ul class='orter'>"
        + "<li><a href='/orter/'>Kontor och orter</a></li>" * 20
        + "</ul>"
        + days
    )
    return page(document(inner, title=title, head=head), f"/nyheter/del-{n}/")


def fed(n, day=None):
    title = f"Älven och bron, del {n}"
    return [
        Mention(
            url=f"{HOST}/nyheter/del-{n}/", kind="feed", title=title, date=day or f"2021-04-{n % 27 + 1:02}"
        )
    ]


@pytest.fixture(scope="module")
def model():
    """Twelve pages of which a feed tells, and twenty of which nobody does."""
    pages = [(one(n), fed(n)) for n in range(12)] + [(one(n), []) for n in range(20, 40)]
    return ChromeModel.empty().learn(pages)


def test_without_the_site_s_pages_neither_is_found():
    found = extract_article(one(30))
    assert (found.title, found.date_published) == ("Fjällbro", None)


def test_headline_and_date_stand_where_the_fed_pages_have_theirs(model):
    found = extract_article(one(30), chrome=model)
    assert found.title == "Älven och bron, del 30"
    assert found.date_published == "2021-04-04"
    assert found.evidence["title"].method == "site"
    assert found.evidence["date_published"].method == "site"
    assert "12 of 12 pages" in found.evidence["date_published"].where
    assert found.body.startswith(FIRST)


def test_a_date_of_the_text_yields_to_the_place_of_dates(model):
    event = "<p class='ort'>Falun 3 maj 2022</p>"
    assert extract_article(one(31, event=event)).date_published == "2022-05-03"
    assert extract_article(one(31, event=event), chrome=model).date_published == "2021-04-05"


def test_what_the_page_states_for_machines_is_never_overruled(model):
    head = (
        '<meta property="article:published_time" content="2020-01-02">'
        '<meta property="og:title" content="Älven och bron, del 32 och sista">'
    )
    found = extract_article(one(32, head=head), chrome=model)
    assert found.date_published == "2020-01-02"
    assert found.evidence["date_published"].method == "meta"


def test_a_place_that_shows_another_day_than_the_stated_is_no_place_of_dates():
    pages = [(one(n), fed(n, "2021-06-30")) for n in range(12)]
    assert extract_article(one(30), chrome=ChromeModel.empty().learn(pages)).date_published is None


def test_a_page_with_several_lines_there_is_left_alone(model):
    twice = (
        one(33)
        .body.decode()
        .replace("<div class='nere'>", "<div class='nere'><span class='plats'>1 maj 2019</span>")
    )
    assert extract_article(page(twice, "/nyheter/del-33/"), chrome=model).date_published is None
