"""What one walk over a tree gathers: nodes, blocks, times, the head. The other files read this alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

Piece = str | tuple[str, ...]
END_OF_SENTENCE = (".", "!", "?", "…", ":", "”", '"', "»", ".)", "’", ";", "“", "。")
DATA = 2000  # characters; a script of less holds no article
# signs of hyphenation, control characters and non-characters
UNSEEN = re.compile("[\xad\u200b\0-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
NUMBER = re.compile(r"[-−+]?\d{1,3}(?:[,–-]\d{1,3})*")
UNIT = re.compile(r"(?<![^\W\d_])(?:[kcdmµ]?m|ft|yd)\Z")  # of areas: m2, kWh/m2
VARIABLE = re.compile(r"(?<![^\W_])[^\W\d_]\Z")
BREAK = "\v"  # stands for <br> among the pieces of a line


class Node:
    """An element that can hold blocks, with the sums over what lies below it.

    ``el`` is the element itself where there is a tree, for a site's own selectors.
    """

    __slots__ = (
        "chars", "children", "depth", "el", "first", "good", "index", "kind", "last", "level", "links",
        "marks", "names", "number", "own", "parent", "tag",
    )  # fmt: skip

    def __init__(self, tag: str, parent: Node | None, index: int, kind: str = "text", level: int = 0) -> None:
        self.tag = tag
        self.parent = parent
        self.index = index
        self.kind = kind
        self.level = level
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.names = ""
        self.own = self.number = self.children = self.chars = self.links = 0
        self.marks = 0
        self.first = self.last = -1
        self.good = 0.0
        self.el: etree._Element | None = None


class Block:
    """A line of text and where it stands. ``links`` of its ``chars`` are inside links."""

    __slots__ = (
        "chars", "good", "hrefs", "images", "index", "kind", "level", "links", "marks", "node", "pieces",
        "text",
    )  # fmt: skip

    def __init__(
        self,
        node: Node,
        pieces: list[Piece],
        text: str,
        links: int,
        hrefs: Sequence[str],
        index: int,
        images: int = 0,
    ) -> None:
        chars = len(text)
        self.node = node
        self.index = index
        self.pieces = pieces
        self.text = text
        self.chars = chars
        self.links = links if links < chars else chars
        self.hrefs = hrefs
        self.kind = node.kind
        self.level = node.level
        self.marks = 0
        self.images = images
        self.good = goodness(chars, self.links, node.kind, text) if chars >= 25 else 0.0

    @property
    def sentence(self) -> bool:
        """True where the text reads like prose, not like a label."""
        return is_sentence(self.text)


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

    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
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
    controls: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def data(self) -> list[str]:
        """The texts of the scripts that are long enough to hold an article."""
        return [script.decode("utf-8", "ignore") for script in self.held]

    def add_script(self, kind: str, text: bytes) -> None:
        """Keeps a script: JSON-LD, or one that is long enough to hold an article."""
        if "ld+json" in kind.lower():
            self.scripts.append(text.decode("utf-8", "ignore"))
            return
        self.script_chars += len(text)
        if len(text) > DATA:
            self.held.append(text)

    def sum_up(self) -> None:
        """Sums what the blocks hold under every node."""
        for block in self.blocks:
            node = block.node
            node.chars += block.chars
            node.links += block.links
            node.good += block.good
            if node.first < 0:
                node.first = block.index
            node.last = block.index
        documents = 0
        for node in reversed(self.nodes):
            first, parent = node.first, node.parent
            if first < 0:
                continue
            if parent is None:
                documents += node.tag == "html"
                continue
            parent.chars += node.chars
            parent.links += node.links
            parent.good += node.good
            if parent.first < 0 or first < parent.first:
                parent.first = first
            if node.last > parent.last:
                parent.last = node.last
        if self.controls:
            self.problems.append(f"{self.controls} control characters removed")
        if documents > 1:
            self.problems.append(f"{documents} documents in one")

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


def goodness(chars: int, links: int, kind: str, text: str) -> float:
    """How many of a line's characters count as article prose; ``links`` of them are in links."""
    if chars < 25 or kind == "caption" or kind == "heading" or links > 0.6 * chars:
        return 0.0
    weight = 1.0 if is_sentence(text) else 0.3
    if kind == "cell":
        weight *= 0.6
    return min(chars, 2000) * weight * (1 - links / chars) ** 2


def is_sentence(text: str) -> bool:
    """True where a text reads like prose, not like a label."""
    return len(text) > 40 and (text.endswith(END_OF_SENTENCE) or ". " in text or ", " in text)


def plain(raw: str, *, code: bool = False) -> str:
    """The text of a line: white space folded, a break kept where it ends a phrase, unseen signs left out."""
    raw = UNSEEN.sub("", raw)
    if code:
        return raw.replace(BREAK, "\n").strip("\n")
    text = ""
    for part in raw.split(BREAK):
        part = " ".join(part.split())
        if part:
            text += (("\n" if text[-1] in ".!?:…”" or not part[0].islower() else " ") if text else "") + part
    return text


def apart(before: str, text: str, *, linked: bool) -> str:
    """A number that is set above the line, so written that it does not run into the one before it.

    ``10^6`` is a power; ``rapporten[1]`` is a note, as is any number that is a link to one.
    """
    last = before[-1:]
    if not last or last.isspace() or last in "([^" or not NUMBER.fullmatch(text.strip()):
        return text
    number = text.strip()
    if linked:
        return f"[{number}]"
    if number in ("2", "3") and UNIT.search(before):
        return number
    return f"^{number}" if last.isdigit() or VARIABLE.search(before) else f"[{number}]"


def joined(pieces: list[Piece], cuts: list[int]) -> list[Piece]:
    """The pieces of a line; those at ``cuts`` are text that goes on with the piece before."""
    found: list[Piece] = []
    begin, last = 0, {*cuts}
    for end in range(1, len(pieces) + 1):
        if end in last:
            continue
        held = pieces[begin:end]
        found.append("".join(cast("list[str]", held)) if len(held) > 1 else held[0])
        begin = end
    return found
