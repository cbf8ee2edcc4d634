"""What a crawl observed of a site, counted from rows: the figures of a night.

Asked once the crawl's captures are derived. Each page counts once, by its last answer; one that has
never been a page of the site, a login or an address that is gone, is no news and counts when it is
first met alone; all of these together are a figure of their own, so that many are never forgotten.
Nothing is counted that a listing, a feed, a sitemap or a file answered.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from archiver.model import STAND_INS
from archiver.night import Night
from archiver.store.crawls import Coverage
from archiver.store.failures import PASSING
from archiver.store.landings import REDIRECT_TO, landing_of
from archiver.store.listings import listings_of

PLACES = 30  # of a field that are kept
LENGTHS = 200  # bodies whose length is kept
FIELDS = {"title": "title", "date_published": "date", "authors": "author", "body": "body"}
_NUMBER = re.compile(r"\d+")


def figures_of(
    db: sqlite3.Connection, site: str, coverage: Coverage, *, reader: str, begun: Collection[str]
) -> Night:
    """The figures of a crawl of a site; ``reader`` names what read the pages.

    ``begun`` are the listings, feeds and sitemaps with which it began, without those behind others.
    """
    crawl = coverage.crawl
    samples: dict[str, str] = {}
    figures: dict[str, Any] = {
        **_answers(db, site, crawl, samples),
        **_articles(db, site, crawl, samples),
        **_named(db, site, crawl, samples),
        **_denied(db, site, samples),
        "layout": _layout(db, site, crawl),
        "listings": listings_of(db, site, crawl, coverage.night, begun),
    }
    if figures["listings"]:
        samples["silence"] = figures["listings"][0].url
    day = date.fromisoformat(coverage.night)
    return Night(
        site=site, crawl=crawl, day=day, state=coverage.state, reader=reader, samples=samples, **figures
    )


def _answers(db: sqlite3.Connection, site: str, crawl: str, samples: dict[str, str]) -> dict[str, int]:
    """How the pages answered that the crawl asked for."""
    counts = Counter(asked=0, refused=0, broken=0, pages=0, walls=0)
    for row in db.execute(_ASKED, (site, crawl)):
        is_led_away = (row["reason"] or "").startswith("redirect")
        what, kind = _led_to(db, site, row) if is_led_away else (_answer(row), row["kind"])
        if what is None or (what != "pages" and not _is_news(db, site, crawl, row, was_page=is_led_away)):
            continue
        counts["asked"] += what != "walls" or row["status"] is not None
        counts["pages"] += what == "walls"
        counts[what] += 1
        if what == "walls":
            samples.setdefault("wall", row["url"])
            samples.setdefault("wall kind", kind)
        elif what != "pages":
            samples.setdefault("errors", row["url"])
    return dict(counts)


_ASKED = """
    SELECT f.url, f.reason, c.status, c.kind, c.truncated FROM frontier f
    LEFT JOIN captures c ON c.warc_record_id = f.capture AND c.crawl = f.crawl
    WHERE f.site = ? AND f.crawl = ? AND f.role IN ('article', 'page') AND f.state IN ('done', 'given up')
"""


def _answer(row: sqlite3.Row) -> str | None:
    """What a page answered, as the figure that it counts in; None where it was not to be had at all."""
    status = row["status"]
    if status is None or row["truncated"]:
        return "broken" if row["truncated"] or (row["reason"] or "").startswith(PASSING) else None
    if status >= 500:
        return "broken"
    if status >= 400:
        return "refused"
    return "walls" if row["kind"] in STAND_INS else "pages"


def _led_to(db: sqlite3.Connection, site: str, row: sqlite3.Row) -> tuple[str | None, str]:
    """The figure in which a page counts that leads elsewhere, and what is there.

    None where it leads to a page of the site, which counts by itself. A wall is also what stands in the
    place of an article for ``archiver gone``: a front page, or one page for many.
    """
    if not row["reason"].startswith(REDIRECT_TO):
        return "walls", f"which {row['reason']}"
    end = landing_of(db, site, row["url"])
    if end.is_circle:
        return "walls", "which redirects in a circle"
    there = db.execute(_THERE, (end.reason, end.capture)).fetchone()
    what, kind = _answer(there), there["kind"]
    if what == "pages":
        state = db.execute(_STATE, (site, row["url"])).fetchone()
        what, kind = ("walls", state[0]) if state else (None, kind)
    return what, f"which redirects to {end.url} ({kind})"


_THERE = """
    SELECT e.reason, c.status, c.kind, c.truncated FROM (SELECT ? AS reason) e
    LEFT JOIN captures c ON c.warc_record_id = ?
