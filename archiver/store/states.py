"""Rows of ``article_states``: what became of articles, and which captures prove it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from archiver.model import ArticleState

_INSERT = (
    "INSERT INTO article_states (article_id, state, since, until, url, capture, reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def save_states(db: sqlite3.Connection, article: str, states: Iterable[ArticleState]) -> None:
    """Insert the states of an article that has none. In a transaction."""
    db.executemany(
        _INSERT, ((article, s.state, s.since, s.until, s.url, s.capture, s.reason) for s in states)
    )


def save_unlisted(db: sqlite3.Connection, site: str, found: Iterable[tuple[str, ArticleState]]) -> None:
    """Have these articles of a site, and no others, be unlisted. In a transaction."""
    db.execute(
        "DELETE FROM article_states WHERE state = 'unlisted'"
        " AND article_id IN (SELECT id FROM articles WHERE site = ?)",
        (site,),
    )
    for article, state in found:
        save_states(db, article, [state])


def states(db: sqlite3.Connection, article: str) -> list[ArticleState]:
    """All states that an article was in, in the order in which they began."""
    rows = db.execute("SELECT * FROM article_states WHERE article_id = ? ORDER BY since, state", (article,))
    return [
        ArticleState(
            state=row["state"], since=row["since"], until=row["until"], url=row["url"],
            capture=row["capture"], reason=row["reason"],
        )
        for row in rows
    ]  # fmt: skip


def states_found_by(db: sqlite3.Connection, site: str, crawl: str) -> dict[str, int]:
    """How many articles of a site a crawl found to be in a state, by state; the most frequent first."""
    rows = db.execute(
        """
        SELECT s.state, count(*) AS articles
        FROM article_states s JOIN captures c ON c.warc_record_id = s.capture
        WHERE s.until IS NULL AND c.site = ? AND c.crawl = ? GROUP BY s.state ORDER BY articles DESC, s.state
        """,
        (site, crawl),
    )
    return {row["state"]: row["articles"] for row in rows}


def gone_rows(
    db: sqlite3.Connection, sites: Sequence[str], names: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The rows of the view ``gone``, the newest first: of these sites and states, or of all."""
    where: list[str] = ["1"]
    values: list[str] = []
    for column, chosen in (("site", sites), ("state", names)):
        if chosen:
            where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    rows = db.execute(f"SELECT * FROM gone WHERE {' AND '.join(where)} ORDER BY since DESC, id", values)
    return [dict(row) for row in rows]
