"""Fingerprints: the same words, nearly the same words, and different ones."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from archiver.extract.fingerprint import NEAR, distance, simhash, text_digest

WORDS = [
    "vi",
    "arbetar",
    "med",
    "samverkan",
    "mellan",
    "myndigheter",
    "regioner",
    "och",
    "kommuner",
    "som",
    "vill",
    "lära",
    "av",
    "varandra",
]


def text(seed: int, words: int = 300) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) + str(chosen.randrange(400)) for _ in range(words))


def test_spaces_case_and_punctuation_make_no_difference() -> None:
    one, other = "Vi öppnar – i Härnösand!", "vi  öppnar i\nHÄRNÖSAND"
    assert text_digest(one) == text_digest(other)
    assert text_digest(one) != text_digest("vi stänger i Härnösand")


def test_a_changed_word_stays_near_and_another_text_is_far() -> None:
    original = text(1)
    words = original.split()
    words[150] = "ändrat"
    first, edited, other = simhash(original), simhash(" ".join(words)), simhash(text(2))
    assert first is not None and edited is not None and other is not None
    assert distance(first, edited) <= NEAR
    assert distance(first, other) > 10


def test_short_texts_have_no_simhash() -> None:
    assert simhash("Kort text.") is None
    assert simhash("") is None


@given(st.text(max_size=400))
def test_any_text_has_a_digest_and_the_same_simhash_twice(value: str) -> None:
    assert text_digest(value).startswith("sha256:")
    assert simhash(value) == simhash(value)
    assert simhash(value) is None or 0 <= (simhash(value) or 0) < 2**64
