"""Sitemaps of every kind are read, pages and feeds are not, and nothing raises."""

from __future__ import annotations

import gzip

import lxml.etree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.discover import sitemaps
from archiver.crawl.discover.robots_txt import sitemap_addresses
from archiver.crawl.discover.sitemaps import read_sitemap

URL = "https://example.se/sitemap.xml"
URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://example.se/nyheter/a?x=1&amp;y=2 </loc><lastmod>2020-01-02</lastmod>
<image:image><image:loc>https://example.se/bild.jpg</image:loc><image:title>Bild</image:title></image:image></url>
<url><loc>/nyheter/b</loc><lastmod>2021-01-01</lastmod><news:news><news:publication_date>2020-12-24</news:publication_date>
<news:title>Julafton &amp; annat</news:title></news:news></url>
<url><loc>mailto:x@example.se</loc></url><url></url>
</urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://example.se/post-sitemap.xml</loc></sitemap>
<sitemap><loc>page-sitemap.xml.gz</loc><lastmod>2020-01-01</lastmod></sitemap></sitemapindex>"""


def test_urlset_with_news_and_images() -> None:
    sitemap = read_sitemap(URLSET.encode(), url=URL)
    assert sitemap is not None
    assert [(m.url, m.title, m.date) for m in sitemap.entries] == [
        ("https://example.se/nyheter/a?x=1&y=2", None, "2020-01-02"),
        ("https://example.se/nyheter/b", "Julafton & annat", "2020-12-24"),
    ]
    assert sitemap.entries[1].where.endswith("news:publication_date")


def test_index() -> None:
    sitemap = read_sitemap(INDEX.encode(), url=URL)
    assert sitemap is not None and sitemap.entries == ()
    assert sitemap.children == (
        "https://example.se/post-sitemap.xml",
        "https://example.se/page-sitemap.xml.gz",
    )


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(URLSET.encode(), mtime=0),
        gzip.compress(URLSET.encode(), mtime=0)[:-9],
        b"\xef\xbb\xbf\n" + URLSET.encode(),
        URLSET.encode().replace(b"&amp;", b"&"),
        URLSET.encode()[: URLSET.encode().index(b"<url><loc>mailto")],
        URLSET.replace('xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "").encode(),
        URLSET.replace("UTF-8", "utf-16").encode("utf-16"),
    ],
    ids=["gzip", "gzip cut", "bom", "bare ampersand", "cut off", "no namespace", "utf-16"],
)
def test_odd_bodies(body: bytes) -> None:
    sitemap = read_sitemap(body, url=URL)
    assert sitemap is not None and len(sitemap.entries) == 2
    assert sitemap.entries[1].url == "https://example.se/nyheter/b"


def test_text_sitemap() -> None:
    sitemap = read_sitemap(b"https://example.se/a\r\nhttps://example.se/b\r\n", url=URL)
    assert sitemap is not None and [m.url for m in sitemap.entries] == [
        "https://example.se/a",
        "https://example.se/b",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body><p>404</p></body></html>",
        b"<rss version='2.0'><channel></channel></rss>",
        b"Not found",
        b"\x1f\x8bnonsense",
        b"<",
    ],
)
def test_what_is_no_sitemap(body: bytes) -> None:
    assert read_sitemap(body, url=URL) is None


def test_entities_and_bombs(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://example.se/hemligt")
    body = f'<!DOCTYPE u [<!ENTITY x SYSTEM "file://{secret}">]><urlset><url><loc>&x;</loc></url></urlset>'
    assert "hemligt" not in repr(read_sitemap(body.encode(), url=URL))
    bomb = gzip.compress(b"<urlset>" + b" " * 100_000_000)
    sitemap = read_sitemap(bomb, url=URL)
    assert sitemap is None or sitemap.entries == ()


@given(st.binary(max_size=200), st.integers(0, 700))
def test_never_raises(noise: bytes, at: int) -> None:
    body = URLSET.encode()
    read_sitemap(body[:at] + noise + body[at:], url=URL)
    read_sitemap(noise, url=URL)
    read_sitemap(b"\x1f\x8b\x08" + noise, url=URL)
    sitemap_addresses(noise, url=URL)


def test_robots_txt_names_sitemaps() -> None:
    body = (
        b"\xef\xbb\xbfSITEMAP: https://example.se/a.xml # den stora\r\nUser-agent: *\nDisallow: /\n"
        b"sitemap:/b.xml\nSitemap:\nSitemap: ftp://x/\nSitemap: https://[bad\nSitemap: https://example.se/a.xml\n"
    )
    found = sitemap_addresses(body, url="https://example.se/robots.txt")
    assert found == ("https://example.se/a.xml", "https://example.se/b.xml")
    assert sitemap_addresses(b"<html>Sitemap</html>", url="https://example.se/robots.txt") == ()


@given(st.lists(st.sampled_from((
    "<url>", "</url>", "<loc>https://example.se/a</loc>", "<lastmod>2024-01-02</lastmod>", "<!-- x -->", "&", "<b/>",
    "<sitemap><loc>/b</loc></sitemap>", "<url><loc>/c</loc><x:loc xmlns:x='y'>/d</x:loc></url>", "<", "</urlset>",
)), max_size=12))  # fmt: skip
def test_a_stream_gives_what_the_tree_gives(pieces: list[str]) -> None:
    body = f"<urlset>{''.join(pieces)}</urlset>".encode()
    tree = lxml.etree.fromstring(body, lxml.etree.XMLParser(recover=True))
    assert read_sitemap(body, url=URL) == sitemaps._read(sitemaps._items(tree), URL)
