"""The events of a parser to a document: blocks of text in reading order, what holds them.

A *block* is a line of text as a browser would set it: a paragraph, a heading, a list item, a
cell. A *node* is an element that can hold blocks. Everything that later steps ask is gathered
as the parser goes, so that no tree is built and nothing is walked twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.extract.aside import Aside
from archiver.extract.document import BREAK, CONTROL, Block, Document, Node, Piece, apart, joined, plain
from archiver.extract.tags import (
    BREAKS,
    DROPPED,
    ELEMENTS,
    EMPHASIS,
    INLINE,
    LINK,
    LISTS,
    MAX_NODES,
    NAMED,
    NODE,
    RAISED,
    STICKY,
    UNMARKED,
)
from archiver.extract.words import Mark, marks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Attributes = Mapping[str, str]

BELIEVED = Mark.COMMENT | Mark.HIDDEN | Mark.TEASER | Mark.RELATED | Mark.CONTENT
"""What the class names of ``main`` and ``article`` may say."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a parser talks to, as lxml asks for it."""

    start: Callable[[str, Attributes], None]
    end: Callable[[str], None]
    data: Callable[[str], None]
    close: Callable[[], bool]


def target_of(doc: Document) -> Target:
    """The target that gathers what it is told in ``doc``.

    These functions are called some thousand times a page and take a third of the time of an
    extraction. They share their state as variables of this function, which costs half of what
    attributes cost; what is rare is left to ``Aside``.
    """
    nodes, blocks, anchors = doc.nodes, doc.blocks, doc.anchors
    aside = Aside(doc)
    ending, listening = aside.ending, aside.listening
    stack: list[Node] = []
    pieces: list[Piece] = []
    texts: list[str] = []  # those of the pieces that are text
    hrefs: list[str] = []
    open_links: list[str] = []
    broken = False  # whether a piece is a line break
    cuts: list[int] = []  # places of the pieces that go on with the text before, cut by the parser
    untouched = False  # whether no tag came since the last text
    links = images = lists = 0
    level = 0  # open elements
    raised = False  # whether the text is set above the line
    barrier = 0  # the level of the element that is left out with all that it holds

    def start(tag: str, found: Attributes) -> None:
        nonlocal level, barrier, images, lists, untouched, raised
        level += 1
        untouched = False
        if barrier:
            return
        what, kind, height, marks = ELEMENTS.get(tag) or (NODE_OTHER if "-" in tag else INLINE_OTHER)
        if what == NODE:
            if pieces:
                flush()
            parent = stack[-1] if stack else None
            if len(nodes) >= MAX_NODES:
                barrier = level
                stack.append(nodes[0])
                if not doc.problems:
                    doc.problems.append(f"more than {MAX_NODES} elements: the rest is not read")
                return
            if parent is not None:
                parent.children += 1
                above = parent.kind
                if (
                    above != "text"
                    and above in STICKY
                    and (kind == "text" or (above == "cell" and kind in IN_CELLS))
                ):
                    kind, height = above, parent.level
            node = Node(tag, parent, len(nodes), kind, height)
            nodes.append(node)
            stack.append(node)
            if found:
                marks |= said(node, found)
            if marks:
                node.own = marks
            if tag == "li":
                node.level = lists or 1
                if parent is not None and parent.tag == "ol":
                    node.number = parent.number = parent.number + 1
            elif tag in LISTS:
                lists += 1
        elif what == INLINE:
            if found and aside.inline(found, stack, level):
                barrier = level
        elif what == LINK:
            href = (found.get("href") or "").strip()
            if "hidden" in found or (href[:1] == "#" and found.get("aria-hidden") == "true"):
                barrier = level  # the sign beside a heading that links to it
                return
            open_links.append(href)
            pieces.append(("a", href))
            if href:
                hrefs.append(href)
                rel = found.get("rel") or ""
                anchors.append((href, rel, found.get("class") or "", stack[-1]))
                if ":" in rel or "itemprop" in found or "property" in found:
                    aside.inline(found, stack, level)
        elif what == EMPHASIS:
            if found and aside.inline(found, stack, level):
                barrier = level
            else:
                pieces.append((tag,))
        elif what == DROPPED:
            barrier = level
            aside.dropped(tag, found, stack)
        elif what == BREAKS:
            line_break()
        elif what == RAISED:
            if found and aside.inline(found, stack, level):
                barrier = level
            else:
                raised = True
        elif image := aside.other(tag, found, stack, level):
            pieces.append(image)
            images += 1

    def said(node: Node, found: Attributes) -> int:
        """The marks that an element's attributes speak for."""
        marks, left = 0, len(found)
        if "class" in found:
            left -= 1
            node.names = names = found["class"]
            marks = marks_of(names)
        if left and "id" in found:
            left -= 1
            marks |= marks_of(found["id"])
        if node.tag in NAMED:
            marks = marks & BELIEVED if node.tag not in UNMARKED else 0
        return marks | aside.stated(node, found, level) if left else marks

    def end(tag: str) -> None:
        nonlocal level, barrier, lists, untouched, raised
        untouched = False
        if barrier and level != barrier:
            level -= 1
            return
        what = (ELEMENTS.get(tag) or (NODE_OTHER if "-" in tag else INLINE_OTHER))[0]
        if barrier:
            barrier = 0
            aside.left_out()
            if what == NODE:
                stack.pop()
        elif what == NODE:
            if pieces:
                flush()
            stack.pop()
            if tag in LISTS:
                lists -= 1
        elif what == LINK:
            if open_links:
                open_links.pop()
                pieces.append(("/a",))
        elif what == EMPHASIS:
            pieces.append(("/" + tag,))
        elif what == RAISED:
            raised = False
        if ending and ending[-1] == level:
            aside.ended(level)
        level -= 1

    def data(text: str) -> None:
        nonlocal links, untouched
        if barrier:
            if aside.raw is not None:
                aside.raw.append(text)
            return
        if listening:
            aside.overhear(text)
        if open_links:
            links += len(text.strip())
            if texts and "#" in open_links[-1] and text[0].isdigit():
                text = apart(texts[-1], text, linked=True)
        elif raised and texts:
            text = apart(texts[-1], text, linked=False)
        elif not pieces and text.isspace():
            return
        if untouched and pieces:
            cuts.append(len(pieces))
        pieces.append(text)
        texts.append(text)
        untouched = True

    def line_break() -> None:
        """A ``<br>``: two in a row end the line."""
        nonlocal broken
        for piece in reversed(pieces):
            if piece == BREAK:
                flush()
                return
            if isinstance(piece, str) and not piece.isspace():
                break
        pieces.append(BREAK)
        texts.append(BREAK)
        broken = True

    def flush() -> None:
        """Closes the line being read: a block where it says anything."""
        nonlocal pieces, texts, hrefs, links, images, broken, cuts
        node = stack[-1]
        raw = "".join(texts)
        text = " ".join(raw.split())
        unseen = not text.isprintable()
        if unseen:
            doc.controls += len(CONTROL.findall(raw))
        if broken or unseen or node.kind == "code":
            text = plain(raw, code=node.kind == "code")
            broken = False
        if text or images:
            own = hrefs or ((open_links[-1],) if open_links and open_links[-1] else ())
            if cuts:
                pieces = joined(pieces, cuts)
            blocks.append(Block(node, pieces, text, links, own, len(blocks), images))
        if hrefs:
            hrefs = []
        links = images = 0
        cuts = []
        pieces = [("a", open_links[-1])] if open_links else []
        texts = []

    def close() -> bool:
        """The end of the page."""
        if pieces and stack:
            flush()
        while ending:
            aside.ended(ending[-1])
        return True

    return Target(start, end, data, close)


NODE_OTHER = (NODE, "text", 0, 0)
INLINE_OTHER = (INLINE, "", 0, 0)
IN_CELLS = ("caption", "quote")
