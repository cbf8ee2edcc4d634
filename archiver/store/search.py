"""Full-text search: a person's query in, ranked articles with snippets and facets out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archiver.store.filter import Filter
from archiver.store.vocabulary import compounds

# Control characters mark a hit, so that no text of an article can be taken for a mark.
HIT, END = "\x02", "\x03"
_MOST = (1 << 63) - 1
TITLE, BODY = 1, 2  # the columns of the index in which hits are marked


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article found; ``snippet`` and ``marked_title`` mark what matched with ``HIT`` and ``END``."""

    id: str
    site: str
    url: str
    title: str | None
    date_published: str | None
    snippet: str
    rank: float
    marked_title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """How many articles match in all, and by site, year and language: value and number, most first.

    Years come newest first; a language is counted with its regions, as ``lang:`` finds it. An article
    without a date or a language counts in ``total`` alone.
    """

    total: int
    sites: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]


def search(db: sqlite3.Connection, chosen: Filter, *, limit: int = 20, offset: int = 0) -> list[Hit]:
    """The articles that match ``chosen.query``, best first, each kind by bm25 with the title weighted.

    Those come first that have all words in the title, those last that have a word only as a part of a longer
    one. A query without words gives the newest.
    """
    if chosen.is_nothing:
        return []
    limit, offset = min(limit, _MOST), min(offset, _MOST)  # SQLite counts no further
    if not chosen.asked.has_words:
        return [_hit(db, row, chosen.expression(), 0.0) for row in _newest(db, chosen, limit, offset)]
    hits = list[Hit]()
    for said, marked in _kinds(db, chosen):
        ranked = _ranked(db, chosen, said, limit - len(hits), offset)
        hits += [_hit(db, row, marked, rank) for row, rank in ranked]
        if len(hits) == limit:
            break
        offset = 0 if ranked else max(0, offset - _count(db, chosen, said))
    return hits


def _kinds(db: sqlite3.Connection, chosen: Filter) -> Iterator[tuple[str, str]]:
    """The expressions of what matches, in the order in which it is listed; no article matches two.

    With each comes the one whose words are marked.

    One after the other is asked for only while there is room: to rank every article that has a frequent word
    takes long, and those that have it in the title are the better ones.
    """
    titles, exact = chosen.expression(in_title=True), chosen.expression()
    yield titles, exact
    yield f"({exact}) NOT ({titles})", exact
    if (wide := _wide(db, chosen)) != exact:
        yield f"({wide}) NOT ({exact})", wide


def _wide(db: sqlite3.Connection, chosen: Filter) -> str:
    """The expression of all that matches."""
    return chosen.expression(longer=compounds(db))


def _ranked(
    db: sqlite3.Connection, chosen: Filter, said: str, limit: int, offset: int
) -> list[tuple[int, float]]:
    """Row and rank of the best articles."""
    days, values = _days(chosen)
    rows = db.execute(
        f"SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH ? {days}"
        " ORDER BY rank LIMIT ? OFFSET ?",
        [said, *values, limit, offset],
    )
    return [(row[0], row[1]) for row in rows]


def _days(chosen: Filter) -> tuple[str, list[Any]]:
    """The condition on rows of the index that the bounds of days are; empty where there are none."""
    condition, values = chosen.days("r.day")
    of_row = f"EXISTS (SELECT 1 FROM search_rows r WHERE r.row = articles_fts.rowid AND {condition})"
    return (f"AND {of_row}", values) if values else ("", [])


def _count(db: sqlite3.Connection, chosen: Filter, said: str) -> int:
    days, values = _days(chosen)
    row = db.execute(f"SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ? {days}", [said, *values])
    return int(row.fetchone()[0])


def _newest(db: sqlite3.Connection, chosen: Filter, limit: int, offset: int) -> list[int]:
    """The rows of the newest articles."""
    days, values = chosen.days("r.day")
    if chosen.is_matched:
        days += " AND r.row IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
        values.append(chosen.expression())
    rows = db.execute(
        f"SELECT r.row FROM search_rows r WHERE {days} ORDER BY r.day DESC, r.row LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return [row[0] for row in rows]


def _hit(db: sqlite3.Connection, row: int, marked: str, rank: float) -> Hit:
    """What is shown of an article; snippets are made of these alone."""
    found = db.execute(
        f"""
        SELECT a.id, a.site, a.url, a.title, a.date_published,
            snippet(articles_fts, {BODY}, '{HIT}', '{END}', ' … ', 24) AS snippet,
            highlight(articles_fts, {TITLE}, '{HIT}', '{END}') AS marked_title
        FROM articles_fts f JOIN search_rows r ON r.row = f.rowid JOIN articles a ON a.id = r.article_id
        WHERE articles_fts MATCH ? AND f.rowid = ?
        """,
        (marked, row),
    ).fetchone()
    return Hit(**dict(found), rank=rank)


def facets(db: sqlite3.Connection, chosen: Filter) -> Facets:
    """How many articles match, in all and by site, year and language."""
    days, values = chosen.days("r.day")
    days += " AND 0" if chosen.is_nothing else ""
    source = "search_rows r"
    if chosen.is_matched:
        source = (
            f"(SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?) f JOIN {source} ON r.row = f.rowid"
        )
        values.insert(0, _wide(db, chosen))
    rows = db.execute(
        "SELECT r.site, substr(r.day, 1, 4) AS year, r.language, count(*) AS articles"
        f" FROM {source} WHERE {days} GROUP BY 1, 2, 3",
        values,
    ).fetchall()
    counted = [_counts(rows, column) for column in ("site", "year", "language")]
    total = sum(row["articles"] for row in rows)
    return Facets(
        total=total,
        sites=_most_first(counted[0]),
        years=tuple(sorted(counted[1].items(), reverse=True)),
        languages=_most_first(counted[2]),
    )


def _counts(rows: list[sqlite3.Row], column: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows:
        if row[column]:
            value = row[column].lower().split("-")[0] if column == "language" else row[column]
            counted[value] += row["articles"]
    return counted


def _most_first(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
