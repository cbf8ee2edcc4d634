"""What is said of a dataset that one publishes: one noun for its README and all descriptions of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from archiver.amounts import count
from archiver.export.datapackage import Table, slug
from archiver.export.numbers import Numbers

RIGHTS = "https://rightsstatements.org/vocab/InC/1.0/"
"""In Copyright: the rights in the texts are those of others."""
NOBODY = "the operator of this archive"
_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What sites reserve: articles by TDMRep and by noarchive, hidden pages, suppressed addresses.

    ``is_kept`` where a person asked for the reserved articles all the same.
    """

    tdm: int = 0
    noarchive: int = 0
    asked: int = 0
    suppressed: int = 0
    is_kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A dataset: what is in it and what is not, its files, who made it."""

    numbers: Numbers
    left_out: LeftOut
    tables: tuple[Table, ...]
    creator: str | None
    scope: str

    @property
    def day(self) -> str:
        """The day of its newest capture, which is its date: what was archived since is not in it."""
        return (self.numbers.newest or self.numbers.last or "1970-01-01")[:10]

    @property
    def version(self) -> str:
        """Its version: the same day as three numbers."""
        return ".".join(str(int(part)) for part in self.day.split("-"))

    @property
    def title(self) -> str:
        """Whose articles these are, and of which years."""
        sites = list(self.numbers.sites)
        whose = ", ".join(sites) if len(sites) <= _NAMED else count(len(sites), "news site")
        years = sorted({(day or "")[:4] for day in (self.numbers.first, self.numbers.last)} - {""})
        return f"News articles of {whose}" + (f", {'–'.join(years)}" if years else "")

    @property
    def name(self) -> str:
        """Its title as a name in a descriptor or an identifier; a choice has what tells it from others."""
        scope = f"-{hashlib.sha256(self.scope.encode()).hexdigest()[:8]}" if self.scope else ""
        sites = "-".join(self.numbers.sites) if len(self.numbers.sites) <= _NAMED else "sites"
        return slug(f"news-articles-{sites}-{self.day}{scope}")

    @property
    def summary(self) -> str:
        """A paragraph about it."""
        n = self.numbers
        period = f", published from {n.first} to {n.last}" if n.first else ""
        return (
            f"{count(n.articles, 'article')} of {count(len(n.sites), 'news site')}{period}. Each was derived"
            " from exact captures of its page, which it names by their WARC record ids and payload digests,"
            " with the evidence of each field." + (f" Chosen: {self.scope}." if self.scope else "")
        )

    @property
    def maker(self) -> str:
        """Who made it, or that nobody says so."""
        return self.creator or NOBODY
