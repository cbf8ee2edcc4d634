from __future__ import annotations

import json
from datetime import date

import pytest

from archiver.extract.article import extract_article
from archiver.model import Page
from tests.extract.pages import FIRST, HOST, SECOND, article, document, page

PATH = "/nyheter/sa-gick-det/"


def dated(html, path=PATH):
    found = extract_article(page(html, path))
    how = found.evidence.get("date_published")
    return found.date_published, how.method if how else None


def ld(*items):
    return "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in items)


def news(published, **more):
    return ld(
        {"@type": "NewsArticle", "headline": "Så gick det för kommunen", "datePublished": published, **more}
    )


def meta(published, name="article:published_time"):
    return f'<meta property="{name}" content="{published}">'


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("", "2024-03-05T01:20:00+00:00"),
        ("<p>4 mars 2024</p>", "2024-03-04"),
        ("<p>5 mars 2024</p>", "2024-03-05T01:20:00+00:00"),
        ("<p>Publicerad 4 mars 2024. Uppdaterad 5 mars 2024</p>", "2024-03-04"),
        ('<p class="updated">Uppdaterad 4 mars 2024</p>', "2024-03-05T01:20:00+00:00"),
    ],
)
def test_a_stamp_in_utc_is_given_in_the_day_that_stands_beside_the_title(line, published):
    assert dated(article(date=line, head=news("2024-03-05T01:20:00Z")))[0] == published


def test_the_day_that_is_shown_counts_more_than_the_address():
    html = article(date="<p>5 mars 2024</p>", head=news("2024-03-05T01:20:00Z"))
    assert dated(html, "/2024/03/04/sa-gick-det/")[0] == "2024-03-05T01:20:00+00:00"
    html = article(date="", head=news("2024-03-05T01:20:00Z"))
    assert dated(html, "/2024/03/04/sa-gick-det/")[0] == "2024-03-04"


def test_a_date_that_a_reader_sees_contradicted_is_disputed():
    html = article(date="<p>21 februari 2024</p>", head=news("2024-03-04T10:00:00+01:00"))
    assert dated(html) == ("2024-03-04T10:00:00+01:00", "disputed")
    html = article(date="", head=news("2024-03-04"))
    assert dated(html, "/2024/02/21/sa-gick-det/") == ("2024-03-04", "disputed")
    html = article(date="<p>4 mars 2024</p>", head=news("2024-03-04"))
    assert dated(html, "/2024/02/21/sa-gick-det/") == ("2024-03-04", "json-ld")


def test_a_disputed_meta_yields_to_what_is_shown_but_not_to_a_day_of_change():
    shown = "<p>Publicerad 3 mars 2024</p>"
    assert dated(article(date=shown, head=meta("2024-03-07"))) == ("2024-03-03", "labelled line")
    changed = meta("2024-03-07") + meta("2024-03-09T08:00:00+01:00", "article:modified_time")
    assert dated(article(date="<p>9 mars 2024</p>", head=changed)) == ("2024-03-07", "disputed")


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Skapad av Ylva Testskog — publicerad 2024-03-04 06:00", "2024-03-04"),
        ("Senast ändrad: 2024-03-09 14:49 Publicerad: 2024-03-04", "2024-03-04"),
        (
            "Nyheter från kommunen i norr 2024-03-04 13:15 av Ylva Testskog på redaktionen i Falun",
            "2024-03-04",
        ),
    ],
)
def test_dates_within_a_line(line, published):
    assert dated(article(date=f"<p>{line}</p>"))[0] == published


def test_a_date_told_in_the_text_is_not_the_article_s():
    text = f"<p>Rapporten published on 5 May 2019 räknas än. {FIRST}</p><p>{SECOND}</p>"
    assert dated(article(date="<p>4 mars 2024</p>", text=text)) == ("2024-03-04", "visible")


def test_a_byline_of_links_is_read():
    line = '<div class="post-meta"><a href="/author/ylva/">Ylva Testskog på Fjällbro</a> <a href="/2024/">4 mars 2024</a></div>'
    assert dated(article(date=line)) == ("2024-03-04", "visible")


def test_a_dateline_in_brackets():
    text = f"<p>Falun, (4.3.2024). {FIRST}</p><p>{SECOND}</p>"
    assert dated(article(date="", text=text))[0] == "2024-03-04"


