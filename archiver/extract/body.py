"""The article's blocks: first the container that holds the prose, then what inside it is text.

A chooser of blocks alone swallows the next article, a container alone loses the lead outside
it: so the container is chosen, blocks inside it are judged, and the lead is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.extract.candidates import (
    EARLY,
    ENDED,
    KEEP,
    KNOWN,
    LABEL,
    LEAD,
    LINKS,
    MARKED,
    OUT,
    SECTION,
    TEXTLESS,
    TITLE,
    Row,
    open_window,
    rows_of,
)
from archiver.extract.dates import MODIFIED_LABEL, PUBLISHED_LABEL, find_date
from archiver.extract.document import Block, Document, Node
from archiver.extract.judge import judge
from archiver.extract.links import split_url
from archiver.extract.words import (
    BYLINE_LINE,
    COMMENT_LINE,
    PROMO_LINE,
    RELATED_LINE,
    SHARE_LINE,
    TOC_LINE,
    Mark,
)
from archiver.model import Stripped

if TYPE_CHECKING:
    from archiver.extract.chrome import ChromeModel

OUTSIDE = (
    Mark.HIDDEN | Mark.NAV | Mark.FOOTER | Mark.ASIDE | Mark.COMMENT | Mark.SHARE | Mark.RELATED | Mark.TAGS
    | Mark.COOKIE | Mark.FORM | Mark.TEASER | Mark.AUTHOR | Mark.PROMO
)  # fmt: skip
NEVER = OUTSIDE | Mark.BYLINE | Mark.QUOTE
CAPTIONED = re.compile(r"\((?:image|photo|picture|pic|foto|bild)s?\s*(?:credit)?\s*[:©/][^()]*\)?\W*\Z", re.I)
AUTHOR_LINE = re.compile(
    r"(?:about (?:the )?authors?|om (?:författaren|skribenten|forfatteren)|über den autor|zum autor|zur "
    r"autorin)\Z",
    re.I,
)
TAIL = re.compile(
    r"\bsign up\b|\bsubscribe\b|\bfollow (?:us|him|her|your|the|along)\b|bookmark|all rights reserved|"
    r"(?:first|originally) (?:published|appeared)|contributed to this|get more from|more to follow|"
    r"download (?:our|the) app|"
    r"^prenumerera|nachrichten aufs handy",
    re.I,
)
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip)(?:\Z|[?#])", re.I)
CREDIT = re.compile(
    r"\((?:image|photo|picture|pic|foto|bild)s?\s*(?:credit)?\s*[:©/]|getty images|\bAFP\b|shutterstock|"
    r"istockphoto|AP photo|\breuters\s*\Z|^(?:photo|photograph|foto|"
    r"image|bild|bilder|"
    r"picture|fotograf|credit|photo credit|image credit|quelle|fotos|source)\s*(?:credit|by|av|von)?\s*[:©/]",
    re.I,
)
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Chosen:
    """The blocks of the body in order, the container they come from, what the site's pages took out."""

    blocks: list[Block] = field(default_factory=list)
    container: Node | None = None
    stripped: list[Stripped] = field(default_factory=list)
    chars: int = 0
    scripted: bool = False


@dataclass(slots=True)
class Survey:
    """A walked page with its container found and the rules asked: what the judge decides on."""

    doc: Document
    container: Node
    title: Block | None
    rules: dict[int, int]
    known: dict[int, Stripped]
    about: str
    stated: str
    agreed: bool = False

    def rows(self) -> list[tuple[Block, Row]]:
        """The lines in and near the container that need a judge, each with its row of numbers."""
        if self.container.first < 0:
            return []
        seen = open_window(self.doc, self.container, self.title, self.rules)
        return rows_of(self.doc, seen, self.about, self.stated)


