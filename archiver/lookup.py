"""Finding the article that a person names, in one of its versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from archiver.errors import UsageError
from archiver.home import Home
from archiver.model import Article, Version
from archiver.store import articles as store
from archiver.store.captures import capture as find_capture
from archiver.suppressions import read_suppressions


def find_article(home: Home, db: sqlite3.Connection, reference: str) -> Article:
    """The article with this id or address. Raises UsageError where there is none."""
    identity = store.article_id_of(db, reference)
    article = store.article(db, identity) if identity else None
    if article is None and (hidden := read_suppressions(home).behind(reference)):
        raise UsageError(f"{reference}: hidden since {hidden.added[:10]}: {hidden.reason}")
    if article is None:
        raise UsageError(
            f"no article has the id or address {reference!r}",
            hint="archiver search finds articles; an address is written with http:// or https://",
        )
    return article


def version_of(versions: Sequence[Version], number: int) -> Version:
    """The version with this number. Raises UsageError where there is none."""
    if not 1 <= number <= len(versions):
        raise UsageError(f"there is no version {number}: the article has {len(versions)}")
    return versions[number - 1]


def as_version(db: sqlite3.Connection, article: Article, version: Version) -> Article:
    """The article as a version has it; what versions do not keep, as the description, is that of today."""
    return replace(
        article,
        title=version.title,
        body=version.body,
        body_markdown=version.body_markdown,
        authors=version.authors,
        date_published=version.date_published,
        date_modified=version.date_modified,
        version=version.version,
        first_seen=version.first_seen,
        last_seen=version.last_seen,
        captures=version.captures,
        capture=_reference(db, version.capture),
    )


def as_captured(db: sqlite3.Connection, article: Article, number: int | None = None) -> Article:
    """The article as one of its versions has it, by default the newest, at the address that was captured.

    That need not be its own: a print version may have been read. Raises UsageError where there is no such
    version.
    """
    if number is not None:
        article = as_version(db, article, version_of(store.versions(db, article.id or ""), number))
    held = find_capture(db, (article.capture or {}).get("warc_record_id", ""))
    return replace(article, url=held.url) if held else article


def _reference(db: sqlite3.Connection, record: str) -> dict[str, object] | None:
    held = find_capture(db, record)
    return store.capture_reference(held) if held else None
