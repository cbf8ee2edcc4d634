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


def check_sites(db: sqlite3.Connection, names: Sequence[str]) -> None:
    """Raises UsageError where one of these sites is not in the database."""
    known = [row[0] for row in db.execute("SELECT name FROM sites ORDER BY name")]
    for name in names:
        if name not in known:
            raise UsageError(f"unknown site {name!r} (known: {', '.join(known) or 'none yet'})", site=name)


def below_expectations(db: sqlite3.Connection, site: Site) -> str | None:
    """What the site's articles fall short of, by the profile's expectations, or None."""
    row = db.execute(
        """
        SELECT count(*) AS articles, count(date_published) AS dated, min(length(body)) AS shortest
        FROM articles WHERE site = ?
        """,
        (site.name,),
    ).fetchone()
    expected, articles = site.expect, row["articles"]
    if expected.articles_min is not None and articles < expected.articles_min:
        return f"{articles} articles, expected at least {expected.articles_min}"
    share = row["dated"] / articles if articles else 1.0
    if expected.with_date_min is not None and share < expected.with_date_min:
        return f"{share:.0%} of the articles have a date, expected at least {expected.with_date_min:.0%}"
    if expected.body_chars_min is not None and articles and row["shortest"] < expected.body_chars_min:
        return f"a body of {row['shortest']} characters, expected at least {expected.body_chars_min}"
    return None


def site_health(db: sqlite3.Connection, name: str | None = None) -> list[sqlite3.Row]:
    """The view ``site_health``, of one site or of all, by name."""
    if name is None:
        return db.execute("SELECT * FROM site_health ORDER BY site").fetchall()
    return db.execute("SELECT * FROM site_health WHERE site = ?", (name,)).fetchall()
