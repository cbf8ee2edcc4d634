"""What the validators of a server are worth: some stand for different pages, some are new each time."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.store.captures import GOT

# Fewer pages than these that are dated anew say nothing of a server.
FEW = 5


def lying_validators(db: sqlite3.Connection, site: str) -> str | None:
    """An address of which two different pages came under the same validators, None where there is none.

    A strong ETag stands for the same bytes; what else a server says stands for the same article.
    """
    for statement in (_SAME_TAG, _SAME_ARTICLE):
        if (row := db.execute(statement, (site,)).fetchone()) is not None:
            return str(row[0])
    return None


_SAME_TAG = f"""
    SELECT url FROM captures
    WHERE site = ? AND source = 'crawl' AND status = 200 AND truncated IS NULL AND etag LIKE '"%' AND {GOT}
    GROUP BY url, etag HAVING count(DISTINCT digest) > 1 LIMIT 1
"""
_SAME_ARTICLE = """
    SELECT c.url FROM article_versions v
    JOIN article_versions o ON o.article_id = v.article_id AND o.version = v.version - 1
    JOIN captures c ON c.warc_record_id = v.capture JOIN captures b ON b.warc_record_id = o.capture
    WHERE c.site = ? AND c.url = b.url AND c.etag IS b.etag AND c.last_modified IS b.last_modified
        AND c.digest IS NOT b.digest AND coalesce(c.etag, c.last_modified) IS NOT NULL
        AND c.source = 'crawl' AND b.source = 'crawl'
    LIMIT 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anew:
    """Pages that came again in a crawl, byte by byte the same under new validators, of all that stayed."""

    pages: int
    of: int
    example: str


def new_each_time(db: sqlite3.Connection, site: str, crawl: str) -> Anew | None:
    """What a server sent whole in a crawl though nothing had changed, None where that is not the rule.

    Nobody can ask such a server for news alone; what it sends again is stored as a revisit.
    """
    anew, of, example = db.execute(_ANEW, {"site": site, "crawl": crawl}).fetchone()
    if not anew or anew < FEW or 2 * anew < of:
        return None
    return Anew(pages=anew, of=of, example=example)


_STATED = "coalesce({0}.etag, '') || ' ' || coalesce({0}.last_modified, '')"
_ANEW = f"""
    SELECT sum(is_anew), count(*), min(iif(is_anew, url, NULL)) FROM (
        SELECT c.url, c.status = 200 AND {_STATED.format("c")} <> (
            SELECT {_STATED.format("b")} FROM captures b
            WHERE b.site = c.site AND b.url = c.url AND b.source = 'crawl' AND b.status = 200
                AND b.seen_date < c.seen_date ORDER BY b.seen_date DESC LIMIT 1) AS is_anew
        FROM captures c
        WHERE c.site = :site AND c.crawl = :crawl AND c.source = 'crawl' AND c.warc_type = 'revisit'
            AND c.status IN (200, 304) AND {GOT})
"""
