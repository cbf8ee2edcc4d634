"""The small markup of the demo site's content files: blocks of text, and their HTML.

A block is a heading (``##``, ``###``), a quote (``>``), a list (``-`` or ``1.``), a table
(rows in ``|``) or a paragraph; ``*em*``, ``**strong**`` and ``[text](address)`` inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Literal

BlockKind = Literal["paragraph", "heading", "subheading", "quote", "list", "numbered", "table"]

_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>", r"\1"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>", r"\1"),
    (re.compile(r"\[(.+?)\]\((.+?)\)"), r'<a href="\2">\1</a>', r"\1"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block: its kind and its lines, still with inline markup (a table row keeps its bars)."""

    kind: BlockKind
    lines: tuple[str, ...]


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text, which blank lines separate."""
    return tuple(_block(chunk.split("\n")) for chunk in re.split(r"\n\s*\n", text.strip()) if chunk)


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if first.startswith("### "):
        return Block(kind="subheading", lines=(first[4:],))
    if first.startswith("## "):
        return Block(kind="heading", lines=(first[3:],))
    if first.startswith("> "):
        return Block(kind="quote", lines=(" ".join(line[2:] for line in lines),))
    if first.startswith("- "):
        return Block(kind="list", lines=tuple(line[2:] for line in lines))
    if re.match(r"\d+\. ", first):
        return Block(kind="numbered", lines=tuple(line.split(". ", 1)[1] for line in lines))
    if first.startswith("|"):
        return Block(kind="table", lines=tuple(line for line in lines if not line.startswith("|--")))
    return Block(kind="paragraph", lines=(" ".join(lines),))


def cells(row: str) -> list[str]:
    """The cells of a table row, without their bars."""
    return [cell.strip() for cell in row.strip("|").split("|")]


def plain(text: str) -> str:
    """A line without its inline markup."""
    for pattern, _, bare in _INLINE:
        text = pattern.sub(bare, text)
    return text


def inline(text: str) -> str:
    """A line as HTML."""
    text = escape(text, quote=False)
    for pattern, marked, _ in _INLINE:
        text = pattern.sub(marked, text)
    return text


def block_text(block: Block) -> tuple[str, ...]:
    """The lines of text that a reader sees in this block; the cells of a row stand on one line."""
    if block.kind == "table":
        return tuple(plain(" ".join(cells(row))) for row in block.lines)
    return tuple(plain(line) for line in block.lines)


def block_html(block: Block) -> str:
    """The block as HTML."""
    if block.kind == "table":
        return _table(block.lines)
    if block.kind in ("list", "numbered"):
        tag = "ul" if block.kind == "list" else "ol"
        return f"<{tag}>\n" + "".join(f"<li>{inline(line)}</li>\n" for line in block.lines) + f"</{tag}>"
    text = inline(block.lines[0])
    if block.kind == "quote":
        return f"<blockquote><p>{text}</p></blockquote>"
    tag = {"paragraph": "p", "heading": "h2", "subheading": "h3"}[block.kind]
    return f"<{tag}>{text}</{tag}>"


def _table(rows: tuple[str, ...]) -> str:
    head = "".join(f"<th>{inline(cell)}</th>" for cell in cells(rows[0]))
    body = "".join(
        "<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in cells(row)) + "</tr>\n" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"
