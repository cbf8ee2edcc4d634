"""Where the lines below an article stop being its own: at another article, a list of others, comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.labels import COMMENTS, RELATED, says
from archiver.extract.lines import AROUND, heads_news
from archiver.extract.passing import next_article

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document

FOOT = 13  # lines after the body in which an unlabelled date may stand
LABELLED_FOOT = 30  # and those in which a labelled one may


def ends_of(doc: Document, after: int, *, least: int) -> tuple[int, int]:
    """Where after the line ``after`` a linked heading leads away, and where a list of others begins.

    A heading that is a link ends the foot, labelled lines excepted; a label of a list ends it all.
    Neither stands before the line ``least`` where nothing ends the foot.
    """
    end = over = max(after + LABELLED_FOOT, least)
    led = False
    for block in doc.blocks[after + 1 : after + LABELLED_FOOT]:
        if not led and _leads_away(block):
            led, end = True, block.index - _heads_a_card(doc, block, after)
        if _is_list_label(block):
            over = block.index - _heads_a_card(doc, block, after)
            break
        if (other := next_article(doc, block, after)) is not None:
            over = other.first
            break
    return min(end, over), over


def _heads_a_card(doc: Document, block: Block, after: int) -> int:
    """1 where the line above a linked heading stands in one box with it, apart from the text."""
    above, box = doc.blocks[block.index - 1], block.node.parent
    own = above.index > after and box is not None and above.node.parent is box
    return int(own and bool(block.hrefs) and box is not None and box.first > after)


def _leads_away(block: Block) -> bool:
    """True for a heading of some words that is a link: another article's."""
    return block.kind == "heading" and block.links > 0.7 * block.chars and " " in block.text


def _is_list_label(block: Block) -> bool:
    """True for a label over other articles, or a heading over comments."""
    heading = block.kind == "heading"
    if not 0 < block.chars <= 100 or (block.links and not heading):
        return False
    said = says(block.text)
    if heading and (said & COMMENTS or heads_news(block.text.lower().strip(AROUND))):
        return True
    return bool(said & RELATED)
