from __future__ import annotations

import re
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.extract.learner import ChromeLearner
from archiver.extract.literal import read_json
from archiver.extract.tree import parse
from archiver.extract.walk import read, walk
from archiver.model import Page
from tests.extract.pages import FIRST, SECOND, article, page

TAGS = [
    "html",
    "head",
    "body",
    "div",
    "p",
    "a",
    "b",
    "table",
    "tr",
    "td",
    "li",
    "ul",
    "h1",
    "h2",
    "article",
    "main",
    "script",
    "style",
    "time",
    "meta",
    "br",
    "img",
    "pre",
    "blockquote",
]
PIECE = st.one_of(
    st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]),
    st.sampled_from([
        '<a href="http://[">', '<time '
        'datetime="2024-13-99">', "<title>a | b", '<script type="application/ld+json">{"@type":',
        '<meta property="og:title" '
        'content="x">',
        '<meta charset="utf-7">', "<![CDATA[", "<!--", "&#0;", "&#xD800;", "<?xml version='1.0'?>",
        '<div hidden style="display:none">', '<p itemprop="datePublished" content="x">', '<base href="::">',
    ]),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECE, max_size=60),
    st.sampled_from([None, "text/plain", "application/xhtml+xml", "text/html; charset=utf-16"]),
)
def test_any_markup(pieces, content_type):
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    one = Page(url="https://www.fjallbro.example/a", body=body, content_type=content_type)
    found = extract_article(one, chrome=ChromeModel.empty().learn([(one, ())]))
    found.body.encode()
    found.body_markdown.encode()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "http://[", "https://a.example/ä?ö", "file:x"]))
def test_any_bytes_at_any_address(body, url):
    extract_article(Page(url=url, body=body))


