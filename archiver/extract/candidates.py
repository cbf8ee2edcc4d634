"""The lines that may belong to the article, each as a row of numbers for the block judge.

A row says nothing of its site or language: how the line looks, where it stands, what stands
around it, and what the rules of ``body`` made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import log1p
from typing import TYPE_CHECKING

from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node

KEEP, LEAD, TEXTLESS, LABEL, LINKS, SECTION, ENDED, MARKED, EARLY, OUT, TITLE, KNOWN = range(12)
"""What the rules make of a line: the first two keep it, the others say why not."""

KIND_CODES = {
    "text": 0, "quote": 1, "item": 2, "heading": 3, "definition": 4, "term": 5, "code": 6, "cell": 7,
    "caption": 8,
}  # fmt: skip
TAG_CODES = {
    "p": 0, "div": 1, "li": 2, "section": 3, "article": 4, "main": 5, "td": 6, "figure": 7, "header": 8,
    "blockquote": 9, "h1": 10, "h2": 11, "h3": 12, "h4": 13, "h5": 14, "h6": 15,
}  # fmt: skip
ENDINGS = {**dict.fromkeys(".!?…。", 0), **dict.fromkeys('”"»’)', 1), ":": 2}
EMPHASIS = ("b", "strong", "em", "i")
BEFORE, AFTER = 12, 25  # lines beside the container that are looked at too
LONG = 80  # characters of prose that make a line an anchor for its neighbours
NAMES = (
    "rule", "kind", "tag", "level", "chars", "density", "ending", "commas", "digits", "upper", "word_length",
    "strong", "from_first", "to_last", "relative", "from_title", "good_before", "good_after", "depth",
    "make_good", "make_kept", "make_count", "own_good", "parent_good", "grand_good", "parent_density",
    "parent_children", "branch_good", "branch_density", "branch_place", "lines_until_long", "steps_to_long",
    "before_chars", "before_density", "before2_chars", "before2_density", "after_chars", "after_density",
    "after2_chars", "heading_lines", "heading_chars", "in_description", "in_stated_body", "dropped_ago",
    "dropped_share", "dropped_after", "caption_mark", "content_mark", "to_median", "title_words",
    "container_share", "container_blocks", "container_good",
)  # fmt: skip
"""The names of a row's numbers, in their order."""

Row = tuple[float, ...]
_NOTHING = (9, 9, 0, 3, 0.0, 1.0)


@dataclass(slots=True)
class Window:
    """The lines that are judged, with what is known of each by its place among them."""

    container: Node
    title: Block | None
    blocks: list[Block]
    rules: list[int]
    good: list[float]
    anchors: list[bool]


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
    anchors = [g >= LONG and code == KEEP for g, code in zip(good, codes, strict=True)]
    return Window(container, title, blocks, codes, good, anchors)


