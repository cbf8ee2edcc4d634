from __future__ import annotations

import json

import pytest

from archiver.extract.article import extract_article
from archiver.extract.stated import read_stated
from archiver.extract.walk import read
from archiver.model import Mention, PageKind
from archiver.site import Layout, Site
from tests.extract.pages import FIRST, HOST, SECOND, THIRD, article, document, page

SITE = Site(name="fjallbro", start_urls=(HOST + "/",), display_name="Fjällbro")


def extract(html, **more):
    path = more.pop("path", "/nyheter/sa-gick-det/")
    return extract_article(page(html, path), site=more.pop("site", SITE), **more)


def ld(**fields):
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


def test_a_plain_article():
    found = extract(article())
    assert found.kind is PageKind.ARTICLE
    assert found.title == "Så gick det för kommunen"
    assert found.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert found.date_published == "2024-03-04"
    assert found.evidence["date_published"].method == "labelled line"
    assert found.language == "sv"


def test_the_lead_is_kept_in_its_place_and_the_title_is_not_repeated():
    lead = "Två års arbete har gett en modell som andra kommuner redan frågar efter."
    html = document(
        f'<article><h1>Rubriken här</h1><p class="ingress">{lead}</p><div class="text"><h2>Rubriken här</h2>'
        f"<p>{FIRST}</p><p>{SECOND}</p></div></article>",
        title="Rubriken här | Fjällbro",
    )
    assert extract(html).body == f"{lead}\n\n{FIRST}\n\n{SECOND}"


def test_what_is_no_text_is_left_out():
    text = (
        f'<div class="share-buttons"><a href="https://facebook.com/sharer">Dela</a></div><p>{FIRST}</p>'
        f'<figure><img src="/bild.jpg" alt="En bro"><figcaption>Foto: '
        f"Någon</figcaption></figure><p>{SECOND}</p>"
        '<p class="visually-hidden">Osynlig text som ingen ser på sidan alls.</p>'
        '<h3>Läs också</h3><ul><li><a href="/nyheter/a/">En annan nyhet</a></li><li><a '
        'href="/nyheter/b/">Mer</a></li></ul>'
        '<div id="comments"><h2>2 kommentarer</h2><p>Jättebra skrivet, vi känner igen allt det här hos '
        "oss!</p></div>"
    )
    found = extract(article(text=text))
    assert found.body == f"{FIRST}\n\n{SECOND}"
    assert "![En bro](https://www.fjallbro.example/bild.jpg)" in found.body_markdown


def test_structure_survives_in_markdown():
    text = (
        f'<p>{FIRST} Läs <a href="/rapport.pdf">rapporten</a> och <strong>tänk '
        f"efter</strong>.</p><h2>Tre råd</h2>"
        "<ol><li>Börja i det lilla</li><li>Mät varje månad</li></ol><blockquote><p>Det lönar "
        "sig.</p></blockquote>"
        "<table><tr><th>Ort</th><th>Antal</th></tr><tr><td>Falun</td><td>12</td></tr></table>"
        f"<pre>a = 1\n  b = 2</pre><p>{SECOND}</p>"
    )
    found = extract(article(text=text))
    assert "1. Börja i det lilla\n2. Mät varje månad" in found.body_markdown
    assert "## Tre råd" in found.body_markdown
    assert "[rapporten](https://www.fjallbro.example/rapport.pdf)" in found.body_markdown
    assert "**tänk efter**" in found.body_markdown
    assert "> Det lönar sig." in found.body_markdown
    assert "| Ort | Antal |\n| --- | --- |\n| Falun | 12 |" in found.body_markdown
    assert "```\na = 1\n  b = 2\n```" in found.body_markdown
    assert "Börja i det lilla\nMät varje månad" in found.body
    assert "Ort\tAntal\nFalun\t12" in found.body


@pytest.mark.parametrize(
    ("title", "heading"),
    [("Fjällbro - Vi växer", "Vi växer"), ("Vi växer – Fjällbro", "Vi växer"), ("Vi växer", "Vi växer")],
)
def test_the_title_is_the_page_s_own(title, heading):
    html = document(
        f"<h1><a "
        f'href="/">Fjällbro</a></h1><article><h2>{heading}</h2><p>{FIRST}</p><p>{SECOND}</p></article>',
        title=title,
    )
    assert extract(html).title == heading


