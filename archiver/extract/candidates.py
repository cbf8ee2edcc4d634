"""The lines that may belong to the article: the clear ones decided, the others as rows of numbers.

A row says nothing of its site or language: how the line looks, where it stands, what stands
around it, and what the rules of ``labels`` made of it. Rows cost more than all else here, so
only lines that a look at a few numbers leaves in doubt get one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.extract.labels import ENDED, KEEP, LABEL, LEAD, MARKED, OUT, SECTION, TITLE, is_sure
from archiver.extract.words import APPEALS, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node

KIND_CODES = {
    "text": 0, "quote": 1, "item": 2, "heading": 3, "definition": 4, "term": 5, "code": 6, "cell": 7,
    "caption": 8,
}  # fmt: skip
TAG_CODES = {
    "p": 0, "div": 1, "li": 2, "section": 3, "article": 4, "main": 5, "td": 6, "figure": 7, "header": 8,
    "blockquote": 9, "h1": 10, "h2": 11, "h3": 12, "h4": 13, "h5": 14, "h6": 15,
}  # fmt: skip
ENDINGS = {**dict.fromkeys(".!?。", 0), **dict.fromkeys('”"»’)', 1), ":": 2, "…": 4}
EMPHASIS = ("b", "strong", "em", "i")
BEFORE, AFTER = 12, 25  # lines beside the container that are looked at too
LONG = 80  # characters of prose that make a line an anchor for its neighbours
APPEAL = 300  # characters above which no line is an appeal to its reader
FAR = 40  # steps up a tree in which a named box is looked for
BOXES = ~(Mark.CONTENT | Mark.HEADER)
UNASKED = frozenset(("caption", "code", "cell"))
UNSEEN = Mark.HIDDEN | Mark.COOKIE  # what nobody reads as text is not asked about
NAMES = (
    "rule", "kind", "tag", "level", "chars", "density", "ending", "commas", "appeal", "strong", "children",
    "from_first", "to_last", "relative", "from_title", "good_before", "good_after", "depth", "make_good",
    "make_kept", "make_count", "own_good", "parent_good", "grand_good", "parent_density", "parent_children",
    "box", "lines_until_long", "before_chars", "before_density", "after_chars", "after_density",
    "heading_lines", "heading_chars", "in_description", "dropped_share", "dropped_after", "caption_mark",
    "to_median", "container_share", "container_blocks", "container_good",
)  # fmt: skip
"""The names of a row's numbers, in their order."""

Row = tuple[float, ...]
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Lines:
    """What is decided at a glance, by the line's index, and the doubtful lines with their rows."""

    clear: dict[int, bool] = field(default_factory=dict)
    rows: list[tuple[Block, Row]] = field(default_factory=list)


@dataclass(slots=True)
class Window:
    """The lines that are looked at, with what is known of each by its place among them."""

    container: Node
    title: Block | None
    blocks: list[Block]
    rules: list[int]
    good: list[float]
    anchors: list[int]
    makes: list[list[float]]
    total: float
    others: set[int]


MOST = 6000  # lines that are judged one by one; what comes after them goes by the rules


def open_window(doc: Document, container: Node, title: Block | None, rules: dict[int, int]) -> Window:
    """The lines of the container and those near it; from the title on where it stands above."""
    low, high = container.first, container.last + 1
    start = max(low - BEFORE, 0)
    if title is not None and title.index < low:
        start = max(title.index, low - 60)
    blocks = [b for b in doc.blocks[start : min(high + AFTER, start + MOST)] if b.text]
    codes = [rules.get(b.index, OUT) for b in blocks]
    good = [b.good for b in blocks]
    anchors = [n for n, g in enumerate(good) if g >= LONG and codes[n] == KEEP]
    makes, total = _makes(blocks, codes, good)
    others = _of_others(doc, container, title)
    return Window(container, title, blocks, codes, good, anchors, makes, total, others)