CASES = {
    "600 divs": b"<div>" * 600 + f"<h1>Rubrik</h1><p>{FIRST}</p><p>{SECOND}</p>".encode() + b"</div>" * 600,
    "one line": b"a" * 5_000_000,
    "one paragraph": b"<h1>x</h1><p>" + b"ord och mera ord. " * 200_000,
    "many links": b'<a href="/x">x</a> ' * 50_000,
    "many lines": b"<p>Hej p\xe5 dig.</p>" * 50_000,
    "less than": b"<" * 1_000_000,
    "breaks": b"<p>" + b"x<br>" * 100_000,
    "brackets": b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script><p>x</p>",
    "cells": b"<table>" + b"<tr><td>x<td>y och z, ja</tr>" * 40_000,
    "articles": b"<article><h2><a href=/x>En rubrik</a></h2><p>Text, ganska kort.</p></article>" * 12_000,
    "attributes": b'<p class="' + b"x " * 500_000 + b'">' + FIRST.encode(),
    "open comments": b"<!-- x " * 100_000,
    "quotes": b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + b'\\"' * 300_000,
    "fields": b'<script type="application/ld+json">' + b'"headline":"x' * 80_000 + b"</script><p>x",
    "objects": b'<script type="application/ld+json">['
    + b'{"@type":"NewsArticle"},' * 50_000
    + b"{}]</script><p>x",
    "pager": (b'<p><a href="/a/2">' + b"sida " * 15 + b"!</a>") * 5_000,
    "short lines": b"<p>Hej du.</p>" * 60_000,
    "headlines": b"<h1>Rubrik</h1>" * 60_000,
    "dates": b"<p>4 mars 2024</p>" * 30_000,
    "dated copyrights": b"<p>Copyright 2024 4 mars 2024</p>" * 30_000,
    "times": b"<time datetime=2024-03-04>4 mars</time>" * 50_000,
    "times in times": b"<time>" * 30_000 + b"x<b>y</b>" * 30_000,
    "linked items": b"<ul>" + b"".join(b"<li><a href=/x/%d>Nyhet %d</a>" % (n, n) for n in range(100_000)),
    "properties in properties": b"<p>" + b"<span itemprop=name>" * 20_000 + b"<b>x</b>" * 20_000,
    "boxes of properties": b"<div itemprop=name>" * 5_000 + b"<p>x</p>" * 20_000,
    "stated authors": b"".join(b"<i itemprop=author>Anna Ek%d</i>" % n for n in range(30_000)),
    "stated keywords": b"".join(b"<i itemprop=keywords>ord%d</i>" % n for n in range(30_000)),
    "meta authors": b"".join(b'<meta name=author content="Anna Ek%d">' % n for n in range(20_000)) + b"<p>x",
    "linked authors": b"".join(b"<a rel=author href=/x>Anna Ek%d</a> " % n for n in range(40_000)),
    "10000 divs": b"<div>" * 10_000 + f"<h1>Rubrik</h1><p>{FIRST}</p><p>{SECOND}</p>".encode(),
    "lines down a ladder": b"<div><p>Kort rad.</p>" * 20_000,
    "cells down a well": b"<div>" * 8_000 + b"<table>" + b"<tr><td>x" * 20_000,
    "cookies down a ladder": f"<div class=cookie><p>{FIRST}</p>".encode() * 6_000,
    "hidden down a ladder": f"<p>{FIRST}</p><div hidden>".encode() * 6_000,
    "titles down a well": b"<title>En rubrik</title>" + b"<div>" * 8_000 + b"<h1>En rubrik</h1>" * 20_000,
    "passwords down a well": b"<div>" * 8_000 + b"<nav>" + b"<input type=password>" * 20_000,
    "open emphasis": b"<p>" + b"<b>x" * 60_000,
    "open links": b"<p><a href=x>y" * 60_000,
    "separators": b"<title>" + b" | a" * 100_000 + b"</title><h1>a</h1>",
    "titles in a title": b"<title>" + b"a | " * 262_144 + f"</title><p>{FIRST}</p>".encode() * 5,
    "titles in a meta": b"<meta property=og:title content='"
    + b"a | " * 262_144
    + f"'><p>{FIRST}</p>".encode(),
    "titles in a script": b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
    + b"a | " * 262_144
    + f'"}}</script><p>{FIRST}</p>'.encode(),
    "lists in lists": b"<ul><li>a" * 40_000,
    "numbers in numbers": b"<ol><li>a" * 40_000,
    "definitions in definitions": b"<dl><dd>a" * 15_000,
}


def learn(one):
    ChromeLearner().add(one)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("work", [extract_article, pytest.param(learn, marks=pytest.mark.soak)])
def test_size_and_depth_cost_little(name, work):
    body = CASES[name]
    begin = time.process_time()
    work(Page(url="https://www.fjallbro.example/a", body=body))
    assert time.process_time() - begin < max(1.0, len(body) / 1e6) * 1.5


@pytest.mark.parametrize("name", ["lists in lists", "numbers in numbers", "definitions in definitions"])
def test_what_is_nested_is_set_in_only_so_far(name):
    found = extract_article(Page(url="https://www.fjallbro.example/a", body=CASES[name]))
    assert len(found.body_markdown) < 4 * len(CASES[name])


@pytest.mark.parametrize("name", ["600 divs", "10000 divs"])
def test_deep_nesting_keeps_the_text(name):
    found = extract_article(Page(url="https://www.fjallbro.example/a", body=CASES[name]))
    assert found.body == f"{FIRST}\n\n{SECOND}"


def test_what_is_not_read_of_a_page_is_said():
    assert read(b"<p>x" * 60_000).problems == ["more than 60000 elements: the rest is not read"]
    assert read(b"a" * 12_000_001).problems == ["more than 12000000 bytes: the rest is not read"]
    assert read(article().encode()).problems == []
    deep = walk(parse("<div>" * 3_000 + "<p>x"))
    assert deep.problems == ["elements nested 2048 deep: what lies deeper is not read"]