def test_the_time_of_another_article_in_a_list_is_none():
    others = "".join(
        f'<li><a href="/n/{n}/"><time datetime="2023-0{n}-01">0{n}</time> En annan nyhet från oss</a></li>'
        for n in (1, 2, 3)
    )
    assert dated(article(date="", column=f"<ul>{others}</ul>")) == (None, None)


def test_a_lone_time_below_the_text_counts_wherever_it_stands():
    lines = "".join(f"<p>Rad {n}</p>" for n in range(20))
    foot = f'<div>{lines}<p>Inlagd <time datetime="2024-03-04">i mars</time></p></div>'
    assert dated(article(date="", column=foot)) == ("2024-03-04", "time")


def test_the_day_of_an_archived_copy_is_never_one():
    assert dated(article(date=""), "/web/20160218174457/http://fjallbro.example/nyheter/x/") == (None, None)
    assert dated(article(date=""), "/web/2016/http://fjallbro.example/2010/05/04/x/") == ("2010-05-04", "url")


def test_the_page_s_own_article_among_several():
    other = {"@type": "NewsArticle", "headline": "En annan nyhet", "datePublished": "2023-01-01"}
    own = {
        "@type": "NewsArticle",
        "headline": "Kort rubrik",
        "url": HOST + PATH,
        "datePublished": "2024-03-04",
    }
    canonical = f'<link rel="canonical" href="{HOST}{PATH}">'
    assert dated(article(date="", head=canonical + ld(other, own))) == ("2024-03-04", "json-ld")


@pytest.mark.parametrize("kind", ["FAQPage", "HowTo", "Recipe", "DiscussionForumPosting", "WebPage"])
def test_other_kinds_of_text_state_a_date_too(kind):
    plain = {"@type": "WebPage", "name": "x"}
    html = article(date="", head=ld(plain, {"@type": kind, "datePublished": "2024-03-04"}))
    assert dated(html) == ("2024-03-04", "json-ld")


@pytest.mark.parametrize("unset", ["1970-01-01T01:00:00+01:00", "0001-01-01T00:00:00", "1969-12-31"])
def test_a_clock_that_was_never_set_states_nothing(unset):
    assert dated(article(head=news(unset))) == ("2024-03-04", "labelled line")


def test_the_page_says_that_it_was_changed():
    html = document(
        f"<article><h1>Så gick det</h1><p>{FIRST}</p><p>{SECOND}</p><p>Sidan uppdaterades 2 juni 2023</p></article>"
    )
    assert extract_article(page(html)).date_modified == "2023-06-02"


@pytest.mark.parametrize(
    "after",
    [
        '<h3>Fler nyheter</h3><ul><li><a href="/a/">Nytt kontor i Falun</a> <span>1 februari 2023</span></li></ul>',
        '<h3>Nyheter</h3><ul><li><span>2023-02-01</span> <a href="/a/">Nytt kontor i Falun</a></li></ul>',
        "<div><p>2023-02-01</p><h3><a href='/a/'>Nytt kontor i Falun</a></h3></div>",
        "<h2>Fler nyheter</h2><div><time datetime='2023-02-01'>1 feb</time><h3><a href='/a/'>Nytt kontor</a></h3></div>",
        "<h3>2 kommentarer</h3><div><p>Kalle 5 mars 2023</p><p>Bra skrivet om kommunen.</p></div>",
    ],
)
def test_the_date_of_another_article_or_a_comment_is_not_this_one_s(after):
    text = f"<p>{FIRST}</p><p>{SECOND}</p>" * 2
    assert dated(article(date="", text=text) + after)[0] is None
    assert dated(article(date="", text=text, column=after))[0] is None
    assert dated(article(date="<p>4 mars 2024</p>", text=text, column=after))[0] == "2024-03-04"


@pytest.mark.parametrize(
    "heading",
    [
        "Våra nyheter",
        "Våre nyheter",
        "Uutisia",
        "Fréttir",
        "Nachrichten",
        "Actualités",
        "Noticias",
        "Nieuws",
        "Notizie",
    ],
)
def test_the_day_below_a_heading_of_news_is_another_article_s(heading):
    after = f"<h3>{heading}</h3><div><p>2023-02-01</p><p>Nytt kontor i Falun</p></div>"
    assert dated(article(date="", text=f"<p>{FIRST}</p><p>{SECOND}</p>" * 2) + after)[0] is None