def survey(
    doc: Document,
    *,
    title: Block | None,
    title_text: str,
    description: str,
    chrome: ChromeModel | None,
    host: str = "",
    stated: str = "",
) -> Survey | None:
    """The container of a walked page and what the rules make of its blocks; None without any text."""
    known = mark_chrome(doc, chrome)
    weigh(doc, known)
    container = find_container(doc, title)
    if chrome is not None and chrome.agreed_container:
        container = agreed(doc, container, chrome)
    if container is None:
        return None
    inside = doc.blocks[container.first : container.last + 1] if container.first >= 0 else []
    rules = rule_on(inside, container, title, title_text, known, host)
    for block in _lead(doc, container, title, title_text, description, known):
        rules[block.index] = LEAD
    sure = chrome is not None and bool(chrome.agreed_container)
    return Survey(doc, container, title, rules, known, description, stated, sure)


def choose_body(found: Survey | None) -> Chosen:
    """The article's blocks of a surveyed page."""
    if found is None:
        return Chosen()
    chosen = Chosen(container=found.container)
    known, blocks = found.known, found.doc.blocks
    chosen.stripped = [known[b.index] for b in blocks if b.index in known and not b.marks & OUTSIDE]
    chosen.blocks = _trim(_judged(found))
    chosen.chars = sum(b.chars for b in chosen.blocks)
    return chosen


def _judged(found: Survey) -> list[Block]:
    """The blocks that are text: as the judge says; tables and what it is not asked about by the rules."""
    score = judge()
    low, high = (found.container.first, found.container.last) if found.agreed else (0, len(found.doc.blocks))
    texts = {b.index: score(row) > 0 for b, row in found.rows() if low <= b.index <= high}
    kept = []
    for block in found.doc.blocks:
        by_rule = found.rules.get(block.index, OUT) <= LEAD
        if by_rule if block.kind == "cell" else texts.get(block.index, by_rule):
            kept.append(block)
    return kept


def agreed(doc: Document, container: Node | None, chrome: ChromeModel) -> Node | None:
    """The container; where it is none that the site's articles have, the one on which they agree."""
    place = chrome.agreed_container or ""
    if container is not None:
        own = chrome.place(container)
        if own == place or chrome.containers.get(own, 0) >= 3:
            return container
    tag = place.rpartition(">")[2].partition(".")[0]
    same = [
        n
        for n in doc.nodes
        if n.tag == tag and n.chars and not n.marks & OUTSIDE and chrome.place(n) == place
    ]
    if len(same) != 1 or (container is not None and container.good > 4 * same[0].good + 400):
        return container
    return same[0]


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


def weigh(doc: Document, known: dict[int, Stripped]) -> None:
    """Sums the prose under every node anew, without what is marked or known as chrome."""
    for node in doc.nodes:
        node.good = 0.0
    for block in doc.blocks:
        if not block.marks & OUTSIDE and block.index not in known:
            block.node.good += block.good
    for node in reversed(doc.nodes):
        if node.parent is not None:
            node.parent.good += node.good


def find_container(doc: Document, title: Block | None) -> Node | None:
    """The smallest element that holds nearly all of the article's prose."""
    if not doc.nodes:
        return None
    best = doc.nodes[0]
    children: dict[int, list[Node]] = {}
    for node in doc.nodes:
        if node.parent is not None:
            children.setdefault(node.parent.index, []).append(node)
    if best.good <= 0:
        return _fallback(doc, title)
    while True:
        below = children.get(best.index, [])
        top = max(below, key=lambda n: n.good, default=None)
        if top is None or top.good <= 0:
            return best
        if (own := _own_of_many(doc, below, best, title)) is not None:
            best = own
            continue
        if top.kind != "text" or top.tag in ("p", "ul", "ol", "table", "tbody", "tr", "blockquote"):
            return best
        share = top.good / best.good
        if share < 0.75 and not _dominates(top, below, title, share):
            return best
        best = top


