"""How many words and sentences a text has, by rules that a person can follow and other tools can repeat.

A word is what stands between white space and has a letter or a digit, as ``wc -w`` and ``split()`` see it:
"e-post", "don't" and "3,5" are one, a dash is none. A sentence ends with its line (a paragraph, a heading,
an item of a list, a row of a table), and within it behind ``. ! ? …`` where white space follows, and then
no small letter. A point is no end behind one letter (A. Berg), behind an abbreviation that goes with what
follows (bl.a., kl., Dr.), and, in languages that write ordinals with it, behind one or two digits (3. Mai).
A text that is mostly in a script without spaces between words has neither number: they would be wrong.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"\S+")
_SIGN = re.compile(r"[^\W_]")
# Han, kana, Thai, Lao, Burmese, Khmer, Tibetan; Korean has spaces.
_SPACELESS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
_END = re.compile("[.!?…\u0964\u061f\u06d4]")
_QUOTES = "\"'“”‘’„»«*_"  # what opens in one language closes in another
_CLOSING = _QUOTES + ")]"
_OPENING = _QUOTES + "([-–—¿¡"
_ORDINALS = frozenset(
    ["cs", "da", "de", "et", "fi", "fo", "hr", "hu", "is", "nb", "nn", "no", "pl", "sk", "sl"]
)
# Those that a name or a number follows; behind others (osv., etc., m.m.) a capital begins a sentence.
_GO_ON = """
    bl.a t.ex d.v.s dvs f.d t.o.m fr.o.m s.k p.g.a pga ca kl nr jfr resp inkl exkl tel st vs f.eks f.o.m ifm
    ift iht mht tlf adr z.b d.h u.a bzw evtl vgl hr fr prof dr mr mrs ms e.g i.e approx dept fig esim klo
"""
_ABBREVIATIONS = frozenset(_GO_ON.split())
_LONGEST = 12
"""Characters before a point that can be an abbreviation or a number; it bounds what one point costs."""


def count_words(text: str) -> int | None:
    """The words of a text; None for one in a script without spaces."""
    return (
        None if _is_spaceless(text) else sum(1 for piece in _PIECE.finditer(text) if _SIGN.search(piece[0]))
    )


def count_sentences(text: str, language: str | None = None) -> int | None:
    """The sentences of a text in this language (BCP 47); None for one in a script without spaces."""
    if _is_spaceless(text):
        return None
    has_ordinals = (language or "").lower().split("-")[0] in _ORDINALS
    return sum(_sentences(line.strip(), has_ordinals) for line in text.split("\n"))


def _sentences(line: str, has_ordinals: bool) -> int:
    """The sentences of one line; 0 where it has no letter and no digit."""
    if not _SIGN.search(line):
        return 0
    count, begin = 0, 0
    for found in _END.finditer(line):
        at = found.start()
        if at >= begin and _ends(line, at, has_ordinals) and _SIGN.search(line, begin, at):
            count, begin = count + 1, at + 1
    return count + bool(_SIGN.search(line, begin))


def _ends(line: str, at: int, has_ordinals: bool) -> bool:
    """True where a mark ends a sentence that another one follows."""
    behind = _skip(line, at + 1, _CLOSING)
    if not line[behind : behind + 1].isspace():
        return False
    follows = _skip(line, behind + 1, _OPENING + " \t\u00a0")
    if line[follows : follows + 1].islower():
        return False
    return line[at] != "." or not _belongs(line[max(0, at - _LONGEST) : at], has_ordinals)


def _skip(line: str, at: int, signs: str) -> int:
    """The next place with another sign, a few places on at most."""
    last = min(len(line), at + _LONGEST)
    while at < last and line[at] in signs:
        at += 1
    return at


def _belongs(before: str, has_ordinals: bool) -> bool:
    """True where the point belongs to the word before it: an initial, an abbreviation, an ordinal."""
    word = (before.split() or [""])[-1].lstrip(_OPENING).lower()
    is_initial = len(word) == 1 and word.isalpha()
    is_ordinal = has_ordinals and word.isdigit() and len(word) <= 2
    return is_initial or is_ordinal or word in _ABBREVIATIONS


def _is_spaceless(text: str) -> bool:
    """True where most of the first ten thousand characters are of scripts without spaces between words."""
    start = text[:10_000]
    return 2 * len(_SPACELESS.findall(start)) > len(_SIGN.findall(start))