OTHER_DAYS = [
    "Tid: 26 juni 2024, kl. 13.00", "When: 26 June 2024, 13:00", "Når: 26. juni 2024", "Wann: 26. Juni 2024",
    "Datum och tid: 26 juni 2024", "Sista ansökningsdag: 4 april 2024", "Anmälan senast 4 april 2024",
    "Sök senast 2024-04-04", "Ansök senast den 4 april 2024", "Søknadsfrist: 4. april 2024",
    "Ansøgningsfrist: 4. april 2024", "Haku päättyy 4.4.2024", "Bewerbungsfrist: 4. April 2024",
    "Apply by 4 April 2024", "Grundat den 4 april 1994",
]  # fmt: skip


@pytest.mark.parametrize("line", OTHER_DAYS)
def test_the_day_of_an_event_or_a_deadline_is_none_of_publishing(line):
    assert dated(article(date=f"<p>{line}</p>"))[0] is None
    assert dated(article(date=f"<p>{line}</p><p>Publicerad 4 mars 2024</p>"))[0] == "2024-03-04"


def test_a_day_beside_a_place_is_an_event_s():
    assert dated(article(date="<p>Datum: 26 juni 2024</p><p>Plats: Visby</p>"))[0] is None
    assert dated(article(date="<p>Datum: 26 juni 2024 | Plats: Visby</p>"))[0] is None
    assert dated(article(date="<p>Datum: 26 juni 2024</p>"))[0] == "2024-06-26"


@pytest.mark.parametrize(
    ("lang", "line", "iso"),
    [
        ("sv", "24-03-04", "2024-03-04"),
        ("nl", "04-03-24", "2024-03-04"),
        ("da", "04-03-24", "2024-03-04"),
        ("en", "24-03-04", None),
        ("sv", "Publicerad 20240304", "2024-03-04"),
    ],
)
def test_a_short_date_is_read_as_the_language_writes_it(lang, line, iso):
    html = document(f"<h1>Så gick det</h1><p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>", lang=lang)
    assert dated(html)[0] == iso


@pytest.mark.parametrize(
    "line", ["Kirjoittaja: Ylva Testskog-Virtanen, 4.3.2024", "Text: Ylva Testskog-Virtanen, 4.3.2024"]
)
def test_a_byline_that_ends_with_a_date_is_dated(line):
    assert dated(article(date=f"<p>{line}</p>"))[0] == "2024-03-04"


def test_a_change_before_the_publishing_is_none():
    head = meta("2024-03-04T10:00:00+01:00") + meta("2023-03-05T10:00:00+01:00", "article:modified_time")
    found = extract_article(page(article(date="", head=head)))
    assert (found.date_published, found.date_modified) == ("2024-03-04T10:00:00+01:00", None)


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("", meta("2094-03-04T10:00:00+01:00")),
        ("<p>Publicerad 4 mars 2094</p>", ""),
        ("<p>4 mars 2094</p>", ""),
        (f"<p>4 mars 2094 – {FIRST}</p>", ""),
    ],
)
def test_a_date_long_after_the_capture_is_none(line, head):
    body = article(date=line, head=head).encode()
    found = extract_article(Page(url=HOST + PATH, body=body, captured=date(2024, 3, 5)))
    assert found.date_published is None


@pytest.mark.parametrize(
    ("headline", "day"),
    [
        ("Kallelse till årsstämma den 4 mars 2024", None),
        ("Bokslut 31 december 2023", None),
        ("Delårsrapport 1 januari – 30 juni 2024", None),
        ("Valv i sten håller – 4 mars 2024", "2024-03-04"),
        ("2024-03-04 Valv i sten håller", "2024-03-04"),
    ],
)
def test_a_day_that_a_headline_tells_of_is_none_of_publishing(headline, day):
    assert dated(article(headline, date=""))[0] == day


def test_a_day_that_a_headline_tells_of_disputes_nothing():
    html = article("Kallelse till årsstämma den 24 april 2024", date="", head=news("2024-03-04"))
    assert dated(html) == ("2024-03-04", "json-ld")


OTHER = {
    "@type": "NewsArticle",
    "headline": "En annan nyhet",
    "url": HOST + "/nyheter/en-annan/",
    "datePublished": "2023-03-03",
    "author": "Kalle Bok",
}


