"""Small print: lines that say nothing but who wrote a text, when and where it was published."""

from __future__ import annotations

import re

from archiver.extract.bylines import BYLINE_LINE, CAPITAL, WRITTEN
from archiver.extract.dates import MODIFIED_LABEL, MONTH_NAMES, MONTHS, PUBLISHED_LABEL, find_date, may_date
from archiver.extract.lines import SECTIONS

NOTHING, DATED, SURELY = range(3)
"""How sure a line is to be a date line: ``SURELY`` with no word but those of dates, or a place before."""

_DAYS = (  # words of a date line beside its date
    "den d am on the le el il i dag kl klo kello um uhr gmt cet cest pm et est edt "
    "ct cst cdt pt pst pdt a op lì h of måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag "
    "lørdag søndag måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen tysdag laurdag "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag monday tuesday "
    "wednesday thursday friday saturday sunday maanantaina tiistaina "
    "keskiviikkona torstaina perjantaina lauantaina sunnuntaina "
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai mánudagur þriðjudagur miðvikudagur "
    "fimmtudagur föstudagur laugardagur sunnudagur lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo maandag dinsdag woensdag donderdag vrijdag "
    "zaterdag zondag lunedì martedì mercoledì giovedì venerdì sabato domenica"
)
_BESIDE = frozenset(_DAYS.split())
_ALONE = _BESIDE - {"i"}  # and those of them that tell no place
_AFTER = _BESIDE | SECTIONS | {""}
_PARTICLE = r"(?:am|an|im|der|den|de|la|von|van|af|av|upon)"
# a name, of a person or a place, before its date
_NAMED = re.compile(rf"(?:[{CAPITAL}][\w’'.\-]+ ?(?:{_PARTICLE} ){{0,2}}){{2,4}}\s?[,|·–-]\Z")
_YEAR = re.compile(r"(?:19|20)\d\d|\d\d?[./-]\d\d?[./-]\d\d")  # a date without a year is none
_STAMP = re.compile(
    rf"\W*(?:{PUBLISHED_LABEL.pattern}|{MODIFIED_LABEL.pattern})"
    r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\W*\Z",
    re.I,
)
COARSE = re.compile(
    rf"\W*(?:(?P<published>{PUBLISHED_LABEL.pattern})|{MODIFIED_LABEL.pattern})(?:(?:i|in|im|en|nel|í|år)\s+)?"
    rf"(?:(?:{MONTH_NAMES})\b\.?,?\s+(?:de[l]?\s+)?)?(?P<y>(?:19|20)\d\d)\W*\Z",
    re.I,
)
"""A line that says in which month or year something was published."""
_READING = re.compile(  # how long it takes to read the text
    r"(?:\b(?:lästid|lesetid|læsetid|lesezeit|reading time|lukuaika|lestrartími|temps de lecture|"
    r"tiempo de lectura|leestijd|tempo di lettura)\b\W*)?(?:\bca\.?\s*)?\b\d+\s*"
    r"(?:min(?:uter|utter|utes?|uten|uuttia|uti|utos)?\b|mín(?:útur)?\b)\.?"
    r"(?:\s*(?:(?:att|at|to|de|di|å)\s)?(?:läsning|läsa|read|lesing|lese|lesetid|læsning|læsetid|lesezeit|"
    r"luku\w*|lestur|lecture|lectura|leestijd|lezen|lettura)\b)?",
    re.I,
)
_IN = (
    r"(?:in|i|í|im|under|unter|dans|en|kategoriassa|in category|i kategorin|i kategorien|in der kategorie|"
    r"in de categorie|nella categoria|dans la catégorie|en la categoría)"
)
_NAME = rf"[{CAPITAL}][\w&/’'-]*(?:,? (?:& )?[\w’'-]+){{0,2}}?"
_SECTION = re.compile(
    rf"(?:\A|#)\W*(?P<all>{_IN}\s+(?P<name>{_NAME}))"
    r"(?=\W*(?:\b(?:den|d|on|the|am|le|el|il|op|kl)\W+)?(?:#|\Z))"
)
_PLACED = re.compile(rf"\W*[{CAPITAL}][\w’'.-]+(?:,\s*(?:den|d\.|le|a|lì|il|el)?|\s+den)\s+#\W*\Z")
_LAST = re.compile(rf"(?:\s|#)\W*{_IN}\s+{_NAME}\W*\Z")
_POSTED = re.compile(  # what is said of a text, not of a thing that is sold
    r"\W*(?:publi|post|udgiv|utgi[vt]|offentligg|julkaistu|birt|veröffentlicht|erschienen|mis en ligne|"
    r"pubblicat|gepubliceerd|geplaatst|inlagd|upplagd|skr[ie]ve|lagt|filed|written|upda|uppda|oppda|opda|"
    r"aktualis)",
    re.I,
)
_TAKES_IN = re.compile(r"\si\s*\Z", re.I)
_WORD = re.compile(r"\w+")


