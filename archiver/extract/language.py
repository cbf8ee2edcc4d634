"""The language of an article: as declared, or as its commonest words show where that differs."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.extract.document import Document
    from archiver.extract.stated import Stated

_COMMON = {
    "sv": "och att det som är inte för på till av med den har ett vi kan också från eller om när var så",
    "nb": "og at det som er ikke for på til av med den har et vi kan også fra eller om når var så jeg ikke",
    "da": "og at det som er ikke for på til af med den har et vi kan også fra eller om når var så jeg af",
    "nn": "og at det som er ikkje for på til av med den har eit vi kan også frå eller om når var så eg",
    "fi": "ja on ei että se oli ovat myös kun mutta tai joka sekä hän ole mukaan sen voi niin",
    "is": "og að það sem er ekki fyrir til af með hefur við ég var hann á í um frá eða ekki",
    "de": "und die der das ist nicht für auf mit von den zu ein eine sich auch werden wir im dem",
    "en": "the and of to is that for it with as was on are be this by have from not we",
    "fr": "le la les de des et est une un pour dans que qui pas sur avec par au du nous",
    "es": "el la los de y que en un una por con para es del se las no su al como",
    "nl": "de het een en van is dat op te in voor met niet zijn aan door ook bij wij worden",
    "it": "il la di e che un una per con non del della si da in sono anche nel gli più",
}
COMMON = {code: frozenset(words.split()) for code, words in _COMMON.items()}
SPOKEN: dict[str, list[str]] = {}  # the languages of each common word
for _code, _names in COMMON.items():
    for _name in _names:
        SPOKEN.setdefault(_name, []).append(_code)
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
    words = re.findall(r"[^\W\d_]+", text[:2500].lower())
    if len(words) < 20:
        return None, False
    counts = Counter(words)
    sums = dict.fromkeys(COMMON, 0)
    for word in counts.keys() & SPOKEN.keys():
        for code in SPOKEN[word]:
            sums[code] += counts[word]
    scores = sorted(((number, code) for code, number in sums.items()), reverse=True)
    (best, code), (second, _) = scores[0], scores[1]
    if best < 0.12 * len(words):
        return None, False
    return code, best > 1.15 * second and best - second >= 4
