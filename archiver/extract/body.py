"""The article's blocks: first the container that holds the prose, then what inside it is text.

A chooser of blocks alone swallows the next article, a container alone loses the lead outside
it: so the container is chosen, blocks inside it are judged, and the lead is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from archiver.extract.candidates import Lines, look, open_window
from archiver.extract.container import OUTSIDE, agreed, find_container, of_few_words, weigh
from archiver.extract.document import Block, Document, Node
from archiver.extract.judge import judge
from archiver.extract.labels import (
    BYLINE,
    EARLY,
    ENDED,
    KEEP,
    KNOWN,
    LEAD,
    LINKS,
    MARKED,
    OUT,
    SECTION,
    SHARED,
    TEXTLESS,
    TITLE,
    by_words,
    names_of,
    says,
)
from archiver.extract.second_look import headings_of, items_of, under_title
from archiver.extract.smallprint import is_date_line
from archiver.extract.words import MARK_NAMES, Mark
from archiver.model import Stripped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.chrome import ChromeModel

__all__ = [
    "OUTSIDE", "Chosen", "Survey", "choose_body", "find_container", "fold", "is_same", "mark_chrome",
    "path_of", "survey", "weigh",
]  # fmt: skip

LITTLE = 60  # characters; a text of less is doubted
AGAIN = 0.75  # share of a pull quote's words that one paragraph says too
NEVER = OUTSIDE | Mark.BYLINE | Mark.QUOTE
SHOWN = 200  # lines that were taken out are listed, hardly more
REASONS = {
    LINKS: "links", SECTION: "related links", ENDED: "after the article", EARLY: "above the title",
    KEEP: "judged no text", LEAD: "judged no text",
}  # fmt: skip
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Chosen:
    """The blocks of the body in order, the container they come from, what was taken out of it and why."""

    blocks: list[Block] = field(default_factory=list)
    container: Node | None = None
    stripped: list[Stripped] = field(default_factory=list)
    chars: int = 0
    scripted: bool = False
    by_site: bool = False


@dataclass(slots=True)
class Survey:
    """A walked page with its container found and the rules asked: what the judge decides on."""

    doc: Document
    container: Node
    title: Block | None
    rules: dict[int, int]
    known: dict[int, Stripped]
    about: str
    agreed: bool = False
    by_site: bool = False

    def lines(self) -> Lines:
        """The lines in and near the container: decided ones, and those that need a judge with their rows."""
        if self.container.first < 0:
            return Lines()
        seen = open_window(self.doc, self.container, self.title, self.rules)
        return look(self.doc, seen, self.about)


def survey(
    doc: Document,
    *,
    title: Block | None,
    title_text: str,
    description: str,
    chrome: ChromeModel | None,
    host: str = "",
) -> Survey | None:
    """The container of a walked page and what the rules make of its blocks; None without any text."""
    known = mark_chrome(doc, chrome)
    weigh(doc, known)
    container = find_container(doc, title)
    own = container
    if chrome is not None and chrome.agreed_container:
        container = agreed(doc, container, chrome)
    if container is None:
        return None
    few = of_few_words(doc, container, title) if container is own else None
    container = few or container
    inside = doc.blocks[container.first : container.last + 1] if container.first >= 0 else []
    rules = rule_on(inside, container, title, title_text, known, host)
    for block in _lead(doc, container, title, title_text, description, known):
        rules[block.index] = LEAD
    by_site = few is None and container is not own
    sure = few is not None or (chrome is not None and bool(chrome.agreed_container))
    return Survey(doc, container, title, rules, known, description, sure, by_site)


def choose_body(found: Survey | None) -> Chosen:
    """The article's blocks of a surveyed page, and what was taken out between them."""
    if found is None:
        return Chosen()
    kept = trimmed(_quoted(found, _judged(found)))
    return Chosen(
        blocks=kept,
        container=found.container,
        by_site=found.by_site,
        stripped=_stripped(found, kept),
        chars=sum([b.chars for b in kept]),
    )