def small_print(text: str, low: str) -> tuple[bool, int]:
    """Whether a line names nothing but who wrote, with or without the day, and how it is a date line.

    ``low`` is the line in small letters.
    """
    if len(low) <= 16 and _is_badge(low):
        return False, DATED
    line = WRITTEN.sub("av ", text, count=1) if _may_name(low) else text
    signed = BYLINE_LINE.match(line) is not None
    if not may_date(text) or not _YEAR.search(text):
        return signed, NOTHING
    if "min" in low or "mín" in low:
        text, line = _READING.sub(" ", text), _READING.sub(" ", line)
    rest = _undated(text)
    dated = NOTHING if rest is None else _dated(text, rest)
    if signed or rest is None:
        return signed, dated
    rest = rest if line is text else _undated(line)
    return rest is not None and _signs(rest), dated


def _is_badge(low: str) -> bool:
    """True for a day and a month without a year, as a badge beside a headline shows them."""
    words = low.replace(".", " ").split()
    return len(words) == 2 and sum(w in MONTHS for w in words) == 1 and sum(w.isdigit() for w in words) == 1


def _may_name(low: str) -> bool:
    """True where a line may say that somebody wrote it, at the cost of a glance."""
    if " av " in low or " by " in low or " von " in low or " af " in low or " par " in low:
        return True
    if " por " in low or " door " in low or " da " in low or " di " in low:
        return True
    return "kirjoittanut" in low or "eftir " in low


def is_date_line(text: str, least: int = DATED) -> bool:
    """True for a line that says nothing but when something was published or changed, this surely."""
    if _is_long(text) or not may_date(text) or not _YEAR.search(text):
        return False
    rest = _undated(text)
    return rest is not None and _dated(text, rest) >= least


def _is_long(text: str) -> bool:
    """True for a line that says more than a date line does."""
    return len(text) > 120 or text.count(" ") > 18


def _dated(text: str, rest: str) -> int:
    """How sure a line is to be a date line, by what is left of it without its dates."""
    if _is_long(text):
        return NOTHING
    rest = _unfiled(text, rest)
    words = [w.lower() for w in _WORD.findall(rest) if not w.isdigit()]
    others = [w for w in words if w not in _ALONE]
    if len(others) > 1:
        return NOTHING
    return SURELY if not others or others[0] in SECTIONS or _PLACED.match(rest) else DATED


def _unfiled(text: str, rest: str) -> str:
    """What is left of a dated line without the section: any that a text is posted in, else a known one."""
    section = _SECTION.search(rest)
    if section is None or not (_POSTED.match(text) or section["name"].lower() in SECTIONS):
        return rest
    return rest[: section.start("all")] + rest[section.end("all") :]


def _signs(rest: str) -> bool:
    """True where what is left of a dated line names who wrote, and perhaps in which section."""
    return _names(rest.strip()) or ((cut := _LAST.sub("", rest)) != rest and _names(cut.strip()))


def _names(rest: str) -> bool:
    """True where a text names who wrote, words of dates after it left out."""
    while rest and (last := rest.split()[-1].strip("#,|·:–-.").lower()) in _AFTER:
        if not last and _NAMED.match(rest):
            return True
        rest = rest.rpartition(" ")[0].rstrip()
    return bool(BYLINE_LINE.match(rest.strip("# ,|·–-")) or _NAMED.match(rest))


def _undated(text: str) -> str | None:
    """A line with a sign for each of its dates, without what they are called; None where it has no date."""
    found = find_date(text)
    if found is None:
        return "" if _STAMP.match(text) or COARSE.match(text) else None
    rest = text
    while found is not None:
        rest = rest[: found[1]] + " # " + rest[found[2] :]
        found = find_date(rest)
    return MODIFIED_LABEL.sub(" ", PUBLISHED_LABEL.sub(_label, rest))


def _label(found: re.Match[str]) -> str:
    """What takes the place of a label: the word before a section stays."""
    return " i " if _TAKES_IN.search(found[0]) else " "
