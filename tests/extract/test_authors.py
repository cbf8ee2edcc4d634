from __future__ import annotations

import json

import pytest

from archiver.extract.article import extract_article
from tests.extract.pages import FIRST, SECOND, THIRD, article, document, page


def authors(html):
    return extract_article(page(html)).authors


def stated(*names):
    item = {"@type": "NewsArticle", "headline": "Så gick det för kommunen", "publisher": {"name": "Fjällbro"}}
    item["author"] = [{"@type": "Person", "name": name} for name in names]
    return f'<script type="application/ld+json">{json.dumps(item)}</script>'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ylva Testskog", ("Ylva Testskog",)),
        ("Av Ylva Testskog", ("Ylva Testskog",)),
        ("Ylva Testskog | Sponsrad", ("Ylva Testskog",)),
        ("Ylva Testskog March 4, 2024 • 3 min read", ("Ylva Testskog",)),
        ("Ylva Testskog on Monday, March 4, 2024", ("Ylva Testskog",)),
        ("Ylva Testskog MS, RDN", ("Ylva Testskog",)),
        ("Fjällbro - Ylva Testskog", ("Ylva Testskog",)),
        ("Ylva Testskog och Björn af Prov", ("Ylva Testskog", "Björn af Prov")),
        ("von Trier, Lars", ("von Trier, Lars",)),
        ("Von Essen", ("Von Essen",)),
        ("av Ekenstam, Sara", ("av Ekenstam, Sara",)),
        ("Av Ylva Testskog", ("Ylva Testskog",)),
        ("Von Redaktion", ()),
        ("von der Leyen, Ursula", ("von der Leyen, Ursula",)),
        ("af Ritzau", ("Ritzau",)),
        ("von dpa", ("dpa",)),
        ("Fjällbro", ()),
        ("Fjällbro redaktion", ()),
        (", Fjällbro Nyheter", ()),
        ("fjallbro.se", ()),
        ("WebbByrån AB", ()),
        ("ylva.testskog", ()),
        ("ylva.testskog.1232", ()),
        ("WordPress Admin", ()),
        ("Site Admin", ()),
        ("admin fjallbro", ()),
        ("Webmaster", ()),
        ("redaktion", ()),
        ("Webbredaktionen", ()),
        ("La rédaction", ()),
        ("Toimitus", ()),
        ("Super User", ()),
        ("Ylva Testskog, Staff Reporter", ("Ylva Testskog",)),
        ("Ylva Testskog och Björn af Prov, reportrar", ("Ylva Testskog", "Björn af Prov")),
    ],
)
def test_a_stated_author_is_a_person(name, expected):
    assert authors(article(head=stated(name))) == expected


def test_the_byline_names_whom_the_machine_s_site_name_does_not():
    html = article(date='<p class="byline">Av Ylva Testskog</p><p>4 mars 2024</p>', head=stated("Fjällbro"))
    assert authors(html) == ("Ylva Testskog",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>Skrevet af Ylva Testskog den tor, 12/05/2022 - 09:15</p>",
        "<p>By Ylva Testskog | 12/10/2020</p>",
        "<p>Af Ylva Testskog | 4. marts 2024</p>",
        "<p>Publicerad den 4 mars 2024 av Ylva Testskog</p>",
        "<p>Posted on 4 Mar 2024 by Ylva Testskog</p>",
        "<p>Skriven av Ylva Testskog</p>",
        "<p>Geschrieben von Ylva Testskog</p>",
        "<p>Publisert av Ylva Testskog</p>",
        "<p>Ylva Testskog, Partner</p>",
        "<p>Do 25.04.24 | 14:07 Uhr | Von Ylva Testskog</p>",
        '<p class="author">Ylva Testskog</p>',
        '<p class="author-bio">Utredare. <a rel="author" href="/author/ylva/">Visa alla inlägg av Ylva Testskog</a></p>',
        '<p>Text: <a class="url fn" href="/u/1">Ylva Testskog @ylvat</a></p>',
    ],
)
def test_names_that_the_page_shows(line):
    assert authors(article(date=line)) == ("Ylva Testskog",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>By far the best year</p>",
        '<p class="author">Redaktionen</p>',
        '<p class="byline">Av oss alla</p>',
        "<p>Postad av admin</p>",
        "<p>Publicerad 4 mars 2024 av Fjällbro AB</p>",
        "<p>Falun, Partner</p>",
    ],
)
def test_what_is_no_name(line):
    assert authors(article(date=line)) == ()