def rows_of(doc: Document, seen: Window, about: str, stated: str) -> list[tuple[Block, Row]]:
    """Each line that can be text at all with its row, in reading order.

    ``about`` is the page's description, ``stated`` its stated ``articleBody``.
    """
    blocks, codes, container, title = seen.blocks, seen.rules, seen.container, seen.title
    size = len(blocks)
    base = [_look(block, code) for block, code in zip(blocks, codes, strict=True)]
    near = [*base, _NOTHING, _NOTHING]  # places -1 and -2 are outside too
    makes, keys = _makes(seen)
    until = _steps(seen)
    kept = [g if code == KEEP else 0.0 for g, code in zip(seen.good, codes, strict=True)]
    sums = list(accumulate(kept, initial=0.0))
    total = sums[-1] or 1.0
    sizes = sorted(b.chars for b, anchor in zip(blocks, seen.anchors, strict=True) if anchor)
    median = sizes[len(sizes) // 2] if sizes else 100
    frame, whole = container.marks, container.good + 1
    span = container.last - container.first
    page = (container.good / (doc.nodes[0].good or 1.0), log1p(span), log1p(container.good))
    at = title.index if title is not None else container.first
    said = {w for w in title.text.casefold().split() if len(w) > 4} if title else set()
    dropped = [code > KEEP for code in codes]
    drops, fallen, heading, ago = sum(dropped), 0, -1, 0
    places: dict[int, Row] = {}
    rows: list[tuple[Block, Row]] = []
    for n, block in enumerate(blocks):
        own = base[n]
        if not _hopeless(block, own):
            node, index, text = block.node, block.index, block.text
            parent = node.parent or node
            place = places.get(parent.index)
            if place is None:
                place = places[parent.index] = _place(parent, container, whole)
            make = makes[keys[n]]
            before, before2, after, after2 = near[n - 1], near[n - 2], near[n + 1], near[n + 2]
            lines, steps = until[n]
            spaces = text.count(" ") + 1
            marks = block.marks & ~frame
            start = text[:160].split()
            rows.append((block, (
                own[0], own[1], own[2], block.level, own[4], own[5], own[3], text.count(",") / spaces,
                sum(map(str.isdigit, text[:60])) / min(block.chars, 60),
                sum([w[0].isupper() for w in start]) / len(start), block.chars / spaces, _strong(block),
                index - container.first, container.last - index, (index - container.first) / (span + 1),
                index - at, sums[n] / total, 1 - sums[n + 1] / total, node.depth - container.depth,
                make[0] / total, make[1] / make[2], make[2], node.good / whole, *place, lines, steps,
                before[4], before[5], before2[4], before2[5], after[4], after[5], after2[4],
                n - heading if heading >= 0 else 99, base[heading][4] if heading >= 0 else 0.0,
                _meets(about, text), _meets(stated, text), ago, fallen / (drops + 1), drops - fallen,
                marks & Mark.CAPTION > 0, marks & Mark.CONTENT > 0, block.chars / median,
                len(said.intersection(text.casefold().split())) / (len(said) + 1) if own[4] < 5.3 else 0.0,
                *page,
            )))  # fmt: skip
        if block.kind == "heading":
            heading = n
        if dropped[n]:
            fallen += 1
            ago = 0
        else:
            ago += 1
    return rows if size else []


def _hopeless(block: Block, own: tuple[float, ...]) -> bool:
    """True for what needs no judge: the title, known chrome, captions, links that the rules leave out."""
    rule = own[0]
    return rule >= TITLE or block.kind in ("caption", "code") or (rule >= MARKED and own[5] > 0.5)


def _look(block: Block, rule: int) -> tuple[float, ...]:
    """The numbers of a line that its neighbours' rows name too."""
    return (
        rule, KIND_CODES.get(block.kind, 0), TAG_CODES.get(block.node.tag, 20),
        ENDINGS.get(block.text[-1], 3), log1p(block.chars), block.links / block.chars,
    )  # fmt: skip


def _makes(seen: Window) -> tuple[dict[str, list[float]], list[str]]:
    """For each make of element (its and its parent's tag and classes): prose kept, lines kept, lines."""
    makes: dict[str, list[float]] = {}
    keys = []
    for block, rule, worth, anchor in zip(seen.blocks, seen.rules, seen.good, seen.anchors, strict=True):
        node = block.node
        parent = node.parent or node
        key = f"{node.tag} {node.names}>{parent.tag} {parent.names}"
        keys.append(key)
        make = makes.get(key)
        if make is None:
            make = makes[key] = [0.0, 0, 0]
        make[0] += worth if anchor else 0.0
        make[1] += rule <= LEAD
        make[2] += 1
    return makes, keys


def _place(parent: Node, container: Node, whole: float) -> Row:
    """What the elements around a line hold, as shares of the container."""
    grand = parent.parent or parent
    top, floor = parent, container.depth + 1
    while top.depth > floor and top.parent is not None and top.parent is not container:
        top = top.parent
    return (
        parent.good / whole, grand.good / whole, parent.links / (parent.chars + 1), parent.children,
        top.good / whole, top.links / (top.chars + 1), top.first - container.first,
    )  # fmt: skip


def _steps(seen: Window) -> list[tuple[int, int]]:
    """For each line: lines until the next long one, and steps in the tree to the nearest long one."""
    before = _running(seen.blocks, seen.anchors)
    after = _running(seen.blocks[::-1], seen.anchors[::-1])[::-1]
    found = []
    for block, (last, node), (until, other) in zip(seen.blocks, before, after, strict=True):
        nearest = other if node is None or (other is not None and until < last) else node
        found.append((until, _distance(block.node, nearest)))
    return found


def _running(blocks: Sequence[Block], anchors: Sequence[bool]) -> list[tuple[int, Node | None]]:
    """For each line how many lines ago the last long one was, and its element."""
    found: list[tuple[int, Node | None]] = []
    ago = 99
    node: Node | None = None
    for block, anchor in zip(blocks, anchors, strict=True):
        found.append((ago, node))
        ago = 0 if anchor else min(ago + 1, 99)
        node = block.node if anchor else node
    return found


def _distance(node: Node, other: Node | None) -> int:
    """Steps between two elements over their nearest common one; 30 where there is none."""
    steps = 0
    one: Node | None = node
    two = other
    while one is not two:
        if one is None or two is None or steps >= 30:
            return 30
        if one.depth >= two.depth:
            one = one.parent
        else:
            two = two.parent
        steps += 1
    return steps


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