@pytest.mark.parametrize(
    ("more", "published"),
    [
        ({}, None),
        ({"url": "/nyheter/en-annan/"}, None),
        ({"url": "", "mainEntityOfPage": {"@id": HOST + "/nyheter/en-annan/"}}, None),
        ({"url": ""}, "2023-03-03"),  # the address does not contradict
        ({"url": HOST + "/"}, "2023-03-03"),  # as one template gives to every page
        ({"url": HOST + "/nyheter/sa-gick-det/?print=1", "mainEntityOfPage": HOST + PATH}, "2023-03-03"),
        ({"headline": "Kommunen: så gick det"}, "2023-03-03"),
        ({"url": "https://stage.fjallbro.example" + PATH}, "2023-03-03"),
    ],
)
def test_what_is_stated_of_another_article_is_not_believed(more, published):
    found = extract_article(page(article(date="", head=ld(OTHER | more))))
    assert found.date_published == published
    assert found.authors == (("Kalle Bok",) if published else ())


def test_of_several_stated_articles_another_is_passed_over():
    own = {"@type": "NewsArticle", "datePublished": "2024-03-04"}
    assert dated(article(date="", head=ld(OTHER, own))) == ("2024-03-04", "json-ld")


NEXT = f"<article><h2>Nästa nyhet</h2><p>Publicerad 3 mars 2024</p><p>{SECOND}</p></article>"
TIME = '<time datetime="2024-01-02">2 jan 2024</time>'
LED = '<a href="/nyheter/annan/">Annan nyhet om något helt annat</a>'
SAID = "<p>Vilken bra nyhet, tycker jag, det här har vi väntat på länge!</p>"


@pytest.mark.parametrize(
    "neighbour",
    [
        f"</article>{NEXT}<article>",
        f'<div class="teasers"><div>{TIME}{LED}</div></div>',
        f'<div class="teasers"><div><p>2 jan 2024</p>{LED}</div></div>',
        f"</article><div><div>{TIME}{LED}</div></div><article>",
        f"<ol><li><b>Kalle</b> {TIME}{SAID}</li></ol>",
        f"<ol><li><b>Kalle</b> {TIME} {SAID[3:-4]}</li></ol>",
        f"<ol><li><p>Kalle, 2 januari 2024</p>{SAID}</li></ol>",
        f"<p>Seminariet hålls {TIME} i Lund.</p>",
        f"<p>{TIME} hålls seminariet i Lund, och alla som vill är välkomna.</p>",
    ],
)
def test_the_day_of_a_neighbour_or_of_a_sentence_is_no_date(neighbour):
    assert dated(article(date="", text=f"<p>{FIRST}</p><p>{SECOND}</p>", column=neighbour)) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        f"<p>Publicerad {TIME}</p>",
        f"<p>{TIME} – {FIRST}</p>",
        f"<p>{TIME} {FIRST}</p>",
        f"<ul><li>{TIME}</li><li>Anna Ek</li></ul>",
    ],
)
def test_the_day_in_a_list_of_small_print_or_before_the_text_is_one(line):
    assert dated(article(date=line))[0] == "2024-01-02"


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ('<p class="date">Mars 2024</p>', "2024-03"),
        ("<p>Mars 2024</p>", "2024-03"),
        ('<time datetime="2024-03">Mars 2024</time>', "2024-03"),
        ('<p><time datetime="2024">2024</time></p>', "2024"),
        ("<p>Julkaistu maaliskuussa 2024</p>", "2024-03"),
        ("<p>Publicerad: mars 2024</p>", "2024-03"),
        ("<p>Publicerad 2024</p>", "2024"),
        ("<div><div>4</div><div>mars</div><div>2024</div></div>", "2024-03-04"),
        ("<p>Rapport, mars 2024</p>", None),
        ("<p>2024</p>", None),
        ("<p>Uppdaterad: mars 2024</p>", None),
    ],
)
def test_a_month_or_a_year_is_kept_as_precise_as_it_is_shown(line, iso):
    html = document(f"<article><h1>Så gick det</h1>{line}<p>{FIRST}</p><p>{SECOND}</p></article>")
    assert dated(html)[0] == iso


def test_a_day_in_the_foot_counts_more_than_a_month_in_the_head():
    text = f"<p>{FIRST}</p><p>{SECOND}</p><p>Publicerad 4 mars 2024</p>"
    assert (
        dated(document(f"<article><h1>Så gick det</h1><p>Mars 2024</p>{text}</article>"))[0] == "2024-03-04"
    )
