"""What the words and links of a short line say of it: a label, a share row, a credit, a byline, a date."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from archiver.extract.links import split_url
from archiver.extract.smallprint import NOTHING, SURELY, small_print
from archiver.extract.smallprint import is_date_line as is_date_line
from archiver.extract.words import (
    COMMENT_LINE,
    PROMO_LINE,
    RELATED_LINE,
    SHARE_LINE,
    TOC_LINE,
)

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
AUTHOR_LINE = re.compile(
    r"(?:about (?:the )?authors?|om (?:författaren|skribenten|forfatteren)|über den autor|zum autor|zur "
    r"autorin)\Z"
)
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip)(?:\Z|[?#])", re.I)
_TAGS = re.compile(
    r"(?:taggar|tags?|etiketter|kategori(?:er)?|categor(?:y|ies)|kategorien?|ämnen|emner|emneord|nyckelord|"
    r"schlagw[oö]rter|schlagworte|avainsanat|tunnisteet|aiheet|filed under|posted in|publicerat i|märkt):?\s"
)
_NEWSLETTER = re.compile(
    r"(?:prenumerera på|anmäl dig till|sign up (?:for|to)|subscribe to|meld deg på|tilmeld dig|"
    r"abonnieren sie|tilaa)(?: \w+){0,3} ?(?:nyhetsbrev|nyhedsbrev|newsletter|uutiskirje)|"
    r"newsletter abonnieren"
)
_TURNED = re.compile(  # to the neighbours of an article
    r"(?:föregående|forrige|foregående|previous|prev|edellinen|vorheriger?|zurück)(?: \w+)?\W+"
    r"(?:nästa|neste|næste|next|seuraava|nächster?|weiter)(?: \w+)?"
)
_WORD = re.compile(r"\w+")
_LABELS = tuple(  # of a text in small letters, which is quicker than to ignore case
    (re.compile(line.pattern), bit)
    for line, bit in (
        (COMMENT_LINE, COMMENTS),
        (AUTHOR_LINE, AUTHOR),
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
    if len(text) >= 140:
        return found
    label = low.strip(" :.–-»›>→…|•*#←«‹<")
    for line, bit in _LABELS:
        if line.match(label):
            found |= bit
    if _may_ask(low) and _NEWSLETTER.search(low) and len(_WORD.findall(low)) < 14:
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


def _may_ask(low: str) -> bool:
    """True where a line may ask for a subscription to a newsletter."""
    return "newsletter" in low or "brev" in low or "uutiskirje" in low


def is_sure(block: Block) -> bool:
    """True for a label that no judge need be asked about: its words say all, or it is one link too."""
    said = says(block.text) if block.chars < 140 and block.kind != "heading" else 0
    return said & SURE > 0 or (said & (SHARED | PROMO | TAGGED) > 0 and block.links > 0.8 * block.chars)


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
    if block.links > 0.85 * block.chars and block.kind not in ("cell", "heading"):
        return LINKS if _is_link_line(block, inside, place, host) else KEEP
    return KEEP


def _labelled(said: int, block: Block, inside: Sequence[Block], place: int) -> int:
    """What a line that says something is where it stands."""
    late, heading = place > 0.6 * len(inside), block.kind == "heading"
    if said & CREDITED and (not block.sentence or CAPTIONED.search(block.text.lower())):
        return LABEL
    if said & COMMENTS and (heading or late or block.links > 0.5 * block.chars):
        return ENDED if heading else LABEL
    if said & AUTHOR and late:
        return ENDED if heading else LABEL
    if said & RELATED and (block.links > 0.3 * block.chars or _links_follow(inside, place)):
        follows = block.kind != "item" and _links_follow(inside, place)
        return SECTION if follows and _is_small(block) else LABEL
    if said & (SHARED | PROMO):
        return LABEL
    if said & TAGGED and block.links > 0.3 * block.chars:
        return LABEL
    if said & BYLINE and (place < 6 or place > len(inside) - 4):
        return LABEL
    return LABEL if said & DATED and block.kind != "cell" else KEEP


def _is_small(block: Block) -> bool:
    """True where the element around a label holds little more than the list below it."""
    parent = block.node.parent
    return parent is not None and parent.good < 400


def _links_follow(inside: Sequence[Block], place: int) -> bool:
    after = inside[place + 1 : place + 4]
    return bool(after) and sum(b.links > 0.6 * b.chars for b in after) * 2 >= len(after)


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