def _own_of_many(doc: Document, below: list[Node], best: Node, title: Block | None) -> Node | None:
    """The child with the page's title, where its siblings are further articles of the same make."""
    if title is None:
        return None
    holder = next((n for n in below if n.first <= title.index <= n.last), None)
    if holder is None or holder.good < 300 or holder.good < 0.08 * best.good or holder.good > 0.9 * best.good:
        return None
    if holder.tag in ("header", "hgroup"):
        return None
    like = [n for n in below if n is not holder and n.tag == holder.tag and n.good > 200]
    same = [n for n in like if n.tag == "article" or (n.names and n.names.split()[0] in holder.names.split())]
    return holder if any(_begins_anew(doc, n, title) for n in same) else None


def _begins_anew(doc: Document, node: Node, title: Block) -> bool:
    """True where an element begins with a headline of its own, as high as the page's."""
    first = doc.blocks[node.first : min(node.first + 6, node.last + 1)]
    return any(b.kind == "heading" and b.level <= title.level and b.chars > 14 for b in first)


def _dominates(top: Node, below: list[Node], title: Block | None, share: float) -> bool:
    """True where the rest beside the greatest child is other articles or columns."""
    rest = [n for n in below if n is not top and n.good > 0]
    if top.tag in ("header", "hgroup"):
        return False
    holds_title = title is not None and top.first <= title.index <= top.last
    if top.tag == "article" and any(n.tag == "article" for n in rest) and holds_title:
        return True
    if holds_title and title is not None and title.level <= 2 and share > 0.4:
        return all(n.tag in ("article", "aside", "section", "div") for n in rest) and share > 0.55
    return False


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
    return None


def rule_on(
    inside: list[Block],
    container: Node,
    title: Block | None,
    title_text: str,
    known: dict[int, Stripped],
    host: str,
) -> dict[int, int]:
    """What the rules make of each of the container's blocks, by index: ``KEEP`` or why not."""
    own = container.marks
    found: dict[int, int] = {}
    skip_until: Node | None = None
    title_fold = fold(title_text)
    started = title is None or not (container.first <= title.index <= container.last)
    ended = False
    for place, block in enumerate(inside):
        index = block.index
        early = False
        if not started:
            if block is title:
                started = True
            elif title is not None and index < title.index and not block.good:
                early = True
        if block is title or (title_fold and index < container.first + 12 and fold(block.text) == title_fold):
            found[index] = TITLE
        elif index in known:
            found[index] = KNOWN
        elif block.marks & NEVER & ~own:
            found[index] = MARKED
        elif early:
            found[index] = EARLY
        elif ended:
            found[index] = ENDED
        elif skip_until is not None and _under(block.node, skip_until):
            found[index] = SECTION
        elif not block.text:
            found[index] = KEEP if block.images else TEXTLESS
        else:
            skip_until = None
            verdict = by_words(block, inside, place, host)
            found[index] = _CODES[verdict]
            ended = verdict == "end"
            if verdict == "section":
                skip_until = block.node.parent
    return found


_CODES = {"keep": KEEP, "drop": LABEL, "links": LINKS, "section": SECTION, "end": ENDED}


def _under(node: Node | None, top: Node) -> bool:
    while node is not None:
        if node is top:
            return True
        node = node.parent
    return False


def by_words(block: Block, inside: list[Block], place: int, host: str) -> str:
    """``keep``, ``drop``, ``section`` (drop to the end of its element) or ``end`` of the article."""
    if block.chars < 260 and (verdict := _labelled(block, inside, place)):
        return verdict
    density = block.links / block.chars
    if density > 0.85 and block.kind not in ("cell", "heading"):
        return "links" if _link_line(block, inside, place, host) == "drop" else "keep"
    return "keep"


