"""Lines that tell another day than one of publishing: of an event, a deadline, a founding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.dates import PUBLISHED_LABEL

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document

# these are for texts in small letters, which is quicker than to ignore case
_EVENT = re.compile(
    r"\W*(?:tid|tidpunkt|när|når|hvornår|when|wann|aika|milloin|time|starts?|starttid|"
    r"kursstart|uppstart|beginn|"
    r"(?:datum|dato|date|dag) (?:och|og|and|&|und) (?:tid|tidspunkt|time|klokkeslett|uhrzeit))\s*:"
)
_DEADLINE = re.compile(
    r"\b(?:sista|siste|sidste|last|final) (?:dag|dato|datum|date|day|ansökningsdag\w*|anmälningsdag\w*)\b|"
    r"\b(?:anmälan|anmäl dig|ansök|ansökan|sök|svara|svar|inkomma|tilmelding|tilmeld dig|påmelding|"
    r"påmeldingsfrist|send|ansøg|søk|apply|register|application|rsvp)\b"
    r".{0,25}?\b(?:senast|senest|innen|inden|by|before|deadline)\b|"
    r"\b(?:søknads|ansøgnings|ansöknings|anmälnings|tilmeldings|påmeldings|høringssvars|remiss|svars)\s?"
    r"(?:frist|tid)\w*|"
    r"\b(?:haku(?:aika)?|ilmoittautuminen) (?:päättyy|viimeistään)|\bviimeinen hakupäivä|"
    r"\bilmoittaudu viimeistään|\b(?:bewerbungs|anmelde)(?:frist|schluss)\b|"
    r"\b(?:closing|application|due) date\b|"
    r"\bdeadline\b"
)
_FOUNDED = re.compile(
    r"\b(?:grundat|grundad|grundades|stiftet|grunnlagt|founded|established|gegründet|perustettu|född|"
    r"født|born)\b"
)
# one of these is in every line that tells of a deadline or a founding
_STEMS = (
    "senast", "senest", "innen", "inden", "by", "before", "deadline", "frist", "tid", "sista ", "siste ",
    "sidste ", "last ", "final ", "haku", "ilmoitt", "schluss", " date", "grunda", "stiftet", "grunnlagt",
    "founded", "established", "gegründet", "perustettu", "född", "født", "born",
)  # fmt: skip


# a label that an article's and an event's day may have, and one that only an event's place has
_ANY_DAY = re.compile(r"\W*(?:datum|dato|date|päivämäärä|dag|day|tid|time)\s*:", re.I)
_VENUE = re.compile(
    r"(?:^|[|•·,\n]\s*)(?:plats|lokal|sted|stad|place|venue|location|where|var|hvor|wo|ort|"
    r"veranstaltungsort|paikka|lieu|lugar|luogo|plaats)\s*:",
    re.I,
)


def tells_deadline(text: str) -> bool:
    """True where a line tells until when something is to be done."""
    low = text.lower()
    return any(stem in low for stem in _STEMS) and _DEADLINE.search(low) is not None


def is_of_event(doc: Document, block: Block) -> bool:
    """True for the day of an event or a deadline: it says so, or a line beside it names the place."""
    if _tells_other_day(block.text):
        return True
    if not _ANY_DAY.match(block.text):
        return False
    near = doc.blocks[max(block.index - 1, 0) : block.index + 3]
    return any(_VENUE.search(b.text, 0, 200) for b in near if b.chars <= 200 or b is block)


def _tells_other_day(text: str) -> bool:
    """True where a line tells the day of an event, a deadline, a founding before any of a publication."""
    low = text.lower()
    if ":" in low and _EVENT.match(low):
        return True
    if not any(stem in low for stem in _STEMS):
        return False
    others = [found.start() for form in (_DEADLINE, _FOUNDED) if (found := form.search(low))]
    if not others:
        return False
    label = PUBLISHED_LABEL.search(text)
    return label is None or label.start() >= min(others)
