"""Tables that only lay a page out, as before there were columns: what stands in their cells is text.

Long words alone make no layout: a table with a row of headings, or with rows of facts and what is
said of each, is one of data, however much its cells hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.document import goodness

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document, Node

LAYOUT = "layout"  # the kind of a table and its rows that hold no data
FRAME = frozenset(("table", "tbody", "thead", "tfoot", "tr"))
HEADED = 2  # cells of headings that make a table one of data
ROWS = 3  # rows of two cells and more that do so where there are no headings
PROSE = 80  # characters of a sentence; a cell with two such lines is no datum


def open_tables(doc: Document) -> None:
    """Makes the lines of layout tables lines of text: those with several paragraphs in one cell."""
    if not any(node.tag == "td" for node in doc.nodes):
        return
    tables = _layouts(_full_cells(doc), doc)
    if not tables:
        return
    within: dict[int, int] = {}  # the nearest table of each element
    for node in doc.nodes:
        above = within.get(node.parent.index, -1) if node.parent is not None else -1
        own = within[node.index] = node.index if node.tag == "table" else above
        if own in tables:
            if node.tag in FRAME:
                node.kind = LAYOUT
            elif node.kind == "cell":
                node.kind = "text"
    for block in doc.blocks:
        if block.kind == "cell" and block.node.kind != "cell":
            _free(block)


def _full_cells(doc: Document) -> list[Node]:
    """The cells that hold two paragraphs, or one and a heading."""
    cells: dict[int, Node] = {}
    for node in doc.nodes:
        if node.tag == "td":
            cells[node.index] = node
        elif node.parent is not None and node.tag != "table" and node.parent.index in cells:
            cells[node.index] = cells[node.parent.index]
    held: dict[int, list[int]] = {}
    for block in doc.blocks:
        cell = cells.get(block.node.index)
        if cell is None:
            continue
        counts = held.setdefault(cell.index, [0, 0])
        if block.kind == "heading":
            counts[1] += block.chars > 8
        elif block.chars >= PROSE and block.sentence and block.links < 0.3 * block.chars:
            counts[0] += 1
    return [doc.nodes[at] for at, (prose, heads) in held.items() if prose + (heads > 0) > 1 and prose]


def _layouts(cells: list[Node], doc: Document) -> set[int]:
    """The tables around these cells, but for those of data and what is around them."""
    found: set[int] = set()
    data: dict[int, bool] = {}
    full = {cell.index for cell in cells}
    for cell in cells:
        node: Node | None = cell
        while node is not None:
            if node.tag == "table":
                if node.index in found:
                    break
                if node.index not in data:
                    data[node.index] = _is_data(doc, node, full)
                if data[node.index]:
                    break
                found.add(node.index)
            node = node.parent
    return found


def _is_data(doc: Document, table: Node, full: set[int]) -> bool:
    """True for rows of several cells below headings, or rows of which most cells are no full ones."""
    rows = _rows(doc, table)
    if not any(len(row) > 1 and any(c.index in full for c in row) for row in rows):
        return False
    if sum(cell.tag == "th" for row in rows for cell in row) >= HEADED:
        return True
    several = [row for row in rows if len(row) > 1]
    held = [cell for row in several for cell in row]
    if len(several) < ROWS or sum(cell.index in full for cell in held) * 2 > len(held):
        return False
    return not any(b.kind == "heading" for b in doc.blocks[table.first : table.last + 1])


def _rows(doc: Document, table: Node) -> list[list[Node]]:
    """The rows of a table, not of one inside it: the cells of each that say something beside links."""
    rows: dict[int, list[Node]] = {}
    for node in doc.nodes[table.index + 1 :]:
        if node.depth <= table.depth:
            break
        row = node.parent
        if node.tag in ("td", "th") and row is not None and node.chars and node.links * 2 < node.chars:
            above = row.parent
            if above is table or (above is not None and above.parent is table):
                rows.setdefault(row.index, []).append(node)
    return list(rows.values())


def _free(block: Block) -> None:
    """Makes a line of a cell a line of text, which is worth more."""
    block.kind = "text"
    more = goodness(block.chars, block.links, "text", block.text) - block.good
    block.good += more
    node: Node | None = block.node
    while node is not None and more:
        node.good += more
        node = node.parent
