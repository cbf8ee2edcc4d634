from __future__ import annotations

import random
import time

import pytest

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel, Seen
from archiver.extract.learner import ChromeLearner
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
    assert found.evidence["body"].method == "site"
    assert found.evidence["body"].where.endswith(" pages)")


def test_each_layout_has_the_container_of_its_own_time():
    old = "main>article.nyhet>div.text"
    model = learned()
    for count, agreed in ((8, [old]), (20, ["main>div.ny", old]), (160, ["main>div.ny", old])):
        after = [
            (
                page(document(f"<div class='ny'><h1>Ny {n}</h1>{text(n + 100)}</div>"), f"/aktuellt/ny-{n}/"),
                [],
            )
            for n in range(count)
        ]
        found = model.learn(after)
        assert list(found.agreed_containers) == agreed
        assert found.agreed_container == agreed[0]
    assert found.container_proof("main>div.ny") == Seen(pages=160, of=160)


def test_a_container_here_and_there_is_not_agreed_on():
    pages = [
        (page(document(f"<div class='{'abc'[n % 3]}'><h1>Ny {n}</h1>{text(n)}</div>"), f"/n/{n}/"), [])
        for n in range(30)
    ]
    assert ChromeModel.empty().learn(pages).agreed_container is None


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


def newest_five(n):
    """A column of the five articles before this one, as it stood on the night of this one."""
    lines = "".join(
        f'<li><a href="/nyheter/nr-{i}/">{headline(i)}</a><span>{i % 27 + 1} mars 2023</span></li>'
        for i in range(n - 5, n)
    )
    return f"<div class='ruta'><h3>Mest nytt</h3><ul>{lines}</ul></div>"


def headline(n):
    return f"Nytt om {WORDS[n % 10]} och {WORDS[(n * 3 + n // 10) % 10]} i del {n}"


def nights(count):
    """Captures of a site that adds an article a night, each with the newest five amid its paragraphs."""
    pages = []
    for n in range(100, 100 + count):
        inner = f"<article><h1>{headline(n)}</h1><div class='text'>{text(n)}{newest_five(n)}</div></article>"
        pages.append((page(document(inner, title=f"{headline(n)} | Fjällbro"), f"/nyheter/nr-{n}/"), []))
    return pages


@pytest.mark.parametrize("count", [15, 60])
def test_a_column_that_changes_from_night_to_night_goes_and_its_heading_with_it(count):
    pages = nights(count)
    model = ChromeModel.empty().learn(pages)
    found = extract_article(pages[-1][0], chrome=model)
    assert "Mest nytt" not in found.body
    assert "Nytt om" not in found.body
    assert "mars 2023" not in found.body
    assert found.body.count("Text ") == 4
    shown = {s.text: s for s in found.stripped}
    newest = next(s for text, s in shown.items() if text.startswith(headline(98 + count)))
    assert newest.of >= newest.pages >= 0.7 * count
    assert shown["Mest nytt"].pages == count


def test_a_small_site_with_one_column_of_the_newest_five():
    pages = [
        (page(article(headline(n), text=text(n) + newest_five(15)), f"/nyheter/nr-{n}/"), [])
        for n in range(15)
    ]
    found = extract_article(pages[3][0], chrome=ChromeModel.empty().learn(pages))
    assert "Mest nytt" not in found.body
    assert "Nytt om" not in found.body
    assert found.body.count("Text ") == 4


INTRODUCTION = (
    "<div class='serie'><h4>Om serien</h4><p>" + SERIES + "</p><p>Läs gärna de andra delarna, som handlar "
    "om väg, vatten och skola, och hör av dig till redaktionen.</p></div>"
)


