"""What one walk over a tree gathers: nodes, blocks, times, the head. The other files read this alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

Piece = str | tuple[str, ...]
END_OF_SENTENCE = (".", "!", "?", "…", ":", "”", '"', "»", ".)", "’", ";", "“", "。")
BREAK = "\v"  # stands for <br> among the pieces of a line


class Node:
    """An element that can hold blocks, with the sums over what lies below it."""

    __slots__ = (
        "chars", "children", "depth", "el", "first", "good", "index", "kind", "last", "level", "links",
        "marks", "names", "number", "own", "parent", "tag",
    )  # fmt: skip

    def __init__(self, el: etree._Element, tag: str, parent: Node | None, index: int) -> None:
        self.el = el
        self.tag = tag
        self.parent = parent
        self.index = index
        self.depth: int = parent.depth + 1 if parent else 0
        self.own = 0
        self.marks = 0
        self.names = ""
        self.kind = "text"
        self.level = 0
        self.number = 0
        self.children = 0
        self.chars = 0
        self.links = 0
        self.good = 0.0
        self.first = -1
        self.last = -1


class Block:
    """A line of text and where it stands. ``links`` of its ``chars`` are inside links."""

    __slots__ = (
        "chars",
        "hrefs",
        "images",
        "index",
        "kind",
        "level",
        "links",
        "marks",
        "node",
        "pieces",
        "text",
    )

    def __init__(
        self, node: Node, pieces: list[Piece], text: str, links: int, hrefs: list[str], index: int
    ) -> None:
        self.node = node
        self.index = index
        self.pieces = pieces
        self.text = text
        self.chars = len(text)
        self.links = min(links, self.chars)
        self.hrefs = hrefs
        self.kind = node.kind
        self.level = node.level
        self.marks = 0
        self.images = 0

    @property
    def sentence(self) -> bool:
        """True where the text reads like prose, not like a label."""
        return self.chars > 40 and (
            self.text.endswith(END_OF_SENTENCE) or ". " in self.text or ", " in self.text
        )


@dataclass(slots=True)
class Time:
    """A ``<time>`` element or one with an itemprop of a date: its machine value, text and place."""

    value: str
    text: str
    name: str
    node: Node
    block: int
    published: bool


@dataclass(slots=True)
class Document:
    """Everything that one walk gathered."""

    root: etree._Element
    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    props: list[tuple[str, str, str, Node, int]] = field(default_factory=list)
    anchors: list[tuple[str, str, str, Node]] = field(default_factory=list)
    title: str = ""
    language: str = ""
    refresh: str = ""
    base: str = ""
    passwords: int = 0
    asked: bool = False
    inputs: int = 0
    script_chars: int = 0
    script_sources: int = 0
    frames: int = 0

    def meta(self, *names: str) -> str:
        """The first content of a ``<meta>`` with one of these names, in the order of the names."""
        for name in names:
            for key, content in self.metas:
                if key == name and content.strip():
                    return " ".join(content.split())
        return ""

    def all_meta(self, *names: str) -> list[str]:
        """Every content of the metas of these names."""
        return [" ".join(content.split()) for key, content in self.metas if key in names and content.strip()]


def goodness(block: Block) -> float:
    """How many characters of a block count as article prose."""
    if block.chars < 25 or block.kind in ("caption", "heading"):
        return 0.0
    density = block.links / block.chars
    if density > 0.6:
        return 0.0
    weight = 1.0 if block.sentence else 0.3
    if block.kind == "cell":
        weight *= 0.6
    return min(block.chars, 2000) * weight * (1 - density) ** 2


def plain(pieces: list[Piece], *, code: bool = False) -> str:
    """The text of a line: white space folded, a break kept where it ends a phrase."""
    first = pieces[0]
    raw = first if len(pieces) == 1 and type(first) is str else "".join([p for p in pieces if type(p) is str])
    if "\xad" in raw or "\u200b" in raw:
        raw = raw.replace("\xad", "").replace("\u200b", "")
    if code:
        return raw.replace(BREAK, "\n").strip("\n")
    if BREAK not in raw:
        return " ".join(raw.split())
    text = ""
    for part in raw.split(BREAK):
        part = " ".join(part.split())
        if part:
            text += (("\n" if text[-1] in ".!?:…”" or not part[0].islower() else " ") if text else "") + part
    return text