def test_the_authors_of_other_articles_are_not_this_one_s():
    html = document(
        '<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Så gick det</h1>'
        f'<span itemprop="author">Ylva Testskog</span><p>{FIRST}</p><p>{SECOND}</p>'
        '<div class="related"><span itemprop="author">Björn Prov</span></div></div>'
    )
    assert authors(html) == ("Ylva Testskog",)


def graph(*items):
    return f'<script type="application/ld+json">{json.dumps({"@graph": [*items]})}</script>'


def test_people_and_firms_that_a_graph_refers_to():
    news = {"@type": "NewsArticle", "headline": "Så gick det", "author": [{"@id": "#ylva"}]}
    news["publisher"] = {"@id": "#firm"}
    people = {"@type": "Person", "@id": "#ylva", "name": "Ylva Testskog"}
    firm = {"@type": "Organization", "@id": "#firm", "name": "Fjällbro AB"}
    found = extract_article(page(article(head=graph(news, people, firm))))
    assert (found.authors, found.publisher) == (("Ylva Testskog",), "Fjällbro AB")
    lost = extract_article(page(article(head=graph(news | {"author": {"@id": "#nobody"}}))))
    assert lost.authors == ()


def test_the_author_of_a_page_of_no_stated_article():
    item = {"@type": "WebPage", "author": {"@type": "Person", "name": "Ylva Testskog"}}
    assert authors(article(head=graph(item))) == ("Ylva Testskog",)
    item["author"] = {"@type": "Person", "name": "ytestskog"}
    assert authors(article(head=graph(item))) == ()


def test_a_person_who_publishes_is_the_author_still():
    person = {"@type": ["Person", "Organization"], "@id": "#ylva", "name": "Ylva Testskog"}
    news = {"@type": "NewsArticle", "headline": "Så gick det"}
    news |= {"author": {"@id": "#ylva"}, "publisher": {"@id": "#ylva"}}
    assert authors(article(head=graph(news, person))) == ("Ylva Testskog",)


@pytest.mark.parametrize(
    "line",
    [
        "By Ylva Testskog on March 4, 2024 in News",
        "Posted on March 4, 2024 by Ylva Testskog in News",
        "Verfasst von Ylva Testskog am 4. März 2024 in Aktuelles",
        "Publié par Ylva Testskog le 4 mars 2024",
        "Publicado por Ylva Testskog el 4 de marzo de 2024",
        "Door Ylva Testskog op 4 maart 2024 in Nieuws",
        "Pubblicato da Ylva Testskog il 4 marzo 2024",
        "Kirjoittanut Ylva Testskog 4.3.2024",
        "Eftir Ylva Testskog 4. mars 2024",
    ],
)
def test_a_line_tells_who_wrote_when_and_in_which_section(line):
    found = extract_article(page(article(date=f"<p>{line}</p>")))
    assert (found.authors, found.date_published) == (("Ylva Testskog",), "2024-03-04")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ylva Testskog, Staff Reporter", ("Ylva Testskog",)),
        ("By Ylva Testskog, Chief Economist", ("Ylva Testskog",)),
        ("By Ylva Testskog and Jan de Vries, Staff Reporters", ("Ylva Testskog", "Jan de Vries")),
        ("Text: Ylva Testskog Foto: Björn Prov", ("Ylva Testskog",)),
        ("Text: Ylva Testskog<br>Foto: Björn Prov", ("Ylva Testskog",)),
        ("Tekst: Ylva Testskog / Foto: Björn Prov", ("Ylva Testskog",)),
        ("Text von Ylva Testskog Illustration von Björn Prov", ("Ylva Testskog",)),
        ("Av: Ylva Testskog, konsult på Fjällbro", ("Ylva Testskog",)),
        ("Av Ylva Testskog, konsult på Fjällbro", ("Ylva Testskog",)),
        ("Höfundur: Jón Jónsson", ("Jón Jónsson",)),
        ("Texti: Þóra Ólafsdóttir", ("Þóra Ólafsdóttir",)),
        ("Door Jan de Vries", ("Jan de Vries",)),
        ("Auteur : Marie Dupont", ("Marie Dupont",)),
        ("Autore: Maria Rossi", ("Maria Rossi",)),
        ("Toimittaja: Matti Virtanen", ("Matti Virtanen",)),
        ('<a rel="author" href="/medarbetare/ylva/">Ylva Testskog</a>', ("Ylva Testskog",)),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_byline_is_read_and_is_no_text(line, names, place):
    text = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    text = f"<p>{line}</p>{text}" if place == "above" else f"{text}<p>{line}</p>"
    found = extract_article(page(document(f"<article><h1>Så byggdes bron</h1>{text}</article>")))
    assert (found.authors, found.body) == (names, f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
