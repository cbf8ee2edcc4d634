"""Days that are told in passing: in a sentence of the text, in an item or an article of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.candidates import begins_anew
from archiver.extract.comments import item_of
from archiver.extract.dates import PUBLISHED_LABEL

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document, Node, Time

PLACE = 3  # words before the day of a date line that opens a text: "Nya Karleby den 4 mars 2024 –"
ENDS = (".", "!", "?")
SAID = 25  # characters of an item beside its day that make it more than small print
# words go on after the day, other than those of a time of day and of who wrote
_GOES_ON = re.compile(r",?\s(?!(?:at|kl|klo|um|uhr|om|by|av|af|von|par|por|door|da|a|à)\b)[a-zåäöæøüé]")


def in_sentence(block: Block, time: Time, *, is_text: bool) -> bool:
    """True for a day amid a sentence: of what the text tells, not of the text.

    A line that is none of the text is small print, unless it ends as a sentence does.
    """
    at = block.text.find(time.text) if time.text else -1
    if at < 0 or not (is_text or block.text.endswith(ENDS)):
        return False
    return _is_amid(block.text, at, at + len(time.text))


def is_told(text: str, start: int, end: int) -> bool:
    """True for a day amid a short line that ends as a sentence does."""
    return text.endswith(ENDS) and _is_amid(text, start, end)


def _is_amid(text: str, start: int, end: int) -> bool:
    before = text[:start]
    if PUBLISHED_LABEL.search(before):
        return False
    return len(before.split()) > PLACE or _GOES_ON.match(text, end) is not None


def in_item(doc: Document, node: Node, title: Block | None) -> bool:
    """True for a day in an item of a list that says more: a comment, a teaser, an entry of others."""
    item = item_of(node)
    if item is None or item.first < 0 or item.last == item.first:
        return False
    if title is not None and item.first <= title.index <= item.last:
        return False
    return any(b.good > SAID for b in doc.blocks[item.first : item.last + 1])


def next_article(doc: Document, block: Block, after: int) -> Node | None:
    """The article with a headline of its own that a line stands in and that begins after the text."""
    node: Node | None = block.node
    while node is not None and node.first > after:
        if node.tag == "article" and begins_anew(doc, node):
            return node
        node = node.parent
    return None
