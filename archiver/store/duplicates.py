"""Near duplicates: pairs of articles, of any site, whose texts are the same or nearly.

Simhashes that differ in at most three of 64 bits agree in at least one of four bands of 16
bits, so candidates are found by band and no article is compared with all others.
"""

from __future__ import annotations

import sqlite3

BANDS = 4
WIDTH = 16
NEAR = 3


def link_duplicates(
    db: sqlite3.Connection, article_id: str, *, simhash: int | None, language: str | None
) -> None:
    """Link an article with its near duplicates in the same language. In a transaction."""
    if simhash is None:
        return
    bands = [(band, (simhash >> (band * WIDTH)) & (2**WIDTH - 1)) for band in range(BANDS)]
    candidates: set[str] = set()
    for band, value in bands:
        rows = db.execute("SELECT article_id FROM simhash_bands WHERE band = ? AND value = ?", (band, value))
        candidates.update(row[0] for row in rows)
    for other in sorted(candidates - {article_id}):
        row = db.execute("SELECT simhash, language FROM articles WHERE id = ?", (other,)).fetchone()
        if row is None or _primary(row[1]) != _primary(language):
            continue
        differing = (int(row[0], 16) ^ simhash).bit_count()
        if differing <= NEAR:
            first, second = sorted((article_id, other))
            db.execute("INSERT OR REPLACE INTO near_duplicates VALUES (?, ?, ?)", (first, second, differing))
    db.executemany(
        "INSERT OR IGNORE INTO simhash_bands (band, value, article_id) VALUES (?, ?, ?)",
        ((band, value, article_id) for band, value in bands),
    )


def unlink_duplicates(db: sqlite3.Connection, article_id: str) -> None:
    """Forget an article's bands and pairs. In a transaction."""
    db.execute("DELETE FROM simhash_bands WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM near_duplicates WHERE article_id = ? OR other_id = ?", (article_id, article_id))


def duplicates_of(db: sqlite3.Connection, article_id: str) -> list[sqlite3.Row]:
    """The near duplicates of an article: id, site, url, title and distance, the nearest first."""
    return db.execute(
        """
        SELECT a.id, a.site, a.url, a.title, d.distance FROM near_duplicates d
        JOIN articles a ON a.id = CASE WHEN d.article_id = ?1 THEN d.other_id ELSE d.article_id END
        WHERE d.article_id = ?1 OR d.other_id = ?1 ORDER BY d.distance, a.id
        """,
        (article_id,),
    ).fetchall()


def _primary(language: str | None) -> str:
    return (language or "").split("-")[0].lower()
