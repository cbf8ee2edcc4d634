"""Rows of ``chrome_models``: which model stripped what, and the newest one of each site.

A model is a pure function of a site's captures in their order, so an older one is kept as
its digest and the number of captures it learned from; only the newest is kept whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredModel:
    """A chrome model as stored: its JSON, and how many captures it learned from, up to which."""

    digest: str
    learned_from: int
    last_capture: str | None
    model: str


def newest_model(db: sqlite3.Connection, site: str) -> StoredModel | None:
    """The newest model of a site, or None."""
    row = db.execute(
        "SELECT digest, learned_from, last_capture, model FROM chrome_models"
        " WHERE site = ? AND model IS NOT NULL ORDER BY learned_from DESC LIMIT 1",
        (site,),
    ).fetchone()
    return StoredModel(**dict(row)) if row else None


def save_model(db: sqlite3.Connection, site: str, stored: StoredModel) -> None:
    """Keep this model whole, and of the site's older ones only what they learned from."""
    db.execute("UPDATE chrome_models SET model = NULL WHERE site = ? AND digest <> ?", (site, stored.digest))
    db.execute(
        "INSERT OR REPLACE INTO chrome_models (digest, site, learned_from, last_capture, model)"
        " VALUES (?, ?, ?, ?, ?)",
        (stored.digest, site, stored.learned_from, stored.last_capture, stored.model),
    )


def outgrown_articles(db: sqlite3.Connection, site: str, learned_from: int) -> Iterator[str]:
    """Addresses of articles whose model had seen at most half of what the newest one has."""
    rows = db.execute(
        """
        SELECT x.url FROM articles a JOIN chrome_models m ON m.digest = a.chrome_model
        JOIN article_aliases x ON x.article_id = a.id WHERE a.site = ? AND m.learned_from * 2 <= ?
        """,
        (site, learned_from),
    )
    return (row[0] for row in rows)
