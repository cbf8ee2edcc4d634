"""Whole posts one below the other, as a blog shows them: headline, date and full text of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.body import OUTSIDE
from archiver.extract.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node

WHOLE = 150  # characters of prose in a post that is shown whole
OF_PROSE = 0.8  # share of the page's prose that its posts hold


def whole_posts(doc: Document, heads: Sequence[Block]) -> int:
    """How many posts hold the page's prose; ``heads`` are the headings that lead to pages of their own.

    0 where they are fewer than two, or where a text of the page's own stands before them or beside.
    """
    posts = [node for head in heads if (node := _around(head, heads)) is not None] if len(heads) > 1 else []
    if len(posts) < 2:
        return 0
    prose = [b for b in doc.blocks if is_prose(b)]
    if sum(b.chars for b in prose if b.index < posts[0].first) >= WHOLE:
        return 0
    held = [sum(b.chars for b in prose if node.first <= b.index <= node.last) for node in posts]
    whole = [chars for node, chars in zip(posts, held, strict=True) if chars >= WHOLE and _is_post(doc, node)]
    enough = sum(whole) >= OF_PROSE * sum(b.chars for b in prose)
    return len(whole) if len(whole) > 1 and enough else 0


def is_prose(block: Block) -> bool:
    """True for a line of the page's prose."""
    return (
        block.chars > 40 and block.links < 0.5 * block.chars and not block.marks & OUTSIDE and block.sentence
    )


def _is_post(doc: Document, node: Node) -> bool:
    """True for an ``article``, and for another element with a date in a short line."""
    lines = doc.blocks[node.first : node.first + 5]
    return node.tag == "article" or any(b.chars < 80 and find_date(b.text) is not None for b in lines)


def _around(head: Block, heads: Sequence[Block]) -> Node | None:
    """The largest element around a heading that holds none of the others."""
    node: Node | None = head.node
    post = None
    while node is not None and sum(node.first <= h.index <= node.last for h in heads) == 1:
        post, node = node, node.parent
    return post
