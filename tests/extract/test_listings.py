"""Pages that list others: by their entries, by whole posts, by an address, and pages that only look so."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.model import PageKind
from tests.extract.pages import FIRST, SECOND, THIRD, article, document, page

LONG = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>" * 2


def post(n, *, level=2, text=LONG, tag="article"):
    """A whole post as a blog's front shows it: headline with a link, date, text."""
    return (
        f'<{tag} class="post"><h{level}><a href="/nyheter/inlagg-{n}/">Inlägg nummer {n} om bygget</a></h{level}>'
        f'<time datetime="2024-03-0{n}">{n} mars 2024</time><div class="text">{text}</div></{tag}>'
    )


def kind(html, path="/nyheter/"):
    return extract_article(page(html, path)).kind


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("tag", ["article", "div"])
@pytest.mark.parametrize("path", ["/nyheter/", "/skriver-vi/"])
def test_whole_posts_one_below_the_other_are_a_listing(count, level, tag, path):
    posts = "".join(post(n, level=level, tag=tag) for n in range(1, count + 1))
    assert kind(document(f"<h1>Nyheter</h1>{posts}", title="Nyheter | Fjällbro"), path) is PageKind.LISTING
    assert kind(document(posts, title="Fjällbro"), path) is PageKind.LISTING


@pytest.mark.parametrize("first", [1, 6])
def test_a_long_post_beside_short_ones_is_a_listing(first):
    posts = "".join(post(n, text=LONG * (first if n == 1 else 1)) for n in (1, 2, 3))
    assert kind(document(f"<h1>Bloggen</h1>{posts}")) is PageKind.LISTING


@pytest.mark.parametrize("more", [1, 2])
def test_an_article_before_others_is_an_article(more):
    below = "".join(post(n, text=f"<p>{FIRST}</p><p>{SECOND}</p>") for n in range(2, 2 + more))
    own = f'<article class="post"><h1>Så gick det</h1><p>4 mars 2024</p><div class="text">{LONG * 2}</div></article>'
    html = document(own + f"<section>{below}</section>", title="Så gick det | Fjällbro")
    assert kind(html, "/nyheter/sa-gick-det/") is PageKind.ARTICLE
    linked = html.replace("<h1>Så gick det</h1>", '<h1><a href="/nyheter/sa-gick-det/">Så gick det</a></h1>')
    assert kind(linked, "/nyheter/sa-gick-det/") is PageKind.ARTICLE


def test_an_article_of_sections_that_link_to_reports_is_an_article():
    sections = "".join(f'<h2><a href="/rapporter/{n}/">Rapport {n} om bygget</a></h2>{LONG}' for n in (1, 2))
    html = article("Två rapporter om bygget", text=f"<p>{FIRST}</p>{sections}")
    assert kind(html, "/nyheter/tva-rapporter/") is PageKind.ARTICLE


@pytest.mark.parametrize(
    "path",
    [
        "/nyheter/", "/nyheter", "/sv/aktuellt/", "/blogg/", "/nyheder/", "/uutiset/", "/ajankohtaista", "/frettir/",
        "/aktuelles/", "/news.html", "/blog/index.html", "/actualites/", "/noticias/", "/nieuws/", "/notizie/",
        "/nyheter/page/2/", "/nyheter?page=2", "/uutiset/sivu/2", "/nieuws?pagina=3",
    ],
)  # fmt: skip
def test_the_address_of_a_section_speaks_for_a_listing_and_never_decides(path):
    teaser = '<div class="puff"><h2><a href="/nyheter/nr-1/">Nyhet nummer ett</a></h2><p>{}</p></div>'
    assert kind(document("<h1>Här står vi</h1>" + teaser.format(FIRST)), path) is PageKind.LISTING
    assert kind(article(), path) is PageKind.ARTICLE


@pytest.mark.parametrize("path", ["/nyheter/sa-gick-det/", "/blogg/2024/sa-gick-det", "/?p=1234", "/news/a/"])
def test_an_article_under_a_section_with_one_teaser_is_an_article(path):
    html = article(column='<div><h3><a href="/nyheter/nr-1/">Nyhet nummer ett</a></h3></div>', text=LONG)
    assert kind(html, path) is PageKind.ARTICLE


STATED = (
    '<meta property="og:title" content="{0} | Fjällbro"><meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2024-03-04">'
)
REPORTS = "".join(f'<h2><a href="/rapport-{n}/">Rapport {n} om bygget</a></h2>{LONG}' for n in range(1, 5))
TEASERS = "".join(f'<h2><a href="/nr-{n}/">Nyhet {n} om bygget</a></h2><p>{FIRST}</p>' for n in range(1, 5))


def test_a_page_that_states_one_article_and_shows_its_headline_is_one():
    html = article("Fyra rapporter om bygget", text=f"<p>{FIRST}</p>{REPORTS}")
    assert kind(html, "/nyheter/fyra/") is PageKind.LISTING
    head = STATED.format("Fyra rapporter om bygget")
    assert kind(html.replace("</head>", head + "</head>"), "/nyheter/fyra/") is PageKind.ARTICLE


def test_a_listing_that_states_an_article_is_a_listing():
    head = STATED.format("Nyheter från Fjällbro")
    for inner in (TEASERS, "".join(post(n) for n in (1, 2, 3))):
        html = document(f"<h1>Nyheter från Fjällbro</h1>{inner}", title="Nyheter från Fjällbro", head=head)
        assert kind(html, "/skriver-vi/") is PageKind.LISTING
