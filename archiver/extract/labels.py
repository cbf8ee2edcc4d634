"""What the words and links of a short line say of it: a label, a share row, a credit, a byline, a date."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from archiver.extract.dates import MODIFIED_LABEL, PUBLISHED_LABEL, find_date
from archiver.extract.links import split_url
from archiver.extract.words import (
    BYLINE_LINE,
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
_AGENCIES = ("getty images", "shutterstock", "istockphoto", "ap photo")
_AGENCY = re.compile(r"\bafp\b|\breuters\s*\Z")
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
_DAYS = (  # words of a date line beside its date
    "den d am on the le el il i dag kl klo kello um uhr gmt cet cest et pm "
    "måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag montag dienstag mittwoch "
    "donnerstag freitag samstag sonntag monday tuesday wednesday thursday friday saturday sunday maanantaina "
    "tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina"
)
_BESIDE = frozenset(_DAYS.split())
_NAMED = re.compile(r"(?:[A-ZÅÄÖÆØÜÉ][\w’'.\-]+ ?){2,4}\s?[,|·–-]\Z")  # a name before its date
_WRITTEN = re.compile(r"(?:kirjoittanut|publicerad av|författad av|verfasst von)\s+(?=[A-ZÅÄÖÆØÜÉ])", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d|\d\d?[./-]\d\d?[./-]\d\d")  # a date without a year is none
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
    letter = "brev" in low or "letter" in low or "kirje" in low  # a glance, as the search is slow
    if letter and _NEWSLETTER.search(low) and len(_WORD.findall(low)) < 14:
        found |= PROMO | SURE
    elif _TURNED.fullmatch(label):
        found |= PROMO
    if _TAGS.match(low):
        found |= TAGGED
    return found | _signed_or_dated(text, low)


def _signed_or_dated(text: str, low: str) -> int:
    """Whether a line names nothing but who wrote and when; its dates are looked for once."""
    written = "ad av" in low or "kirjoittanut" in low or "verfasst" in low
    line = _WRITTEN.sub("av ", text, count=1) if written else text
    found = BYLINE | SURE if BYLINE_LINE.match(line) else 0
    if not _YEAR.search(text):
        return found
    rest = _undated(text)
    if not found:
        found = _signed(rest if line is text else _undated(line))
    return found | _dated(text, rest)


def _signed(undated: str | None) -> int:
    """Whether a line without its dates names who wrote, and no more."""
    if undated is None:
        return 0
    rest = undated.strip()
    while rest and (last := rest.split()[-1].strip("#,|·:–-.").lower()) in _BESIDE | {""}:
        if not last and _NAMED.match(rest):
            return BYLINE | SURE
        rest = rest.rpartition(" ")[0].rstrip()
    signed = BYLINE_LINE.match(rest.strip("# ,|·–-")) or _NAMED.match(rest)
    return BYLINE | SURE if signed else 0


def _dated(text: str, undated: str | None) -> int:
    """Whether a line is a date line, and sure to be one: without a word but those of dates."""
    if undated is None or not _may_be_date_line(text) or len(words := _words(undated)) > 1:
        return 0
    return DATED if any(w.lower() not in _BESIDE for w in words) else DATED | SURE


def is_sure(block: Block) -> bool:
    """True for a label that no judge need be asked about: its words say all, or it is one link too."""
    said = says(block.text) if block.chars < 140 and block.kind != "heading" else 0
    return said & SURE > 0 or (said & (SHARED | PROMO | TAGGED) > 0 and block.links > 0.8 * block.chars)


def _is_credited(low: str) -> bool:
    """True where a line in small letters names the maker of a picture."""
    if _CREDIT_HEAD.match(low) or ("(" in low and _CREDIT_BRACKET.search(low)):
        return True
    if ("afp" in low or "reuters" in low) and _AGENCY.search(low):
        return True
    return any(name in low for name in _AGENCIES)


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


def is_date_line(text: str) -> bool:
    """True for a line that says nothing but when something was published or changed."""
    if not _may_be_date_line(text) or not _YEAR.search(text):
        return False
    rest = _undated(text)
    return rest is not None and len(_words(rest)) <= 1


def _may_be_date_line(text: str) -> bool:
    return len(text) <= 120 and text.count(" ") <= 18


def _undated(text: str) -> str | None:
    """A line with a sign for each of its dates, without what they are called; None where it has no date."""
    found = find_date(text)
    if found is None:
        return None
    rest = text
    while found is not None:
        rest = rest[: found[1]] + " # " + rest[found[2] :]
        found = find_date(rest)
    return MODIFIED_LABEL.sub(" ", PUBLISHED_LABEL.sub(" ", rest))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not word.isdigit()]
