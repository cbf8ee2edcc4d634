"""The full-text index ``articles_fts``: what goes in for an article, and what comes out with it.

The index holds folded words and no texts: these it reads from ``articles``, through the view ``searchable``.
So what is taken out is said again just as it went in; a change of what is indexed is a migration that
calls ``index_again``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from archiver.store.expression import facet_tokens
from archiver.store.vocabulary import forget, learn, words_of
from archiver.store.words import fold

_SOURCE = "id, site, title, body, authors, keywords, published_day, language"
RANK = "bm25(0.0, 8.0, 1.0, 2.0, 2.0, 0.0)"
_COLUMNS = "rowid, id, title, body, authors, keywords, facets"


def index_article(db: sqlite3.Connection, article_id: str) -> None:
    """Have an article found; its row is there. In a transaction."""
    for source in db.execute(f"SELECT {_SOURCE} FROM articles WHERE id = ?", (article_id,)).fetchall():
        _index(db, source)


def index_again(db: sqlite3.Connection) -> None:
    """Make the whole index of what the articles are. In a transaction."""
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
    db.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('rank', ?)", (RANK,))
    db.execute("DELETE FROM search_rows")
    ids = [row[0] for row in db.execute("SELECT id FROM articles ORDER BY published_day, id")]
    for article_id in ids:
        index_article(db, article_id)


def unindex_article(db: sqlite3.Connection, article_id: str) -> None:
    """Have an article found no more; its row is still there. In a transaction."""
    row = db.execute("SELECT row FROM search_rows WHERE article_id = ?", (article_id,)).fetchone()
    if row is not None:
        source = db.execute(f"SELECT {_SOURCE} FROM articles WHERE id = ?", (article_id,)).fetchone()
        if source is None:  # somebody deleted rows by hand: what was indexed of them cannot be said again
            index_again(db)
            return
        said = f"INSERT INTO articles_fts (articles_fts, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)"
        db.execute(said, (row[0], *_fields(source)))
        db.execute("DELETE FROM search_rows WHERE row = ?", (row[0],))


def texts_of(db: sqlite3.Connection, article_id: str) -> tuple[str, ...]:
    """The texts of an article that are indexed; none where there is none."""
    source = db.execute(f"SELECT {_SOURCE} FROM articles WHERE id = ?", (article_id,)).fetchone()
    return _texts(source) if source is not None else ()


def forget_words_of(db: sqlite3.Connection, texts: Iterable[str]) -> None:
    """Keep no word of these texts that stands in no article any more. In a transaction."""
    forget(db, (word for word in words_of(texts) if not _stands(db, word)))


def _stands(db: sqlite3.Connection, word: str) -> bool:
    found = db.execute("SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT 1", (f'"{word}"',))
    return found.fetchone() is not None


def _index(db: sqlite3.Connection, source: sqlite3.Row) -> None:
    cursor = db.execute(
        "INSERT INTO search_rows (article_id, site, day, language) VALUES (?, ?, ?, ?)",
        (source["id"], source["site"], source["published_day"], source["language"]),
    )
    said = f"INSERT INTO articles_fts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.execute(said, (cursor.lastrowid, *_fields(source)))
    learn(db, _texts(source))


def _fields(source: sqlite3.Row) -> tuple[str, ...]:
    """The columns of the index: the id, the folded texts, and what a query can ask for beside words."""
    facets = facet_tokens(site=source["site"], day=source["published_day"], language=source["language"])
    return (source["id"], *map(fold, _texts(source)), " ".join(facets))


def _texts(source: sqlite3.Row) -> tuple[str, str, str, str]:
    authors, keywords = ("\n".join(json.loads(source[name])) for name in ("authors", "keywords"))
    return source["title"] or "", source["body"], authors, keywords
