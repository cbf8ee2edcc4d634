"""Full-text search: a person's words in, ranked articles with snippets out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.store.filter import Filter, match_expression

# Control characters mark a hit, so that no text of an article can be taken for a mark.
HIT, END = "\x02", "\x03"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article found. ``snippet`` marks the words that matched with ``HIT`` and ``END``."""

    id: str
    site: str
    url: str
    title: str | None
    date_published: str | None
    snippet: str
    rank: float


def search(db: sqlite3.Connection, chosen: Filter, *, limit: int = 20) -> list[Hit]:
    """The articles that match ``chosen.query``, best first; the title weighs most."""
    where, values = chosen.where()
    rows = db.execute(
        f"""
        SELECT a.id, a.site, a.url, a.title, a.date_published,
            snippet(articles_fts, -1, '{HIT}', '{END}', ' … ', 24) AS snippet,
            bm25(articles_fts, 0, 8.0, 1.0, 2.0, 2.0) AS rank
        FROM articles_fts f JOIN articles a ON a.id = f.id
        WHERE articles_fts MATCH ? AND {where} ORDER BY rank, a.id LIMIT ?
        """,
        [match_expression(chosen.query or ""), *values, limit],
    )
    return [Hit(**dict(row)) for row in rows]
