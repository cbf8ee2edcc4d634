"""Articles that no listing, feed or sitemap names any more, though it still names what they stood among.

That an article is not named says little: a feed and the first page of an archive name what is newest,
and an archive may not have been read to its end. So it is unlisted only where what named it last was read
again, and either still names articles that are older, or has lost it and got nothing new.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from itertools import groupby

from archiver.instants import to_text
from archiver.model import ArticleState, Capture
from archiver.store.captures import COLUMNS, capture_from, links_of
from archiver.store.frontier import LISTINGS
from archiver.warc.record import NOT_MODIFIED

# The older articles beside one: where half of them are still named, a list would name it too.
BESIDE = 10

_TABLES = (
    "DROP TABLE IF EXISTS temp.named",
    "CREATE TEMP TABLE named (url TEXT PRIMARY KEY, seen TEXT NOT NULL) WITHOUT ROWID",
)
# What each listing says today: its last whole answer, or its page that a 304 stands for.
_NAMED = f"""
    INSERT INTO temp.named
    SELECT l.url, max(c.seen_date) FROM frontier f
    JOIN captures c ON c.warc_record_id = (
        SELECT n.warc_record_id FROM captures n WHERE n.site = f.site AND n.url = f.url
            AND n.truncated IS NULL AND (n.status < 400 OR n.status IN (404, 410))
        ORDER BY n.seen_date DESC LIMIT 1)
    JOIN links l ON l.capture = CASE WHEN c.profile = '{NOT_MODIFIED}' THEN c.refers_to
        ELSE c.warc_record_id END
    WHERE f.site = ? AND f.role IN ({", ".join(f"'{role}'" for role in LISTINGS)})
        AND l.kind IN ('feed', 'sitemap', 'listing')
    GROUP BY l.url
"""
# The newest first; within a day, and without one, as they came: a listing names what is newer before.
_ARTICLES = """
    SELECT a.id, length(a.published_day) = 10 AS is_dated,
        (SELECT max(n.seen) FROM article_aliases x JOIN temp.named n ON n.url = x.url
            WHERE x.article_id = a.id) AS seen
    FROM articles a
    JOIN article_versions v ON v.article_id = a.id AND v.version = 1
    JOIN captures c ON c.warc_record_id = json_extract(v.captures, '$[0]')
    WHERE a.site = ? AND NOT EXISTS (SELECT 1 FROM article_states s WHERE s.article_id = a.id
        AND s.until IS NULL AND s.state NOT IN ('moved', 'unlisted'))
    ORDER BY is_dated, CASE WHEN length(a.published_day) = 10 THEN a.published_day END, c.crawl,
        a.first_seen DESC, a.id
"""
_LAST_NAMED = """
    SELECT c.warc_record_id, c.url, c.seen_date, c.digest FROM article_aliases x
    JOIN links l ON l.site = x.site AND l.url = x.url AND l.kind IN ('feed', 'sitemap', 'listing')
    JOIN captures c ON c.warc_record_id = l.capture
    WHERE x.article_id = ? ORDER BY c.seen_date DESC, c.warc_record_id LIMIT 1
"""


def unlisted_articles(db: sqlite3.Connection, site: str) -> Iterator[tuple[str, ArticleState]]:
    """The articles of a site that no list names any more, each with the capture that shows it."""
    for statement in _TABLES:
        db.execute(statement)
    db.execute(_NAMED, (site,))
    for _, alike in groupby(db.execute(_ARTICLES, (site,)), key=lambda row: row["is_dated"]):
        older: deque[str | None] = deque(maxlen=BESIDE)
        for row in alike:
            if row["seen"] is None and (state := _dropped(db, site, row["id"], older)) is not None:
                yield row["id"], state
            older.append(row["seen"])


def _dropped(
    db: sqlite3.Connection, site: str, article: str, older: deque[str | None]
) -> ArticleState | None:
    """How a list dropped an article, None where that cannot be told; ``older``: when others were named."""
    last = db.execute(_LAST_NAMED, (article,)).fetchone()
    if last is None:
        return None
    until = _confirmed(db, site, last)
    after = _next_answer(db, site, last["url"], until)
    if after is None or after.payload_digest == last["digest"] is not None:
        return None  # where the bytes are the same, the profile leaves it out, and no list does
    still = sum(seen is not None and seen > until for seen in older)
    if not (still and 2 * still >= len(older)) and not _got_nothing_new(db, last["warc_record_id"], after):
        return None
    return ArticleState(
        state="unlisted", since=to_text(after.seen), until=None, url=after.url,
        capture=after.warc_record_id, reason="no listing, feed or sitemap names it",
    )  # fmt: skip


def _confirmed(db: sqlite3.Connection, site: str, last: sqlite3.Row) -> str:
    """When a list last said that it is as in this capture of it."""
    row = db.execute(
        "SELECT max(seen_date) FROM captures WHERE site = ? AND url = ? AND profile = ? AND refers_to = ?",
        (site, last["url"], NOT_MODIFIED, last["warc_record_id"]),
    ).fetchone()
    return str(max(last["seen_date"], row[0] or ""))


def _next_answer(db: sqlite3.Connection, site: str, url: str, after: str) -> Capture | None:
    """What a list answered next after a moment, None where it was not read again."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM captures WHERE site = ? AND url = ? AND seen_date > ? AND truncated IS NULL"
        " AND (status < 400 OR status IN (404, 410)) ORDER BY seen_date LIMIT 1",
        (site, url, after),
    ).fetchone()
    return capture_from(row) if row else None


def _got_nothing_new(db: sqlite3.Connection, before: str, after: Capture) -> bool:
    """True where a list names some of what it named before, and nothing else."""
    old, new = (links_of(db, record) for record in (before, after.warc_record_id))
    return bool(new) and new < old
