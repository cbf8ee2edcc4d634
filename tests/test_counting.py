"""Words and sentences are counted by rules that a person can follow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.counting import count_sentences, count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("Vi skickade e-post – den kom aldrig fram.", 7),
        ("don't pay 3,5 % and/or 1 000 kr", 7),
        ("Ett\n\n- två\n- tre\n\nfyra\tfem", 5),
        ("— … !!! ***", 0),
        ("Путин сказал", 2),
        ("한국어 문장입니다", 2),
        ("これは日本語の文章です。", None),
        ("新闻网站的档案和文章的数据库。The archive.", None),
        ("ข่าวภาษาไทย", None),
    ],
)
def test_words(text: str, words: int | None) -> None:
    assert count_words(text) == words
    assert (count_sentences(text) is None) == (words is None)


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        (None, "", 0),
        (None, "\n\n—\n", 0),
        (None, "Rubrik utan punkt\n\nEn mening. Och en till!\n- punkt ett\n- punkt två", 5),
        ("sv", "Det sa A. Berg. Hon ler.", 2),
        ("sv", "Vi ses kl. 14, bl.a. Anna kommer. Ja?! Nej…", 3),
        ("sv", "Han köpte bröd, smör osv. Sedan gick han.", 2),
        ("sv", "Ökningen var 3. Det är lite.", 2),
        ("da", "Mødet er den 3. Maj. Alle kommer.", 2),
        ("nb", "Det var i 2020. Siden har alt endret seg.", 2),
        ("de", "Am 3. Mai sprach Dr. Weber. „Gut so.“ Er ging.", 3),
        (
            "en-GB",
            "He said: “Go.” Then he left (really!). It cost 3.50 pounds, e.g. at www.example.com today.",
            3,
        ),
        ("en", "Wait ... he said. Yes.", 2),
    ],
)
def test_sentences(language: str | None, text: str, sentences: int) -> None:
    assert count_sentences(text, language) == sentences


@settings(max_examples=60)
@given(st.text(), st.sampled_from([None, "sv", "de", "zh"]))
def test_any_text_has_numbers_that_fit(text: str, language: str | None) -> None:
    words, sentences = count_words(text), count_sentences(text, language)
    assert (words is None) == (sentences is None)
    if words is not None and sentences is not None:
        assert 0 <= sentences <= max(words, len(text))
        assert (sentences == 0) == (words == 0)


@pytest.mark.parametrize("piece", ["a. ", ".", "!" * 50 + " ", '"', "A", ". ( ", "\u00a0.", "a.\n", "- "])
def test_what_a_text_costs_grows_with_its_length_alone(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    before = time.process_time()
    count_words(text)
    count_sentences(text, "da")
    assert time.process_time() - before < 3  # quadratic, it would be minutes
