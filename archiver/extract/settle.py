"""What elements are called, handed down to the lines below them, except where it cannot be true."""

from __future__ import annotations

import re

from archiver.extract.comments import mark_comments
from archiver.extract.document import Block, Document, Node
from archiver.extract.tables import open_tables
from archiver.extract.words import Mark

CAPTION = 400  # characters; a longer line is no caption
PICTURE = re.compile(r"image|bild|photo|foto|figure|picture", re.I)
# boxes of these kinds are small; a long text in one is an article behind a wall or in a form
SMALL = (
    Mark.PROMO | Mark.SHARE | Mark.TAGS | Mark.BYLINE | Mark.FORM | Mark.CAPTION | Mark.TEASER | Mark.AUTHOR
)  # fmt: skip

LOOKED_AT = 60  # lines of an element that tell what it is


def settle(doc: Document) -> None:
    """Hands marks down from node to node, except from an element that holds most of the page."""
    open_tables(doc)
    total = doc.nodes[0].good if doc.nodes else 0.0
    _free_title(doc)
    _unhide(doc)
    mark_comments(doc)
    for node in doc.nodes:
        own = node.own
        if own and node.good > 250:
            if node.good > 0.45 * total:
                own = _credible(doc, node, own)
            elif own & SMALL and node.good > 600 and node.links < 0.25 * node.chars:
                own &= ~SMALL
                if node.parent is not None and node.parent.marks & Mark.CONTENT:
                    own &= ~Mark.HIDDEN  # the part that only subscribers see
        node.marks = node.parent.marks | own if node.parent else own
    for block in doc.blocks:
        block.marks = block.node.marks
    _captions(doc)


def _captions(doc: Document) -> None:
    """Lines that are named as captions and stand by a picture are captions, whatever element holds them."""
    blocks = doc.blocks
    for block in blocks:
        if not block.images:
            continue
        if block.text:
            if block.kind == "text" and block.chars < CAPTION and PICTURE.search(block.node.names):
                block.kind = "caption"
            continue
        below = blocks[block.index + 1] if block.index + 1 < len(blocks) else None
        if below and below.marks & Mark.CAPTION and below.kind == "text" and below.chars < CAPTION:
            below.kind = "caption"


def _unhide(doc: Document) -> None:
    """Hidden elements that go on with the text before them, as behind a wall, are no longer hidden."""
    groups: dict[tuple[int, str], list[Node]] = {}
    for node in doc.nodes:
        if node.own & Mark.HIDDEN and node.good > 0 and node.parent is not None:
            groups.setdefault((node.parent.index, node.names), []).append(node)
    for nodes in groups.values():
        if _goes_on(doc, nodes):
            for node in nodes:
                node.own &= ~Mark.HIDDEN


def _goes_on(doc: Document, nodes: list[Node]) -> bool:
    """True where elements of one make hold most of a text whose beginning stands before them."""
    first, parent = nodes[0], nodes[0].parent
    good = sum(n.good for n in nodes)
    if parent is None or good < 600 or good < 0.4 * parent.good:
        return False
    if sum(n.links for n in nodes) > 0.2 * sum(n.chars for n in nodes) or not 0 <= parent.first < first.first:
        return False
    before = [b for b in doc.blocks[parent.first : first.first] if b.good >= 60]
    if not before or doc.blocks[first.first].text in (b.text for b in before):
        return False
    ends = (b for n in nodes for b in doc.blocks[n.first : min(n.last, n.first + LOOKED_AT) + 1])
    return sum(b.good >= 60 for b in ends) >= 3


def _free_title(doc: Document) -> None:
    """What holds the page's own heading is no menu, column or box, whatever it is called."""
    title = doc.title.casefold()
    heads = [b for b in doc.blocks if b.kind == "heading" and b.level == 1 and b.chars > 8]
    freed: set[int] = set()
    for block in heads:
        if block.text.casefold() not in title or block.links > 0.5 * block.chars:
            continue
        node: Node | None = block.node
        while node is not None and node.index not in freed and node.tag not in ("nav", "aside", "footer"):
            freed.add(node.index)
            node.own &= Mark.CONTENT | Mark.HEADER | Mark.LEAD | Mark.TITLE | Mark.HIDDEN | Mark.COMMENT
            node = node.parent


def _credible(doc: Document, node: Node, own: int) -> int:
    """Of the marks of an element that holds most of a page's prose: those that may still be true."""
    keep = Mark.CONTENT
    if own & Mark.COOKIE and _about_cookies(doc.blocks[node.first : node.last + 1]):
        keep |= Mark.COOKIE
    if own & Mark.COMMENT and node.tag not in ("main", "article", "body") and node.children > 1:
        first = node.first
        if first > 20:
            keep |= Mark.COMMENT
    return own & keep


def _about_cookies(blocks: list[Block]) -> bool:
    said = [b for b in blocks[:LOOKED_AT] if b.chars > 60]
    return sum("cookie" in b.text.lower() or "kakor" in b.text.lower() for b in said) * 3 >= len(said)