"""
_STATE = """
    SELECT s.state FROM article_aliases x JOIN article_states s ON s.article_id = x.article_id
        AND s.url = x.url AND s.until IS NULL AND s.state NOT IN ('gone', 'moved', 'unlisted')
    WHERE x.site = ? AND x.url = ? LIMIT 1
"""


def _is_news(db: sqlite3.Connection, site: str, crawl: str, row: sqlite3.Row, *, was_page: bool) -> bool:
    """True where an address was a page of the site before, or, unless it must, answers for the first time."""
    before = db.execute(
        "SELECT kind, status FROM captures WHERE site = ? AND url = ? AND crawl < ?",
        (site, row["url"], crawl),
    ).fetchall()
    if not before:
        return row["status"] is not None and not was_page
    return any(one["status"] in (200, 304) and one["kind"] not in STAND_INS for one in before)


def _articles(db: sqlite3.Connection, site: str, crawl: str, samples: dict[str, str]) -> dict[str, Any]:
    """What the articles have that the crawl read, and what they have lost."""
    found: Counter[str] = Counter(articles=0, with_date=0, with_title=0, with_author=0, reread=0, new=0)
    had: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    chars, lengths = [], []
    for row in db.execute(_READ, (site, crawl)):
        has = {"date": row["date"], "title": row["title"], "author": row["authors"], "body": row["chars"]}
        found.update({"articles": 1, "with_date": has["date"], "with_title": has["title"]})
        found.update({"with_author": has["author"], "new" if row["is_new"] else "reread": 1})
        chars.append(row["chars"])
        if row["is_new"]:
            lengths.append(row["chars"])
            missing = [name for name in ("date", "title", "author") if not has[name]]
            lacking.update(missing)
            samples.setdefault("flood", row["url"])
        else:
            missing = list(_lost(db, row))
            lost.update(missing)
            had.update({*missing, *(name for name, there in has.items() if there)})
            samples.setdefault("article", row["url"])
        for name in missing:
            samples[f"no-{name}" if name != "body" else "short-body"] = row["url"]
    return {
        **found,
        "had": dict(had),
        "lost": dict(lost),
        "lacking": dict(lacking),
        "body_chars": sorted(chars)[(len(chars) - 1) // 2] if chars else None,
        "lengths": tuple(lengths[:: max(1, -(-len(lengths) // LENGTHS))]),
    }


_READ = """
    SELECT a.id, a.url, a.version, a.title IS NOT NULL AS title, a.date_published IS NOT NULL AS date,
        a.authors <> '[]' AS authors, length(a.body) AS chars,
        (SELECT first.crawl FROM article_versions v
            JOIN captures first ON first.warc_record_id = json_extract(v.captures, '$[0]')
            WHERE v.article_id = a.id AND v.version = 1) = c.crawl AS is_new
    FROM articles a JOIN captures c ON c.warc_record_id = a.capture
    WHERE a.site = ? AND c.crawl = ? ORDER BY a.published_day, a.id
"""


def _lost(db: sqlite3.Connection, row: sqlite3.Row) -> Iterator[str]:
    """What an article had in an earlier version of ours, no web archive's, and has not any more."""
    had = db.execute(
        """
        SELECT max(title IS NOT NULL) AS title, max(date_published IS NOT NULL) AS date,
            max(authors <> '[]') AS authors, max(length(body)) AS chars
        FROM article_versions v JOIN captures c ON c.warc_record_id = v.capture
        WHERE v.article_id = ? AND v.version < ? AND c.source <> 'backfill'
        """,
        (row["id"], row["version"]),
    ).fetchone()
    for name, column in (("date", "date"), ("title", "title"), ("author", "authors")):
        if had[column] and not row[column]:
            yield name
    if 2 * row["chars"] < (had["chars"] or 0):
        yield "body"