def _of_others(doc: Document, container: Node, title: Block | None) -> set[int]:
    """The indexes of lines near the container that belong to an article with a headline of its own."""
    found: set[int] = set()
    at = title.index if title is not None else -1
    low, high = container.first - BEFORE, container.last + AFTER
    for node in doc.nodes:
        if node.tag != "article" or node.first < 0 or node.last < low or node.first > high:
            continue
        beside = node.first > container.last or node.last < container.first
        if beside and not node.first <= at <= node.last and begins_anew(doc, node):
            found.update(range(node.first, node.last + 1))
    return found


def begins_anew(doc: Document, node: Node) -> bool:
    """True where an element begins with a headline, a line of small print before it at most."""
    first = doc.blocks[node.first : min(node.first + 3, node.last + 1)]
    return any(b.kind == "heading" and b.chars > 8 for b in first if b.chars < 80)


def _makes(
    blocks: Sequence[Block], codes: Sequence[int], good: Sequence[float]
) -> tuple[list[list[float]], float]:
    """For each line the sums over its make (tag and classes of its element and the one around it).

    The sums are prose in long kept lines, lines kept, lines; with them the prose of all kept lines.
    """
    makes: dict[tuple[str, ...], list[float]] = {}
    found = []
    total = 0.0
    for block, rule, worth in zip(blocks, codes, good, strict=True):
        node = block.node
        parent = node.parent or node
        key = (node.tag, node.names, parent.tag, parent.names)
        make = makes.get(key)
        if make is None:
            make = makes[key] = [0.0, 0, 0]
        if rule == KEEP:
            total += worth
            if worth >= LONG:
                make[0] += worth
            make[1] += 1
        elif rule == LEAD:
            make[1] += 1
        make[2] += 1
        found.append(make)
    return found, total or 1.0


def look(doc: Document, seen: Window, about: str) -> Lines:
    """Each line that can be text at all: decided, or with its row; ``about`` is the page's description."""
    found = Lines()
    blocks, codes, good, makes, total = seen.blocks, seen.rules, seen.good, seen.makes, seen.total
    rower = _Rower(doc, seen, about)
    before, drops, heading = 0.0, 0, -1
    whole = seen.container.good + 1
    # a page that shows no prose at all reveals it by a script
    unseen = UNSEEN & ~seen.container.marks if whole > LONG else 0
    for n, block in enumerate(blocks):
        rule, worth = codes[n], good[n]
        kept = rule == KEEP
        if not block.marks & unseen and block.index not in seen.others and _may_be_text(block, rule, worth):
            after = total - before - worth if kept else total - before
            clear = _clear(block, rule, worth, makes[n], total, whole, before, after)
            if clear is None:
                found.rows.append((block, rower.row(n, before, after, drops, heading)))
            else:
                found.clear[block.index] = clear
        if block.kind == "heading":
            heading = n
        if rule > LEAD:
            drops += 1
        elif kept:
            before += worth
    return found


def _may_be_text(block: Block, rule: int, worth: float) -> bool:
    """False for what needs no judge: the title, chrome, captions, labels outside, links left out."""
    kind = block.kind
    if rule <= LEAD:
        return kind not in UNASKED
    if rule >= TITLE or kind in UNASKED or rule in (SECTION, ENDED) or block.text[0] == "©":
        return False
    if rule < MARKED:
        return rule != LABEL or (worth > 0 and not is_sure(block))
    if (not worth and kind != "heading") or block.links * 2 > block.chars:
        return False
    return rule != OUT or not is_sure(block)


def _clear(
    block: Block,
    rule: int,
    worth: float,
    make: list[float],
    total: float,
    whole: float,
    before: float,
    after: float,
) -> bool | None:
    """True for a long line amid prose of its make, False for one where none is, None where in doubt."""
    around = block.node.parent
    near = around.good if around is not None else 0.0
    if make[0] <= 0.05 * total:
        if make[1] <= 0.1 and after <= 0.36 * total and near <= 0.11 * whole:
            return False
        return None
    amid = rule == KEEP and worth >= 120 and make[0] > 0.5 * total and before <= 0.85 * total
    if amid and near > 0.1 * whole and block.links < 0.3 * block.chars and block.kind == "text":
        return True
    return None


