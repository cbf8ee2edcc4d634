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


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """How many articles match, in all and by site, year and language, each with its number.

    Articles without a year or a language are in the total alone.
    """

    total: int
    sites: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]


def search(db: sqlite3.Connection, chosen: Filter, *, limit: int = 20, offset: int = 0) -> list[Hit]:
    """The articles that match ``chosen.query``, best first; the title weighs most."""
    where, values = chosen.where()
    rows = db.execute(
        f"""
        SELECT a.id, a.site, a.url, a.title, a.date_published,
            snippet(articles_fts, -1, '{HIT}', '{END}', ' … ', 24) AS snippet,
            bm25(articles_fts, 0, 8.0, 1.0, 2.0, 2.0) AS rank
        FROM articles_fts f JOIN articles a ON a.id = f.id
        WHERE articles_fts MATCH ? AND {where} ORDER BY rank, a.id LIMIT ? OFFSET ?
        """,
        [match_expression(chosen.query or ""), *values, limit, offset],
    )
    return [Hit(**dict(row)) for row in rows]


def facets(db: sqlite3.Connection, chosen: Filter) -> Facets:
    """The numbers of the articles that match; without a query of all that the filter lets through."""
    where, values = chosen.where()
    if chosen.query:
        where += " AND a.id IN (SELECT id FROM articles_fts WHERE articles_fts MATCH ?)"
        values.append(match_expression(chosen.query))
    total = db.execute(f"SELECT count(*) FROM articles a WHERE {where}", values).fetchone()[0]

    def counted(expression: str, order: str) -> tuple[tuple[str, int], ...]:
        rows = db.execute(
            f"SELECT {expression} AS value, count(*) AS number FROM articles a"
            f" WHERE {where} AND value IS NOT NULL GROUP BY value ORDER BY {order}",
            values,
        )
        return tuple((row[0], row[1]) for row in rows)

    by_number = "number DESC, value"
    return Facets(
        total=total,
        sites=counted("a.site", by_number),
        years=counted("substr(a.published_day, 1, 4)", "value DESC"),
        languages=counted("a.language", by_number),
    )
