"""What the crawl reads from a page: which links it keeps, and which it follows."""

from __future__ import annotations

import pytest

from archiver.crawl.numbered import next_numbered
from archiver.crawl.reading import read
from archiver.crawl.shapes import is_part_of
from archiver.crawl.targets import seeds
from archiver.model import Page, Target
from archiver.site import Site, parse_site

BASE = "https://www.example.se"


def site(**more: object) -> Site:
    data = {"name": "x", "start_urls": [BASE + "/nyheter/"], "articles": {"include": ["/nyheter/*/"]}}
    return parse_site(data | more, source="x")


def page(body: str, url: str = BASE + "/nyheter/", content_type: str = "text/html") -> Page:
    return Page(url=url, body=body.encode(), content_type=content_type, record="<urn:uuid:1>")


def follow(body: str, role: str, url: str = BASE + "/nyheter/", **more: object) -> dict[str, str]:
    target = Target(url=url, role=role)  # type: ignore[arg-type]
    reading = read(page(body, url), target, site(**more), year=2026)
    return {t.url.removeprefix(BASE): t.role for t in reading.follow}


LISTING = """<html><body><nav><a href="/om-oss/">Om oss</a></nav><main>
<h2><a href="/nyheter/ett/">Ett</a></h2><h2><a href="/nyheter/tva/#mer">Två</a></h2>
<a href="https://other.test/nyheter/x/">Annan</a><a href="/tag/x/">x</a><a href="mailto:a@b.se">m</a>
<a href="/nyheter/?page=2">Nästa</a></main></body></html>"""


def test_a_listing_names_articles_and_its_next_page() -> None:
    found = follow(LISTING, "listing")
    assert found == {"/nyheter/ett/": "article", "/nyheter/tva/": "article", "/nyheter/?page=2": "listing"}


def test_a_listing_that_begins_like_json_is_still_a_page() -> None:
    assert follow("{% include head %}\n" + LISTING, "listing") == follow(LISTING, "listing")


def test_an_article_page_leads_to_its_parts_and_to_articles_only() -> None:
    body = """<main><a href="/nyheter/ett/2/">2</a><a href="/nyheter/tre/">Läs också</a>
    <a href="/om-oss/">Om</a><a href="/nyheter/?page=2">arkiv</a></main>"""
    found = follow(body, "article", url=BASE + "/nyheter/ett/")
    assert found == {"/nyheter/ett/2/": "article", "/nyheter/tre/": "article"}


def test_everything_is_followed_where_the_profile_says_so() -> None:
    body = '<a href="/om-oss/">Om</a><a href="/nyheter/ett/">Ett</a>'
    assert "/om-oss/" in follow(body, "article", url=BASE + "/", crawl={"follow": "all"})


def test_a_feed_names_articles_with_their_dates() -> None:
    body = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>
    <item><title>Ett</title><link>{BASE}/nyheter/ett/</link><pubDate>Mon, 04 Mar 2024 10:00:00 +0100</pubDate></item>
    <item><title>Off</title><link>https://other.test/a</link></item></channel></rss>"""
    target = Target(url=BASE + "/rss.xml", role="feed")
    reading = read(page(body, BASE + "/rss.xml", "application/rss+xml"), target, site(), year=2026)
    assert [t.url for t in reading.follow] == [BASE + "/nyheter/ett/"]
    (link,) = reading.links
    assert (link.kind, link.text, link.record) == ("feed", "Ett", "<urn:uuid:1>")
    assert link.date


def test_since_leaves_out_what_a_sitemap_dates_earlier() -> None:
    body = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>{BASE}/nyheter/ny/</loc><lastmod>2024-05-01</lastmod></url>
    <url><loc>{BASE}/nyheter/gammal/</loc><lastmod>2019-05-01</lastmod></url></urlset>"""
    target = Target(url=BASE + "/sitemap.xml", role="sitemap")
    xml = page(body, BASE + "/sitemap.xml", "application/xml")
    reading = read(xml, target, site(), year=2026, since="2024-01-01")
    assert [t.url for t in reading.follow] == [BASE + "/nyheter/ny/"]
    assert len(reading.links) == 2


@pytest.mark.parametrize("role", ["listing", "feed", "sitemap", "article", "page"])
@pytest.mark.parametrize(
    "body", ["", "\x00" * 50, "<html>" * 2000, "{]", "<?xml", "\ufffd<a href='http://['>x"]
)
def test_no_page_makes_it_fail(role: str, body: str) -> None:
    assert follow(body, role) == {}


@pytest.mark.parametrize(
    ("url", "first", "part"),
    [
        ("/a/2/", "/a/", True),
        ("/a/page/3/", "/a/", True),
        ("/a/?sida=2", "/a/", True),
        ("/a-2.html", "/a.html", True),
        ("/a/", "/a/", False),
        ("/b/2/", "/a/", False),
        ("/a/2024/", "/a/", False),
        ("/a/bilaga/", "/a/", False),
        ("/?page=2", "/", True),
        ("/2/", "/", False),
    ],
)
def test_what_is_a_further_page_of_an_article(url: str, first: str, part: bool) -> None:
    assert is_part_of(BASE + url, BASE + first) is part


def test_an_archive_whose_pages_are_numbered_by_the_profile() -> None:
    listing = {"kind": "html", "url": BASE + "/nyheter/", "pagination": BASE + "/nyheter/?p={n}"}
    numbered = site(listings=[listing])
    assert next_numbered(BASE + "/nyheter/", numbered) == BASE + "/nyheter/?p=2"
    assert next_numbered(BASE + "/nyheter/?p=9", numbered) == BASE + "/nyheter/?p=10"
    assert next_numbered(BASE + "/annat/", numbered) is None
    body = '<main><h2><a href="/nyheter/ett/">Ett</a></h2></main>'
    assert follow(body, "listing", listings=[listing])["/nyheter/?p=2"] == "listing"
    assert follow("<main></main>", "listing", listings=[listing]) == {}


def test_the_list_of_all_posts_is_a_deeper_page_unless_it_is_the_only_one() -> None:
    posts = {"kind": "feed", "url": BASE + "/wp-json/wp/v2/posts?per_page=100"}
    feed = {"kind": "feed", "url": BASE + "/feed/"}
    hops = {t.url.removeprefix(BASE): t.hops for t in seeds(site(listings=[posts, feed]))}
    assert hops == {"/wp-json/wp/v2/posts?per_page=100": 1, "/feed/": 0, "/nyheter/": 0}
    assert next(t.hops for t in seeds(site(listings=[posts]))) == 0


def test_seeds_are_listings_and_start_pages() -> None:
    listings = [{"kind": "feed", "url": BASE + "/rss.xml"}, {"kind": "html", "url": BASE + "/nyheter/"}]
    assert [(t.url.removeprefix(BASE), t.role) for t in seeds(site(listings=listings))] == [
        ("/rss.xml", "feed"),
        ("/nyheter/", "listing"),
        ("/nyheter/", "listing"),
    ]
