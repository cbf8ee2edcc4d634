"""What an archive and each of its sites come to: what is newest, what changed, what is gone, which nights."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from archiver.store.clocks import OBSERVES, RAN
from archiver.store.filter import Filter
from archiver.store.sites import names_of_sites

LOOKED_AT = 200  # articles of a site whose chrome is counted
_NEWEST = """
    SELECT id, site, url, title, date_published, published_day, language, description
    FROM articles WHERE site = ? AND published_day IS NOT NULL
    ORDER BY published_day DESC, id LIMIT ?
"""
# The versions after the first are found in the index of the key alone: rows hold whole texts.
_CHANGES = """
    SELECT n.article_id, a.site, n.version, n.first_seen AS seen, n.title,
        o.title IS NOT n.title AS title_changed, o.body IS NOT n.body AS body_changed,
        o.date_published IS NOT n.date_published AS date_changed
    FROM (SELECT v.article_id, v.version, v.first_seen, v.title, v.body, v.date_published
        FROM article_versions v WHERE v.rowid IN (
            SELECT rowid FROM article_versions WHERE version > 1)
        ORDER BY v.first_seen DESC LIMIT ?) n
    JOIN article_versions o ON o.article_id = n.article_id AND o.version = n.version - 1
    JOIN articles a ON a.id = n.article_id ORDER BY seen DESC
"""
_STRIPPED = """
    SELECT b.text, b."where", b.reason, max(b.pages) AS pages, max(b."of") AS "of",
        count(DISTINCT b.article_id) AS articles
    FROM chrome_blocks b WHERE b.article_id IN (
        SELECT id FROM articles WHERE site = ? ORDER BY published_day DESC, id LIMIT ?)
    GROUP BY b.text, b.reason HAVING articles > 1 OR max(b."of") > 0
    ORDER BY articles DESC, pages DESC, b.text LIMIT ?
"""
_RANK = "CASE v.state WHEN 'complete' THEN 0 WHEN 'partial' THEN 1 WHEN 'failed' THEN 2 ELSE 3 END"
_NIGHTS = f"""
    SELECT v.night, v.crawl, v.state, v.reason, v.listings, v.due, v.fetched, v.failed, v.articles_new,
        v.articles_changed, min({_RANK}) FROM coverage v JOIN crawls c ON c.id = v.crawl
    WHERE v.site = ? AND c.{OBSERVES} GROUP BY v.night ORDER BY v.night DESC LIMIT ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteState:
    """How a site is doing: the columns of ``site_health`` that need no look at each article.

    ``findings`` are those of its last crawl, the worst first: severity, message, url, hint.
    """

    site: str
    name: str
    articles: int
    last_observed: str | None
    last_state: str | None
    last_reason: str | None
    waiting: int
    findings: tuple[dict[str, Any], ...]


def site_states(db: sqlite3.Connection, site: str | None = None) -> list[SiteState]:
    """The state of every site, or of one, by name."""
    rows = db.execute(
        "SELECT h.site, h.articles, h.last_observed, h.last_state, h.last_reason, h.waiting"
        " FROM site_health h WHERE ?1 IS NULL OR h.site = ?1 ORDER BY h.site",
        (site,),
    ).fetchall()
    names = names_of_sites(db)
    return [
        SiteState(**dict(row), name=names[row["site"]], findings=tuple(_findings(db, row["site"])))
        for row in rows
    ]


def _findings(db: sqlite3.Connection, site: str) -> list[dict[str, Any]]:
    rows = db.execute(
        "SELECT severity, message, url, hint FROM findings WHERE site = ?1 AND crawl = ("
        " SELECT v.crawl FROM coverage v JOIN crawls c ON c.id = v.crawl WHERE v.site = ?1"
        f" ORDER BY {RAN} DESC LIMIT 1)"
        " ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, message LIMIT 20",
        (site,),
    )
    return [dict(row) for row in rows]


def articles_by_month(db: sqlite3.Connection, site: str | None = None) -> dict[str, dict[str, int]]:
    """By site and month (``YYYY-MM``), how many articles it published: of all sites, or of one."""
    found: dict[str, dict[str, int]] = {}
    query = "SELECT site, month, articles FROM articles_by_month"
    rows = db.execute(f"{query} WHERE site = ?", (site,)) if site else db.execute(query)
    for row in rows:
        found.setdefault(row["site"], {})[row["month"]] = row["articles"]
    return found


