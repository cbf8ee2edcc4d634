"""Chosen blocks to text: ``body`` and ``body_markdown`` come from one list of blocks.

``body``: paragraphs separated by a blank line, headings, list items and rows of a table on
lines of their own, cells separated by a tab; captions and images left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence

from archiver.extract.document import BREAK, UNSEEN, Block, Node
from archiver.extract.tags import INLINE_MARKS

ESCAPED = re.compile(r"([\\`*_\[\]<>]|&(?=#?\w{1,32};))")
ESCAPE = r"\\\1"
TICKS = re.compile("`+")
OTHER_LINK = re.compile(r"(?:mailto|tel|ftp):", re.I)  # beside those of http and https
# What Markdown reads at the beginning of a line as more than text: a backslash goes before its sign.
LEADING = re.compile(r"^(\d{0,9})(?=#{1,6}(?: |$)|[-+](?: |$)|[.)](?: |$)|~{3}|=+ *$|-+ *$)", re.M)
# What ends a heading, and is no part of it.
CLOSING_SEQUENCE = re.compile(r"(?:^|(?<= ))(?=#+$)")
ENTITY = re.compile(r"&(?=#?\w{1,32};)")
# Marks of emphasis, until it is known what stands around them; they are UNSEEN, and no text has them.
OPENING = {"**": "\ufdd0", "*": "\ufdd1"}
CLOSING = {"**": "\ufdd2", "*": "\ufdd3"}
SIGNS = {OPENING[mark]: mark for mark in OPENING} | {CLOSING[mark]: mark for mark in CLOSING}
ENDS = frozenset(CLOSING.values())
MARKED = re.compile("[\ufdd0-\ufdd3]")
NESTED = 20  # links and emphasis inside one another
DEEPEST = 8  # lists inside one another that are set in; beyond that an item stands below its own list
CLOSE = ("item", "row")

Resolve = Callable[[str], str | None]


def body_text(blocks: Sequence[Block]) -> str:
    """The plain text of the blocks, in order."""
    out: list[str] = []
    before = ""
    for kind, text in _lines(blocks):
        if out:
            out.append("\n" if kind == before and kind in CLOSE else "\n\n")
        out.append(text)
        before = kind
    return "".join(out)


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    for group in grouped(blocks):
        first = group[0]
        if first.kind == "cell":
            for row in rows_of(group):
                yield "row", "\t".join(row)
        elif first.text and first.kind != "caption":
            yield ("item" if first.kind in ("item", "definition", "term") else first.kind), first.text


def grouped(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks one by one, the cells of one table together."""
    cells: list[Block] = []
    table: Node | None = None
    for block in blocks:
        own = _table(block.node) if block.kind == "cell" else None
        if cells and own is not table:
            yield cells
            cells = []
        table = own
        if own is None:
            yield [block]
        else:
            cells.append(block)
    if cells:
        yield cells


def _table(node: Node | None) -> Node | None:
    found = None
    while node is not None:
        if node.tag == "table":
            found = node
        node = node.parent
    return found


def _nearest(node: Node | None, *tags: str) -> Node | None:
    while node is not None and node.tag not in tags:
        node = node.parent
    return node


def rows_of(cells: Sequence[Block]) -> list[list[str]]:
    """The rows of a table as texts, a cell of several lines joined."""
    rows: list[list[str]] = []
    row: Node | None = None
    cell: Node | None = None
    for block in cells:
        if not block.text:
            continue
        own_row, own_cell = _nearest(block.node, "tr"), _nearest(block.node, "td", "th")
        if not rows or own_row is not row:
            rows.append([])
            cell = None
        text = " ".join(block.text.split())
        if own_cell is cell and cell is not None:
            rows[-1][-1] += " " + text
        else:
            rows[-1].append(text)
        row, cell = own_row, own_cell
    return rows


def body_markdown(blocks: Sequence[Block], resolve: Resolve) -> str:
    """The same blocks as CommonMark with tables; ``resolve`` makes addresses absolute."""
    out: list[str] = []
    before = ""
    for group in grouped(blocks):
        kind, text = _marked(group, resolve)
        if text:
            out.append(("\n" if kind == before == "item" else "\n\n") if out else "")
            out.append(text)
            before = kind
    return "".join(out)


def _marked(group: list[Block], resolve: Resolve) -> tuple[str, str]:
    block = group[0]
    if block.kind == "cell":
        return "table", _table_markdown(rows_of(group))
    if block.kind == "code":
        fence = "`" * max(3, _ticks(block.text) + 1)
        return "code", f"{fence}\n{block.text}\n{fence}"
    text = inline(block, resolve)
    if not text:
        return block.kind, ""
    if block.kind == "heading":
        line = CLOSING_SEQUENCE.sub(r"\\", " ".join(text.split()))
        return "heading", "#" * max(block.level, 2) + f" {line}"
    if block.kind in ("item", "definition", "term"):
        sign = f"{block.node.number}." if block.node.number else "-"
        line = led(text).replace("\n", "\n  ")
        return "item", "  " * min(max(block.level - 1, 0), DEEPEST) + f"{sign} {line}"
    if block.kind == "quote":
        return "quote", "> " + led(text).replace("\n", "\n> ")
    if block.kind == "caption":
        return "caption", f"*{text}*" if not text.startswith("!") else text
    return "paragraph", led(text)


def led(text: str) -> str:
    """A text with a backslash before what would begin a list, a heading and so on, in each of its lines."""
    return LEADING.sub(r"\1\\", text)