def _labelled(block: Block, inside: list[Block], place: int) -> str | None:
    """What a short line's words make of it: a label, a credit, a byline, a date; None for text."""
    text, late = block.text, place > 0.6 * len(inside)
    if CREDIT.search(text) and (not block.sentence or CAPTIONED.search(text)):
        return "drop"
    if place > len(inside) - 4 and TAIL.search(text):
        return "drop"
    if block.chars >= 140:
        return None
    label = text.strip(" :.–-»›>→…|•*#")
    linked = block.links > 0.5 * block.chars
    if COMMENT_LINE.match(label) and (block.kind == "heading" or linked or late):
        return "end" if block.kind == "heading" else "drop"
    if late and AUTHOR_LINE.match(label):
        return "end" if block.kind == "heading" else "drop"
    if RELATED_LINE.match(label) and (block.links > 0.3 * block.chars or _links_follow(inside, place)):
        follows = _links_follow(inside, place) and block.kind != "item"
        return "section" if follows and _is_small(block) else "drop"
    if SHARE_LINE.match(label) or PROMO_LINE.match(label) or TOC_LINE.match(label):
        return "drop"
    if BYLINE_LINE.match(text) and (place < 6 or place > len(inside) - 4):
        return "drop"
    return "drop" if block.kind != "cell" and is_date_line(text) else None


def _is_small(block: Block) -> bool:
    """True where the element around a label holds little more than the list below it."""
    parent = block.node.parent
    return parent is not None and parent.good < 400


def _links_follow(inside: list[Block], place: int) -> bool:
    after = inside[place + 1 : place + 4]
    return bool(after) and sum(b.links > 0.6 * b.chars for b in after) * 2 >= len(after)


def _link_line(block: Block, inside: list[Block], place: int, host: str) -> str:
    """Whether a line that is all link belongs to the text: a file, a source, an item among prose does."""
    href = block.hrefs[0] if block.hrefs else ""
    if FILE.search(href):
        return "keep"
    if block.kind == "item":
        around = inside[max(0, place - 8) : place] + inside[place + 1 : place + 9]
        items = [b for b in around if b.kind == "item"]
        linked = sum(b.links > 0.6 * b.chars for b in items)
        return "drop" if not items or linked * 2 >= len(items) else "keep"
    away = href.startswith("http") and split_url(href).netloc not in ("", host)
    return "keep" if away and block.chars > 60 and block.sentence else "drop"


def is_date_line(text: str) -> bool:
    """True for a line that says nothing but when something was published or changed."""
    if len(text) > 120:
        return False
    found = find_date(text)
    if found is None:
        return False
    rest = text[: found[1]] + " " + text[found[2] :]
    while (again := find_date(rest)) is not None:
        rest = rest[: again[1]] + " " + rest[again[2] :]
    rest = MODIFIED_LABEL.sub(" ", PUBLISHED_LABEL.sub(" ", rest))
    words = [w for w in _WORD.findall(rest) if not w.isdigit()]
    return len(words) <= 1


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
    about = fold(description)[:60]
    away = NEVER & ~Mark.BYLINE
    lead = [
        block
        for block in doc.blocks[title.index + 1 : container.first]
        if block.text and block.index not in known and not block.marks & away and _is_lead(block, about)
    ]
    return [block for block in lead if fold(block.text) != fold(title_text)][:6]


def _is_lead(block: Block, about: str) -> bool:
    """True for prose above the text that is stated as the description, marked as a lead, or a sentence."""
    stated = bool(about) and fold(block.text).startswith(about)
    if stated:
        return block.links <= 0.5 * block.chars
    if block.links > 0.5 * block.chars or block.marks & Mark.BYLINE or is_date_line(block.text):
        return False
    if SHARE_LINE.match(block.text):
        return False
    if block.marks & Mark.LEAD:
        return True
    return block.kind in ("text", "quote") and block.chars > 70 and block.sentence


def _trim(kept: list[Block]) -> list[Block]:
    """Headings that nothing follows are labels of what was taken out."""
    kept = list(kept)
    while kept and kept[-1].kind == "heading":
        kept.pop()
    return kept


def fold(text: str) -> str:
    """A text as its words, case and punctuation left out, for comparing."""
    return " ".join(_WORD.findall(text.casefold()))
