"""The events of a parser and the tree of a page give one and the same document."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.extract.decode import decode
from archiver.extract.document import Document
from archiver.extract.tree import parse
from archiver.extract.walk import read, walk

PAGES = sorted((Path(__file__).parent / "fixtures").glob("*/*.html"))


def told(doc: Document) -> list[object]:
    """All that a document says."""
    blocks = [(b.text, b.kind, b.level, b.marks, b.pieces, list(b.hrefs)) for b in doc.blocks]
    nodes = [(n.tag, n.names, n.marks, n.chars, n.first, n.last, n.children) for n in doc.nodes]
    times = [(t.value, t.text, t.name) for t in doc.times]
    head = [doc.title, doc.language, doc.metas, doc.links, doc.scripts]
    return [blocks, nodes, times, [p[:3] for p in doc.props], head]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_the_same_with_and_without_a_tree(path):
    decoded = decode(path.read_bytes())
    without = read(decoded.utf8)
    root = parse(decoded.text)
    assert without is not None
    assert root is not None
    assert told(without) == told(walk(root))


def doc_of(markup: str) -> Document:
    doc = read(markup.encode())
    assert doc is not None
    return doc


def test_an_element_says_its_property_or_its_time():
    doc = doc_of(
        "<article itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop='headline'>Ny <i>bro</i></h1>"
        "<span itemprop='author' itemscope itemtype='https://schema.org/Person'>\n\n av <b itemprop='name'>Siv</b>"
        "</span><time datetime='2024-03-04' class='published'>4 mars</time>"
        "<p property='schema:dateModified' content='2024-03-05'>x</p></article>"
    )
    assert [p[:3] for p in doc.props] == [
        ("headline", "Ny bro", "NewsArticle"),
        ("author", "av Siv", "NewsArticle"),
        ("name", "Siv", "Person"),
        ("dateModified", "2024-03-05", "NewsArticle"),
    ]
    assert [(t.value, t.text, t.published) for t in doc.times] == [("2024-03-04", "4 mars", True)]


def test_the_sign_beside_a_heading_that_links_to_it_is_no_text():
    sign = '<a hidden class="anchor" aria-hidden="true" href="#om">#</a>'
    doc = doc_of(f"<h2>Om oss{sign}</h2><h3>Mer <a aria-hidden='true' href='#mer'>¶</a></h3><p>Text</p>")
    assert [b.text for b in doc.blocks] == ["Om oss", "Mer", "Text"]


def test_a_line_ends_at_two_breaks_and_hidden_words_are_none():
    doc = doc_of(
        "<div>Ett<br>\n<br>två <span hidden>nej <b>nej</b></span>tre <a href='/x'>fy\xadra</a></div>"
    )
    assert [b.text for b in doc.blocks] == ["Ett", "två tre fyra"]
    assert list(doc.blocks[1].hrefs) == ["/x"]
