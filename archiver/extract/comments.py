"""Comments that no class name calls so: items of a list, each with a name, a day and what was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.dates import MODIFIED_LABEL, PUBLISHED_LABEL, may_date
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document, Node, Time

MOST = 300  # times that are looked at
STEPS = 3  # elements between a time and the item that it stands in
HEAD = 80  # characters of the line that says who wrote and when
NAMES = 4  # words of a name
SHARE = 0.5  # of a page's prose; a list that holds more is the article itself
EMPHASIS = ("a", "b", "strong")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def mark_comments(doc: Document) -> None:
    """Marks the items of lists that begin with a name and a day and go on with what was said."""
    total = doc.nodes[0].good if doc.nodes else 0.0
    for time in doc.times[:MOST]:
        item = item_of(time.node)
        if item is None or item.parent is None or item.parent.good > SHARE * total:
            continue
        if item.first == time.block and item.first > 0 and _is_posted(doc.blocks[time.block], item, time):
            item.own |= Mark.COMMENT


def item_of(node: Node | None) -> Node | None:
    """The item of a list that an element is or stands in, some steps up at most."""
    for _ in range(STEPS):
        if node is None or node.tag == "li":
            break
        node = node.parent
    return node if node is not None and node.tag == "li" else None


def _is_posted(head: Block, item: Node, time: Time) -> bool:
    """True for an item whose first line is a name and a day, and in which more than that is said."""
    at = head.text.find(time.text) if time.text else -1
    if at < 0 or not (_DAY.match(time.value) or may_date(time.text)):
        return False
    rest = head.text[at + len(time.text) :].strip(" :,|·–-")
    before = head.text[:at].strip(" :,|·–-") or (rest if head.chars <= HEAD else "")
    if not _is_name(before):
        return False
    if item.last > item.first:
        return head.chars <= HEAD
    return bool(rest) and type(head.pieces[0]) is tuple and head.pieces[0][0] in EMPHASIS


def _is_name(text: str) -> bool:
    words = text.split()
    if not 0 < len(words) <= NAMES or not words[0][0].isupper():
        return False
    return not PUBLISHED_LABEL.search(text) and not MODIFIED_LABEL.search(text)
