"""Names, homes and languages of sites."""

from __future__ import annotations

import pytest

from archiver.crawl.discover.hyperlinks import HtmlPage, read_page
from archiver.crawl.discover.identity import home_of, language_of, publisher_of, site_name
from archiver.site import NAME


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.se/nyheter/", "example"),
        ("https://blogg.example.se/", "blogg-example"),
        ("https://example.co.uk/", "example"),
        ("https://åkerbär.se/", "akerbar"),
        ("http://127.0.0.1:8101/nyheter/", "127-0-0-1-8101"),
        ("http://[::1]:80/", "1-80"),
        ("http://localhost:8000/", "localhost-8000"),
        ("https://" + "a" * 63 + "." + "b" * 60 + ".se/", "a" * 63),
    ],
)
def test_site_name(url: str, name: str) -> None:
    assert site_name(url) == name
    assert NAME.match(site_name(url))


@pytest.mark.parametrize(
    ("url", "language", "home"),
    [
        ("https://x.se/", "en", ("SE", "Europe/Stockholm")),
        ("https://x.no/", None, ("NO", "Europe/Oslo")),
        ("https://x.com/", "da-DK", ("DK", "Europe/Copenhagen")),
        ("https://x.com/", "fi", (None, "Europe/Helsinki")),
        ("https://x.com/", "en-GB", ("GB", "Europe/London")),
        ("https://x.com/", "en", (None, "UTC")),
        ("https://x.com/", None, (None, "UTC")),
    ],
)
def test_home(url: str, language: str | None, home: tuple[str | None, str]) -> None:
    assert home_of(url, language) == home


def pages(*heads: str) -> list[HtmlPage]:
    return [
        read_page(f"<html><head>{head}</head><body></body></html>".encode(), url="https://x.se/")
        for head in heads
    ]


def test_publisher() -> None:
    assert publisher_of(pages('<meta property="og:site_name" content="Firman AB">'), ["Flöde"]) == "Firman AB"
    graph = '{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["Organization"], "name": "Graf"}]}'
    assert publisher_of(pages(f'<script type="application/ld+json">{graph}</script>'), []) == "Graf"
    assert (
        publisher_of(pages("<title>Nyheter | Firman</title>", "<title>Om oss | Firman</title>"), [])
        == "Firman"
    )
    assert (
        publisher_of(pages("<title>Firman – Start</title>", "<title>Firman – Nyheter</title>"), [])
        == "Firman"
    )
    assert publisher_of(pages("<title>A</title>", "<title>B</title>"), [None, "Flödet"]) == "Flödet"
    assert publisher_of(pages("<title>|</title>", "<title> - </title>", "<script>{</script>"), []) is None


def test_language() -> None:
    swedish = read_page(b'<html lang="sv_se"><body>', url="https://x.se/")
    english = read_page(b'<html lang="en"><body>', url="https://x.se/")
    assert language_of([swedish, english, swedish], ["nb"]) == "sv-SE"
    assert language_of([], [None, "not a language", "nb"]) == "nb"
    assert language_of([], []) is None
