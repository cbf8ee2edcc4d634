"""What the WARC files of a crawl say of the crawl itself: who asked, with what, and what led where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from archiver import __version__
from archiver.model import Target
from archiver.site import Site
from archiver.store.captures import mentions_of
from archiver.store.chrome import newest_model

SOFTWARE = f"nyhetsarkiv/{__version__}"


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """How one crawl is run: its id, bounds, and whether everything is asked for again."""

    crawl: str
    command: str = "crawl"
    limit: int | None = None
    full: bool = False
    since: str | None = None
    user_agent: str = SOFTWARE
    operator: str | None = None
    proxy: str | None = None
    patience: float = 0.0


def warcinfo(options: CrawlOptions, site: Site) -> dict[str, str]:
    """The fields of the warcinfo records of a crawl."""
    info = {
        "software": SOFTWARE,
        "command": options.command,
        "robots": "obey (RFC 9309)",
        "http-header-user-agent": options.user_agent,
        "description": f"news of {site.display_name or site.name}",
    }
    more = {"operator": options.operator, "proxy": options.proxy}
    return info | {name: value for name, value in more.items() if value}


def in_use(db: sqlite3.Connection, site: Site) -> Iterator[tuple[str, bytes]]:
    """The profile in force, and the chrome model: what it learned from says all of it. As JSON."""
    yield "profile", msgspec.json.encode(site, order="sorted")
    model = newest_model(db, site.name)
    if model is not None:
        said = {
            "digest": model.digest,
            "learned_from": model.learned_from,
            "last_capture": model.last_capture,
        }
        yield "chrome", msgspec.json.encode(said)


def provenance(db: sqlite3.Connection, site: Site, target: Target | None) -> dict[str, str] | None:
    """What led to a capture, for its metadata record: the page and the entry that named it."""
    if target is None or target.via is None:
        return None
    fields: dict[str, str | None] = {"via": target.via, "hopsFromSeed": str(target.hops)}
    for mention in mentions_of(db, site.name, target.url)[:1]:
        fields |= {"entryOf": mention.where, "entryKind": mention.kind, "entryRecord": mention.record}
        fields |= {"entryTitle": mention.title, "entryDate": mention.date}
    return {name: value for name, value in fields.items() if value}
