"""The articles that the archive has already, by the addresses that they ever had."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from archiver.derive.captures import SiteCaptures
from archiver.derive.renderings import plain_version
from archiver.store.articles import titles_of
from archiver.suppressions import Suppressions


class KnownArticles:
    """The articles of a site as they are before a derivation.

    ``only`` names articles by their addresses, in place of what the archive says of these.
    """

    def __init__(self, db: sqlite3.Connection, captures: SiteCaptures, only: Mapping[str, str]) -> None:
        self.db = db
        self.site = captures.site
        db.execute("DROP TABLE IF EXISTS temp.known")
        db.execute("CREATE TEMP TABLE known (n INTEGER PRIMARY KEY, article TEXT NOT NULL)")
        db.execute("CREATE INDEX temp.known_article ON known(article)")
        db.execute(
            "INSERT OR IGNORE INTO temp.addresses (url) SELECT url FROM article_aliases WHERE site = ?"
            " ORDER BY url",
            (self.site,),
        )
        db.execute(
            "INSERT INTO temp.known SELECT a.n, x.article_id FROM article_aliases x"
            " JOIN temp.addresses a ON a.url = x.url WHERE x.site = ?",
            (self.site,),
        )
        db.executemany(
            "INSERT OR REPLACE INTO temp.known VALUES (?, ?)",
            ((captures.given(url), article) for url, article in only.items()),
        )

    def of(self, members: Iterable[int]) -> list[str]:
        """The ids of the articles that have these addresses, sorted."""
        rows = (
            self.db.execute("SELECT article FROM temp.known WHERE n = ?", (n,)).fetchone() for n in members
        )
        return sorted({row[0] for row in rows if row})

    @cached_property
    def lone_renderings(self) -> dict[str | None, list[str]]:
        """By title, the addresses of articles of which only AMP or print versions came so far."""
        whole: set[str] = set()
        lone: dict[str, str] = {}
        for url, known in self._aliases():
            if plain_version(url) is None:
                whole.add(known)
            else:
                lone[known] = url
        lone = {known: url for known, url in lone.items() if known not in whole}
        found: dict[str | None, list[str]] = {}
        for identity, title in titles_of(self.db, self.site) if lone else ():
            if identity in lone:
                found.setdefault(title, []).append(lone[identity])
        return found

    def hidden(self, suppressions: Suppressions) -> Iterator[str]:
        """The articles that are suppressed by one of their addresses."""
        return (known for url, known in self._aliases() if suppressions.hides(url))

    def _aliases(self) -> Iterator[tuple[str, str]]:
        rows = self.db.execute(
            "SELECT a.url, k.article FROM temp.known k JOIN temp.addresses a USING (n) ORDER BY a.url"
        )
        return ((row[0], row[1]) for row in rows)