def _table_markdown(rows: list[list[str]]) -> str:
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [
        "| " + " | ".join(escaped(c).replace("|", "\\|") for c in [*row, *[""] * (width - len(row))]) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def inline(block: Block, resolve: Resolve) -> str:
    """A block's line with links, emphasis and images; marks around nothing are left out."""
    if len(block.pieces) == 1 and type(block.pieces[0]) is str:
        return escaped(block.text)
    out: list[str] = []
    opened: list[tuple[str, int, str]] = []
    for piece in block.pieces:
        in_code = any(INLINE_MARKS.get(tag) == "`" for tag, _, _ in opened)
        if type(piece) is str:
            said = piece if piece.isprintable() else UNSEEN.sub("", piece)
            out.append(said if in_code else escaped(said))
        elif in_code and piece[0] != "/code":
            continue  # Markdown has no marks within code
        elif piece[0] == "img":
            if src := resolve(piece[1]):
                out.append(f"![{escaped(piece[2])}]({_target(src)})")
        elif piece[0][0] == "/":
            _close(piece[0][1:], out, opened, resolve)
        elif len(opened) < NESTED:
            opened.append((piece[0], len(out), piece[1] if len(piece) > 1 else ""))
    while opened:
        _close(opened[-1][0], out, opened, resolve)
    lines = (" ".join(line.split()) for line in "".join(out).split(BREAK))
    return _emphasised("  \n".join(line for line in lines if line))


def escaped(text: str) -> str:
    """A text with a backslash before each sign that Markdown would read as its own."""
    return ESCAPED.sub(ESCAPE, text) if ESCAPED.search(text) else text


def _close(tag: str, out: list[str], opened: list[tuple[str, int, str]], resolve: Resolve) -> None:
    """Wraps what was written since the tag opened."""
    for place in range(len(opened) - 1, -1, -1):
        if opened[place][0] == tag:
            break
    else:
        return
    _, start, href = opened.pop(place)
    inner = "".join(out[start:])
    core = inner.strip()
    if not core:
        return
    at = inner.index(core)
    mark = INLINE_MARKS.get(tag, "")
    last = next((n for n in range(start - 1, -1, -1) if out[n]), 0)  # what stands before it
    before = out[last][-1:] if start else ""
    if mark == "`":
        # Two spans of code with nothing between them would be one.
        is_one = at == 0 and last < start and MARKED.sub("", out[last])[-1:] == "`"
        wrapped = BREAK.join(
            escaped(line) if is_one or not line.strip() else _code(line.strip()) for line in core.split(BREAK)
        )
    elif mark:
        wrapped = f"{OPENING[mark]}{core}{CLOSING[mark]}"
    elif href and (address := _linked(href, resolve)):
        wrapped = f"[{core}]({_target(address)})"
        if before == "!" and at == 0:
            out[last] = out[last][:-1] + "\\!"  # else it is an image
    else:
        wrapped = core
    out[start:] = [inner[:at], wrapped, inner[at + len(core) :]]
    opened[:] = [o for o in opened if o[1] <= start]


def _emphasised(text: str) -> str:
    """A text with its emphasis as Markdown, which is left out where Markdown would not read it.

    Signs open behind a space or punctuation, or before a letter; they close before these, or behind a
    letter (CommonMark, 6.2). Two of them that touch would be one.
    """
    if not MARKED.search(text):
        return text
    kept: dict[int, str] = {}
    opened: list[int] = []
    for found in MARKED.finditer(text):
        place = found.start()
        if found[0] not in ENDS:
            opened.append(place)
            continue
        start = opened.pop()
        inner = MARKED.sub("", text[start:place])
        behind, before = MARKED.sub("", text[place : place + 9])[:1], _last(text, start)
        opens, closes = _is_edge(before) or inner[:1].isalnum(), _is_edge(behind) or inner[-1:].isalnum()
        is_within = any(text[other] == text[start] for other in opened)
        if opens and closes and not is_within and not _touches(text, start, kept):
            kept |= {start: SIGNS[text[start]], place: SIGNS[found[0]]}
    return MARKED.sub(lambda found: kept.get(found.start(), ""), text)


def _touches(text: str, place: int, kept: Collection[int]) -> bool:
    """True where emphasis ends right before a place."""
    while place and MARKED.match(text[place - 1]):
        place -= 1
        if place in kept and text[place] in ENDS:
            return True
    return False


def _last(text: str, place: int) -> str:
    """The character of the text before a place, marks left out; empty at its beginning."""
    return MARKED.sub("", text[max(place - 9, 0) : place])[-1:]


def _is_edge(sign: str) -> bool:
    return not sign or sign.isspace() or unicodedata.category(sign)[0] == "P"


def _code(text: str) -> str:
    """A text as code: between more backticks than stand one after the other in it."""
    ticks = "`" * (_ticks(text) + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _ticks(text: str) -> int:
    """The longest run of backticks in a text."""
    return max((len(run) for run in TICKS.findall(text)), default=0)


def _linked(href: str, resolve: Resolve) -> str | None:
    """Where a link leads, None where that is no page and nobody to write to or to call."""
    if address := resolve(href):
        return address
    href = UNSEEN.sub("", href).strip()
    return href if OTHER_LINK.match(href) else None


def _target(address: str) -> str:
    address = ENTITY.sub("&amp;", UNSEEN.sub("", address)).replace("\\", "%5C")
    return "%20".join(address.split()).replace("(", "%28").replace(")", "%29")
