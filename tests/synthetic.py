"""An archive of articles that nobody wrote: rows alone, for measuring what reads many of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archiver.store.database import open_database, transaction

SITES = 20
WORDS = (
    "digital",
    "väg",
    "kund",
    "framåt",
    "ny",
    "rapport",
    "stöd",
    "möte",
    "miljö",
    "år",
    "analys",
    "plan",
    "vård",
)


def make(root: Path, number: int) -> None:
    """An archive home with so many articles of some 2.5 kB of text each, and their captures and evidence."""
    root.mkdir(parents=True, exist_ok=True)
    db = open_database(root / "archiver.db")
    with transaction(db):
        for n in range(SITES):
            db.execute(
                "INSERT INTO sites (name, publisher, timezone, start_urls, profile) VALUES (?, ?, 'UTC', '[]', '')",
                (f"site{n:02}", f"Site {n} AB"),
            )
        db.execute(
            "INSERT INTO crawls (id, command, started, software)"
            " VALUES ('20260101T000000Z-0000', 'crawl', '2026-01-01T00:00:00.000000Z', 'x')"
        )
        for table, rows in (("captures", _captures), ("articles", _articles), ("evidence", _evidence)):
            _insert(db, table, rows(number))
    db.close()


def _insert(db: Any, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(f'"{name}"' for name in first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"
    db.execute(statement, tuple(first.values()))
    db.executemany(statement, (tuple(row.values()) for row in rows))


def _identity(n: int) -> str:
    return f"{(n * 0x9E3779B97F4A7C15) & (1 << 64) - 1:016x}"


def _record(n: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{n:012x}>"


def _captures(number: int) -> Iterator[dict[str, Any]]:
    for n in range(number):
        site, url = f"site{n % SITES:02}", f"https://site{n % SITES:02}.example/nyheter/{n}/"
        yield {
            "warc_record_id": _record(n), "warc_type": "response", "site": site, "crawl": "20260101T000000Z-0000",
            "url": url, "urlkey": f"example,{site})/nyheter/{n}", "timestamp": "20260101000000",
            "warc_date": "2026-01-01T00:00:00.000000Z", "mime": "text/html", "status": 200,
            "digest": f"sha256:{n:064x}", "filename": f"{site}-{n // 10000}.warc.gz", "offset": n * 1000,
            "length": 999, "kind": "article", "extractor": "x",
        }  # fmt: skip


def _articles(number: int) -> Iterator[dict[str, Any]]:
    for n in range(number):
        body = "\n\n".join(
            " ".join(WORDS[(n * 7 + i * j) % len(WORDS)] for i in range(80)).capitalize() + "."
            for j in range(1, 6)
        )
        day = f"20{n % 26:02}-{n % 12 + 1:02}-{n % 28 + 1:02}"
        url = f"https://site{n % SITES:02}.example/nyheter/{n}/"
        yield {
            "id": _identity(n), "site": f"site{n % SITES:02}", "url": url, "canonical_url": url,
            "publisher": f"Site {n % SITES} AB", "title": f"Nyhet nummer {n}", "description": "Kort.",
            "body": body, "body_markdown": body, "authors": '["Anna Svensson"]', "keywords": '["a", "b"]',
            "date_published": f"{day}T10:00:00+01:00", "date_modified": None, "published_day": day,
            "text_digest": f"sha256:{n:064x}", "language": "sv", "version": 1, "versions": 1,
            "first_seen": "2026-01-01T00:00:00.000000Z", "last_seen": "2026-01-01T00:00:00.000000Z",
            "gone_since": None, "observed": "live", "capture": _record(n), "captures": json.dumps([_record(n)]),
            "extractor": "x", "chrome_model": None, "profile": "sha256:0",
        }  # fmt: skip


def _evidence(number: int) -> Iterator[dict[str, Any]]:
    for n in range(number):
        for name in ("title", "body", "date_published", "authors", "language"):
            yield {
                "article_id": _identity(n),
                "field": name,
                "method": "json-ld",
                "where": "/html/head",
                "raw": "x",
            }
