from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.model import PageKind
from tests.extract.pages import FIRST, SECOND, document, page

TEXT = f"<p>{FIRST}</p><p>{SECOND}</p>"


def title(main, *, head="", name="Fjällbro", **more):
    return extract_article(page(document(main, title=name, head=head, **more))).title


def og(text):
    return f'<meta property="og:title" content="{text}">'


def test_a_standfirst_set_as_a_heading_is_no_title():
    lead = "Två års arbete har gett en modell som andra redan frågar efter"
    main = f'<article><h1>Bron som bar</h1><h2 class="ingress">{lead}</h2>{TEXT}</article>'
    assert title(main, name=f"{lead} | Fjällbro", head=og(lead)) == "Bron som bar"


def test_a_headline_in_a_bar_alone_is_found():
    bar = '<nav class="bar"><h1>Så byggdes bron över forsen</h1></nav>'
    main = f"<article><h2>Bakgrund</h2>{TEXT}<h2>Fortsättning</h2>{TEXT}</article>"
    found = title(bar + main, name="Bron | Fjällbro", head=og("Så byggdes bron över forsen"))
    assert found == "Så byggdes bron över forsen"


def test_a_headline_in_a_bar_yields_to_the_one_over_the_text():
    bar = '<nav class="bar"><h1>Bron: så byggdes den</h1></nav>'
    news = '{"@type": "NewsArticle", "headline": "Så byggdes bron över forsen"}'
    head = og("Bron: så byggdes den") + f'<script type="application/ld+json">{news}</script>'
    main = f"<article><h2>Så byggdes bron över forsen</h2>{TEXT}</article>"
    assert title(bar + main, name="Bron: så byggdes den", head=head) == "Så byggdes bron över forsen"


@pytest.mark.parametrize("home", ["/", "https://www.fjallbro.example", "https://www.fjallbro.example/"])
def test_the_site_s_name_leads_home(home):
    main = (
        f'<h1><a href="{home}">Fjällbros blogg om broar</a></h1><article><h2>Valv i sten</h2>{TEXT}</article>'
    )
    assert title(main, name="Valv i sten - Fjällbros blogg om broar") == "Valv i sten"


def test_a_heading_that_links_to_its_own_article_is_kept():
    main = f'<article><h2><a href="#">Valv i sten håller längre</a></h2>{TEXT}</article>'
    assert title(main, name="Valv i sten håller längre") == "Valv i sten håller längre"


@pytest.mark.parametrize("sign", ["Sidans innehåll", "Main content", "Navigation", "Hauptinhalt"])
def test_a_signpost_for_screen_readers_is_no_title(sign):
    main = f"<h2>{sign}</h2><article><h2>Valv i sten</h2>{TEXT}</article>"
    assert title(main, name="Nyhet | Fjällbro") == "Valv i sten"


@pytest.mark.parametrize(
    ("heading", "stated", "expected"),
    [
        ("<span>Broar</span><span>Valv i sten håller längre</span>", "Valv i sten håller längre", "Valv i sten håller längre"),
        ("<span>Broar</span><span>Valv i sten håller längre</span>", "Broar – Valv i sten håller längre", "Valv i sten håller längre"),
        ("<span>Broar</span><span>Valv i sten håller längre</span>", "Broar: Valv i sten håller längre", "Broar: Valv i sten håller längre"),
        ("Valv i sten håller <span>Så räknade de förr</span>", "Valv i sten håller", "Valv i sten håller"),
        ("Valv i sten håller länge än", "Valv i sten håller", "Valv i sten håller länge än"),
        ("Vi frågar<span>”Vem äger bron?”</span>", "Om en bro", "Vi frågar ”Vem äger bron?”"),
    ],
)  # fmt: skip
def test_kickers_and_subtitles_within_the_heading(heading, stated, expected):
    assert title(f"<article><h1>{heading}</h1>{TEXT}</article>", name="Nyhet", head=og(stated)) == expected


def test_the_only_main_heading_is_trusted_more_than_what_is_stated():
    main = f"<article><h1>Därför valde vi sten</h1>{TEXT}</article>"
    assert title(main, name="Broar i norr", head=og("Broar i norr")) == "Därför valde vi sten"
    label = f"<article><h1>Nyheter</h1>{TEXT}</article>"
    assert title(label, name="Broar i norr", head=og("Broar i norr")) == "Broar i norr"


def test_a_box_that_calls_itself_headline_is_none():
    main = (
        f'<article><h1 itemprop="headline">Därför valde vi sten</h1>{TEXT}'
        f'<h2 itemprop="headline">Broar vi har byggt i år</h2>{TEXT}</article>'
    )
    assert title(main, name="Därför valde vi sten | Fjällbro") == "Därför valde vi sten"


def test_one_word_of_the_title_is_no_headline():
    main = f"<article><h1>Broar och vägar i sten</h1>{TEXT}<h2>Broar</h2>{TEXT}</article>"
    assert title(main, name="Fjällbro: Broar och vÃ¤gar i sten") == "Broar och vägar i sten"


def test_an_empty_shell_says_its_title_and_date_in_its_head():
    head = (
        '<meta property="og:title" content="Valv i sten | Fjällbro AB"><script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "Valv i sten", "datePublished": "2024-03-04T10:00:00+01:00"}</script>'
    )
    html = f'<html><head><title>Valv i sten | Fjällbro AB</title>{head}</head><body><div id="app"></div><script src="/a.js"></script></body></html>'
    found = extract_article(page(html))
    assert (found.kind, found.title) == (PageKind.EMPTY, "Valv i sten")
    assert found.date_published == "2024-03-04T10:00:00+01:00"
    assert found.evidence["date_published"].method == "json-ld"


