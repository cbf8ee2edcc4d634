"""A small archive of two sites in which what researchers look for was planted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.extract.fingerprint import text_digest
from archiver.model import ArticleState, Capture, Version
from archiver.store.articles import save_article
from archiver.store.captures import save_captures
from archiver.store.crawls import Coverage, save_coverage, save_nights_not_run
from archiver.store.database import open_database
from archiver.store.states import save_states
from archiver.warc.surt import urlkey
from tests.export.samples import article

NIGHTS = {  # crawl: what it observed of each site
    "20260101T020000Z-0001": {"a": "complete", "b": "failed"},
    "20260102T020000Z-0001": {"a": "partial", "b": "complete"},
    "20260104T020000Z-0001": {"a": "complete", "b": "complete"},
}
SEEN = [f"2026-01-0{day}T02:00:00.000000Z" for day in (1, 2, 4)]


def planted(path: Path) -> sqlite3.Connection:
    """The archive, in a file of this name."""
    db = open_database(path)
    for site in "ab":
        db.execute(
            "INSERT INTO sites (name, timezone, start_urls, profile) VALUES (?, 'UTC', '[]', '')", (site,)
        )
    for crawl, states in NIGHTS.items():
        db.execute(
            "INSERT INTO crawls (id, command, started, software) VALUES (?, 'crawl', '', '')", (crawl,)
        )
        for site, state in states.items():
            save_coverage(db, Coverage(site=site, crawl=crawl, state=state))  # type: ignore[arg-type]
    imported = "20200101T000000Z-0009"
    db.execute(
        "INSERT INTO crawls (id, command, started, software) VALUES (?, 'import', '', '')", (imported,)
    )
    save_coverage(db, Coverage(site="a", crawl=imported, state="complete"))
    save_nights_not_run(db, "a", "20260104T020000Z-0001", {"2026-01-03": "off"})
    return db


def plant(
    db: sqlite3.Connection,
    site: str,
    name: str,
    bodies: Sequence[str] = ("Ett ord till.",),
    *,
    day: str | None = None,
    simhash: int | None = None,
    states: Sequence[ArticleState] = (),
    titles: Sequence[str] = (),
    modified: Sequence[str] = (),
    **values: Any,
) -> str:
    """An article, one version a body, each seen a night later than the one before; its id."""
    url = f"https://{site}.example/{name}"
    captures = [_capture(db, site, url, n) for n in range(len(bodies))]
    versions = [
        Version(
            version=n + 1, title=(titles or ["t"] * 9)[n], body=body, body_markdown=body, authors=(),
            date_published=day, date_modified=modified[n] if modified else None, first_seen=SEEN[n],
            last_seen=SEEN[n], capture=captures[n], captures=(captures[n],),
        )
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    known: dict[str, Any] = {
        "id": f"{site}-{name}", "site": site, "url": url, "canonical_url": url, "body": bodies[-1],
        "title": versions[-1].title, "date_published": day, "first_seen": SEEN[0], "last_seen": SEEN[-1],
        "observed": "live", "profile": "p", "version": len(bodies), "versions": len(bodies), "language": "sv",
        "capture": {"warc_record_id": captures[-1]}, "captures": (captures[-1],),
    }  # fmt: skip
    save_article(
        db, article(**known | values), published_day=day, text_digest=text_digest(bodies[-1]), simhash=simhash,
        versions=versions, aliases=[url], stripped=[],
    )  # fmt: skip
    save_states(db, f"{site}-{name}", states)
    return f"{site}-{name}"


def _capture(db: sqlite3.Connection, site: str, url: str, n: int) -> str:
    record = f"<{url} {n}>"
    at = datetime.fromisoformat(SEEN[n]).astimezone(UTC)
    made = Capture(
        warc_record_id=record, warc_type="response", site=site, crawl=list(NIGHTS)[n], url=url,
        urlkey=urlkey(url), timestamp=f"{at:%Y%m%d%H%M%S}", warc_date=at, mime="text/html", status=200,
        payload_digest=f"sha256:{record}", filename="f.warc.gz", offset=n, length=1,
    )  # fmt: skip
    save_captures(db, [made])
    return record
