"""Feeds of every kind are read, pages are not, and nothing raises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.json_feeds import is_posts_address, posts_address

URL = "https://example.se/nyheter/feed/"

RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Nyheter &amp; annat</title><link>https://example.se/</link><language>sv-SE</language>
<atom:link rel="next" href="?paged=2"/>
<item><title>Första &lt;em&gt;nyheten&lt;/em&gt;</title><link>/nyheter/forsta/</link>
<pubDate>Fri, 03 Jul 2015 14:32:05 +0200</pubDate></item>
<item><title>Bara guid</title><guid isPermaLink="true">https://example.se/nyheter/andra/</guid>
<dc:date>2015-07-01T08:00:00Z</dc:date></item>
<item><title>Ingen adress</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb"><title>Nytt</title>
<link rel="alternate" href="https://example.no/"/>
<entry><title type="html">A &amp;amp; B</title><link rel="alternate" href="https://example.no/a"/>
<published>2019-01-02T03:04:05+01:00</published><updated>2020-01-01T00:00:00Z</updated></entry>
<entry><title>C</title><link href="/c"/><updated>2020-02-02T00:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://example.fi/"><title>Uutiset</title><link>https://example.fi/</link></channel>
<item rdf:about="https://example.fi/1"><title>Yksi</title><link>https://example.fi/1</link></item></rdf:RDF>"""
RSS09 = """<rss version="0.91"><channel><title>Gammal</title><item><title>X</title>
<link>https://example.se/x.html</link></item></channel></rss>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "da",
"home_page_url": "https://example.dk/", "next_url": "/feed.json?page=2",
"items": [{"id": "1", "url": "/nyt/1", "title": "Et", "date_published": "2021-05-06T07:08:09Z"}, 3,
{"id": 4}]}"""


def test_rss_2() -> None:
    feed = read_feed(RSS2.encode(), url=URL, content_type="application/rss+xml")
    assert feed is not None
    assert (feed.title, feed.language, feed.home) == ("Nyheter & annat", "sv-SE", "https://example.se/")
    assert feed.next_url == URL + "?paged=2"
    assert [(m.url, m.title, m.date) for m in feed.entries] == [
        ("https://example.se/nyheter/forsta/", "Första nyheten", "Fri, 03 Jul 2015 14:32:05 +0200"),
        ("https://example.se/nyheter/andra/", "Bara guid", "2015-07-01T08:00:00Z"),
    ]
    assert {m.kind for m in feed.entries} == {"feed"}


def test_atom_prefers_the_day_of_publication() -> None:
    feed = read_feed(ATOM.encode(), url="https://example.no/atom.xml")
    assert feed is not None
    assert [(m.url, m.title, m.date) for m in feed.entries] == [
        ("https://example.no/a", "A & B", "2019-01-02T03:04:05+01:00"),
        ("https://example.no/c", "C", "2020-02-02T00:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("text", "url"), [(RDF, "https://example.fi/1"), (RSS09, "https://example.se/x.html")]
)
def test_old_kinds(text: str, url: str) -> None:
    feed = read_feed(text.encode(), url=URL)
    assert feed is not None and [m.url for m in feed.entries] == [url]


def test_json_feed() -> None:
    feed = read_feed(JSON.encode(), url="https://example.dk/feed.json", content_type="application/json")
    assert feed is not None
    assert [(m.url, m.date) for m in feed.entries] == [("https://example.dk/nyt/1", "2021-05-06T07:08:09Z")]
    assert (feed.language, feed.next_url) == ("da", "https://example.dk/feed.json?page=2")


def test_the_list_of_posts_of_a_wordpress() -> None:
    posts = [
        {
            "link": f"https://example.se/{n}/",
            "title": {"rendered": f"Nr &#8211; {n}"},
            "date": "2024-03-01T10:00:00",
        }
        for n in range(9)
    ]
    posts.append({"link": "https://example.se/9/", "date_gmt": "2024-03-01T09:00:00", "title": 7})
    url = "https://example.se/wp-json/wp/v2/posts?_fields=link,date&per_page=10"
    feed = read_feed(json.dumps(posts).encode(), url=url, content_type="application/json")
    assert feed is not None
    assert (feed.entries[0].title, feed.entries[0].date) == ("Nr – 0", "2024-03-01T10:00:00")
    assert (feed.entries[9].title, feed.entries[9].date) == (None, "2024-03-01T09:00:00Z")
    assert feed.next_url == url + "&page=2"
    last = read_feed(json.dumps(posts[:3]).encode(), url=feed.next_url)
    assert last is not None and last.next_url is None
    assert read_feed(b'{"code": "rest_no_route", "data": {"status": 404}}', url=url) is None


@pytest.mark.parametrize(
    ("root", "posts"),
    [
        ("https://example.se/wp-json/", "https://example.se/wp-json/wp/v2/posts?per_page=100&"),
        ("https://example.se/blogg/wp-json", "https://example.se/blogg/wp-json/wp/v2/posts?per_page=100&"),
        ("https://example.se/?rest_route=/", "https://example.se/?rest_route=/wp/v2/posts&per_page=100&"),
    ],
)
def test_where_a_wordpress_lists_its_posts(root: str, posts: str) -> None:
    assert posts_address(root) == posts + "_fields=link,date,date_gmt,modified_gmt,title"
    assert is_posts_address(posts_address(root))
    assert not is_posts_address("https://example.se/feed/")


@pytest.mark.parametrize(
    "broken",
    [
        RSS2.encode()[: RSS2.encode().index(b"<item><title>Ingen")],
        b"\xef\xbb\xbf\n  " + RSS2.encode(),
        RSS2.replace("&lt;em&gt;nyheten&lt;/em&gt;", "<b>nyheten & co</b>").encode(),
        RSS2.encode("utf-16"),
        RSS2.replace("utf-8", "iso-8859-1").encode("latin-1"),
        b"<!-- cached -->\n" + RSS2.split("\n", 1)[1].encode(),
    ],
    ids=["cut off", "bom", "not well-formed", "utf-16", "latin-1", "comment first"],
)
def test_broken_feeds_still_name_their_entries(broken: bytes) -> None:
    feed = read_feed(broken, url=URL, content_type="text/xml")
    assert feed is not None
    assert feed.entries[0].url == "https://example.se/nyheter/forsta/"
    assert (feed.entries[0].title or "").startswith("Första")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><body>Sidan finns inte</body></html>",
        b"<!-- x --><html><body><rss>",
        b'<?xml version="1.0"?><urlset><url><loc>https://example.se/</loc></url></urlset>',
        b'{"version": "1", "items": []}',
        b"[]",
        b"[1, null, {}]",
        b"{" * 100_000,
        b"https://example.se/feed.xml",
        b"/etc/passwd",
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    assert read_feed(body, url=URL, content_type="application/rss+xml") is None


def test_entities_do_not_grow() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{laughs}]>{RSS09.replace("Gammal", "&a8;")}'
    feed = read_feed(body.encode(), url=URL)
    assert feed is None or len(feed.title or "") < 10_000


def test_external_entities_are_not_read(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hemligt")
    body = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>' + RSS09.replace(
        "Gammal", "&x;"
    )
    assert "hemligt" not in repr(read_feed(body.encode(), url=URL))


@given(st.binary(max_size=300), st.sampled_from([RSS2, ATOM, RDF, JSON]), st.integers(0, 900))
def test_never_raises(noise: bytes, text: str, at: int) -> None:
    body = text.encode()
    read_feed(body[:at] + noise + body[at:], url=URL, content_type="text/xml; charset=x-odd")
    read_feed(noise, url=URL, content_type=None)
