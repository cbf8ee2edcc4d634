"""Stand-ins: one page that a server sends for many addresses, in the place of their articles.

A note that the site is away, a wall, an error sent with status 200, in words that nobody foresaw:
what tells them is that they are the same at addresses that had, or should have, articles of their own.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from itertools import groupby

Content = tuple[str | None, str, str | None]
# Other articles that its addresses had, and names of addresses of which nothing else is known.
HAD_OTHERS = 3
UNKNOWN = 6
NAMED = re.compile(r"\S*/\S*\s*")  # an address, which may be the one that was asked for
COUNTED = re.compile(r"\S*\d\S*\s*")  # a number, which may be the answer's own
REASON = "the same page at several addresses that had, or should have, articles of their own"


def mark_stand_ins(db: sqlite3.Connection) -> None:
    """Mark the pages of stand-ins as errors, among those that were observed."""
    _note_others(db)
    db.execute(
        """
        UPDATE temp.pages SET kind = 'error', reason = ? WHERE kind = 'article' AND (
            said IN (SELECT said FROM temp.had GROUP BY said HAVING count(*) >= ?)
            OR unnamed IN (
                SELECT p.unnamed FROM temp.pages p JOIN temp.newest x ON x.n = p.n
                WHERE p.kind = 'article' AND p.is_worded
                GROUP BY p.unnamed HAVING count(DISTINCT x.name) >= ?))
        """,
        (REASON, HAD_OTHERS, UNKNOWN),
    )


def _note_others(db: sqlite3.Connection) -> None:
    """For each text, the sets of texts that addresses had which had others, too."""
    db.execute("DROP TABLE IF EXISTS temp.had")
    db.execute("CREATE TEMP TABLE had (said BLOB, texts BLOB, PRIMARY KEY (said, texts)) WITHOUT ROWID")
    rows = db.execute(
        """
        SELECT DISTINCT n, said FROM temp.pages WHERE kind = 'article' AND n IN (
            SELECT n FROM temp.pages WHERE kind = 'article' GROUP BY n HAVING count(DISTINCT said) > 1)
        ORDER BY n, said
        """
    )
    for _, same in groupby(rows, key=lambda row: row[0]):
        texts = [row[1] for row in same]
        all_of_them = hashlib.blake2b(b"".join(texts), digest_size=16).digest()
        db.executemany("INSERT OR IGNORE INTO temp.had VALUES (?, ?)", ((t, all_of_them) for t in texts))


def unnamed(content: Content) -> Content:
    """The content of a page, without addresses in its text."""
    title, body, date = content
    return title, NAMED.sub("", body), date


def said_of(content: Content) -> str:
    """What a page says but for addresses and numbers; its title where it has no text.

    A listing may give one page many titles.
    """
    text = content[1] or content[0] or ""
    return COUNTED.sub("", NAMED.sub("", text)) or text
