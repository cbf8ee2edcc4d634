"""Short lines under a text that are none of it, in the README's languages and without class names."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from tests.extract.pages import FIRST, SECOND, THIRD, document, page

PROSE = [FIRST, SECOND, THIRD]
LONGER = [
    *PROSE,
    *(f"Under år {year} prövades det i tio orter, och i sju av dem gick det bra." for year in range(5)),
]

SHARE = """
Dela artikeln | Dela nyheten | Del artikkelen | Del denne artikkelen | Del saken | Del artiklen | Jaa artikkeli |
Jaa tämä artikkeli | Deila frétt | Deila | Artikel teilen | Diesen Beitrag teilen | Share this article |
Partager cet article | Partager l'article | Compartir este artículo | Comparte esta noticia | Deel dit artikel |
Deel dit bericht | Condividi questo articolo | Condividi
"""
TAGS = """
Etiketter | Ämnen | Taggar | Ämnesord | Stikkord | Emneord | Emner | Avainsanat | Aiheet | Efnisorð | Merki |
Schlagwörter | Tags | Topics | Mots-clés | Étiquettes | Etiquetas | Trefwoorden | Onderwerpen | Argomenti |
Parole chiave
"""
NEWSLETTER = """
Anmäl dig till vårt nyhetsbrev | Meld deg på nyhetsbrevet | Tilmeld dig vores nyhedsbrev | Tilaa uutiskirjeemme |
Skráðu þig á póstlistann | Skráðu þig á póstlista okkar | Abonnieren Sie unseren Newsletter |
Sign up for our newsletter | Abonnez-vous à notre newsletter | Inscrivez-vous à notre lettre d'information |
Suscríbete a nuestro boletín | Suscríbase a nuestro boletín de noticias | Schrijf je in voor onze nieuwsbrief |
Meld je aan voor de nieuwsbrief | Iscriviti alla nostra newsletter
"""
AUTHOR = """
Om författaren | Om forfatteren | Kirjoittajasta | Tietoa kirjoittajasta | Um höfundinn | Um höfund |
Über die Autorin | About the author | À propos de l'auteur | Sobre la autora | Acerca del autor | Over de auteur |
Sull'autore | Informazioni sull'autore
"""
RELATED = """
Läs också | Läs även | Läs mer | Relaterat | Les også | Relaterte saker | Læs også | Lue myös | Lesa meira |
Tengdar fréttir | Lestu líka | Lesen Sie auch | Das könnte Sie auch interessieren | Read also | Related articles |
À lire aussi | Lire aussi | Articles liés | Lea también | Te puede interesar | Noticias relacionadas | Lees ook |
Gerelateerde artikelen | Leggi anche | Articoli correlati
"""
LINK = '<a href="/nyheter/rekord/">Rekordår för Fjällbro</a>'


def labels(text):
    return [label.strip() for label in text.split("|")]


def left(after, prose=PROSE):
    text = "".join(f"<p>{line}</p>" for line in prose)
    html = document(f"<article><h1>Så gick det för kommunen</h1>{text}{after}</article>", title="Så gick det")
    lines = extract_article(page(html)).body.split("\n\n")
    assert lines[: len(prose)] == prose
    return lines[len(prose) :]


@pytest.mark.parametrize("label", labels(SHARE))
def test_a_line_that_asks_for_sharing(label):
    assert not left(f"<p>{label}</p>")
    assert not left(f'<p>{label}</p><p><a href="https://x.com/share?u=1">X</a></p>')


@pytest.mark.parametrize("label", labels(TAGS))
def test_subjects_after_their_label(label):
    assert not left(f"<p>{label}: Ledning, Styrelse, Bygg</p>")
    assert not left(f'<p>{label} : <a href="/t/1/">Ledning</a>, <a href="/t/2/">Styrelse</a></p>')


@pytest.mark.parametrize("label", labels(NEWSLETTER))
def test_a_line_that_asks_to_take_a_newsletter(label):
    assert not left(f"<p>{label}</p>")
    assert not left(f"<h3>{label}</h3><p>Ange din e-postadress</p>")


@pytest.mark.parametrize("label", labels(AUTHOR))
def test_a_few_words_on_who_wrote(label):
    words = "Ylva Testskog är utredare på Fjällbro och har arbetat med upphandling i tjugo år."
    assert not left(f"<h3>{label}</h3><p>{words}</p>")
    assert not left(f"<p><strong>{label}</strong></p><p>{words}</p>")


@pytest.mark.parametrize("label", labels(RELATED))
@pytest.mark.parametrize("prose", [PROSE, LONGER], ids=["short", "longer"])
def test_one_related_link(label, prose):
    assert not left(f"<h3>{label}</h3><p>{LINK}</p>", prose)
    assert not left(f"<h3>{label}</h3><p>{LINK} 3 januari 2024</p>", prose)
    assert not left(f"<p>{label}: {LINK}</p>", prose)


def test_the_date_of_a_related_link_is_not_the_article_s():
    text = "".join(f"<p>{line}</p>" for line in PROSE)
    main = f"<article><h1>Så gick det</h1>{text}<h3>Läs också</h3><p>{LINK} 3 januari 2024</p></article>"
    assert extract_article(page(document(main))).date_published is None


@pytest.mark.parametrize(
    "line",
    [
        "Dela på ansvaret",
        "Kommunen delade artikeln med sina grannar, och det gav nya svar.",
        "Det finns tre ämnen: ledning, ekonomi och bygg, och alla hänger ihop.",
        "Prenumerera på nyhetsbrev gör hälften av alla chefer, men få av dem läser så många som de tänkt sig.",
    ],
)
def test_lines_of_text_that_begin_like_labels(line):
    assert left(f"<p>{line}</p><p>{FIRST[:-1]} i alla led.</p>")[0] == line


def test_sources_below_a_text_stay():
    sources = '<h3>Källor</h3><ul><li><a href="https://scb.example/rapport.pdf">Rapporten om broar, 2023</a></li></ul>'
    assert left(sources)
