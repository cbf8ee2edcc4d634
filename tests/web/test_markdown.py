"""Markdown of ours becomes HTML; nothing else ever becomes a tag."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from archiver.web.links import web_address
from archiver.web.markdown import Places, addresses, to_html

KNOWN = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "a", "br",
    "span", "img", "div", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
PLACES = Places(
    page=lambda url: "/-/article/1" if url == "http://s.example/known" else None,
    picture=lambda url: "/-/picture/1" if url.endswith(".png") else None,
)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One  \ntwo", "<p>One  <br>\ntwo</p>"),
        ("## A *b* \\*c\\*", "<h2>A <em>b</em> *c*</h2>"),
        ("# Top", "<h2>Top</h2>"),
        ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"),
        ("*a **b***", "<p><em>a <strong>b</strong></em></p>"),
        ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("an *open mark", "<p>an *open mark</p>"),
        ("`x < y`", "<p><code>x &lt; y</code></p>"),
        ("``a`b`` och ` `` `", "<p><code>a`b</code> och <code>``</code></p>"),
        ("a ` b `` c", "<p>a ` b `` c</p>"),
        ("\\&copy; `&lt;`", "<p>&amp;copy; <code>&amp;lt;</code></p>"),
        ("\\- no item", "<p>- no item</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a  \n  b\n- c", "<ul><li>a  <br>\nb</li><li>c</li></ul>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("> a  \n> b", "<blockquote><p>a  <br>\nb</p></blockquote>"),
        ("```\na < b\n\n# no\n```\n\nx", "<pre><code>a &lt; b\n\n# no</code></pre>\n<p>x</p>"),
        ("[a *b*](https://e.org/?q=1&r=\"2\")",
         '<p><a href="https://e.org/?q=1&amp;r=&#34;2&#34;" rel="external nofollow noreferrer" class="out">'
         "a <em>b</em></a></p>"),
        ("[here](http://s.example/known)", '<p><a href="/-/article/1">here</a></p>'),
        ("[no](javascript:alert%281%29)", "<p>no</p>"),
        ("[no](data:text/html,x) [no](//e.org/) [no](https://)", "<p>no no no</p>"),
        ("[a [b](https://b.org/) c](https://c.org/)",
         '<p>[a <a href="https://b.org/" rel="external nofollow noreferrer" class="out">b</a> c](https://c.org/)</p>'),
        ("![Map \"N\"](http://s.example/m.png)", '<p><img src="/-/picture/1" alt="Map &#34;N&#34;" loading="lazy"></p>'),
        ("![Map](http://s.example/m.svg)", '<p><span class="picture">Picture: Map</span></p>'),
        ("| a | b |\n| --- | --- |\n| 1 \\| 2 | <b> |",
         '<div class="wide" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">a</th>'
         '<th scope="col">b</th></tr></thead><tbody><tr><td>1 | 2</td><td>&lt;b&gt;</td></tr></tbody></table></div>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)  # fmt: skip
def test_what_is_written_is_read(markdown: str, expected: str) -> None:
    assert to_html(markdown, PLACES) == expected


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab \n*`[]()!\\<>#-|.1_\"'&:/\x00\u202e", max_size=80))
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    shown = str(to_html(text, PLACES))
    root = html.fragment_fromstring(shown.replace("\x00", ""), create_parent="main")
    assert {el.tag for el in root.iterdescendants()} <= KNOWN
    allowed = {
        "href",
        "rel",
        "class",
        "src",
        "alt",
        "loading",
        "start",
        "scope",
        "role",
        "aria-label",
        "tabindex",
    }
    assert {name for el in root.iterdescendants() for name in el.attrib} <= allowed
    for link in root.iter("a"):
        assert web_address(link.get("href")) or link.get("href") == "/-/article/1"


def test_tags_close_in_the_order_in_which_they_open() -> None:
    from lxml import etree

    texts = ["*a `b* c`", "[a *b](https://e.org/) c*", "**a [b** c](https://e.org/)", "*[a*](https://e.org/)"]
    for text in texts:
        etree.fromstring(f"<main>{to_html(text)}</main>")


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "*", "**a", "`", "](x)", "- a\n  ", "> ", "| a ", "\\", "[a](https://e.org/)", "#", "```\n"],
)
def test_a_long_text_takes_no_longer_a_character(piece: str) -> None:
    began = time.perf_counter()
    to_html(piece * (60_000 // len(piece)))
    assert time.perf_counter() - began < 2


def test_addresses_are_those_of_links_and_images() -> None:
    assert addresses("[a](http://a/) ![b](http://b/) [c](http://a/)") == ["http://a/", "http://b/"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//e.org/",
        "http:///x",
        "https://e.org/\u202ex",
        "https://e.org/ x",
        "http://[::1",
        "http://e.org:x/",
        "",
        None,
        "ftp://e.org/",
        "HTTPS:e.org",
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(address: str | None) -> None:
    assert web_address(address) is None
