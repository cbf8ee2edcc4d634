"""What the captures of a crawl say of its traffic: status codes, and what needed not be stored twice.

An error that has the same bytes as the last one is stored once, but is no page that was saved.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Captures of one crawl of one site: by status code, the unchanged ones, and what these saved.

    ``statuses`` has ``"none"`` for answers without a status line. ``bytes_saved`` are the stored,
    compressed bytes of the captures that the unchanged ones refer to.
    """

    statuses: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    bytes_saved: int = 0


def traffic_of(db: sqlite3.Connection, site: str, crawl: str) -> Traffic:
    """The traffic of a crawl of a site."""
    found = db.execute(
        """
        SELECT coalesce(CAST(c.status AS TEXT), 'none'), count(*), count(o.length), coalesce(sum(o.length), 0)
        FROM captures c LEFT JOIN captures o ON o.warc_record_id = c.refers_to AND c.status < 400
        WHERE c.site = ? AND c.crawl = ? GROUP BY 1 ORDER BY 1
        """,
        (site, crawl),
    ).fetchall()
    return Traffic(
        statuses={row[0]: row[1] for row in found},
        unchanged=sum(row[2] for row in found),
        bytes_saved=sum(row[3] for row in found),
    )
