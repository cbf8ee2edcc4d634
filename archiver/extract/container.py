"""The element that holds an article: prose is weighed over the tree, and the tree walked down to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.document import Block, Document, Node
from archiver.extract.labels import says
from archiver.extract.tables import LAYOUT
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Container

    from archiver.extract.chrome import ChromeModel

OUTSIDE = (
    Mark.HIDDEN | Mark.NAV | Mark.FOOTER | Mark.ASIDE | Mark.COMMENT | Mark.SHARE | Mark.RELATED | Mark.TAGS
    | Mark.COOKIE | Mark.FORM | Mark.TEASER | Mark.AUTHOR | Mark.PROMO
)  # fmt: skip
"""What is marked so never counts as prose."""
LOWEST = frozenset(("p", "ul", "ol", "table", "tbody", "tr", "blockquote"))  # no article is only one of these
IN_LISTS = 0.4  # what prose in an item's own elements is worth: teasers are longer than many an article
HEADS = ("header", "hgroup")
FEW = 400  # prose below which the greatest text may be that of a box beside a very short article
SHORT = 20  # characters; a line of less is no article


def weigh(doc: Document, known: Container[int]) -> None:
    """Sums the prose under every node anew, without what is marked or known as chrome."""
    nodes = doc.nodes
    for node in nodes:
        node.good = 0.0
    for block in doc.blocks:
        if block.chars >= 25 and not block.marks & OUTSIDE and block.index not in known:
            worth = block.good
            block.node.good += worth * IN_LISTS if block.kind == "item" and block.node.tag != "li" else worth
    for node in reversed(nodes):
        if node.good and node.parent is not None:
            node.parent.good += node.good


def find_container(doc: Document, title: Block | None) -> Node | None:
    """The smallest element that holds nearly all of the article's prose."""
    if not doc.nodes:
        return None
    best = doc.nodes[0]
    if best.good <= 0:
        return _fallback(doc, title)
    children = _holders(doc)
    while True:
        below = children.get(best.index)
        if not below:
            return best
        own = _own_of_many(doc, below, best, title) or _after_others(below, best, title)
        if own is not None:
            best = own
            continue
        top = max(below, key=lambda n: n.good)
        if top.kind != LAYOUT and (top.kind != "text" or top.tag in LOWEST):
            return best
        share = top.good / best.good
        if share < 0.75 and not _dominates(top, below, title, share):
            return best
        best = top


def _holders(doc: Document) -> dict[int, list[Node]]:
    """The children of each node that hold any prose."""
    children: dict[int, list[Node]] = {}
    for node in doc.nodes:
        if node.good > 0 and node.parent is not None:
            above = node.parent.index
            if above in children:
                children[above].append(node)
            else:
                children[above] = [node]
    return children


def _own_of_many(doc: Document, below: list[Node], best: Node, title: Block | None) -> Node | None:
    """The child with the page's title, where its siblings are further articles of the same make."""
    holder = _holder(below, title)
    if holder is None or title is None:
        return None
    if holder.tag == "article" and any(_is_next(doc, n, holder, title) for n in below):
        return holder
    if holder.good < 300 or holder.good < 0.08 * best.good or holder.good > 0.9 * best.good:
        return None
    like = [n for n in below if n is not holder and n.tag == holder.tag and n.good > 200]
    same = [n for n in like if n.tag == "article" or (n.names and n.names.split()[0] in holder.names.split())]
    return holder if any(_begins_anew(doc, n, title) for n in same) else None


def _is_next(doc: Document, node: Node, holder: Node, title: Block) -> bool:
    """True for an article after that with the page's title which begins with a headline hardly lower."""
    if node.tag != "article" or node.first <= holder.last or holder.good < 120:
        return False
    first = doc.blocks[node.first]
    return first.kind == "heading" and first.level <= max(title.level + 1, 2) and first.chars > 8


def _after_others(below: list[Node], best: Node, title: Block | None) -> Node | None:
    """The child with the page's title, where the rest of the prose is less and stands above it: teasers."""
    holder = _holder(below, title)
    if holder is None or title is None or holder.good < 300 or not 0.5 < holder.good / best.good < 0.97:
        return None
    return holder if all(n.last < title.index for n in below if n is not holder) else None


