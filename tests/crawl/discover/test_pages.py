"""Links, listings, their further pages, and what addresses alone tell."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.discover.addresses import chrome_reason, is_chrome_address, page_of, year_of
from archiver.crawl.discover.archives import archive_candidates, looks_like_listing
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.hyperlinks import read_page
from archiver.crawl.discover.pagination import further_pages
from archiver.crawl.links import Hyperlink

NEWS = "https://example.se/nyheter/"


def links(*pairs: tuple[str, str], base: str = NEWS) -> list[Hyperlink]:
    body = "".join(f'<a href="{href}">{text}</a>' for href, text in pairs)
    return list(read_page(f"<html><body>{body}".encode(), url=base).links)


def further(*pairs: tuple[str, str], url: str = NEWS) -> list[str]:
    return [
        found.removeprefix("https://example.se")
        for found in further_pages(links(*pairs, base=url), url, year=2026)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2015", "2015 (12)", "Nyheter 2015", "Pressmeddelanden 2015", "News 2015", "Visa 2015", "Arkiv: 2015",
        "Nyheter från 2015", "2015 års nyheter", "2015 »", "Uutiset vuodelta 2015", "Alle Neuigkeiten 2015 (3)",
        "Pressreleaser 2015", "Artiklar publicerade 2015", "Visa alla nyheter från år 2015 (34 st)",
    ],
)  # fmt: skip
def test_what_a_link_to_the_news_of_a_year_says(text: str) -> None:
    assert further(("/nyheter/2015/", text)) == ["/nyheter/2015/"]


def test_a_year_with_a_count_or_of_news_is_followed_in_any_folder() -> None:
    pairs = [("/2015/", "2015 (12)"), ("/2014/", "Nyheter från 2014"), ("/kalender/2013/", "Visa alla 2013")]
    assert further(*pairs) == ["/2015/", "/2014/"]


@pytest.mark.parametrize(
    "text", ["Almedalen 2015", "2015 blir ett bra år för alla", "Nyheter 2014", "2014–2015", "Nyheter"]
)
def test_what_says_something_else_than_a_year_leads_to_none(text: str) -> None:
    assert further(("/nyheter/2015/", text)) == []


@pytest.mark.parametrize(
    ("pairs", "url", "expected"),
    [
        (
            [("/nyheter/page/2/", "2"), ("/nyheter/page/3/", "3"), ("/blogg/page/2/", "2")],
            NEWS,
            ["/nyheter/page/2/", "/nyheter/page/3/"],
        ),
        ([("?sida=2", "Äldre inlägg"), ("?sida=1", "1")], NEWS, ["/nyheter/?sida=2"]),
        (
            [("?page=1", "2"), ("?page=2", "3"), ("?page=0", "1")],
            NEWS,
            ["/nyheter/?page=1", "/nyheter/?page=2"],
        ),
        ([("?page=0", "1"), ("?page=2", "Neste ›")], NEWS + "?page=1", ["/nyheter/?page=2"]),
        (
            [("?sida=3", "3"), ("?sida=9", "9")],
            NEWS,
            ["/nyheter/?sida=2", "/nyheter/?sida=3", "/nyheter/?sida=9"],
        ),
        ([("?sida=9", "9")], NEWS, ["/nyheter/?sida=2", "/nyheter/?sida=9"]),
        ([("?sida=9", "Sista")], NEWS, ["/nyheter/?sida=9"]),
        ([("?sida=1", "1"), ("?sida=9", "9")], NEWS + "?sida=4", ["/nyheter/?sida=5", "/nyheter/?sida=9"]),
        (
            [("/nyheter/page/2/", "2"), ("/nyheter/page/12/", "12")],
            NEWS + "page/2/",
            ["/nyheter/page/3/", "/nyheter/page/12/"],
        ),
        (
            [("?start=10", "2"), ("?start=20", "3"), ("?start=30", "4")],
            NEWS + "?start=10",
            ["/nyheter/?start=20", "/nyheter/?start=30"],
        ),
        ([("?page=1", "2"), ("?page=9", "10")], NEWS, ["/nyheter/?page=1", "/nyheter/?page=9"]),
        ([("?page=8", "9"), ("?page=1", "2")], NEWS + "?page=9", ["/nyheter/?page=8"]),
        ([("?page=9", "Sida 9")], NEWS + "?page=2", ["/nyheter/?page=3", "/nyheter/?page=9"]),
        ([("index-11.html", "Older posts")], "https://example.se/", ["/index-11.html"]),
        (
            [("index-2.html", "Newer"), ("index-1.html", "Older posts")],
            "https://example.se/index-3.html",
            ["/index-1.html", "/index-2.html"],
        ),
        ([("lean2.html", "»")], "https://example.se/tag/lean.html", ["/tag/lean2.html"]),
        ([("?tx_news%5BcurrentPage%5D=2", "vor")], NEWS, ["/nyheter/?tx_news%5BcurrentPage%5D=2"]),
        ([("?ab12_page=2", "Next")], NEWS, ["/nyheter/?ab12_page=2"]),
        ([("?offset=1517834400000", "Older")], NEWS, ["/nyheter/?offset=1517834400000"]),
        ([("?after=abc", "Visa fler"), ("/om-oss/?x=1", "Visa fler")], NEWS, ["/nyheter/?after=abc"]),
        (
            [("/nyheter/2015/", "2015"), ("/nyheter/2014/", "2014 (12)"), ("/nyheter/1815/", "1815")],
            NEWS,
            ["/nyheter/2015/", "/nyheter/2014/"],
        ),
        ([("?year=2015", "År 2015"), ("?year=2035", "2035")], NEWS, ["/nyheter/?year=2015"]),
        (
            [("/2015/07/", "juli 2015"), ("/2015/06/", "Kesäkuu 2015"), ("/2099/01/", "januari 2099")],
            NEWS,
            ["/2015/07/", "/2015/06/"],
        ),
        ([("/2015/07/", "juli 2015"), ("/nyheter/page/2/", "2")], NEWS, ["/nyheter/page/2/"]),
        (
            [("/2025/", "2025"), ("05/", "maj"), ("/2024/03/", "mars 2024")],
            "https://example.se/2025/",
            ["/2025/05/"],
        ),
        ([("/nyheter/2014/", "Året var 2014, minns vi"), ("/nyheter/tack/", "Tack")], NEWS, []),
    ],
)
def test_further_pages(pairs, url, expected) -> None:
    assert further(*pairs, url=url) == expected


def test_endless_calendar_is_bounded() -> None:
    months = [(f"/kalender/{y}/{m:02}/", f"{m:02}/{y}") for y in range(1000, 9999, 3) for m in range(1, 13)]
    found = further(*months[:4900], url="https://example.se/kalender/")
    assert len(found) <= 400
    assert all(1990 <= int(f.split("/")[2]) <= 2027 for f in found)


@pytest.mark.parametrize(
    ("url", "base", "number"),
    [
        ("https://x.se/a/page/2/", "https://x.se/a", 2),
        ("https://x.se/a/page2/", "https://x.se/a", 2),
        ("https://x.se/a?b=1&page=3", "https://x.se/a?b=1", 3),
        ("https://x.se/index2.html", "https://x.se/", 2),
        ("https://x.se/rapport-2018.html", "https://x.se/rapport-2018.html", 0),
        ("https://x.se/?p=15", "https://x.se/?p=15", 0),
        ("https://x.se/", "https://x.se/", 0),
    ],
)
def test_page_of(url: str, base: str, number: int) -> None:
    assert (page_of(url).base, page_of(url).number) == (base, number)


@pytest.mark.parametrize(
    ("url", "period"),
    [
        ("https://x.se/2015/", (2015, 0)),
        ("https://x.se/arkiv/2015/07/", (2015, 7)),
        ("https://x.se/arkiv/2015/juli", (2015, 7)),
        ("https://x.se/?m=201507", (2015, 7)),
        ("https://x.se/2015/07/rubrik/", None),
        ("https://x.se/2031/", None),
    ],
)
def test_year_of(url: str, period) -> None:
    assert year_of(url, last_year=2027) == period


@pytest.mark.parametrize(
    "url",
    [
        "https://x.se/tag/lean/",
        "https://x.se/nyheter/kategori/press/",
        "https://x.se/author/eva/page/2/",
        "https://x.se/2015/07/a/feed/",
        "https://x.se/wp-json/wp/v2/posts",
        "https://x.se/a/?replytocom=5",
        "https://x.se/wp-login.php?redirect_to=x",
        "https://x.se/varukorg/",
        "https://x.se/a?print=1",
        "https://x.se/a?share=twitter",
        "https://www.facebook.com/sharer.php?u=x",
        "https://x.se/sök?q=a",
        "https://x.se/rapport.pdf",
        "https://x.se/nyheter/page/3/",
        "https://x.se/feed/atom/",
    ],
)
def test_chrome_addresses(url: str) -> None:
    assert is_chrome_address(url) and chrome_reason(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.se/nyheter/2014/",
        "https://x.se/2015/07/tag/",
        "https://x.se/?p=15",
        "https://x.se/nyhet.aspx?id=4",
        "https://x.se/nyheter/vi-soker-en-konsult/",
        "https://x.se/tema/ledarskap/att-leda",
        "https://x.se/a/print/",
        "https://x.se/nyheter/login-pa-nytt-satt",
        "https://x.se/",
    ],
)
def test_addresses_that_may_be_articles(url: str) -> None:
    assert not is_chrome_address(url)


@given(st.text(max_size=60))
def test_addresses_never_raise(text: str) -> None:
    url = "https://example.se/" + text.replace("[", "").replace("]", "")
    page_of(url), year_of(url, last_year=2027), chrome_reason(url)


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("Nyheter", "/nyheter/"),
        ("Aktuellt", "/aktuellt"),
        ("Insikter", "/sv/insikter/"),
        ("Blogg", "/blogg"),
        ("Pressrum", "/om-oss/pressrum"),
        ("News & Insights", "/news-insights"),
        ("Uutiset", "/fi/uutiset"),
        ("Ajankohtaista", "/ajankohtaista"),
        ("Nyheder", "/nyheder"),
        ("Aktuelt", "/aktuelt"),
        ("Aktuelles", "/aktuelles"),
        ("Nyhetsarkiv", "/?page_id=7"),
        ("Läs mer", "/nyheter-och-press/"),
        ("Nyheitsarkiv", "/arkiv"),
    ],
)
def test_archive_candidates(text: str, href: str) -> None:
    others = [
        ("/om-oss/", "Om oss"),
        ("/kontakt/", "Kontakt"),
        ("/tjanster/it/", "IT"),
        ("/tag/news/", "news"),
    ]
    base = "https://example.se/"
    found = archive_candidates(links(*others, (href, text), base=base), base)
    assert found == (base.rstrip("/") + href,)


def test_surest_candidate_first() -> None:
    pairs = [
        ("/om/press/bilder/", "Press"),
        ("/kunskap/", "Kunskap"),
        ("/nyheter/", "Nyheter"),
        ("/blogg/", "Blogg"),
    ]
    assert archive_candidates(links(*pairs), "https://example.se/")[0] == NEWS


LISTING = """<html lang="sv-se"><head><title>Nyheter | Firman</title><base href="/nyheter/"></head><body>
<nav><a href="/tjanster/en-lang-tjanst-med-namn/">En lång tjänst med namn</a></nav>
<main>{items}<a href="?page=2">Nästa</a><a href="/nyheter/">Nyheter</a><a href="/">Start</a></main>
<aside class="sidebar"><ul>{side}</ul></aside>
<footer><a href="/integritet/om-dina-uppgifter/">Om dina uppgifter</a></footer>"""


def test_listing_names_its_entries_and_nothing_else() -> None:
    items = "".join(
        f'<article><header><h2><a href="nr-{n}/">Nyhet {n}</a></h2></header></article>' for n in range(8)
    )
    side = '<li><a href="gammal-populär/">Gammal populär nyhet</a></li>'
    page = read_page(LISTING.format(items=items, side=side).encode(), url=NEWS)
    look = looks_like_listing(page, year=2026)
    assert look.is_listing
    assert [m.url for m in look.entries] == [f"{NEWS}nr-{n}/" for n in range(8)]
    assert look.entries[0].title == "Nyhet 0"
    assert page.language == "sv-SE"


def test_service_page_is_no_listing() -> None:
    items = "".join(f'<h3><a href="/tjanster/{n}-for-er/">Tjänst {n} för er</a></h3>' for n in "abcdefgh")
    body = f"<html><body><h1>Det vi gör</h1>{items}</body></html>"
    assert not looks_like_listing(
        read_page(body.encode(), url="https://example.se/det-vi-gor/"), year=2026
    ).is_listing


def test_hostile_pages() -> None:
    deep = b"<div>" * 5000 + b'<a href="/x/">X</a>'
    assert read_page(deep, url=NEWS).links is not None
    for body in (
        b"",
        b"\x00",
        b"<a href='http://[bad'>x</a>",
        b"<a href='javascript:x'>x</a>",
        b"\xff\xfe<\x00a\x00",
    ):
        assert read_page(body, url=NEWS).links == ()
    many = b"<a href='/a/'>a</a>" * 20_000
    assert len(read_page(many, url=NEWS).links) <= 5000


@given(st.binary(max_size=300))
def test_pages_never_raise(noise: bytes) -> None:
    page = read_page(b"<html><body>" + noise, url=NEWS, content_type="text/html; charset=x-odd")
    looks_like_listing(page, year=2026)
    archive_candidates(page.links, NEWS)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    body = '<html><head><title>Åäö</title></head><body><a href="/a/">Läs mer</a></body></html>'.encode(
        encoding
    )
    page = read_page(body, url=NEWS)
    assert (page.title, page.links[0].text) == ("Åäö", "Läs mer")


def test_hostile_texts_take_no_time() -> None:
    started = time.monotonic()
    for text in ("<" * 300 + "x", "» " * 150 + "x", "nasta " * 50, "1" * 300, "januari " * 40):
        further_pages([Hyperlink(url=NEWS + "?a=1", text=text)], NEWS, year=2026)
    for path in ("a-" * 900 + "9", "1" * 1900, "a1" * 900 + ".html", "/" * 1900, "page/" * 300):
        page_of(NEWS + path), year_of(NEWS + path, last_year=2027), chrome_reason(NEWS + path)
    read_feed(b"<!---->" * 600, url=NEWS)
    classes = " ".join(("a-" * 500, "nav" * 300, "main-" * 300))
    read_page(f'<div class="{classes}"><a href="/">x</a></div>'.encode(), url=NEWS)
    assert time.monotonic() - started < 1


def test_numbers_that_fall_lead_to_the_first_page() -> None:
    assert "/nyheter/?page=1" in further(("?page=13", "13"), ("?page=1", "1"))
    assert "/nyheter/?page=1" not in further(("?page=1", "1"), ("?page=3", "3"), url=NEWS + "?page=2")


def test_a_pager_that_names_all_pages_of_a_long_list_leads_on() -> None:
    pages = [(f"?page={n}", str(n)) for n in range(1, 1500)]
    assert further(*pages, url=NEWS + "?page=900")[0].endswith("?page=901")


def test_a_number_beside_that_of_the_page_is_a_page_however_high() -> None:
    assert further(("?page=2501", "Nästa"), url=NEWS + "?page=2500") == ["/nyheter/?page=2501"]
    assert further(("?page=20240101", "1 januari")) == []
