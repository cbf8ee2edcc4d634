"""Lists that go on when a reader asks for more, in HTML and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.crawl.links import LinkedPage
from archiver.crawl.load_more import is_piece, listed_in, more_links, page_after
from archiver.crawl.reading import read
from archiver.model import Page, Target
from archiver.site import Articles, Site
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

HOME = "https://example.se"
NEWS = f"{HOME}/nyheter/"
SITE = Site(name="x", start_urls=(NEWS,), articles=Articles(include=("/nyheter/*/",)))


@pytest.mark.parametrize(
    ("markup", "asks"),
    [
        ('<button class="load-more" data-url="/api/nyheter?page=2">Fler</button>', "/api/nyheter?page=2"),
        ('<button data-href="/api/nyheter?page=2">Visa fler nyheter</button>', "/api/nyheter?page=2"),
        ('<div class="js-infinite-scroll" data-endpoint="?ajax=1&amp;skip=10">', "/nyheter/?ajax=1&skip=10"),
        ('<a hx-get="/nyheter/fler/2" href="#">Äldre inlägg</a>', "/nyheter/fler/2"),
        ('<ul id="news" data-load-more-url="lista.json?start=20"></ul>', "/nyheter/lista.json?start=20"),
        ('<table><tr hx-get="?start=10" hx-trigger="revealed"></tr></table>', "/nyheter/?start=10"),
        ('<div hx-get="?start=10" hx-trigger="intersect once"></div>', "/nyheter/?start=10"),
        ('<turbo-frame src="/nyheter?sida=2" loading=lazy></turbo-frame>', "/nyheter?sida=2"),
        ('<turbo-frame src="/nyheter/kommentarer" loading=lazy></turbo-frame>', None),
        ('<div hx-get="/menu" hx-trigger="click"></div>', None),
        ('<button class="share" data-url="https://example.se/nyheter/a/">Dela</button>', None),
        ('<button class="load-more">Fler</button>', None),
        ('<button class="load-more" data-url="renderMore(2)">Fler</button>', None),
        ('<div class="readmore" data-src="/bild.jpg">Läs mer</div>', None),
    ],
)
def test_what_a_button_asks_for(markup: str, asks: str | None) -> None:
    linked = LinkedPage(f"<html><body>{markup}</body></html>".encode(), url=NEWS)
    assert more_links(linked) == ([HOME + asks] if asks else [])


@pytest.mark.parametrize(
    ("url", "entries", "after"),
    [
        ("/api?page=2", 10, "/api?page=3"),
        ("/api?skip=10&take=10", 7, "/api?skip=20&take=10"),
        ("/api?offset=0", 12, "/api?offset=12"),
        ("/nyheter/page/9/", 5, "/nyheter/page/10/"),
        ("/api?id=7", 5, None),
        ("/api/nyheter", 5, None),
        ("/2024/", 5, None),
    ],
)
def test_the_address_behind_one_that_counts(url: str, entries: int, after: str | None) -> None:
    assert page_after(HOME + url, entries) == (HOME + after if after else None)


def named(body: str, url: str) -> tuple[dict[str, str | None], list[str]]:
    """The articles that an answer names, with their dates, and the pages that it leads to."""
    target = Target(url=url, role="listing", hops=1)
    found = Page(url=url, body=body.encode(), content_type="application/json", record="<urn:uuid:1>")
    reading = read(found, target, SITE, year=2026)
    dates = {link.url.removeprefix(HOME): link.date for link in reading.links}
    return dates, [t.url.removeprefix(HOME) for t in reading.follow if t.role == "listing"]


def test_years_that_a_reader_chooses() -> None:
    choices = "".join(
        f"<option value='{value}'>{text}</option>"
        for value, text in [
            ("", "Alla"),
            ("/arkiv/2025/", "2025"),
            ("/arkiv/2024/", "2024"),
            ("sv", "Svenska"),
        ]
    )
    body = f"<html><body><select>{choices}</select><a href='/nyheter/a/'>En nyhet</a></body></html>"
    found = Page(url=NEWS, body=body.encode(), content_type="text/html", record="<urn:uuid:1>")
    reading = read(found, Target(url=NEWS, role="listing"), SITE, year=2026)
    pages = [t.url.removeprefix(HOME) for t in reading.follow if t.role == "listing"]
    assert pages == ["/arkiv/2025/", "/arkiv/2024/"]


def test_json_that_holds_html() -> None:
    piece = "<li><a href='/nyheter/a/'>En nyhet</a> <time datetime='2024-03-01'>1 mars</time></li>"
    body = json.dumps({"html": piece, "hasMore": True})
    assert named(body, f"{HOME}/api?page=2") == ({"/nyheter/a/": "2024-03-01"}, ["/api?page=3"])
    ended = json.dumps({"data": [{"markup": piece}], "has_more": False})
    assert named(ended, f"{HOME}/api?page=2") == ({"/nyheter/a/": "2024-03-01"}, [])


def test_json_that_holds_entries() -> None:
    items = [
        {"Title": "Första", "Url": "/nyheter/a/", "PublishedDate": "2024-03-01T10:00:00"},
        {"Title": "<b>Andra</b>", "Url": f"{HOME}/nyheter/b/", "image": {"url": "/bild.jpg"}},
        {"Title": "Om oss", "Url": "/om-oss/"},
        {"Title": 7, "Url": ["x"]},
    ]
    body = json.dumps({"result": {"items": items, "links": {"next": "/api/nyheter?cursor=abc"}}})
    dates, pages = named(body, f"{HOME}/api/nyheter")
    assert dates == {"/nyheter/a/": "2024-03-01T10:00:00", "/nyheter/b/": None}
    assert pages == ["/api/nyheter?cursor=abc"]


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "{]", "null", "[" * 100_000, '{"a": "<a href"}', '{"next": 3}']
)
def test_no_json_makes_it_fail(body: str) -> None:
    assert named(body, f"{HOME}/api?page=2") == ({}, [])


def test_json_of_many_values_is_bounded() -> None:
    found = listed_in(json.dumps([{"title": f"t{n}", "url": f"/{n}"} for n in range(50_000)]).encode())
    assert found is not None
    assert found.page.count(b"<li>") == 1000


def test_what_is_a_piece_of_a_page() -> None:
    assert is_piece(b"<li><a href='/a/'>a</a></li>")
    assert not is_piece(b"\n<!DOCTYPE html><p>x")
    assert not is_piece(b"  ")


def test_every_article_behind_a_button_is_found(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(9)]
    button = "<button class='load-more' data-url='/api/nyheter?page=2'>Visa fler</button>"
    rows = [
        "".join(f"<li><a href='/nyheter/{n}/'>Nyhet {n}</a></li>" for n in names[first : first + 3])
        for first in (3, 6)
    ]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        begin = listing(f"/nyheter/{n}/" for n in names[:3])
        server.pages["/nyheter/"] = answer(begin.replace("</ul>", "</ul>" + button))
        server.pages["/api/nyheter?page=2"] = answer(json.dumps({"html": rows[0]}), kind="application/json")
        server.pages["/api/nyheter?page=3"] = answer(rows[1])
        server.pages["/api/nyheter?page=4"] = answer("\n")
        write_profile(tmp_path, server)
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
        assert "9 in all" in done.stderr
        assert server.times("/api/nyheter?page=5") == 0
