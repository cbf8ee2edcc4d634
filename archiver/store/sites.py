"""Rows of ``sites``: what the dataset says of each site, copied from its profile."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from archiver.errors import UsageError
from archiver.site import Site


def save_site(db: sqlite3.Connection, site: Site) -> None:
    """Insert the site, or bring its row up to date with the profile."""
    db.execute(
        """
        INSERT INTO sites (name, display_name, publisher, country, language, timezone,
            start_urls, profile, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name,
            publisher = excluded.publisher, country = excluded.country,
            language = excluded.language, timezone = excluded.timezone,
            start_urls = excluded.start_urls, profile = excluded.profile,
            metadata = excluded.metadata
        """,
        (
            site.name,
            site.display_name,
            site.publisher,
            site.country,
            site.language,
            site.timezone,
            json.dumps(site.start_urls, ensure_ascii=False),
            site.digest,
            json.dumps(site.metadata, ensure_ascii=False, sort_keys=True, default=str),
        ),
    )


def is_known(db: sqlite3.Connection, name: str) -> bool:
    """True for a site that was crawled before."""
    return db.execute("SELECT 1 FROM sites WHERE name = ?", (name,)).fetchone() is not None


def names_of_sites(db: sqlite3.Connection) -> dict[str, str]:
    """What each site is called, by its key, which stands behind a name that several have."""
    rows = db.execute(
        "SELECT name, shown, count(*) OVER (PARTITION BY shown) AS alike"
        " FROM (SELECT name, coalesce(display_name, name) AS shown FROM sites)"
    )
    return {
        row["name"]: f"{row['shown']} ({row['name']})" if row["alike"] > 1 else row["shown"] for row in rows
    }


def check_sites(db: sqlite3.Connection, names: Sequence[str]) -> None:
    """Raises UsageError where one of these sites is not in the database."""
    known = [row[0] for row in db.execute("SELECT name FROM sites ORDER BY name")]
    for name in names:
        if name not in known:
            raise UsageError(f"unknown site {name!r} (known: {', '.join(known) or 'none yet'})", site=name)


def below_expectations(db: sqlite3.Connection, site: Site) -> list[str]:
    """What the site's articles fall short of, by the profile's expectations, a line each.

    Of bodies the median counts (the lower one of two), as every site has a short notice.
    """
    articles, *having = db.execute(
        "SELECT count(*), count(date_published), count(title), coalesce(sum(authors <> '[]'), 0)"
        " FROM articles WHERE site = ?",
        (site.name,),
    ).fetchone()
    expected, short = site.expect, []
    if expected.articles_min is not None and articles < expected.articles_min:
        short.append(f"articles: {articles}, expected at least {expected.articles_min}")
    floors = (expected.with_date_min, expected.with_title_min, expected.with_author_min)
    for what, count, least in zip(("a date", "a title", "an author"), having, floors, strict=True):
        share = count / articles if articles else 1.0
        if least is not None and share < least:
            short.append(f"{share:.0%} of the articles have {what}, expected at least {least:.0%}")
    if expected.body_chars_min is not None and articles:
        length = _median_body(db, site.name, articles)
        if length < expected.body_chars_min:
            short.append(
                f"the median body has {length} characters, expected at least {expected.body_chars_min}"
            )
    return short


def _median_body(db: sqlite3.Connection, site: str, articles: int) -> int:
    row = db.execute(
        "SELECT length(body) FROM articles WHERE site = ? ORDER BY length(body) LIMIT 1 OFFSET ?",
        (site, (articles - 1) // 2),
    ).fetchone()
    return int(row[0])


def site_health(db: sqlite3.Connection, name: str | None = None) -> list[sqlite3.Row]:
    """The view ``site_health``, of one site or of all, by name."""
    if name is None:
        return db.execute("SELECT * FROM site_health ORDER BY site").fetchall()
    return db.execute("SELECT * FROM site_health WHERE site = ?", (name,)).fetchall()
