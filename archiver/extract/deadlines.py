"""Lines that tell another day than one of publishing: of an event, a deadline, a founding."""

from __future__ import annotations

import re

from archiver.extract.dates import PUBLISHED_LABEL

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


def tells_deadline(text: str) -> bool:
    """True where a line tells until when something is to be done."""
    low = text.lower()
    return any(stem in low for stem in _STEMS) and _DEADLINE.search(low) is not None


def tells_other_day(text: str) -> bool:
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