@pytest.mark.parametrize("every", [4, 6, 10])
def test_a_series_introduction_in_a_box_of_its_own_stays(every):
    pages = [
        (page(article(headline(n), text=(INTRODUCTION if n % every == 3 else "") + text(n)), f"/nr-{n}/"), [])
        for n in range(80)
    ]
    found = extract_article(pages[3][0], chrome=ChromeModel.empty().learn(pages))
    assert SERIES in found.body
    assert "Om serien" in found.body
    assert "hör av dig" in found.body


def test_words_that_reports_share_stay_headings():
    """Headings, items and cells that come back, in the text itself, are no column."""
    pages = []
    for n in range(40):
        own = text(n)
        lines = "".join(
            f"<h3>{h}</h3><p>Del {n}: {SECOND} {WORDS[n % 10]}</p>" for h in ("Bakgrund", "Metod", "Slutsats")
        )
        same = "<table><tr><td>Ja</td><td>Nej</td></tr><tr><td>Nej</td><td>Ja</td></tr></table>"
        items = f"<ul><li>Ort: {WORDS[n % 3]}</li><li>Typ: {WORDS[n % 2]}</li></ul>"
        own = items + (same if n % 4 == 1 else "") + own
        pages.append((page(article(headline(n), text=own + lines), f"/nr-{n}/"), []))
    found = extract_article(pages[5][0], chrome=ChromeModel.empty().learn(pages))
    for words in ("Bakgrund", "Metod", "Slutsats", "Ort: älv", "Typ: väg"):
        assert words in found.body
    assert {s.text for s in found.stripped if s.pages} <= {"Fjällbro"}


def test_a_model_of_thousands_of_pages_stays_small_and_quick():
    rng = random.Random(1)
    learner = ChromeLearner()
    for n in range(1500):
        own = "".join("<p>" + " ".join(rng.choices(WORDS, k=30)) + f", {n}.</p>" for _ in range(12))
        learner.add(page(article(headline(n), text=own, column=COLUMN), f"/nyheter/nr-{n}/"))
    stored = learner.model().to_json()
    assert len(stored) < 600_000
    begin = time.process_time()
    learner = ChromeLearner(ChromeModel.from_json(stored))
    for one, mentions in nights(10):
        learner.add(one, mentions=mentions)
    model = learner.model()
    assert model.digest
    assert model.to_json()
    assert time.process_time() - begin < 0.15


APPEAL = "Alfa hjälper offentlig sektor att köpa in bättre. Hör av dig till oss om du vill veta mer om det."


def layout(n, *, old, more=""):
    """The page of an article in the old or the new layout of a site, with the column of that layout."""
    title, lines = f"<h1>Rubrik nummer {n}</h1>", text(n) + more
    if old:
        html = document(f'<div class="innehall">{title}<div class="brod">{lines}</div>{COLUMN}</div>')
    else:
        html = document(f'<main><article class="post">{title}<section>{lines}</section></article></main>')
    return page(html, f"/nyheter/rubrik-nummer-{n}/"), []


@pytest.mark.parametrize(("old", "new"), [(10, 21), (15, 27), (8, 90)])
def test_the_column_of_a_layout_of_a_few_pages_goes(old, new):
    pages = [layout(n, old=n < old) for n in range(old + new)]
    model = ChromeModel.empty().learn(pages)
    for n in range(old):
        found = extract_article(pages[n][0], chrome=model)
        assert "Nyhetsarkiv" not in found.body, n
        assert found.body.startswith(f"Text {n}: "), n
        assert {"Nyhetsarkiv", "Senaste nyheter"} <= {s.text for s in found.stripped if s.of}


@pytest.mark.parametrize("new", [11, 17, 30])
def test_what_every_page_of_a_new_layout_ends_with_goes(new):
    pages = [layout(n, old=n < 40, more="" if n < 40 else f"<p>{APPEAL}</p>") for n in range(40 + new)]
    model = ChromeModel.empty().learn(pages)
    found = extract_article(pages[44][0], chrome=model)
    assert APPEAL not in found.body
    assert found.body.startswith("Text 44: ")
