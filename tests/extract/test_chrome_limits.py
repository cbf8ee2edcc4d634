"""What a chrome model must not do: small sites, series that follow each other, pages of thousands of lines."""

from __future__ import annotations

import random
import time

import pytest

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.extract.learner import ChromeLearner
from archiver.model import Mention, PageKind
from tests.extract.pages import COLUMN, FIRST, HOST, SECOND, THIRD, article, document, page
from tests.extract.test_chrome import INTRODUCTION, SERIES, headline, text

NEWS = [(f"/nyheter/{w}-och-vatten/", f"{w.title()} och vatten i kommunen") for w in ("bro", "hus", "vik")]
FIRM = [
    ("/om-oss/", "Om oss"), ("/tjanster/", "Tjänster"), ("/kontakt/", "Kontakt"), ("/historia/", "Bakgrund"),
    ("/integritet/", "Integritetspolicy"), ("/metod/", "Så arbetar vi"), ("/kunder/", "Kunder"),
]  # fmt: skip


def small_site(*, menu):
    """Three articles that a listing names, also linked from each page's menu or not, and the firm's pages."""
    linked = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in NEWS) if menu else ""
    told = f"<p>{FIRST}</p><p>{SECOND}</p>"
    pages = {path: article(title, text=text(n), column=COLUMN) for n, (path, title) in enumerate(NEWS)}
    pages |= {path: document(f"<h1>{title}</h1>{told}<p>{title}: {THIRD}</p>") for path, title in FIRM}
    named = {path: [Mention(url=HOST + path, kind="listing", date="2024-03-04")] for path, _ in NEWS}
    return [
        (page(html.replace("</ul></nav>", f"{linked}</ul></nav>", 1), path), named.get(path, []))
        for path, html in pages.items()
    ]


@pytest.mark.parametrize("menu", [False, True])
def test_three_articles_are_found_also_where_the_menu_links_to_them(menu):
    pages = small_site(menu=menu)
    model = ChromeModel.empty().learn(pages)
    found = {p.url.removeprefix(HOST): extract_article(p, chrome=model, mentions=m) for p, m in pages}
    assert [path for path, e in found.items() if e.kind is PageKind.ARTICLE] == [path for path, _ in NEWS]
    assert all(found[path].body.count("Text ") == 4 for path, _ in NEWS)


def test_a_dated_page_of_the_firm_in_the_menu_is_no_article():
    head = '<meta property="og:type" content="article">'
    linked = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in FIRM) + "</ul></nav>"
    pages = [
        page(
            article(f"{title} på Fjällbro", text=text(n) * 2, head=head).replace("</ul></nav>", linked, 1),
            path,
        )
        for n, (path, title) in enumerate(FIRM)
    ]
    model = ChromeModel.empty().learn([(one, []) for one in pages])
    kinds = {extract_article(one, chrome=model).kind for one in pages}
    assert PageKind.ARTICLE not in kinds


@pytest.mark.parametrize("date", [None, "2024-03-04"])
def test_articles_of_a_new_layout_that_a_listing_names_are_found(date):
    """All that is known of a site's articles is of the layout before."""
    pages = []
    for n in range(40):
        fed = [Mention(url=f"{HOST}/nyheter/nr-{n}/", kind="feed", date="2023-03-01")]
        pages.append((page(article(headline(n), text=text(n)), f"/nyheter/nr-{n}/"), fed))
    after = []
    for n in range(100, 103):
        day = f"<time datetime='2024-03-0{n % 9 + 1}'>{n % 9 + 1} mars 2024</time>"
        html = document(
            f"<div class='rubrik'><h1>{headline(n)}</h1>{day}</div><div class='ny'>{text(n)}</div>",
            title=f"{headline(n)} – Fjällbro",
            body=' class="sida"',
        )
        named = [Mention(url=f"{HOST}/aktuellt/{n}/", kind="listing", date=date)]
        after.append((page(html, f"/aktuellt/{n}/"), named))
    model = ChromeModel.empty().learn(pages + after)
    for one, named in after:
        found = extract_article(one, chrome=model, mentions=named)
        assert found.kind is PageKind.ARTICLE, found.reason


@pytest.mark.parametrize(
    "shown",
    [lambda n: n % 10 < 3, lambda n: n % 3 == 0, lambda n: 40 <= n < 65, lambda n: 30 <= n < 65],
    ids=["three in ten", "each third", "25 in a row", "35 in a row"],
)
@pytest.mark.parametrize("box", [f"<p>{SERIES}</p>", INTRODUCTION], ids=["line", "box"])
def test_the_introduction_of_a_series_stays(shown, box):
    pages = [
        (page(article(headline(n), text=(box if shown(n) else "") + text(n), column=COLUMN), f"/nr-{n}/"), [])
        for n in range(100)
    ]
    model = ChromeModel.empty().learn(pages)
    for n in filter(shown, range(100)):
        body = extract_article(pages[n][0], chrome=model).body
        assert SERIES in body
        assert "Om serien" in body or box != INTRODUCTION
        assert "Nyhetsarkiv" not in body


def test_a_site_of_large_tables_has_a_small_model():
    rng = random.Random(1)
    learner = ChromeLearner()
    for n in range(60):
        rows = "".join(f"<tr><td>{rng.random()}</td><td>{rng.random()}</td></tr>" for _ in range(1400))
        html = article(headline(n), text=f"{text(n)}<table>{rows}</table>", column=COLUMN)
        learner.add(page(html, f"/nyheter/nr-{n}/"))
    model = learner.model()
    stored = model.to_json()
    assert len(stored) < 3_500_000
    begin = time.process_time()
    learner = ChromeLearner(ChromeModel.from_json(stored))
    for n in range(100, 110):
        learner.add(page(article(headline(n), text=text(n), column=COLUMN), f"/nyheter/nr-{n}/"))
    assert learner.model().digest
    assert time.process_time() - begin < 0.6
    found = extract_article(page(article(headline(7), text=text(7), column=COLUMN)), chrome=model)
    assert "Nyhetsarkiv" not in found.body


def test_names_that_are_made_anew_for_each_page_do_not_fill_the_model():
    rng = random.Random(1)
    learner = ChromeLearner()
    for n in range(400):
        made = "".join(rng.choices("abcdefgh", k=9))
        lines = "".join(f"<div class='{made}{c}'><p>{SECOND} {n} {c}</p></div>" for c in "abcdefghijklmnop")
        learner.add(page(article(headline(n), text=lines), f"/nyheter/nr-{n}/"))
    assert len(learner.model().places) < 3000
