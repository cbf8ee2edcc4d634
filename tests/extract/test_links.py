from __future__ import annotations

import time

from archiver.extract.links import absolute, page_links
from tests.extract.pages import FIRST, HOST, article, document, page


def test_links_with_their_places():
    html = article(
        text=f'<p>{FIRST} <a href="../b/#del">b</a> <a href="mailto:a@b.se">post</a> <a rel="next" '
        f'href="?sida=2">2</a></p>'
    )
    found = {link.url: link for link in page_links(page(html, "/nyheter/a/"))}
    assert found[HOST + "/nyheter/b/"].place == "main"
    assert found[HOST + "/nyheter/b/"].text == "b"
    assert found[HOST + "/nyheter/a/?sida=2"].rel == "next"
    assert found[HOST + "/om-oss/"].place == "nav"
    assert found[HOST + "/integritet/"].place == "footer"
    assert not any(url.startswith("mailto") for url in found)


def test_base_and_odd_addresses():
    html = (
        '<base href="https://cdn.example/x/"><a href="y">y</a><a href="http://[::1">z</a>'
        '<a href="//v.example/w">w</a><a href="javascript:1">j</a>'
    )
    assert [link.url for link in page_links(page(html))] == ["https://cdn.example/x/y", "https://v.example/w"]


def test_absolute():
    base = HOST + "/a/b?c=d"
    assert absolute("/x#y", base) == HOST + "/x"
    assert absolute("x", base) == HOST + "/a/x"
    assert absolute("/a/../x", base) == HOST + "/x"
    assert absolute(" https://q.example/ ", base) == "https://q.example/"
    assert absolute("ftp://q.example/", base) is None


def test_a_page_of_links_is_read_fast():
    links = "".join(f'<li><a href="/nyheter/nummer-{n}/">Nyhet nummer {n}</a></li>' for n in range(162))
    one = page(document(f"<ul>{links}</ul>" + f"<p>{FIRST}</p>" * 200))
    page_links(one)
    begin = time.process_time()
    for _ in range(20):
        page_links(one)
    assert (time.process_time() - begin) / 20 < 0.02
