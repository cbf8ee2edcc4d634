"""What the judge of single lines cannot see: headings of kept prose, an article of a few words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from archiver.extract.container import is_few_words
from archiver.extract.labels import KEEP, LEAD, OUT

if TYPE_CHECKING:
    from archiver.extract.body import Survey
    from archiver.extract.document import Block

SOME = 40  # characters of prose that a heading may stand over
FEW = 180  # characters of prose; where there are more, the judge is believed


def headings_of(found: Survey, kept: set[int]) -> list[int]:
    """Headings that were judged no text, and that stand in a row with prose that is."""
    container, rules = found.container, found.rules
    return [
        block.index
        for block, below in pairwise(found.doc.blocks[max(container.first, 0) : container.last + 1])
        if block.kind == "heading"
        and below.index in kept
        and block.index not in kept
        and rules.get(block.index) == KEEP
        and below.good >= SOME
        and _in_a_row(block, below)
    ]


def _in_a_row(heading: Block, below: Block) -> bool:
    """True for a heading without a link whose next line is in the element that it is in."""
    near = below.node.parent
    if below.kind == "item" and near is not None:
        near = near.parent
    return heading.links * 2 <= heading.chars and near is heading.node.parent


def under_title(found: Survey) -> list[Block]:
    """The few words right under the page's own headline, where they are all that it has."""
    title, container = found.title, found.container
    if title is None or title.kind != "heading" or title.level != 1 or container.good > FEW:
        return []
    lines: list[Block] = []
    for block in found.doc.blocks[title.index + 1 : min(title.index + 8, container.last + 1)]:
        if block.kind == "heading" or len(lines) == 3:
            break
        if is_few_words(block) and found.rules.get(block.index, OUT) <= LEAD:
            lines.append(block)
    return lines