def _named(db: sqlite3.Connection, site: str, crawl: str, samples: dict[str, str]) -> dict[str, int]:
    """What feeds and listings name for the first time, and how much of it gave no article."""
    named = unread = 0
    for row in db.execute(_FIRST_NAMED, {"site": site, "crawl": crawl}):
        named += 1
        unread += not row["is_read"]
        if not row["is_read"]:
            samples["unread"] = row["url"]
    return {"named": named, "unread": unread}


_FIRST_NAMED = """
    SELECT f.url, EXISTS (
        SELECT 1 FROM article_aliases x WHERE x.site = f.site AND x.url = f.url) AS is_read
    FROM frontier f
    WHERE f.site = :site AND f.crawl = :crawl AND f.role IN ('article', 'page')
        AND (f.state = 'done' OR (f.state = 'given up' AND coalesce(f.reason, '') <> 'suppressed'))
        AND EXISTS (SELECT 1 FROM links l JOIN captures c ON c.warc_record_id = l.capture
            WHERE l.site = f.site AND l.url = f.url AND l.kind IN ('feed', 'listing') AND c.crawl = f.crawl)
        AND NOT EXISTS (SELECT 1 FROM links l JOIN captures c ON c.warc_record_id = l.capture
            WHERE l.site = f.site AND l.url = f.url AND l.kind IN ('feed', 'listing') AND c.crawl < f.crawl)
"""


def _denied(db: sqlite3.Connection, site: str, samples: dict[str, str]) -> dict[str, int]:
    """How many addresses are named as articles and ever answered, and how many of them never gave one.

    Not what this night asked for: all that the frontier knows, each by its last answer, behind a redirect.
    """
    row = db.execute(_DENIED, {"site": site}).fetchone()
    if row["denied"]:
        samples["refused"], samples["refused with"] = row["url"], row["answer"]
    return {"wanted": row["wanted"], "denied": row["denied"]}


# Of the denied ones max() takes one that was asked for last; the other columns are of its row.
_DENIED = f"""
    WITH asked AS (
        SELECT f.url, f.crawl, CASE WHEN c.status >= 400 THEN 'status ' || c.status ELSE c.kind END AS answer,
            (c.status >= 400 OR c.kind IN ({", ".join(f"'{kind}'" for kind in STAND_INS)}))
                AND NOT EXISTS (SELECT 1 FROM article_aliases x WHERE x.site = f.site AND x.url = f.url)
                AS is_denied
        FROM frontier f
        LEFT JOIN frontier t ON t.site = f.site AND t.url = substr(f.reason, {len(REDIRECT_TO) + 1})
            AND f.reason LIKE '{REDIRECT_TO}%'
        JOIN captures c ON c.warc_record_id = coalesce(t.capture, f.capture)
        WHERE f.site = :site AND f.role IN ('article', 'page')
    )
    SELECT count(*) AS wanted, coalesce(sum(is_denied), 0) AS denied, max(iif(is_denied, crawl, '')), url,
        answer
    FROM asked
"""


def _layout(db: sqlite3.Connection, site: str, crawl: str) -> dict[str, dict[str, int]]:
    """Where the fields of the articles stand that the crawl read, by field: the place and how often.

    A place is the method and the path of elements; numbers in it are an article's own.
    """
    places: dict[str, Counter[str]] = {name: Counter() for name in FIELDS.values()}
    rows = db.execute(
        """
        SELECT e.field, e.method || ' ' || e."where" AS place, count(*) AS articles
        FROM articles a JOIN captures c ON c.warc_record_id = a.capture
        JOIN evidence e ON e.article_id = a.id
        WHERE a.site = ? AND c.crawl = ? GROUP BY e.field, place ORDER BY place
        """,
        (site, crawl),
    )
    for row in rows:
        if row["field"] in FIELDS:
            places[FIELDS[row["field"]]][_NUMBER.sub("#", row["place"])] += row["articles"]
    return {name: dict(found.most_common(PLACES)) for name, found in places.items() if found}
