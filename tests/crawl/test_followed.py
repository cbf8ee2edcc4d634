"""What a fetched page names, and which of it is asked for next."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.links import LinkedPage
from archiver.crawl.reading import read
from archiver.crawl.shapes import is_part_of
from archiver.model import Page, Role, Target
from archiver.site import Articles, CrawlRules, Site

HOME = "https://example.se"
NEWS = f"{HOME}/nyheter/"
SITE = Site(
    name="example",
    start_urls=(NEWS,),
    articles=Articles(include=("/nyheter/*/",), exclude=("/nyheter/tagg/**",)),
)


def followed(
    body: str, *, url: str = f"{NEWS}ett/", role: Role = "article", site: Site = SITE, hops: int = 1
) -> list[str]:
    target = Target(url=url, role=role, hops=hops)
    reading = read(Page(url=url, body=body.encode()), target, site, year=2026)
    return [found.url.removeprefix(HOME) for found in reading.follow]


def anchors(*hrefs: str) -> str:
    return "<html><body>" + "".join(f'<a href="{href}">text</a>' for href in hrefs)


def test_an_article_names_articles_and_its_own_parts_in_the_order_of_the_page() -> None:
    body = anchors("/nyheter/b/", "/om-oss/", "../a/", "2/", "/nyheter/b/#del", "https://other.se/nyheter/c/")
    assert followed(body) == ["/nyheter/ett/2/", "/nyheter/b/", "/nyheter/a/"]


def test_everything_is_followed_where_the_profile_says_so() -> None:
    site = Site(name="example", start_urls=(NEWS,), crawl=CrawlRules(follow="all"))
    assert followed(anchors("/om-oss/", "/a/", "/etikett/x/", "/fil.pdf"), site=site) == ["/om-oss/", "/a/"]


def test_a_listing_keeps_what_it_says_of_its_articles() -> None:
    body = "<nav><a href='/nyheter/x/'>Meny</a></nav>" + anchors("/nyheter/b/", "?page=2", "/kontakt/")
    page = Page(url=NEWS, body=body.encode(), record="<urn:uuid:1>")
    reading = read(page, Target(url=NEWS, role="listing"), SITE, year=2026)
    assert [t.url.removeprefix(HOME) for t in reading.follow] == [
        "/nyheter/?page=2",
        "/nyheter/x/",
        "/nyheter/b/",
    ]
    named = [link for link in reading.links if link.kind == "listing"]
    assert [(link.url.removeprefix(HOME), link.text) for link in named] == [
        ("/nyheter/x/", "Meny"),
        ("/nyheter/b/", "text"),
    ]


def test_only_new_addresses_are_followed_and_each_is_asked_about_once() -> None:
    asked: list[str] = []
    body = anchors("/nyheter/a/", "/nyheter/b/", "/nyheter/a/", "/om-oss/").encode()
    reading = read(
        Page(url=NEWS, body=body),
        Target(url=NEWS, role="article"),
        SITE,
        year=2026,
        is_new=lambda url: asked.append(url) or url.endswith("b/"),  # type: ignore[func-returns-value]
    )
    assert [t.url for t in reading.follow] == [f"{NEWS}b/"]
    assert asked == [f"{NEWS}a/", f"{NEWS}b/"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0; url=/ny/", "/ny/"),
        ("5;URL='/ny/'", "/ny/"),
        (" 0.5 ; /ny/", "/ny/"),
        ("600; url=/ny/", None),
        ("30", None),
        ("0; url=https://other.se/", None),
        ("0; url=/nyheter/ett/", None),
        ("0; url=javascript:x", None),
    ],
)
def test_a_page_that_sends_its_reader_on_is_followed_on_its_own_site(
    content: str, expected: str | None
) -> None:
    body = f'<html><head><meta http-equiv="Refresh" content="{content}"></head><body></body></html>'
    assert followed(body) == ([expected] if expected else [])


def test_no_endless_chain_of_refreshes() -> None:
    assert followed('<meta http-equiv="refresh" content="0;url=/ny/">', hops=50) == []
    assert followed('<noscript><meta http-equiv="refresh" content="0;url=/ny/"></noscript>') == []


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        (None, "/a/", "/a/"),
        (None, "  /a/ ", "/a/"),
        (None, "b/", "/nyheter/ett/b/"),
        (None, "?p=2", "/nyheter/ett/?p=2"),
        (None, "//example.se/c/", "/c/"),
        ("/x/", "b/", "/x/b/"),
        ("https://other.se/x/", "/a/", "https://other.se/a/"),
        (None, "/med mellanslag/", "/med%20mellanslag/"),
        (None, "/a\n/b/", "/a/b/"),
        (None, "/a/../b/", "/b/"),
        (None, HOME, "/"),
    ],
)
def test_addresses_are_absolute(base: str | None, href: str, expected: str) -> None:
    head = f'<base href="{base}">' if base else ""
    body = f'<html><head>{head}</head><body><a href="{href}">x</a></body></html>'
    page = LinkedPage(body.encode(), url=f"{NEWS}ett/")
    assert [url.removeprefix(HOME) for url in page.addresses()] == [expected]
    assert [link.url for link in page.links()] == page.addresses()


@given(st.text(alphabet="ab/.?#:=&-0123456789", max_size=20), st.text(alphabet="ab/.?2", max_size=8))
def test_no_part_of_an_article_is_overlooked(path: str, more: str) -> None:
    first = f"{NEWS}{path}"
    links = anchors(f"{first}{more}", f"{first}2/", f"{first}?page=2")
    page = LinkedPage(links.encode(), url=first)
    wanted = [url for url in page.addresses() if is_part_of(url, first)]
    found = followed(links, url=first, site=Site(name="example", start_urls=(NEWS,)))
    assert [HOME + url for url in found] == wanted


def test_hostile_references_cost_neither_time_nor_memory() -> None:
    began = time.monotonic()
    hrefs = [f"/{'a' * 100_000}{n}" for n in range(100)] + ["/x/#" + "y" * 100_000, "/" + "../" * 5_000]
    assert followed(anchors(*hrefs, "http://[x", "https://:99999999/")) == []
    followed('<meta http-equiv="refresh" content="' + "0" * 100_000 + '">')
    assert time.monotonic() - began < 2