def test_two_documents_in_one_and_cut_off_markup():
    whole = article()
    double = extract_article(page(whole + article("Andra")))
    assert FIRST in double.body
    assert double.evidence["encoding"].raw == "2 documents in one"
    assert FIRST in extract_article(page(whole[: whole.index(SECOND)])).body
    shouted = whole.replace("</p>", "").replace("<p>", "<P>").replace('class="text"', "class=text")
    assert extract_article(page(shouted)).body.startswith(FIRST)


def test_control_characters_of_a_page_are_in_the_evidence():
    html = article().replace("Kommunen har", "Kommunen\x07 h\xadar\x1b").replace("<nav>", "<nav>\x07")
    found = extract_article(page(html))
    assert FIRST in found.body
    assert found.evidence["encoding"].raw == "3 control characters removed"
    assert extract_article(page(article())).evidence["encoding"].raw == ""


def test_wrong_charset_is_said_in_the_evidence():
    found = extract_article(page(article().encode("cp1252")))
    assert found.title == "Så gick det för kommunen"
    assert found.evidence["encoding"].where == "cp1252"
    assert "declared utf-8, is not" in found.evidence["encoding"].raw


def test_bytes_that_are_no_text_are_no_article():
    import random

    from archiver.extract.article import extract_article
    from archiver.model import Page, PageKind

    noise = random.Random(7).randbytes(5000)
    assert extract_article(Page(url="", body=noise)).kind is PageKind.FILE
    text = "Vi öppnar ett nytt kontor i Härnösand i höst, och dörren står öppen för alla. " * 20
    assert extract_article(Page(url="", body=text.encode("utf-16"))).kind is PageKind.ARTICLE


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", None])
def test_no_control_character_comes_out(content_type):
    text = (
        "Rubrik\n\n" + "Vi öppnar\0 ett nytt\x1b[31m kontor i Härnösand i höst, och dörren står öppen. " * 20
    )
    found = extract_article(Page(url="", body=text.encode(), content_type=content_type))
    assert not re.search("[\0-\x08\x0b-\x1f\x7f]", found.body + (found.title or ""))
    assert "Härnösand" in found.body


def test_control_characters_of_plain_text_are_in_the_evidence():
    text = "Rubrik\n\n" + "Vi öppnar ett\0 nytt kontor i Härnösand i höst, och dörren står öppen. " * 20
    found = extract_article(Page(url="", body=text.encode(), content_type="text/plain"))
    assert found.evidence["encoding"].raw == "20 control characters removed"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b"%PDF-1.4 abc", "begins with b'%PDF-', as a file does"),
        (bytes(range(1, 32)) * 9, "control characters, as no text has"),
        (b"", "no bytes"),
        (b" \n ", "white space alone"),
        (b"<html>", "no text"),
        (b"<script>let a = 1</script>", "no text"),
        (b"<script src=/app.js></script>", "scripts and no text"),
    ],
)
def test_what_is_wrong_with_a_page_without_text_is_in_the_evidence(body, wrong):
    assert (
        extract_article(Page(url="https://www.fjallbro.example/a", body=body)).evidence["encoding"].raw
        == wrong
    )


@pytest.mark.parametrize(
    "body",
    [
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A \\ud800 b", '
        '"articleBody": "c \\uDfff", "author": {"name": "N\\ud800"}, "keywords": ["k\\udc01"]}</script>',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A \\ud83d b",, x</script>',
        '<script>self.x = {"html": "<p>A \\ud800 ' + FIRST + "</p>" + f"<p>{SECOND}</p>" * 3 + '"}</script>',
    ],
)
def test_half_a_character_in_json_is_replaced(body: str) -> None:
    found = extract_article(
        Page(url="https://a.example/b", body=f"<html><head>{body}</head></html>".encode())
    )
    msgspec.msgpack.encode(found)  # refuses what is no text
    assert read_json(r"""["\ud83d\ude00", "\ud83d!"]""") == ["\U0001f600", "\ufffd!"]
