from __future__ import annotations

import pytest

from archiver.errors import ConfigurationError
from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.extract.tree import parse
from archiver.extract.walk import walk
from archiver.site import Layout, Site, parse_site
from tests.extract.pages import FIRST, HOST, SECOND, THIRD, article, document, page

LONGER = "Styrelsen räknar med att fler kommuner prövar samma väg, och att kostnaderna då sjunker något år efter år."
PLAIN = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{LONGER}</p>"
WHOLE = "\n\n".join((FIRST, SECOND, THIRD, LONGER))


def body_of(text: str, date: str = "") -> str:
    """The body of an article with this text."""
    return extract_article(page(article(text=text, date=date))).body


@pytest.mark.parametrize("attributes", ["hidden", 'style="display:none"', 'aria-hidden="true"'])
def test_hidden_text_is_never_text(attributes):
    unseen = f"<p {attributes}>Detta stycke är gömt, och ingen som läser sidan får någonsin se det här.</p>"
    found = extract_article(page(article(text=f"<p>{FIRST}</p>{unseen}<p>{SECOND}</p><p>{THIRD}</p>")))
    assert found.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert "hidden" in [s.reason for s in found.stripped]


def test_a_notice_of_cookies_inside_the_article_is_never_text():
    notice = '<div class="cookie-notice"><p>Vi använder kakor för att sidan ska fungera så bra som den kan.</p></div>'
    assert body_of(PLAIN + notice) == WHOLE


@pytest.mark.parametrize(
    "line",
    [
        "Publicerad 4 mars 2024 kl 10:15",
        "Publicerad den 4 mars 2024 av Anna Lindqvist",
        "Publicerad: 2024-03-04 10:15 Uppdaterad: 2024-03-05 11:00",
        "Veröffentlicht am 4. März 2024",
        "Veröffentlicht am 4. März 2024 von Hans Müller",
        "By Anna Lindqvist on March 4, 2024",
        "Von Hans Müller, 04.03.2024",
        "Julkaistu 4.3.2024 klo 10.15",
        "Av Kari Nordmann, 4. mars 2024",
        "Anna Lindqvist, 4 mars 2024",
        "Skrivet av Anna Lindqvist",
        "Kirjoittanut Matti Virtanen",
    ],
)
def test_a_line_of_date_and_name_is_never_text(line):
    assert body_of(f"<p>{line}</p>" + PLAIN) == WHOLE


@pytest.mark.parametrize(
    "line",
    [
        "Tid: 26 juni 2024, kl. 13.00–14.00 i vår lokal",
        "Von Berlin nach Hamburg fuhren am 4. März 2024 keine Züge.",
        "Den 4 mars 2024 flyttar vi till nya lokaler på Storgatan.",
        "Taggar är små lappar som märker kläder i tvätteriet.",
    ],
)
def test_a_sentence_with_a_date_is_text(line):
    assert line in body_of(f"<p>{FIRST}</p><p>{line}</p><p>{SECOND}</p><p>{THIRD}</p>")


@pytest.mark.parametrize(
    "line",
    [
        'Taggar: <a href="/t/skola">skola</a>, <a href="/t/kommun">kommun</a>',
        'Kategori: <a href="/k/rapporter">Rapporter</a>',
        '<a href="/x">« Föregående inlägg</a> <a href="/y">Nästa inlägg »</a>',
        '<a href="/nyheter/">← Tillbaka till nyheter</a>',
        "Vill du ha fler nyheter? Anmäl dig till vårt nyhetsbrev här.",
    ],
)
def test_what_ends_a_page_is_never_text(line):
    assert body_of(PLAIN + f"<p>{line}</p>") == WHOLE


def test_a_rule_for_the_body_leaves_out_what_is_surely_no_text():
    unseen = "<p hidden>Detta stycke är gömt, och ingen som läser sidan får se det.</p>"
    share = '<div class="share">Dela: <a href="#">Facebook</a></div>'
    headline = '<p class="rub">Så gick det för kommunen</p>'
    site = Site(name="fjallbro", start_urls=(HOST + "/",), layouts=(Layout(body="article", title=".rub"),))
    html = article("Nyheter", date=headline + "<p>4 mars 2024</p>", text=unseen + share + PLAIN)
    found = extract_article(page(html), site=site)
    assert (found.title, found.body) == ("Så gick det för kommunen", WHOLE)
    assert [s.reason for s in found.stripped] == ["date line", "hidden", "share row"]


def test_a_rule_for_the_body_leaves_out_what_the_site_s_pages_prove():
    notice = "<p>Fjällbro fyller tjugo år i år, och det firar vi tillsammans med alla våra kunder.</p>"
    pages = []
    for n in range(40):
        own = f"<p>{n} {FIRST}</p><p>{SECOND} Det var {n} av dem.</p>"
        pages.append((page(article(f"Nyhet nummer {n}", text=own + notice), f"/nyheter/{n}/"), ()))
    site = Site(name="fjallbro", start_urls=(HOST + "/",), layouts=(Layout(body="article"),))
    found = extract_article(pages[3][0], site=site, chrome=ChromeModel.empty().learn(pages))
    assert "tjugo år" not in found.body
    assert found.body.startswith("3 Kommunen")


