"""The words of all articles, and in which longer ones a word is a part: Nordic compounds.

*Prosjekt* is found in *digitaliseringsprosjekt* by a trigram index over the words, which are few, and not
over the texts. A word stays when the last article
that has it changes, and finds nothing then; what is hidden on request leaves none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial

from archiver.store.words import words

PART = 4  # letters that a part of a compound has at least
COMPOUND = 7  # letters of the shortest word that holds another one beside something more
LONGEST = 60  # what is longer is no word
MANY = 100  # compounds that are looked for, the shortest: what is much longer is often made up


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of texts that may be compounds, each once, sorted."""
    return sorted({word for text in texts for word in words(text) if COMPOUND <= len(word) <= LONGEST})


def learn(db: sqlite3.Connection, texts: Iterable[str]) -> None:
    """Keep the words of an article that may be compounds. In a transaction."""
    found = ((word,) for word in words_of(texts))
    db.executemany("INSERT OR IGNORE INTO vocabulary (word) VALUES (?)", found)


def forget(db: sqlite3.Connection, gone: Iterable[str]) -> None:
    """Keep these words no longer. In a transaction."""
    db.executemany("DELETE FROM vocabulary WHERE word = ?", ((word,) for word in gone))


def words_with(db: sqlite3.Connection, part: str) -> list[str]:
    """The words that a plain word is a part of, without itself; none for a short one."""
    if len(part) < PART:
        return []
    rows = db.execute(
        "SELECT word FROM vocabulary_fts WHERE vocabulary_fts MATCH ? AND word <> ?"
        " ORDER BY length(word), word LIMIT ?",
        (f'"{part}"', part, MANY),
    )
    return [row[0] for row in rows]


def compounds(db: sqlite3.Connection) -> Callable[[str], list[str]]:
    """What gives the words that a plain word is a part of."""
    return partial(words_with, db)