def newest(db: sqlite3.Connection, limit: int, *, site: str | None = None) -> list[dict[str, Any]]:
    """The articles that were published last, of all sites or of one."""
    sites = [site] if site else [row[0] for row in db.execute("SELECT name FROM sites")]
    found = [dict(row) for name in sites for row in db.execute(_NEWEST, (name, limit))]
    found.sort(key=lambda row: (row["published_day"], row["id"]), reverse=True)
    return found[:limit]


def listed(db: sqlite3.Connection, chosen: Filter, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """The articles that a filter without a query lets through, the newest first, undated ones last.

    The index of each site and its days is read no further than the page that is asked for.
    """
    sites = chosen.sites or tuple(row[0] for row in db.execute("SELECT name FROM sites ORDER BY name"))
    found: list[tuple[str, int]] = []
    for site in sites:
        where, values = replace(chosen, sites=(site,)).where()
        rows = db.execute(
            f"SELECT a.published_day, a.rowid FROM articles a WHERE {where}"
            " ORDER BY a.published_day DESC, a.rowid LIMIT ?",
            [*values, limit + offset],
        )
        found += [(row[0] or "", row[1]) for row in rows]
    found.sort(key=lambda row: (row[0], -row[1]), reverse=True)
    return [_listed(db, place) for _, place in found[offset : offset + limit]]


def _listed(db: sqlite3.Connection, place: int) -> dict[str, Any]:
    columns = "id, site, url, title, date_published, description AS snippet"
    return dict(db.execute(f"SELECT {columns} FROM articles WHERE rowid = ?", (place,)).fetchone())


def latest_changes(db: sqlite3.Connection, limit: int) -> list[dict[str, Any]]:
    """The versions that were seen last, none of them a first one, and what changed in each."""
    return [dict(row) for row in db.execute(_CHANGES, (limit,))]


def latest_gone(db: sqlite3.Connection, limit: int, *, site: str | None = None) -> list[dict[str, Any]]:
    """What was last seen to be gone, moved, replaced or dropped from every listing."""
    rows = db.execute(
        "SELECT id, site, title, state, since, reason FROM gone WHERE ?1 IS NULL OR site = ?1"
        " ORDER BY since DESC, id LIMIT ?2",
        (site, limit),
    )
    return [dict(row) for row in rows]


def observed_nights(db: sqlite3.Connection, site: str, limit: int) -> list[dict[str, Any]]:
    """The last nights of a site, the newest first, each as its best crawl left it."""
    return [dict(row) for row in db.execute(_NIGHTS, (site, limit))]


def stripped_of(db: sqlite3.Connection, site: str, limit: int) -> list[dict[str, Any]]:
    """What was stripped most often as chrome from the newest articles of a site, and what proves it."""
    return [dict(row) for row in db.execute(_STRIPPED, (site, LOOKED_AT, limit))]


def start_urls(db: sqlite3.Connection, site: str) -> list[str]:
    """Where the crawls of a site begin."""
    row = db.execute("SELECT start_urls FROM sites WHERE name = ?", (site,)).fetchone()
    return [str(url) for url in json.loads(row[0])] if row else []


def archived_at(db: sqlite3.Connection, site: str, urls: list[str]) -> dict[str, str]:
    """Of these addresses, those that an article of the site has or had, with its id."""
    found: dict[str, str] = {}
    for url in urls:
        row = db.execute(
            "SELECT article_id FROM article_aliases WHERE site = ? AND url = ?", (site, url)
        ).fetchone()
        if row:
            found[url] = row[0]
    return found


def pictures_of(db: sqlite3.Connection, article: str) -> dict[str, str]:
    """The images of an article that were captured: the record id of the newest capture by address."""
    rows = db.execute(
        "SELECT url, capture FROM article_files WHERE article_id = ? AND kind = 'image'"
        " AND capture IS NOT NULL",
        (article,),
    )
    return {row["url"]: row["capture"] for row in rows}