def test_a_selector_that_is_none_is_told_when_the_profile_is_read():
    data = {"name": "fjallbro", "start_urls": [HOST + "/"], "layouts": [{"body": "article[["}]}
    with pytest.raises(ConfigurationError, match="article"):
        parse_site(data, source="fjallbro.toml")


NEXT = (
    "<p>Nu söker vi en ny konsult till vårt kontor i Falun, som vill arbeta med kommuner i hela landet.</p>"
    "<p>Du som söker har arbetat minst tre år med utvärdering i offentlig sektor och skriver väl på svenska.</p>"
)


@pytest.mark.parametrize("level", ["h1", "h2"])
@pytest.mark.parametrize("times", [1, 3])
def test_the_next_article_is_not_swallowed(level, times):
    own = f"<article><h1>Så gick det för kommunen</h1><p>4 mars 2024</p>{PLAIN}</article>"
    other = f"<article><{level}>Vi söker en konsult</{level}><p>5 mars 2024</p>{NEXT * times}</article>"
    found = extract_article(page(document(own + other, title="Så gick det för kommunen | Fjällbro")))
    assert found.body == WHOLE


def test_an_article_in_a_section_after_the_page_s_own_is_not_swallowed():
    other = f"<section><article><h2>Vi söker en konsult</h2><p>5 mars 2024</p>{NEXT}</article></section>"
    html = article(text=PLAIN).replace("</main>", f"</main>{other}")
    assert extract_article(page(html)).body == WHOLE


MENU = '<td><a href="/">Hem</a><br><a href="/nyheter">Nyheter</a></td>'
LINES = PLAIN.replace("<p>", "").replace("</p>", "<br><br>")


@pytest.mark.parametrize(
    "cell",
    [
        f"<td><h1>Så gick det för kommunen</h1><p>4 mars 2024</p>{PLAIN}</td>",
        f"<td><b>Så gick det för kommunen</b><br><br>4 mars 2024<br><br>{LINES}</td>",
        "<td><table><tr><td>Så gick det för kommunen</td></tr>"
        f"<tr><td>4 mars 2024<br><br>{LINES}</td></tr></table></td>",
    ],
)
def test_the_cells_of_a_layout_table_hold_paragraphs(cell):
    head = "<html><head><title>Så gick det för kommunen</title></head>"
    html = f"{head}<body><table><tr>{MENU}{cell}</tr></table>"
    assert extract_article(page(html)).body == WHOLE


def test_a_table_of_data_keeps_its_rows():
    rows = "<table><tr><th>År</th><th>Kostnad</th></tr><tr><td>2023</td><td>120</td></tr></table>"
    found = body_of(f"<p>{FIRST}</p><p>{SECOND}</p>{rows}<p>{THIRD}</p>")
    assert found == f"{FIRST}\n\n{SECOND}\n\nÅr\tKostnad\n2023\t120\n\n{THIRD}"


def test_a_table_of_data_stays_one_however_long_its_cells_are():
    said = f"<p>{FIRST}</p><p>{SECOND}</p>"
    head = "<tr><th>År</th><th>Vad som hände</th></tr>"
    years = "".join(f"<tr><td>{year}</td><td>{said}</td></tr>" for year in (2021, 2022, 2023))
    for rows in (head + years, years):
        blocks = walk(parse(article(text=f"<p>{THIRD}</p><table>{rows}</table>"))).blocks
        assert {b.kind for b in blocks if b.text in ("2022", FIRST, SECOND)} == {"cell"}


FALUN = "Nytt kontor i Falun"
FEW = "Vi har öppnat ett kontor."
CARD = "<h3><a href='/kurser'>Hösten fylls av kurser</a></h3><p>I höst ger vi kurser på sju orter, och de flesta är redan fulltecknade.</p>"
CARDS = "".join(f"<article class='kort'>{CARD}</article>" for _ in range(3))


@pytest.mark.parametrize(
    "main",
    [
        f"<article><h1>{FALUN}</h1><p>{FEW}</p></article><div><h2>Om Fjällbro</h2><p>{FIRST}</p></div>",
        f"<article><header><h1>{FALUN}</h1></header><div><p>{FEW}</p></div></article><section>{CARDS}</section>",
        f"<div class='a'><h1>{FALUN}</h1><p>{FEW}</p></div><section><h2>Fler nyheter</h2>{CARDS}</section>",
        f"<div class='a'><h1>{FALUN}</h1><p>{FEW}</p></div>",
    ],
)
def test_a_few_words_under_the_headline_are_an_article_whatever_stands_beside(main):
    found = extract_article(page(document(main, title=FALUN)))
    assert (found.title, found.body) == (FALUN, FEW)


@pytest.mark.parametrize(
    "words",
    [
        '<p><a href="/kurser">Hösten fylls av kurser på sju orter</a></p>',
        "<p>Dela på Facebook</p>",
        "<p>4 mars 2024</p>",
        "<p>Av Anna Lindqvist</p>",
    ],
)
def test_a_label_under_the_headline_is_no_article(words):
    assert (
        extract_article(page(document(f"<article><h1>{FALUN}</h1>{words}</article>", title=FALUN))).body == ""
    )
