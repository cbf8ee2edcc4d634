"""The words by which news archives, pages and months are known, in six languages.

Swedish, Norwegian (both), Danish, Finnish, German and English; folded (see ``fold``), as
they stand in link texts and, with their diacritics dropped, in addresses.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})

ARCHIVE_WORDS = {
    # whole archives: the surest
    3: """nyhetsarkiv nyheitsarkiv nyhedsarkiv uutisarkisto newsarchiv news-archive newsarchive
        nyheter nyheder uutiset neuigkeiten news nyhetsrum newsroom uutishuone aktuellt aktuelt
        aktuelles ajankohtaista nyheter-och-press nyheter-och-artiklar nachrichten siste-nytt
        all-news alla-nyheter alle-nyheter kaikki-uutiset alle-neuigkeiten""",
    2: """blogg blog blogi bloggen bloggar blogs insikter insights innsikt indsigt indsigter
        nakemyksia nakemykset einblicke artiklar artikler artikkelit artikel articles aktualiteter
        press pressrum presserom presserum presse pressroom pressmeddelanden pressemeldinger
        pressemeddelelser lehdistotiedotteet tiedotteet pressemitteilungen press-releases media
        reflektioner reflections kronikor kronikker inlagg innlegg posts updates notiser""",
    1: """arkiv arkisto archiv archive archives arkivet nytt aktuell perspektiv perspectives
        kunskap kunskapsbank tankar tanker thoughts stories berattelser publicerat tillkannagivanden
        publikationer publikasjoner publications resources resurser journal magasin tidning""",
}
ARCHIVE_SCORE = {word: score for score, words in ARCHIVE_WORDS.items() for word in words.split()}

NEXT_WORDS = re.compile(
    r"[«»‹›←→<>\s]*(?:(?:nasta|neste|naeste|seuraava\w*|nachste\w*|next|older|aldre|eldre|"
    r"aeldre|vanhem\w+|altere\w*|previous|foregaende|forrige|tidigare|tidligere|aiem\w+|fruhere\w*|"
    r"earlier|fler|flere|lisaa|mehr|more|visa fler|vis flere|nayta lisaa|mehr laden|load more|show more)"
    r"(?: sida\w*| side\w*| sivu\w*| seite\w*| page\w*| inlagg| innlegg| indlaeg| nyheter| nyheder| uutis\w+|"
    r" beitrage| artik\w+| entries| posts?| news| neuigkeiten| articles| results| stories)?|[»›→]|>>?)"
    r"[«»‹›←→<>\s]*"
)

_BESIDE_YEARS = (
    "ar aret ars arets year years vuosi vuoden vuodelta jahr jahres jahre fran fra for from of aus vom av af "
    "von in i och og and und ja alla alle all kaikki visa vis show view nayta zeige se "
    "pressreleaser publicerade publiserte julkaistut published veroffentlicht"
)
# What may stand beside a year whose news a link leads to: "Nyheter från 2015", "Pressmeddelanden 2015".
PERIOD_WORDS = {part for word in ARCHIVE_SCORE for part in word.split("-")} | {*_BESIDE_YEARS.split()}

PAGE_WORDS = "page sida sidan side sivu seite pagina pg paged pagenumber pagenum currentpage"
PAGE_SEGMENTS = frozenset(PAGE_WORDS.split())
PAGE_KEYS = PAGE_SEGMENTS | {"start", "offset", "skip", "from", "pageindex", "pageno", "sidnr"}
YEAR_KEYS = frozenset(["year", "ar", "arstal", "vuosi", "jahr", "y", "yr", "artal", "yearnum"])

MONTHS = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar mars april mai juni juli august september oktober november desember",
        "januar februar marts april maj juni juli august september oktober november december",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "january february march april may june july august september october november december",
        "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu "
        "marraskuu joulukuu",
    )
    for number, name in enumerate(names.split(), 1)
}

_YEAR = r"(?:19|20)\d\d\b"
_DAY = r"\b[0-3]?\d"
_MONTH = r"(?:jan|feb|mar|apr|ma[ijyr]|jun|jul|aug|sep|o[ck]t|nov|de[cszk])[a-z]*\.?,?"
DATE_TEXT = re.compile(
    rf"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b|{_DAY}[./][01]?\d[./]{_YEAR}|"
    rf"{_DAY}(?:\.|st|nd|rd|th)? {_MONTH} {_YEAR}|\b{_MONTH} [0-3]?\d,? {_YEAR}|"
    rf"{_DAY}\. [a-z]{{4,8}}kuuta {_YEAR}"
)


def fold(text: str) -> str:
    """Lower case, diacritics dropped, white space runs made one space."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    marks = {ord(c): None for c in set(text) if unicodedata.combining(c)}
    return " ".join(text.translate(marks).split())


def shared_start(texts: Iterable[str]) -> str:
    """The beginning that all texts share, empty where there is none."""
    ordered = sorted(texts)
    if not ordered:
        return ""
    first, last = ordered[0], ordered[-1]
    length = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:length]
