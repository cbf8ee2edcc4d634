"""Fingerprints of a text: a digest for the same words, a simhash for nearly the same.

The simhash is Charikar's (2002) over words and pairs of words, 64 bits; texts whose simhashes differ
in at most three bits are near duplicates (Manku, Jain and Das Sarma, 2007).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import pairwise

BITS = 64
NEAR = 3
# Shorter texts than this are alike by chance.
MIN_WORDS = 40
_WORD = re.compile(r"\w+")
_LANE = 24
# For each byte, its eight bits in lanes of their own, so that one addition counts them all.
_SPREAD = tuple(sum(((byte >> bit) & 1) << (bit * _LANE) for bit in range(8)) for byte in range(256))
_MASK = (1 << _LANE) - 1


def words_of(text: str) -> list[str]:
    """The words of a text: NFKC, lower case, without punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def text_digest(text: str) -> str:
    """``sha256:`` and hex over the words; spaces, punctuation and case do not count."""
    return "sha256:" + hashlib.sha256(" ".join(words_of(text)).encode()).hexdigest()


def simhash(text: str) -> int | None:
    """The simhash of a text, 0 to 2**64 - 1; None for one of fewer than 40 words."""
    words = words_of(text)
    if len(words) < MIN_WORDS:
        return None
    features = {*words, *map(" ".join, pairwise(words))}
    lanes = [0] * 8
    for feature in features:
        digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
        for place, byte in enumerate(digest):
            lanes[place] += _SPREAD[byte]
    half = len(features) / 2
    return sum(
        1 << (place * 8 + bit)
        for place in range(8)
        for bit in range(8)
        if (lanes[place] >> (bit * _LANE)) & _MASK > half
    )


def distance(a: int, b: int) -> int:
    """In how many bits two simhashes differ."""
    return (a ^ b).bit_count()