class _Rower:
    """Makes the rows of a window: what all of them share is counted once."""

    def __init__(self, doc: Document, seen: Window, about: str) -> None:
        self.seen, self.about = seen, about
        container, title = seen.container, seen.title
        self.whole = container.good + 1
        self.at = title.index if title is not None else container.first
        self.span = container.last - container.first
        self.page = (container.good / (doc.nodes[0].good or 1.0), self.span, container.good)
        self.dropped = sum([code > LEAD for code in seen.rules])
        sizes = sorted([seen.blocks[n].chars for n in seen.anchors])
        self.median = sizes[len(sizes) // 2] if sizes else 100
        self.next = 0
        self.places: dict[int, Row] = {}

    def row(self, n: int, before: float, after: float, drops: int, heading: int) -> Row:
        """The numbers of the line at a place; the rest is what ``look`` has counted up to it."""
        seen = self.seen
        blocks, container, total = seen.blocks, seen.container, seen.total
        block, make = blocks[n], seen.makes[n]
        node, index, text, chars = block.node, block.index, block.text, block.chars
        parent = node.parent or node
        place = self.places.get(parent.index)
        if place is None:
            place = self.places[parent.index] = self._place(parent)
        one = blocks[n - 1] if n else None
        nxt = blocks[n + 1] if n + 1 < len(blocks) else None
        return (
            seen.rules[n], KIND_CODES.get(block.kind, 0), TAG_CODES.get(node.tag, 20), block.level, chars,
            block.links / chars, ENDINGS.get(text[-1], 3), text.count(",") * 100 / chars,
            _appeal(text) if chars < APPEAL else 0.0, _strong(block), node.children,
            index - container.first, container.last - index, (index - container.first) / (self.span + 1),
            index - self.at, before / total, after / total, node.depth - container.depth,
            make[0] / total, make[1] / make[2], make[2], node.good / self.whole,
            *place[:4], node.own & BOXES or place[4], self._until(n),
            one.chars if one else 0, one.links / one.chars if one else 1.0,
            nxt.chars if nxt else 0, nxt.links / nxt.chars if nxt else 1.0,
            n - heading if heading >= 0 else 99, blocks[heading].chars if heading >= 0 else 0,
            _meets(self.about, text), drops / (self.dropped + 1), self.dropped - drops,
            block.marks & Mark.CAPTION > 0, chars / self.median, *self.page,
        )  # fmt: skip

    def _place(self, parent: Node) -> Row:
        """What the elements around a line hold, as shares of the container; the nearest named box."""
        whole = self.whole
        grand = parent.parent or parent
        return (
            parent.good / whole, grand.good / whole, parent.links / (parent.chars + 1), parent.children,
            self._box(parent),
        )  # fmt: skip

    def _box(self, near: Node) -> int:
        """What the nearest named element below the container is, at most some steps up."""
        floor = self.seen.container.depth + 1
        box, steps = 0, 0
        while not box and steps < FAR and near.depth > floor and near.parent is not None:
            steps += 1
            box = near.own & BOXES
            near = near.parent
        return box

    def _until(self, n: int) -> int:
        """Lines until the next long one."""
        anchors = self.seen.anchors
        while self.next < len(anchors) and anchors[self.next] <= n:
            self.next += 1
        return anchors[self.next] - n if self.next < len(anchors) else 99


def _appeal(text: str) -> float:
    """The share of words with which lines ask something of their reader, or name what is no text."""
    words = _WORD.findall(text.lower())
    return sum([word in APPEALS for word in words]) / len(words) if words else 0.0


def _strong(block: Block) -> int:
    """1 for a line that begins emphasised, 2 for one that is so from end to end."""
    first = block.pieces[0]
    if type(first) is str or first[0] not in EMPHASIS:
        return 0
    last = block.pieces[-1]
    return 2 if type(last) is tuple and last[0] == "/" + first[0] else 1


def _meets(stated: str, text: str) -> int:
    """Whether a stated text begins with a line (2) or holds it (1)."""
    if not stated or len(text) < 15:
        return 0
    at = stated.find(text[:60])
    return 2 if at == 0 else int(at > 0)