def _judged(found: Survey) -> list[Block]:
    """The blocks that are text: as the judge says; tables and what it is not asked about by the rules."""
    score, lines, container = judge(), found.lines(), found.container
    texts = lines.clear
    for block, row in lines.rows:
        texts[block.index] = score(row) > 0 or _is_marked_lead(found, block)
    if found.agreed:
        low, high = container.first, container.last
        texts = {n: text and low <= n <= high for n, text in texts.items()}
    kept = {n for n, rule in found.rules.items() if rule <= LEAD and texts.get(n, True)}
    kept.update(n for n, text in texts.items() if text)
    blocks = found.doc.blocks
    if sum([blocks[n].chars for n in kept]) < LITTLE:
        ruled = {n for n, rule in found.rules.items() if rule <= LEAD}
        if found.agreed or sum([blocks[n].chars for n in ruled]) > 3 * LITTLE:
            kept = ruled  # too short for the judge to tell, but where texts stand
        kept = kept or {block.index for block in under_title(found)}
    kept.update(items_of(found, kept))
    kept.update(headings_of(found, kept))
    return [blocks[n] for n in sorted(kept)]


def _is_marked_lead(found: Survey, block: Block) -> bool:
    """True for prose that is named as the lead and stands where one stands."""
    if not block.marks & Mark.LEAD or block.index > found.container.first + 6 or not block.sentence:
        return False
    return found.rules.get(block.index, OUT) <= LEAD and block.links < 0.3 * block.chars


def _quoted(found: Survey, kept: list[Block]) -> list[Block]:
    """The text without pull quotes that say again what it says, and with those that say it alone."""
    inside, own = found.doc.blocks[found.container.first : found.container.last + 1], found.container.marks
    quotes = [b for b in inside if b.marks & Mark.QUOTE & ~own and b.text]
    if not quotes:
        return kept
    places = {b.index for b in quotes}
    texts = [b for b in kept if b.index not in places]
    said = [{*fold(b.text).split()} for b in texts]
    for _, group in groupby(quotes, lambda block: _quote_of(block.node)):
        lines = list(group)
        words = {*fold(max(lines, key=lambda b: b.chars).text).split()}
        repeated = any(len(words & line) >= AGAIN * len(words) for line in said)
        if not repeated and not any(b.marks & OUTSIDE & ~(own | Mark.ASIDE) for b in lines):
            texts += lines
    return sorted(texts, key=lambda block: block.index)


def _quote_of(node: Node | None) -> int:
    """The number of the element that is a pull quote."""
    while node is not None and not node.own & Mark.QUOTE:
        node = node.parent
    return node.index if node is not None else -1


def _stripped(found: Survey, kept: Sequence[Block]) -> list[Stripped]:
    """What was taken out: as the site's pages prove, then what the page itself shows to be no text."""
    known, blocks, container = found.known, found.doc.blocks, found.container
    listed = [known[n] for n in known if not blocks[n].marks & OUTSIDE]
    if container.first < 0:
        return listed
    texts = {block.index for block in kept}
    paths: dict[tuple[str, str, int], str] = {}  # the items of a list have one
    for block in blocks[container.first : container.last + 1]:
        if block.index in texts or not block.text or not (reason := _reason(found, block)):
            continue
        node = block.node
        make = (node.tag, node.names, node.parent.index if node.parent else -1)
        where = paths.get(make)
        if where is None:
            where = paths[make] = path_of(node)
        listed.append(Stripped(text=block.text[:300], where=where, reason=reason))
        if len(listed) >= SHOWN:
            break
    return listed


def _reason(found: Survey, block: Block) -> str:
    """Why the page itself leaves a line of the container out; empty for the title and for known chrome."""
    rule = found.rules.get(block.index, OUT)
    if rule in (TITLE, KNOWN, TEXTLESS, OUT):
        return ""
    if rule == MARKED:
        marks = block.marks & NEVER & ~found.container.marks
        return next((name for mark, name in MARK_NAMES if marks & mark), "marked")
    return REASONS.get(rule) or names_of(says(block.text))


