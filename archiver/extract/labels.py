"""What the words and links of a short line say of it: a label, a share row, a credit, a byline, a date."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from archiver.extract.bylines import PERSON_ALONE
from archiver.extract.dates import find_date, may_date
from archiver.extract.lines import (
    ADDRESS_LABELS,
    AROUND,
    AUTHOR_LABELS,
    COMMENT_LINE,
    PROMO_LINE,
    RELATED_LABELS,
    RELATED_LINE,
    SHARE_LINE,
    TAG_LABELS,
    TOC_LINE,
    asks_for_address,
    asks_to_follow,
    asks_to_share,
    lists_tags,
)
from archiver.extract.links import split_url
from archiver.extract.smallprint import NOTHING, SURELY, small_print
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block

KEEP, LEAD, TEXTLESS, LABEL, LINKS, SECTION, ENDED, MARKED, EARLY, OUT, TITLE, KNOWN = range(12)
"""What the rules make of a line: the first two keep it, the others say why not."""

CREDITED, COMMENTS, AUTHOR, RELATED, SHARED, PROMO, BYLINE, DATED, TAGGED, SURE = (1 << n for n in range(10))
"""What a line's words may be, apart from text: bits of an int. ``SURE``: no judge need be asked."""

_NAMES = (
    (CREDITED, "credit"), (COMMENTS, "comments"), (AUTHOR, "author box"), (RELATED, "related links"),
    (SHARED, "share row"), (PROMO, "label"), (BYLINE, "byline"), (DATED, "date line"), (TAGGED, "tags"),
)  # fmt: skip
_AGENCY = re.compile(r"getty images|shutterstock|istockphoto|ap photo|\bafp\b|\breuters\s*\Z")
_CREDIT_HEAD = re.compile(
    r"(?:photo|photograph|foto|image|bild|bilder|picture|fotograf|credit|photo credit|image credit|quelle|"
    r"fotos|source)\s*(?:credit|by|av|von)?\s*[:©/]"
)
_CREDIT_BRACKET = re.compile(r"\((?:image|photo|picture|pic|foto|bild)s?\s*(?:credit)?\s*[:©/]")
CAPTIONED = re.compile(r"\((?:image|photo|picture|pic|foto|bild)s?\s*(?:credit)?\s*[:©/][^()]*\)?\W*\Z")
TAIL = re.compile(
    r"\bsign up\b|\bsubscribe\b|\bfollow (?:us|him|her|your|the|along)\b|bookmark|all rights reserved|"
    r"(?:first|originally) (?:published|appeared)|contributed to this|get more from|more to follow|"
    r"download (?:our|the) app|"
    r"^prenumerera|nachrichten aufs handy",
    re.I,
)
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip)(?:\Z|[?#])", re.I)
_TAGS = re.compile(
    r"(?:taggar|tags?|etiketter|kategori(?:er)?|categor(?:y|ies)|kategorien?|ämnen|emner|emneord|nyckelord|"
    r"schlagw[oö]rter|schlagworte|avainsanat|tunnisteet|aiheet|filed under|posted in|publicerat i|märkt):?\s"
)
_TURNED = re.compile(  # to the neighbours of an article
    r"(?:föregående|forrige|foregående|previous|prev|edellinen|vorheriger?|zurück)(?: \w+)?\W+"
    r"(?:nästa|neste|næste|next|seuraava|nächster?|weiter)(?: \w+)?"
)
_MAY_HEAD = re.compile(
    r"kommentar(?:er|e)?|comments?|commentaires?|comentarios?|reacties|commenti|discussion|replies"
)
_NAME = re.compile(
    r"[-–/~ ]*[^\W\d_]\w*(?: [^\W\d_][\w.]*){0,2}(?: (?:says|säger|skriver|sier|sagt))?:?", re.I
)
_PLATFORM = re.compile(
    r"facebook|twitter|x|linkedin|instagram|youtube|whatsapp|pinterest|reddit|tiktok|snapchat|messenger|"
    r"e-?post|e-?mail|mail"
)
_ON_COMMENTS = re.compile(
    r"\b(?:(?:inga|ingen) kommentar|kommentera\b|kommentarer är|kommentarsf|e-postadress|"
    r"(?:no|your|all|post|leave|reader|these|new) comments?\b|"
    r"comments? (?:are|is|will|that|section|policy|may)\b|moderat|email address|"
    r"(?:log|logga|logg) (?:in|inn|ind)\b|e-mail-adresse|kommentare (?:sind|werden))",
    re.I,
)
LONG = 60  # characters; a line of less is no paragraph
MOST = 140  # characters of a label; of a longer line it is only asked whom it credits
_LABELS = tuple(  # of a text in small letters, which is quicker than to ignore case
    (re.compile(line.pattern), bit)
    for line, bit in (
        (COMMENT_LINE, COMMENTS),
        (RELATED_LINE, RELATED),
        (SHARE_LINE, SHARED),
        (PROMO_LINE, PROMO),
        (TOC_LINE, PROMO),
    )
)


@lru_cache(maxsize=8192)
def says(text: str) -> int:
    """What the words of a line of fewer than 260 characters say; the same lines return page after page."""
    low, found = text.lower(), 0
    if _is_credited(low):
        found |= CREDITED
    if len(text) >= MOST:
        return found
    label = low.strip(AROUND)
    for line, bit in _LABELS:
        if line.match(label):
            found |= bit
    found |= _known(low, label)
    if asks_for_address(low):
        found |= PROMO | SURE
    elif _TURNED.fullmatch(label):
        found |= PROMO
    if _TAGS.match(low):
        found |= TAGGED
    signed, dated = small_print(text, low)
    if signed:
        found |= BYLINE | SURE
    if dated != NOTHING:
        found |= DATED | SURE if dated == SURELY else DATED
    return found


def _known(low: str, label: str) -> int:
    """What a line says that is a label of the lists, word for word, or begins with one and a colon."""
    found = SHARED | SURE if asks_to_share(label) else 0
    if label in AUTHOR_LABELS:
        found |= AUTHOR
    elif label in ADDRESS_LABELS or asks_to_follow(label):
        found |= PROMO
    named = label.partition(":")[0].rstrip() if ":" in label else label
    if named in RELATED_LABELS:
        found |= RELATED
    elif named in TAG_LABELS and lists_tags(low):
        found |= TAGGED | SURE
    return found


def is_sure(block: Block) -> bool:
    """True for a label that no judge need be asked about: its words say all, or it is one link too."""
    said = says(block.text) if block.chars < MOST and block.kind != "heading" else 0
    if said & SURE or (said & (SHARED | PROMO | TAGGED) and block.links > 0.8 * block.chars):
        return True
    if said & RELATED and ":" in block.text and block.links > 0.3 * block.chars:
        return True
    return block.kind != "heading" and _is_dated(block)


def _is_credited(low: str) -> bool:
    """True where a line in small letters names the maker of a picture."""
    if _CREDIT_HEAD.match(low) or ("(" in low and _CREDIT_BRACKET.search(low)):
        return True
    named = "photo" in low or "afp" in low or "reuters" in low or "getty" in low or "shutter" in low
    return named and _AGENCY.search(low) is not None


def names_of(said: int) -> str:
    """The name of what a line says, for a reader."""
    return next((name for bit, name in _NAMES if said & bit), "promotion")


def by_words(block: Block, inside: Sequence[Block], place: int, host: str) -> int:
    """What a line's words and links make of it: ``KEEP``, ``LABEL``, ``LINKS``, ``SECTION`` or ``ENDED``.

    ``SECTION`` drops to the end of the element around it, ``ENDED`` to that of the article.
    """
    if block.chars < 260:
        said = says(block.text)
        if said and (verdict := _labelled(said, block, inside, place)) != KEEP:
            return verdict
        if place > len(inside) - 4 and TAIL.search(block.text):
            return LABEL
    if _is_link(block) and (block.kind != "item" or _is_dated(block)) and _is_led(inside, place):
        return LABEL
    if (place < 6 or place > len(inside) - 4) and _is_person(block):
        return LABEL
    if block.links > 0.85 * block.chars and block.kind not in ("cell", "heading"):
        return LINKS if _is_link_line(block, inside, place, host) else KEEP
    return KEEP


def _labelled(said: int, block: Block, inside: Sequence[Block], place: int) -> int:
    """What a line that says something is where it stands."""
    late, heading = place > 0.6 * len(inside), block.kind == "heading"
    if said & CREDITED and (not block.sentence or CAPTIONED.search(block.text.lower())):
        return LABEL
    if said & COMMENTS and (heading or late or block.links > 0.5 * block.chars):
        if heading and _heads_prose(block, inside, place):
            return KEEP
        return ENDED if heading else LABEL
    if said & AUTHOR and late:
        return ENDED if heading or place > len(inside) - 4 else LABEL
    if said & RELATED and (block.links > 0.3 * block.chars or _links_follow(inside, place)):
        follows = block.kind != "item" and _links_follow(inside, place)
        return SECTION if follows and _is_small(block) else LABEL
    if said & (SHARED | PROMO):
        return KEEP if heading and _names_place(block, inside, place) else LABEL
    if (
        said & TAGGED
        and block.kind != "cell"
        and (block.links > 0.3 * block.chars or (said & SURE and (late or place < 4)))
    ):
        return LABEL
    if said & BYLINE and (place < 6 or place > len(inside) - 4):
        return LABEL
    return LABEL if said & DATED and block.kind != "cell" else KEEP


def _heads_prose(block: Block, inside: Sequence[Block], place: int) -> bool:
    """True for "Discussion" or "Kommentar" over a text of the article's own, and not over its comments.

    Comments have their names, days and forms; prose has none up to the next heading.
    """
    if not _MAY_HEAD.fullmatch(block.text.lower().strip(" :")) or block.links or place + 1 >= len(inside):
        return False
    first = inside[place + 1]
    if first.node.parent is not block.node.parent or first.chars < LONG or not first.sentence:
        return False
    section = takewhile(lambda b: b.kind != "heading", inside[place + 1 : place + 9])
    return not any(_is_of_comments(b) for b in section if b.text)


def _names_place(block: Block, inside: Sequence[Block], place: int) -> bool:
    """True for "Facebook" over what a text says of it."""
    if block.links or place + 1 >= len(inside) or not _PLATFORM.fullmatch(block.text.lower().strip(" :")):
        return False
    below = inside[place + 1]
    return below.good >= LONG and below.node.parent is block.node.parent and not below.links


def _is_of_comments(block: Block) -> bool:
    """True for a comment, for who wrote it and when, and for a line on commenting."""
    if block.marks & (Mark.COMMENT | Mark.FORM) or _ON_COMMENTS.search(block.text, 0, 400):
        return True
    if block.chars >= LONG:
        return False
    named = _NAME.fullmatch(block.text) is not None and type(block.pieces[0]) is str
    return named or says(block.text) & (BYLINE | DATED) > 0 or may_date(block.text)


def _is_small(block: Block) -> bool:
    """True where the element around a label holds little more than the list below it."""
    parent = block.node.parent
    return parent is not None and parent.good < 400


def _links_follow(inside: Sequence[Block], place: int) -> bool:
    after = inside[place + 1 : place + 4]
    return bool(after) and sum(b.links > 0.6 * b.chars or _is_link(b) for b in after) * 2 >= len(after)


def _is_link(block: Block) -> bool:
    """True for a line that is a link and little more, such as its date."""
    return block.links > 0 and block.chars - block.links < 25 and block.chars < 200


def _is_person(block: Block) -> bool:
    """True for a line that is a link to a person, and names nothing else."""
    own = block.links == block.chars <= 40 and block.kind == "text"
    return own and PERSON_ALONE.match(block.text) is not None


def _is_dated(block: Block) -> bool:
    """True for a line that is a link and a date."""
    return _is_link(block) and find_date(block.text) is not None


def _is_led(inside: Sequence[Block], place: int) -> bool:
    """True for a line under a label of related links, with nothing but such lines between."""
    for block in reversed(inside[max(place - 6, 0) : place]):
        if not _is_link(block):
            return block.chars < 60 and not block.sentence and says(block.text) & RELATED > 0
    return False


def _is_link_line(block: Block, inside: Sequence[Block], place: int, host: str) -> bool:
    """False where a line that is all link is text: a file, a source, an item among prose."""
    href = block.hrefs[0] if block.hrefs else ""
    if FILE.search(href):
        return False
    if block.kind == "item":
        around = [*inside[max(0, place - 8) : place], *inside[place + 1 : place + 9]]
        items = [b for b in around if b.kind == "item"]
        linked = sum(b.links > 0.6 * b.chars for b in items)
        return not items or linked * 2 >= len(items)
    if block.chars <= 60 or not block.sentence or not href.startswith("http"):
        return True
    return split_url(href).netloc in ("", host)
