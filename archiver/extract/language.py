"""The language of an article: as declared, or as its commonest words show where that differs."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.extract.document import Document
    from archiver.extract.stated import Stated

_COMMON = {
    "sv": "och att det som är inte för på till av med den har ett vi kan också från eller om när var så de "
    "en efter blev hur något några mellan mig jag dig sig säger blir hade utan först nya år vad vid mycket "
    "ska under in ut upp mer än dem sin sitt sina vill skulle där här nu",
    "nb": "og at det som er ikke for på til av med den har et vi kan også fra eller om når var så jeg de en "
    "etter ble hvor noe noen mye mellom meg deg seg sier blir hadde uten først nye år hva ved begge fram "
    "skal under inn ut opp mer enn dem sin sitt sine vil gjerne mens være hvordan nå vår våre gir",
    "da": "og at det som er ikke for på til af med den har et vi kan også fra eller om når var så jeg de en "
    "efter blev hvor noget nogle meget mellem mig dig sig siger bliver havde uden først nye år hvad ved frem "
    "skal under ind ud op mere end dem sin sit sine vil gerne mens være hvordan nu vores der ej giver marts",
    "nn": "og at det som er ikkje for på til av med den har eit vi kan også frå eller om når var så eg dei "
    "ein etter vart blei kvar noko nokre mykje mellom meg deg seg seier blir vert hadde utan først nye år "
    "kva ved skal under inn ut opp meir enn sin sitt sine vil gjerne medan vere vore korleis no ei ho me gir",
    "fi": "ja on ei että se oli ovat myös kun mutta tai joka sekä hän ole mukaan sen voi niin kuin jälkeen "
    "ensi uuden vuonna vuoden kertoo sanoo mitä jos nyt tämä vain me",
    "is": "og að það sem er ekki fyrir til af með hefur við ég var hann á í um frá eða eftir en þetta þeir "
    "segir verið því sé voru hún úr þar",
    "de": "und die der das ist nicht für auf mit von den zu ein eine sich auch werden wir im dem nach am bei "
    "in des einen wird hat sind aus dass oder um",
    "en": "the and of to is that for it with as was on are be this by have from not we in a its will at said "
    "after has an",
    "fr": "le la les de des et est une un pour dans que qui pas sur avec par au du nous a ne en il l d après "
    "son ses ce cette ont",
    "es": "el la los de y que en un una por con para es del se las no su al como más según pero ha lo sus "
    "después este",
    "nl": "de het een en van is dat op te in voor met niet zijn aan door ook bij wij worden na dit maar tot "
    "nieuwe zei heeft wordt naar die",
    "it": "il la di e che un una per con non del della si da in sono anche nel gli più al lo l i le dal una "
    "nuova ha ma alla dopo",
}
_SIGNS = {  # letters, and parts of words, that tell neighbours apart
    "ä": "sv fi de", "ö": "sv fi de is", "å": "sv da nb nn", "æ": "da nb nn is", "ø": "da nb nn", "ð": "is",
    "þ": "is", "ß": "de", "ü": "de", "ää": "fi", "yy": "fi", "ck": "sv de en", "øj": "da", "øy": "nb nn",
    "ej ": "da", "ei ": "nb nn", "sjon": "nb nn", "hed ": "da", "heden": "da", "heder": "da",
    "het ": "nb sv", "leg ": "nn", "kv": "nn", "hv": "da nb is", "leik": "nn", "ane ": "nn", "ået": "da",
    " af": "da", " av": "sv nb nn",
}  # fmt: skip
SIGNS = {sign: tuple(codes.split()) for sign, codes in _SIGNS.items()}
COMMON = {code: frozenset(words.split()) for code, words in _COMMON.items()}
SPOKEN: dict[str, list[str]] = {}  # the languages of each common word
for _code, _names in COMMON.items():
    for _name in _names:
        SPOKEN.setdefault(_name, []).append(_code)
FEW, SURELY = 12, 20  # words that tell a language, and that may contradict what is declared
READ = 1_500  # characters
MOST = 3  # times that a sign counts
_WORD = re.compile(r"[^\W\d_]+")
TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")


def find_language(
    doc: Document | None, stated: Stated | None, text: str, header: str | None
) -> tuple[str | None, str, str]:
    """(BCP 47 tag or None, method, raw). A declaration counts unless the words speak clearly against it."""
    declared = ""
    method = ""
    if doc is not None:
        for place, value in (
            ("html[lang]", doc.language),
            ("json-ld", stated.language if stated else ""),
            ("meta", doc.meta("og:locale", "content-language", "dc.language")),
        ):
            if value and TAG.match(value.strip()):
                declared, method = value.strip().replace("_", "-"), place
                break
    if not declared and header and TAG.match(header.split(",")[0].strip()):
        declared, method = header.split(",")[0].strip(), "Content-Language"
    shown, sure = detect(text)
    if shown and sure and (not declared or not _agree(declared, shown)):
        return shown, "words", declared
    if declared:
        return declared, method, declared
    return (shown, "words", "") if shown else (None, "", "")


def _agree(declared: str, shown: str) -> bool:
    base = declared.split("-")[0].lower()
    return base == shown or {base, shown} <= {"nb", "nn", "no"} or base not in COMMON


def detect(text: str) -> tuple[str | None, bool]:
    """(language whose common words are most frequent, whether that is clear)."""
    low = text[:READ].lower()
    words = _WORD.findall(low)
    if len(words) < FEW:
        return None, False
    counts = Counter(words)
    sums = dict.fromkeys(COMMON, 0)
    for word in counts.keys() & SPOKEN.keys():
        for code in SPOKEN[word]:
            sums[code] += counts[word]
    if max(sums.values()) < 0.12 * len(words):
        return None, False
    for sign, codes in SIGNS.items():
        if sign in low:
            seen = min(low.count(sign), MOST)
            for code in codes:
                sums[code] += seen
    (best, code), (second, _) = sorted(((number, code) for code, number in sums.items()), reverse=True)[:2]
    clear = best > 1.15 * second and best - second >= 4
    return code, clear and len(words) >= SURELY and best >= 0.2 * len(words)
