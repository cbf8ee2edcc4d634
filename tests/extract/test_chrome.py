from __future__ import annotations

import time

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeLearner, ChromeModel
from archiver.model import Mention, PageKind
from tests.extract.pages import COLUMN, FIRST, HOST, SECOND, THIRD, article, document, page

SERIES = "Det här är en del av vår serie om inköp i små kommuner, som vi skriver tillsammans med läsarna."
WORDS = ["bro", "väg", "älv", "skog", "berg", "hus", "båt", "ström", "sten", "äng"]


def text(n, *, series=False):
    own = [
        f"Text {n}: {WORDS[n % 10]} och {WORDS[(n * 7 + i) % 10]} möttes i del {n * 10 + i}, {SECOND.lower()}"
        for i in range(4)
    ]
    return "".join(f"<p>{p}</p>" for p in ([SERIES] if series else []) + own)


def site_pages(count=40):
    """(page, mentions) of a small site with a column inside the article element and static pages."""
    pages = []
    for n in range(count):
        path = f"/nyheter/rubrik-nummer-{n}/"
        html = article(
            f"Rubrik nummer {n}",
            date=f"<p>{n % 27 + 1} mars 2023</p>",
            text=text(n, series=n % 10 == 3),
            column=COLUMN,
        )
        fed = [Mention(url=HOST + path, kind="feed", date="2023-03-01")] if n < 10 else []
        pages.append((page(html, path), fed))
    for path, title in (("/om-oss/", "Om oss"), ("/tjanster/", "Det vi gör"), ("/historia/", "Bakgrund")):
        pages.append((page(document(f"<h1>{title}</h1><p>{FIRST}</p><p>{THIRD}</p>{COLUMN}"), path), []))
    return pages


def learned(count=40):
    return ChromeModel.empty().learn(site_pages(count))


def test_columns_inside_the_article_element_are_stripped_and_shown():
    model = learned()
    found = extract_article(site_pages()[5][0], chrome=model)
    assert "Nyhetsarkiv" not in found.body
    assert "Senaste nyheter" not in found.body
    assert "Nytt kontor i Falun" not in found.body
    assert found.body.startswith("Text 5: ")
    shown = {s.text: s for s in found.stripped}
    assert shown["Nyhetsarkiv"].pages == 40
    assert shown["Nyhetsarkiv"].of == 40


def test_a_column_between_the_paragraphs_goes_too():
    pages = [
        (page(document(f"<article><h1>Rubrik {n}</h1>{COLUMN}{text(n)}</article>"), f"/nyheter/nr-{n}/"), [])
        for n in range(30)
    ]
    found = extract_article(pages[7][0], chrome=ChromeModel.empty().learn(pages))
    assert found.body.startswith("Text 7: ")
    assert "Nyhetsarkiv" not in found.body
    assert "Hösten fylls av kurser" not in found.body


def test_a_paragraph_of_a_few_articles_stays():
    assert SERIES in extract_article(site_pages()[13][0], chrome=learned()).body


def test_static_pages_are_told_from_articles_by_the_site_itself():
    model = learned()
    kinds = {p.url: extract_article(p, chrome=model, mentions=m).kind for p, m in site_pages()}
    articles = [u for u, kind in kinds.items() if kind is PageKind.ARTICLE]
    assert len(articles) == 40
    assert HOST + "/historia/" not in articles


def test_the_model_is_a_function_of_the_ordered_captures():
    pages = site_pages()
    assert learned().digest == learned().digest
    assert learned().digest.startswith("sha256:")
    half = ChromeModel.empty().learn(pages[:20])
    assert half.learn(pages[20:]).digest == learned().digest
    assert half.digest != learned().digest


def test_the_model_survives_json():
    model = learned()
    again = ChromeModel.from_json(model.to_json())
    assert again == model
    assert again.digest == model.digest
    assert ChromeModel.from_json('{"version": 0}') == ChromeModel.empty()


def test_the_same_page_twice_counts_once():
    pages = site_pages()
    assert ChromeModel.empty().learn(pages + pages).digest == learned().digest


def test_the_old_layout_s_columns_are_known_after_a_redesign():
    pages = site_pages()
    after = [
        (
            page(
                document(
                    f"<div class='ny'><h1>Ny {n}</h1>{text(n + 100)}</div><div class='ruta'>Prenumerera "
                    f"här idag</div>"
                ),
                f"/aktuellt/ny-{n}/",
            ),
            [],
        )
        for n in range(160)
    ]
    model = ChromeModel.empty().learn(pages + after)
    assert "Nyhetsarkiv" not in extract_article(pages[5][0], chrome=model).body


def test_chrome_blocks_say_what_and_where():
    blocks = {b.text: b for b in learned().chrome_blocks()}
    assert blocks["Nytt kontor i Falun"].pages == 43
    assert "div.spalt" in blocks["Nyhetsarkiv"].where
    assert SERIES not in blocks


def test_a_recapture_counts_again_only_in_another_layout():
    pages = site_pages()
    model = ChromeModel.empty().learn(pages)
    anew = [
        (page(one.body.replace(b'class="nyhet"', b'class="ny form"'), one.url.removeprefix(HOST)), m)
        for one, m in pages
    ]
    assert model.learn(pages).pages == 43
    assert model.learn(anew).pages == 83


def test_pages_agree_on_the_container_of_the_text():
    model = learned()
    assert model.agreed_container == "main>article.nyhet>div.text"
    short = article(
        "Glad sommar", text="<p>Vi ses i höst.</p>", column='<div class="x"><p>' + FIRST + "</p></div>"
    )
    found = extract_article(page(short, "/nyheter/glad-sommar/"), chrome=model)
    assert found.body == "Vi ses i höst."


def test_ten_more_pages_cost_milliseconds():
    model = learned()
    more = [
        (page(article(f"Ny {n}", text=text(n + 50), column=COLUMN), f"/nyheter/ny-{n}/"), [])
        for n in range(10)
    ]
    begin = time.process_time()
    learner = ChromeLearner(model)
    for one, mentions in more:
        learner.add(one, mentions=mentions)
    learner.model()
    assert time.process_time() - begin < 0.2


def test_site_affixes_are_learned():
    assert " | Fjällbro" in learned().site_affixes
