"""What a page says is what its Markdown says to those who read Markdown, whatever is in it."""

from __future__ import annotations

import random
import re

import pytest
from lxml import html
from markdown_it import MarkdownIt

from archiver.extract.article import extract_article
from archiver.model import Page
from archiver.web.markdown import to_html

ROUND = "<p>Det här är ett stycke som är långt nog för att vara text i en artikel, och det har en mening till.</p>"


@pytest.mark.parametrize(
    "hostile",
    [
        "Skriv &amp;copy; och &amp;lt; i HTML; &amp;#65; blir A, &amp;#x41; också.",
        "Skriv <code>a`b</code> och <code>``</code> med <code>`x`</code> omkring sig.",
        "Skriv <code>a_b*c[d]</code> och <code>&amp;lt;b&amp;gt;</code> och <code><em>x</em> y\\z</code> här.",
        "Läs <a href='javascript:x()'>klicka här</a> och <a href='data:text/html,x'>också här</a> i slutet.",
        "Läs <a href='mailto:a@example.se'>skriv till oss</a> eller [inte](http://x.se) här, ![x](y) ej.",
        "Stjärnor * här * och _där_ **så** och &lt;b&gt;fetstil&lt;/b&gt; och \\ på slutet.",
        "12. mai i år åpnet den nye broen, og 3) kom etterpå.<br># rubrik<br>- punkt<br>1. ett<br>=== slut",
        "~~~ så här skrev hon om det, och det var inte mer.",
        '<strong>Bakgrund:</strong>Kommunen har text<b>(x)</b>y och Hej<strong>"du",</strong>där.',
        "<code>a</code><code>b</code> och <em>a</em><em>b</em> och <b>c</b><i>d</i> och under<b>strek</b>at.",
        "<strong><em>x</em> y</strong> och <em>x <strong>y</strong></em> och <b><a href='/c'>z</a></b>!",
        "Se !<a href='/b'>bilden</a> och <a href='/s?a&amp;copy;b'>länken</a> och den.",
        "<code>x <img src='/y.png' alt='z'> y</code> och <code>" + "a_b*" * 600 + "</code> till slut.",
        "Fem < sex & sju > tre, R&D, AT&T; och &amp; igen, helt utan konstigheter.",
        "<strong>&#8203;</strong> Kommunen <strong>&shy; Bakgrund</strong> här<br><b>&shy;</b><br>slut på det.",
        "Kommunen <code>&#8203;</code> skrev <a href='/x'>&#8203;</a> det<br>&#8203; - punkt<br>&shy; 1. ett.",
        "Skriv <code>cd x<br># make<br>- y</code> och <code>&lt;p&gt;<br>&gt; citat</code> så går det bra.",
        "Läs <a href='/x?a=b\\'>det ena</a> och <a href='/x?p=c:\\_a\\_b'>det andra</a> i dag, om du vill.",
        "Läs <a href='&#1;javascript:alert(1)'>ett</a>, <a href='java&#8203;script:x'>två</a> och"
        " <a href='java&#10;script:x'>tre</a>, <a href='vbscript:x'>fyra</a>, <a href='blob:x'>fem</a>.",
        "Tecken &#xFDD0;som&#xFDD2; <b>&#xFDD1;ingen</b> har &#xFDD3;och &#xFDEF;som ingen läser i en text.",
    ],
)
def test_the_markdown_of_a_page_reads_like_its_text(hostile: str) -> None:
    body = f"<html><body><article><h1>En rubrik</h1>{ROUND}<p>{hostile}</p>{ROUND}</article></body></html>"
    found = extract_article(Page(url="https://x.example/a/", body=body.encode(), content_type="text/html"))
    said = found.body.split("\n\n")[1]
    for rendered in (
        MarkdownIt("commonmark", {"html": False}).enable("table").render(found.body_markdown),
        str(to_html(found.body_markdown)),
    ):
        paragraph = html.fromstring(f"<div>{rendered}</div>").findall("p")[1]
        assert " ".join(paragraph.text_content().split()) == " ".join(said.split())
    assert not re.search(r"(?<!\\)\]\((?!https?:|mailto:)", found.body_markdown)


@pytest.mark.parametrize("seed", range(40))
def test_marks_in_any_order_leave_the_words_as_they_are(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        "ord",
        " ",
        ".",
        ":",
        "(",
        ")",
        "!",
        "*",
        "_",
        "`",
        "é",
        '"',
        "1",
        "<br>",
        "-",
        "#",
        "[",
        "&amp;lt;",
    ]
    tags = ["b", "strong", "i", "em", "code", "a href='/x'"]
    said = ""
    for _ in range(30):
        tag = chance.choice(tags)
        inner = "".join(chance.choices(pieces, k=chance.randint(1, 4)))
        if chance.random() < 0.3:
            nested = chance.choice(["b", "em", "code"])
            inner += f"<{nested}>{chance.choice(pieces)}</{nested}>"
        said += f"<{tag}>{inner}</{tag.split()[0]}>" + "".join(chance.choices(pieces, k=chance.randint(0, 2)))
    test_the_markdown_of_a_page_reads_like_its_text(f"Ett stycke {said} slut på det hela.")


def test_cells_of_a_table_and_code_of_many_ticks() -> None:
    cells = "<tr><th>*a*</th><th>b|c</th></tr><tr><td>&amp;copy; &lt;i&gt;</td><td>[x](y)</td></tr>"
    code = "<pre>```\n````\n</pre>"
    page = f"<article><h1>En rubrik</h1>{ROUND}<table>{cells}</table>{ROUND}{code}{ROUND}</article>"
    body = f"<html><body>{page}</body></html>".encode()
    found = extract_article(Page(url="https://x.example/a/", body=body, content_type="text/html"))
    for rendered in (
        MarkdownIt("commonmark", {"html": False}).enable("table").render(found.body_markdown),
        str(to_html(found.body_markdown)),
    ):
        read = html.fromstring(f"<div>{rendered}</div>")
        assert [el.text_content() for el in read.iter("th", "td")] == ["*a*", "b|c", "&copy; <i>", "[x](y)"]
        assert [el.text_content().strip() for el in read.iter("pre")] == ["```\n````"]


@pytest.mark.parametrize("title", ["Vi lär oss C #", "Mer om C ##", "F# och C#", "# och inget mer"])
def test_a_heading_keeps_its_signs(title: str) -> None:
    page = f"<article><h1>En rubrik</h1>{ROUND}<h2>{title}</h2>{ROUND}{ROUND}</article>"
    body = f"<html><body>{page}</body></html>".encode()
    found = extract_article(Page(url="https://x.example/a/", body=body, content_type="text/html"))
    for rendered in (MarkdownIt("commonmark").render(found.body_markdown), str(to_html(found.body_markdown))):
        assert [el.text_content() for el in html.fromstring(f"<div>{rendered}</div>").iter("h2", "h3")] == [
            title
        ]