def mark_chrome(doc: Document, chrome: ChromeModel | None) -> dict[int, Stripped]:
    """Index of each block that the site's pages prove to be chrome, with the proof."""
    if chrome is None or not chrome.pages:
        return {}
    return {
        index: Stripped(
            text=doc.blocks[index].text[:300],
            where=path_of(doc.blocks[index].node),
            reason="site",
            pages=seen.pages,
            of=seen.of,
        )
        for index, seen in chrome.proven(doc.blocks).items()
    }


def path_of(node: Node | None) -> str:
    """The way to an element as a selector-like text, its last four steps."""
    steps: list[str] = []
    while node is not None and len(steps) < 4 and node.tag not in ("html",):
        names = node.names.split()
        steps.append(node.tag + (f".{names[0]}" if names else ""))
        node = node.parent
    return " > ".join(reversed(steps))


def rule_on(
    inside: list[Block],
    container: Node,
    title: Block | None,
    title_text: str,
    known: dict[int, Stripped],
    host: str,
) -> dict[int, int]:
    """What the rules make of each of the container's blocks, by index: ``KEEP`` or why not."""
    never, found = NEVER & ~container.marks, {}
    title_fold, top = fold(title_text), container.first + 12
    started = title is None or not container.first <= title.index <= container.last
    skip: Node | None = None
    ended = False
    for place, block in enumerate(inside):
        index = block.index
        started = started or block is title
        if block is title or (index < top and title_fold and is_same(block, title_text, title_fold)):
            rule = TITLE
        elif index in known:
            rule = KNOWN
        elif block.marks & never and not _behind_wall(block, never):
            rule = MARKED
        elif not started and not block.good:
            rule = EARLY
        elif ended:
            rule = ENDED
        elif skip is not None and _under(block.node, skip):
            rule = SECTION
        elif not block.text:
            rule = KEEP if block.images else TEXTLESS
        else:
            skip = None
            rule = by_words(block, inside, place, host)
            ended = rule == ENDED
            if rule == SECTION:
                skip = block.node.parent
        found[index] = rule
    return found


def _behind_wall(block: Block, never: int) -> bool:
    """True for a paragraph that is itself named after a wall, in an element that is text."""
    node = block.node
    if node.tag != "p" or node.own & never != Mark.PROMO or block.chars < 120 or not block.sentence:
        return False
    return node.parent is not None and not node.parent.marks & never


def is_same(block: Block, title: str, folded: str) -> bool:
    """True for a line that says what the title says."""
    return abs(block.chars - len(title)) < 12 + len(title) // 3 and fold(block.text) == folded


def _under(node: Node | None, top: Node) -> bool:
    while node is not None:
        if node is top:
            return True
        node = node.parent
    return False


def _lead(
    doc: Document,
    container: Node,
    title: Block | None,
    title_text: str,
    description: str,
    known: dict[int, Stripped],
) -> list[Block]:
    """Lines between the title and the container that are the article's standfirst."""
    if title is None or container.first < 0 or title.index >= container.first:
        return []
    about, folded = fold(description[:200])[:60], fold(title_text)
    away = NEVER & ~Mark.BYLINE
    lead = [
        block
        for block in doc.blocks[title.index + 1 : container.first]
        if block.text and block.index not in known and not block.marks & away and _is_lead(block, about)
    ]
    return [block for block in lead if fold(block.text) != folded][:6]


def _is_lead(block: Block, about: str) -> bool:
    """True for prose above the text that is stated as the description, marked as a lead, or a sentence."""
    if about and fold(block.text[:200]).startswith(about):
        return block.links <= 0.5 * block.chars
    if block.links > 0.5 * block.chars or block.marks & Mark.BYLINE or is_date_line(block.text):
        return False
    if block.chars < 260 and says(block.text) & (SHARED | BYLINE):
        return False
    if block.marks & Mark.LEAD:
        return True
    return block.kind in ("text", "quote") and block.chars > 70 and block.sentence


def trimmed(kept: list[Block]) -> list[Block]:
    """The blocks without headings that nothing follows: labels of what was taken out."""
    last = len(kept)
    while last and kept[last - 1].kind == "heading":
        last -= 1
    return kept[:last]


def fold(text: str) -> str:
    """A text as its words, case and punctuation left out, for comparing."""
    return " ".join(_WORD.findall(text.casefold()))