def _holder(below: list[Node], title: Block | None) -> Node | None:
    """The child that holds the page's title and is no mere head."""
    if title is None:
        return None
    at = title.index
    found = next((n for n in below if n.first <= at <= n.last), None)
    return None if found is None or found.tag in HEADS else found


def _begins_anew(doc: Document, node: Node, title: Block) -> bool:
    """True where an element begins with a headline of its own, as high as the page's."""
    first = doc.blocks[node.first : min(node.first + 6, node.last + 1)]
    return any(b.kind == "heading" and b.level <= title.level and b.chars > 14 for b in first)


def _dominates(top: Node, below: list[Node], title: Block | None, share: float) -> bool:
    """True where the rest beside the greatest child is other articles or columns."""
    if top.tag in HEADS or title is None or not top.first <= title.index <= top.last:
        return False
    rest = [n for n in below if n is not top]
    if top.tag == "article" and any(n.tag == "article" for n in rest):
        return True
    return (
        title.level <= 2
        and share > 0.55
        and all(n.tag in ("article", "aside", "section", "div") for n in rest)
    )


def _fallback(doc: Document, title: Block | None) -> Node | None:
    """Where there is no prose: the element marked as content, else the title's surroundings."""
    marked = [n for n in doc.nodes if n.own & Mark.CONTENT and n.chars > 0 and not n.marks & OUTSIDE]
    if marked:
        return marked[-1]
    for name in ("article", "main"):
        for node in doc.nodes:
            if node.tag == name and node.chars and not node.marks & OUTSIDE:
                return node
    if title is not None and title.node.parent is not None:
        return title.node.parent
    return _fullest(doc)


def _fullest(doc: Document) -> Node | None:
    """The smallest element that holds most words outside links, where no line is prose, as in a song."""
    plain = [n for n in doc.nodes if not n.marks & OUTSIDE and n.chars > 2 * n.links]
    most = max((n.chars - 2 * n.links for n in plain), default=0)
    full = [n for n in plain if n.chars - 2 * n.links >= 0.75 * most]
    return max(full, key=lambda n: (n.depth, n.chars), default=None)


def agreed(doc: Document, container: Node | None, chrome: ChromeModel) -> Node | None:
    """The container; where it is none that the site's articles have, the one on which they agree."""
    own = chrome.place(container) if container is not None else ""
    if container is not None and (own in chrome.agreed_containers or chrome.containers.get(own, 0) >= 3):
        return container
    for place in chrome.agreed_containers:
        found = _at(doc, container, chrome, place)
        if found is not None:
            return found
    return container


def _at(doc: Document, container: Node | None, chrome: ChromeModel, place: str) -> Node | None:
    """The only element at a place, unless the container holds far more."""
    tag = place.rpartition(">")[2].partition(".")[0]
    same = [
        n
        for n in doc.nodes
        if n.tag == tag and n.chars and not n.marks & OUTSIDE and chrome.place(n) == place
    ]
    if len(same) != 1 or (container is not None and container.good > 4 * same[0].good + 400):
        return None
    return same[0]


def of_few_words(doc: Document, container: Node, title: Block | None) -> Node | None:
    """The headline's own element with a few words, where the container is a box beside with few more."""
    if container.first < 0 or container.good > FEW or title is None or title.level != 1:
        return None
    own: Node | None = title.node.parent
    while own is not None and own.tag != "article":
        own = own.parent
    if own is not None and not own.first <= container.first <= container.last <= own.last:
        return own if any(is_few_words(b) for b in doc.blocks[title.index + 1 : own.last + 1]) else None
    start = container.first
    if start <= title.index or not _is_of_teasers(doc.blocks[start : start + 4]):
        return None
    words = [b for b in doc.blocks[title.index + 1 : start] if is_few_words(b)]
    near = words[0].node.parent if words else None
    return near if near is not None and near.last < start else None


def is_few_words(block: Block) -> bool:
    """True for a line that may be the whole text of an article, short as it is."""
    if block.chars < SHORT or block.kind not in ("text", "quote") or block.links * 2 > block.chars:
        return False
    return not block.marks & (OUTSIDE | Mark.BYLINE) and not (block.chars < 260 and says(block.text))


def _is_of_teasers(blocks: list[Block]) -> bool:
    """True for lines that begin with a label, or with a headline that leads elsewhere."""
    return bool(says(blocks[0].text)) or any(b.kind == "heading" and b.links * 2 > b.chars for b in blocks)