def test_without_a_heading_the_stated_title_loses_the_site_s_name():
    html = document(f"<div><p>{FIRST}</p><p>{SECOND}</p></div>", title="Vi växer i norr | Fjällbro")
    assert extract(html).title == "Vi växer i norr"


def test_json_ld_in_a_graph_with_other_things():
    news = {
        "@type": ["Article", "NewsArticle"],
        "headline": "Så gick det för kommunen",
        "datePublished": "2024-03-04T23:30:00Z",
        "dateModified": "2024-03-06",
        "author": [{"@type": "Person", "name": "Ylva Testskog"}],
        "keywords": "kommun, inköp",
    }
    graph = {
        "@context": "https://schema.org",
        "@graph": [{"@type": "Organization", "name": "Fjällbro"}, news],
    }
    found = extract(article(date="", head=ld(**graph)))
    assert found.date_published == "2024-03-05T00:30:00+01:00"
    assert found.evidence["date_published"].method == "json-ld"
    assert found.evidence["date_published"].raw == "2024-03-04T23:30:00Z"
    assert found.date_modified == "2024-03-06"
    assert found.authors == ("Ylva Testskog",)
    assert found.keywords == ("kommun", "inköp")


def test_a_utc_stamp_whose_day_the_page_shows_is_kept():
    html = article(
        date="<p>4 mars 2024</p>",
        head='<meta property="article:published_time" content="2024-03-04T23:30:00+00:00">',
    )
    assert extract(html).date_published == "2024-03-04T23:30:00+00:00"


def test_broken_json_ld_still_speaks():
    broken = '{"@type": "Article", "datePublished": "2024-03-04", "x": [,}'
    head = f'<script type="application/ld+json">{broken}</script>'
    assert extract(article(date="", head=head)).date_published == "2024-03-04"


@pytest.mark.parametrize(
    "said", ['Hon sade "ja" till bron', '"Ja", sade hon, "till bron"', 'Svaret: "ja" till bron']
)
def test_json_ld_with_a_quote_that_is_not_escaped_keeps_the_whole_value(said):
    broken = (
        f'{{"@type": "Article", "headline": "{said}", "datePublished": "2024-03-04",\n"x": {{"y": "z"}}}}'
    )
    doc = read(f'<script type="application/ld+json">{broken}</script><p>x'.encode())
    stated = read_stated(doc)
    assert [text for text, _ in stated.headline] == [said]
    assert [text for text, _ in stated.published] == ["2024-03-04"]


def test_json_ld_with_a_quote_that_is_not_escaped_keeps_its_authors():
    broken = '{"@type": "Article", "headline": "Hon sade "ja" i dag", "author": [{"name": "Anna "Ekan" Ek"}]}'
    doc = read(f'<script type="application/ld+json">{broken}</script><p>x'.encode())
    assert [name for name, _ in read_stated(doc).authors] == ['Anna "Ekan" Ek']


def test_time_element_and_microdata():
    found = extract(article(date='<time datetime="2024-03-04T08:00:00+01:00">i mars</time>'))
    assert (found.date_published, found.evidence["date_published"].method) == (
        "2024-03-04T08:00:00+01:00",
        "time",
    )
    html = document(
        f'<div itemscope itemtype="https://schema.org/Article"><h1 itemprop="headline">Rubrik</h1>'
        f'<meta itemprop="datePublished" content="2024-03-04"><span itemprop="author">Ylva Testskog</span>'
        f'<div itemprop="articleBody"><p>{FIRST}</p><p>{SECOND}</p></div></div>'
    )
    found = extract(html)
    assert (found.date_published, found.authors) == ("2024-03-04", ("Ylva Testskog",))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "<p>© 2024 Fjällbro, 4 mars 2024</p>",
        '<div class="comment"><time datetime="2024-03-04">4 mars</time></div>',
        "<aside><h3>Senaste nyheter</h3><p>4 mars 2024</p></aside>",
    ],
)
def test_no_date_is_guessed(date):
    assert extract(article(date=date)).date_published is None


