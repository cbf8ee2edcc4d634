"""The demo site over HTTP: complete, consistent, and the same every time."""

from __future__ import annotations

import http.client
import itertools
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
import lxml.etree
import lxml.html
import pytest

from archiver.demo import DemoServer, articles, drafts
from archiver.demo.content import EDIT, EDITED, GONE
from archiver.demo.site_map import site_map

if TYPE_CHECKING:
    from collections.abc import Iterator


class Client:
    """One kept-alive connection to the demo server."""

    def __init__(self, server: DemoServer) -> None:
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)

    def get(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()

    def tree(self, path: str) -> lxml.html.HtmlElement:
        status, _, body = self.get(path)
        assert status == 200, path
        return lxml.html.fromstring(body.decode())


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with DemoServer() as server:
        found = Client(server)
        yield found
        found.connection.close()


def test_there_are_some_forty_articles_over_several_years() -> None:
    found = articles()
    assert len(found) >= 40
    assert len({a.path for a in found}) == len(found)
    assert len({a.published.year for a in found if a.published}) >= 8
    assert sum(a.published is None for a in found) == 1
    assert sum(a.modified is not None for a in found) == 1
    assert sum(bool(a.further) for a in found) == 1
    assert {a.language for a in found} == {"sv", "en", "nb"}
    assert {a.byline for a in found} == {"top", "end", "none"}


def test_every_link_resolves(client: Client) -> None:
    due, seen = ["/"], {"/"}
    while due:
        path = due.pop()
        status, headers, body = client.get(path)
        assert status in (200, 301), path
        if status != 200 or "html" not in headers["Content-Type"]:
            continue
        tree = lxml.html.fromstring(body.decode())
        for element, _, link, _ in tree.iterlinks():
            if element.get("rel") == "canonical" or link.startswith(("mailto:", "#")):
                continue
            parts = urlsplit(urldefrag(urljoin(client.server.url + path.lstrip("/"), link))[0])
            assert parts.port == client.server.port, link
            target = parts.path + ("?" + parts.query if parts.query else "")
            if target not in seen:
                seen.add(target)
                due.append(target)
    linked = {a for article in articles() for a in (article.path, *article.further)}
    assert linked <= seen
    assert not {d.path for d in drafts()} & seen


def test_archive_lists_every_article_once(client: Client) -> None:
    listed: list[str] = []
    path: str | None = "/nyheter/"
    for _ in range(20):
        if path is None:
            break
        tree = client.tree(path)
        listed += tree.xpath("//div[@class='teaser']/h2/a/@href")
        path = next(iter(tree.xpath("//div[@class='pager']/a[contains(., '»')]/@href")), None)
    assert listed == [a.path for a in reversed(articles())]


def test_years_list_every_dated_article(client: Client) -> None:
    years = client.tree("/").xpath("//ul[@class='years']//@href")
    listed = [h for year in years for h in client.tree(year).xpath("//ul[@class='archive-list']//@href")]
    assert sorted(listed) == sorted(a.path for a in articles() if a.published)


def test_feed_has_the_newest_ten(client: Client) -> None:
    status, headers, body = client.get("/nyheter/rss.xml")
    assert status == 200 and headers["Content-Type"].startswith("application/rss+xml")
    feed = feedparser.parse(body)
    assert not feed.bozo
    assert [urlsplit(e.link).path for e in feed.entries] == [a.path for a in articles()[:-11:-1]]


def test_sitemap_and_robots(client: Client) -> None:
    _, _, robots = client.get("/robots.txt")
    assert f"Sitemap: {client.server.url}sitemap.xml".encode() in robots and b"Disallow: /sok/" in robots
    tree = lxml.etree.fromstring(client.get("/sitemap.xml")[2])
    paths = {urlsplit(loc).path for loc in tree.xpath("//*[local-name()='loc']/text()")}
    assert {a.path for a in articles()} < paths
    assert not {d.path for d in drafts()} & paths
    assert all(client.get(path)[0] == 200 for path in paths)


@pytest.mark.parametrize("article", articles(), ids=lambda a: a.slug)
def test_article_page_shows_what_the_truth_says(client: Client, article) -> None:
    trees = [client.tree(path) for path in (article.path, *article.further)]
    first = trees[0]
    assert first.get("lang") == article.language
    assert first.findtext(".//h1") == article.title
    lines = [line for tree in trees for line in _lines(tree.xpath("//div[@class='text']")[0])]
    assert tuple(lines) == article.blocks
    whole = " ".join(tree.text_content() for tree in trees)
    assert all(name in whole for name in article.authors)
    stated = first.xpath("//div[@class='dateline']")
    assert bool(stated) == (article.published is not None)
    for widget in ("Senaste nyheter", "Nyhetsarkiv", "Läs också", "©"):
        assert widget in whole


def _lines(text: lxml.html.HtmlElement) -> list[str]:
    found = []
    for block in text:
        if block.tag == "table":
            found += [" ".join(c.text_content() for c in row) for row in block.iter("tr")]
        elif block.tag in ("ul", "ol"):
            found += [item.text_content() for item in block]
        else:
            found.append(block.text_content())
    return found


def test_validators_and_gzip(client: Client) -> None:
    status, headers, body = client.get("/nyheter/", Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert int(headers["Content-Length"]) == len(body)
    for name, value in (("If_None_Match", headers["ETag"]), ("If_Modified_Since", headers["Last-Modified"])):
        status, again, body = client.get("/nyheter/", **{name: value})
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    assert client.get("/nyheter/", If_None_Match='"other"')[0] == 200
    assert client.get("/nyheter/", If_Modified_Since="yesterday")[0] == 200
    status, headed, body = client.get("/nyheter/", "HEAD", Accept_Encoding="gzip")
    assert (status, body) == (200, b"") and headed["Content-Length"] == headers["Content-Length"]


def test_redirect_missing_and_pictures(client: Client) -> None:
    status, headers, _ = client.get("/aktuellt/vi-har-flyttat.html")
    assert (status, headers["Location"]) == (301, "/nyheter/vi-har-flyttat-till-farjelaget/")
    status, headers, body = client.get("/finns/inte")
    assert status == 404 and "Sidan hittades inte" in body.decode() and "ETag" not in headers
    assert client.get("/bilder/dimma.png")[2].startswith(b"\x89PNG")
    assert b"<svg" in client.get("/bilder/stigar.svg")[2]
    assert client.get("/%00%ff?<>")[0] == 404


def test_second_night() -> None:
    before, after = (
        {a.path: a for a in articles()},
        {a.path: a for a in articles(changed=True)},
    )
    assert len(after.keys() - before.keys()) == 1
    assert [p for p in before if p not in after] == [f"/nyheter/{GONE}/"]
    edited = [p for p in before.keys() & after.keys() if before[p].blocks != after[p].blocks]
    assert edited == [f"/nyheter/{EDITED}/"]
    with DemoServer(changed=True) as server:
        client = Client(server)
        assert client.get(f"/nyheter/{GONE}/")[0] == 410
        assert EDIT in client.get(f"/nyheter/{EDITED}/")[2].decode()
        new = next(iter(after.keys() - before.keys()))
        assert new in client.get("/nyheter/rss.xml")[2].decode()
        client.connection.close()


def test_bytes_depend_on_the_address_alone() -> None:
    first, second = site_map("http://127.0.0.1:1"), site_map("http://127.0.0.1:1")
    assert first == second
    texts = (r.body.decode() for r in first.values() if r.media_type.startswith("text/html"))
    assert not any(re.search(r"\$\w|\*\*|\]\(", text) for text in itertools.islice(texts, 200))


def test_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "archiver.demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/nyheter/\n", line)
