"""Words as readers type them: letters without a key of their own, and the spellings that stand for them.

What is indexed is folded (``København`` as ``Kobenhavn``, ``æ`` as ``ae``); marks on letters, as in å, ä
and ö, SQLite's tokenizer takes off itself. A query is folded in the same way. Other spellings of å, ä, ö and
ø (``koebenhavn``, ``aarhus`` for *Århus* and ``århus`` for *Aarhus*) are looked for beside what was typed,
and never indexed: *poeter* stays another word than *poter*.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, product

# Letters that Unicode does not take apart into a plain one and a mark. Each becomes letters or a digit, so
# that a text has the same words before and after.
_FOLDED = {
    "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ẞ": "Ss", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n",
    "Ŋ": "N",
}  # fmt: skip
# Raised and lowered digits (CO₂, m²), ligatures and letters of full width: what each stands for.
_ALIKE = (
    *map(ord, "²³¹"), 0x2070, *range(0x2074, 0x207A), *range(0x2080, 0x208A), *range(0xFB00, 0xFB07),
    *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B),
)  # fmt: skip
_FOLDED |= {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in _ALIKE}
_TO_FOLD = re.compile(f"[{''.join(_FOLDED)}]")
# What may stand in the index for what was typed, the likeliest first.
_SPELT = {
    "aa": ("aa", "a"), "ae": ("ae", "a"), "oe": ("oe", "o"),
    "å": ("a", "aa"), "ä": ("a", "ae"), "æ": ("ae", "a"), "ö": ("o", "oe"), "ø": ("o", "oe"),
}  # fmt: skip
_DOUBTFUL = re.compile(f"({'|'.join(_SPELT)})")
_SPELLINGS = 8  # of one word that are looked for
_MARKS = re.compile("[\u0300-\u036f]+")  # that the tokenizer takes off
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The text as it is indexed: the same words, in letters that a tokenizer can compare."""
    return text if text.isascii() else _TO_FOLD.sub(lambda found: _FOLDED[found[0]], text)


def plain(text: str) -> str:
    """The text as the index compares it: folded, in lower case, letters without marks."""
    folded = fold(text).lower()
    return folded if folded.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", folded))


def split_words(text: str) -> list[str]:
    """The words of a text as they stand there."""
    return _WORD.findall(text)


def words(text: str) -> list[str]:
    """The words of a text as the index holds them, in their order."""
    return split_words(plain(text))


def spellings(word: str) -> list[str]:
    """How the index may hold a word: ``koebenhavn`` also as ``kobenhavn``; the likeliest first.

    The second is spelt the other way throughout: who has no ä and no ö on the keys writes all of them so.
    """
    pieces = _DOUBTFUL.split(unicodedata.normalize("NFC", word).lower())
    choices = [_SPELT.get(piece, (plain(piece),)) for piece in pieces]
    likeliest, others = [c[0] for c in choices], [c[-1] for c in choices]
    found = ("".join(chosen) for chosen in (likeliest, others, *islice(product(*choices), _SPELLINGS)))
    return list(dict.fromkeys(found))[:_SPELLINGS]
