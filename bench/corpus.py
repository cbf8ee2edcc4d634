"""A synthetic archive of very many articles, the same every time: for what depends on their number.

Words are as frequent as in real texts (Zipf's law), 400,000 of them, and long ones are made of short ones.
Bodies are log-normal in length: half have more than 220 words. There are a hundred sites and 22 years.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from archiver.store.database import open_database, transaction
from archiver.store.index import index_article

WORDS = 400_000
FREQUENT = 100  # words that a text is full of and nobody looks for
SITES = 100
FIRST_YEAR, YEARS = 2005, 22
BATCH = 10_000
_SYLLABLES = [
    "ba",
    "de",
    "fi",
    "gö",
    "hu",
    "ly",
    "mä",
    "ne",
    "pro",
    "ri",
    "sam",
    "tek",
    "un",
    "vi",
    "kli",
    "mat",
    "dig",
    "it",
    "ål",
    "bo",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What was written in one article: its title's words, its body's, its year."""

    title: list[str]
    body: list[str]
    year: int


def corpus(articles: int) -> Iterator[Sample]:
    """So many articles, one after the other."""
    chance = random.Random(7)  # noqa: S311
    vocabulary = [word(n) for n in range(WORDS)]
    weights = list(accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(1, WORDS + 1)))
    for n in range(articles):
        length = max(30, int(chance.lognormvariate(5.4, 0.6)))
        drawn = chance.choices(vocabulary, cum_weights=weights, k=length + 8)
        yield Sample(title=drawn[:8], body=drawn[8:], year=FIRST_YEAR + n * YEARS // articles)


def word(number: int) -> str:
    """The word with this rank of frequency."""
    number, said = number + len(_SYLLABLES), ""
    while number:
        number, syllable = divmod(number, len(_SYLLABLES))
        said += _SYLLABLES[syllable]
    return said


def write_corpus(path: Path, articles: int) -> None:
    """A database of so many articles, with the index that the archive keeps of them."""
    db = open_database(path)
    db.execute("PRAGMA foreign_keys = OFF")  # no captures are written
    db.execute("PRAGMA cache_size = -200000")
    samples = enumerate(corpus(articles))
    for _ in range(-(-articles // BATCH)):
        with transaction(db):
            for _, (n, sample) in zip(range(BATCH), samples, strict=False):
                _write(db, n, sample)
    db.close()


def _write(db: sqlite3.Connection, n: int, sample: Sample) -> None:
    identity, day = f"{n:016x}", f"{sample.year}-{n % 12 + 1:02}-{n % 28 + 1:02}"
    url = f"https://site{n % SITES}.example/nyheter/{n}/"
    body = " ".join(sample.body)
    db.execute(
        "INSERT INTO articles (id, site, url, canonical_url, title, body, body_markdown, authors, keywords,"
        " date_published, published_day, text_digest, language, version, versions, first_seen, last_seen,"
        " observed, capture, captures, extractor, profile)"
        " VALUES (?, ?, ?, ?, ?, ?, '', '[]', '[]', ?, ?, '', 'sv', 1, 1, ?, ?, 'live', '', '[]', '', '')",
        (identity, f"site{n % SITES}", url, url, " ".join(sample.title), body, day, day, day, day),
    )
    index_article(db, identity)
