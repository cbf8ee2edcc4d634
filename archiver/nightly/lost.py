"""Sites that were crawled, and whose profiles are gone though nobody removed them."""

from __future__ import annotations

import sqlite3

from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.store.crawls import has_begun

GONE = "the profile is gone"


def lost_profiles(home: Home, db: sqlite3.Connection) -> list[ConfigurationError]:
    """What to say of each: without its profile a site is crawled no more, and no report would name it."""
    names = [row[0] for row in db.execute("SELECT name FROM sites ORDER BY name")]
    return [
        ConfigurationError(
            f"{home.profile(name)}: {GONE}, and {name} is not crawled any more",
            hint=f"put it back; or, where that is meant, archiver sites remove {name}",
            site=name,
        )
        for name in names
        if not home.profile(name).exists() and not home.removed(name).exists() and has_begun(db, name)
    ]