def test_a_wall_of_consent_is_called_what_it_says():
    ask = "Vi använder kakor för att minnas dina val. Godkänn kakor för att läsa vidare hos oss."
    html = f'<html><head><title>Strax</title></head><body><div class="cookie-wall"><h1>Godkänn våra kakor först</h1><p>{ask}</p></div></body></html>'
    found = extract_article(page(html))
    assert (found.kind, found.title) == (PageKind.CONSENT, "Godkänn våra kakor först")


def test_a_subheading_of_the_text_yields_to_the_title():
    main = f"<article>{TEXT}<h2>Bakgrund</h2>{TEXT}</article>"
    assert title(main, name="Ny rapport om broar - Fjällbro AB") == "Ny rapport om broar"
    assert title(main, name="Fjällbro AB") == "Bakgrund"


@pytest.mark.parametrize("sign", [" - ", " – ", " — ", " :: ", " | ", " « ", " » ", " · "])
def test_a_title_loses_the_site_s_name_at_any_separator(sign):
    main = f"<article>{TEXT}</article>"
    assert title(main, name=f"Ny rapport om broar{sign}Fjällbro AB") == "Ny rapport om broar"
    assert title(main, name=f"Fjällbro AB{sign}Ny rapport om broar") == "Ny rapport om broar"
    assert title(main, name=f"Ny rapport om broar{sign}Nyheter{sign}Fjällbro") == "Ny rapport om broar"
    assert title(main, name=f"Ny rapport om broar{sign}Bergs Byrå") == "Ny rapport om broar"


def test_a_part_that_is_no_name_is_kept():
    main = f"<article>{TEXT}</article>"
    assert title(main, name="Broar – en rapport") == "Broar – en rapport"
    assert title(main, name="Ny rapport – vad säger den?") == "Ny rapport – vad säger den?"


def test_a_heading_loses_the_site_s_name():
    name = "Ny rapport om broar – Fjällbro AB"
    assert (
        title(f"<article><h1>{name}</h1>{TEXT}</article>", name=name, head=og(name)) == "Ny rapport om broar"
    )


DATED_HEADINGS = [
    "Valv i sten håller länge än <small>4 mars 2024</small>",
    "<small>4 mars 2024</small> Valv i sten håller länge än",
    "Valv i sten håller länge än <time datetime='2024-03-04'>4 mars 2024</time>",
    "<time datetime='2024-03-04'>2024-03-04</time>Valv i sten håller länge än",
    "Valv i sten håller länge än<br>4 mars 2024",
    "Valv i sten håller länge än <span class='d'>Publicerad <time>4 mars 2024</time></span>",
    "<span>Valv i sten håller länge än</span><span>04.03.2024</span>",
]


@pytest.mark.parametrize("heading", DATED_HEADINGS)
@pytest.mark.parametrize("name", ["Fjällbro", "Valv i sten håller länge än | Fjällbro"])
def test_a_date_within_the_heading_is_the_article_s(heading, name):
    found = extract_article(
        page(document(f"<article><h1>{heading}</h1>{TEXT}</article>", title=name, head=og("Nyhet")))
    )
    assert (found.title, found.date_published) == ("Valv i sten håller länge än", "2024-03-04")


def test_a_date_that_is_stated_as_part_of_the_headline_stays():
    main = f"<article><h1>Så minns vi <em>4 mars 2024</em></h1>{TEXT}</article>"
    assert title(main, name="Nyhet", head=og("Så minns vi 4 mars 2024")) == "Så minns vi 4 mars 2024"


@pytest.mark.parametrize(
    "line", ["Valv i sten håller<br>4 mars 2024", "<b>Valv i sten håller</b><br>2024-03-04"]
)
def test_title_and_date_in_one_cell(line):
    one = f"<table><tr><td>{line}</td></tr><tr><td>{TEXT}</td></tr></table>"
    all_in = f"<table><tr><td>{line}<br><br>{FIRST}<br><br>{SECOND}</td></tr></table>"
    for main in (one, all_in):
        found = extract_article(page(document(main, title="Valv i sten håller")))
        assert (found.title, found.date_published) == ("Valv i sten håller", "2024-03-04")
        assert found.body == f"{FIRST}\n\n{SECOND}"


SITE_NAME = '<meta property="og:site_name" content="Fjällbro Konsult AB">'


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Fjällbro Konsult AB: Valv i sten håller", SITE_NAME),
        ("Valv i sten håller", SITE_NAME),
        ("Fjällbro Konsult AB: Valv i sten håller | Fjällbro Konsult AB", ""),
        ("Nyhet", SITE_NAME + '<meta property="og:title" content="Fjällbro Konsult AB: Valv i sten håller">'),
    ],
)
def test_the_site_s_name_and_a_colon_before_the_headline_go(name, head):
    heading = "<h1>Fjällbro Konsult AB: Valv i sten håller</h1>"
    assert title(f"<article>{heading}{TEXT}</article>", name=name, head=head) == "Valv i sten håller"


def test_who_speaks_in_a_headline_stays():
    main = f"<article><h1>Länsstyrelsen: Valv i sten håller</h1>{TEXT}</article>"
    name = "Länsstyrelsen: Valv i sten håller | Fjällbro"
    assert title(main, name=name, head=SITE_NAME) == "Länsstyrelsen: Valv i sten håller"
