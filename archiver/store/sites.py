"""Rows of ``sites``: what the dataset says of each site, copied from its profile."""

from __future__ import annotations

import json
import sqlite3

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


def site_health(db: sqlite3.Connection, name: str | None = None) -> list[sqlite3.Row]:
    """The view ``site_health``, of one site or of all, by name."""
    if name is None:
        return db.execute("SELECT * FROM site_health ORDER BY site").fetchall()
    return db.execute("SELECT * FROM site_health WHERE site = ?", (name,)).fetchall()