def test_the_feed_and_then_the_address_date_what_the_page_does_not():
    mention = Mention(
        url=HOST + "/nyheter/x/", kind="feed", date="Mon, 04 Mar 2024 10:00:00 +0100", where="item 3"
    )
    found = extract(article(date=""), mentions=[mention])
    assert (found.date_published, found.evidence["date_published"].method) == (
        "2024-03-04T10:00:00+01:00",
        "feed",
    )
    found = extract(article(date=""), path="/2024/03/04/sa-gick-det/")
    assert (found.date_published, found.evidence["date_published"].method) == ("2024-03-04", "url")
    lastmod = Mention(url=HOST + "/nyheter/x/", kind="sitemap", date="2024-09-09")
    assert extract(article(date=""), mentions=[lastmod]).date_published is None


def test_byline_and_updated_line():
    date = '<p class="byline">Av Ylva Testskog</p><p>Publicerad: 2024-03-04 | Uppdaterad: 2024-03-09</p>'
    found = extract(article(date=date))
    assert found.authors == ("Ylva Testskog",)
    assert (found.date_published, found.date_modified) == ("2024-03-04", "2024-03-09")


def test_canonical_and_description():
    head = (
        '<link rel="canonical" href="/nyheter/sa-gick-det/"><meta name="description" content="Om kommunen.">'
    )
    found = extract(article(head=head), path="/nyheter/sa-gick-det/?utm_source=x")
    assert found.canonical_url == HOST + "/nyheter/sa-gick-det/"
    assert found.description == "Om kommunen."


def test_declared_language_yields_to_plain_words():
    norwegian = (
        "<p>Det er ikke alltid lett å være med på noe nytt, men vi har også sett at det går bra fra dag "
        "én.</p>" * 3
    )
    german = (
        "<p>Die Beratung ist nicht immer leicht, aber wir haben auch gesehen, dass es mit der Zeit gut "
        "wird und das zählt.</p>"
    )
    assert extract(article(text=german * 3)).language == "de"
    assert extract(article(text=norwegian)).language in ("nb", "sv")
    assert extract(article(text=f"<p>{FIRST}</p>" * 4)).language == "sv"


def test_the_site_s_own_rules_come_first():
    layout = Layout(title=".rub", body=".brod", date=".nar", authors=".vem", drop=(".puff",))
    site = Site(name="fjallbro", start_urls=(HOST + "/",), layouts=(layout,))
    html = document(
        f'<p class="rub">Egen rubrik</p><p class="nar">2024-03-04</p><p class="vem">Ylva Testskog</p>'
        f'<div class="brod"><p>{FIRST}</p><p class="puff">Köp nu!</p><p>{SECOND}</p></div><p>{THIRD}</p>'
    )
    found = extract(html, site=site)
    assert (found.title, found.date_published, found.authors) == (
        "Egen rubrik",
        "2024-03-04",
        ("Ylva Testskog",),
    )
    assert found.body == f"{FIRST}\n\n{SECOND}"
    assert found.evidence["body"].method == "profile"


def test_a_cleaning_hook_gets_the_soup():
    def clean(soup):
        for el in soup.select(".reklam"):
            el.decompose()

    found = extract(article(text=f'<p>{FIRST}</p><p class="reklam">{THIRD}</p><p>{SECOND}</p>'), clean=clean)
    assert found.body == f"{FIRST}\n\n{SECOND}"


def test_a_layout_holds_for_the_day_of_the_capture():
    from dataclasses import replace
    from datetime import date

    old = Layout(title=".rub", until=date(2019, 12, 31))
    new = Layout(title="h2", since=date(2020, 1, 1))
    site = Site(name="fjallbro", start_urls=(HOST + "/",), layouts=(old, new))
    one = page('<div class="rub">Gammal rubrik</div><h2>Ny rubrik</h2><p>' + FIRST + "</p>")
    titles = [
        extract_article(replace(one, captured=day), site=site).title
        for day in (date(2019, 12, 31), date(2020, 1, 1))
    ]
    assert titles == ["Gammal rubrik", "Ny rubrik"]
    undated = extract_article(one, site=site)
    assert undated.evidence["title"].method != "profile"
