"""Rows of ``articles`` and of the tables that hang on it: versions, aliases, evidence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from archiver.address import spellings
from archiver.counting import count_sentences, count_words
from archiver.model import Article, Capture, Stripped, Version
from archiver.store.captures import COLUMNS as CAPTURE_COLUMNS
from archiver.store.captures import capture as find_capture
from archiver.store.captures import capture_from
from archiver.store.duplicates import link_duplicates, unlink_duplicates
from archiver.store.filter import Filter
from archiver.store.index import index_article, unindex_article
from archiver.store.vocabulary import compounds

_COLUMNS = (
    "id, site, url, canonical_url, publisher, title, description, body, body_markdown, authors, keywords, "
    "date_published, date_modified, published_day, language, version, versions, first_seen, last_seen, "
    "gone_since, observed, capture, captures, extractor, chrome_model, profile"
)
_BATCH = 200
_DEPENDENT = ("article_versions", "article_aliases", "article_authors", "article_keywords", "article_states",
              "evidence", "chrome_blocks")  # fmt: skip


def save_article(
    db: sqlite3.Connection,
    article: Article,
    *,
    published_day: str | None,
    text_digest: str,
    simhash: int | None,
    versions: Sequence[Version],
    aliases: Sequence[str],
    stripped: Sequence[Stripped],
) -> None:
    """Insert an article with all that hangs on it, or replace it whole. In a transaction.

    ``published_day`` is the publication in the site's own calendar, ``YYYY[-MM[-DD]]``;
    ``text_digest`` and ``simhash`` are the fingerprints of its body.
    An address that another article had is this one's from now on.
    """
    remove_article(db, article.id or "")
    row = {
        "id": article.id, "site": article.site, "url": article.url, "canonical_url": article.canonical_url,
        "publisher": article.publisher, "title": article.title, "description": article.description,
        "body": article.body, "body_markdown": article.body_markdown, "authors": _json(article.authors),
        "keywords": _json(article.keywords), "date_published": article.date_published,
        "date_modified": article.date_modified, "published_day": published_day,
        "text_digest": text_digest, "simhash": None if simhash is None else f"{simhash:016x}",
        "words": count_words(article.body), "sentences": count_sentences(article.body, article.language),
        "language": article.language, "version": article.version, "versions": article.versions,
        "first_seen": article.first_seen, "last_seen": article.last_seen,
        "gone_since": article.gone_since, "observed": article.observed,
        "capture": (article.capture or {})["warc_record_id"], "captures": _json(article.captures),
        "extractor": article.extractor, "chrome_model": article.chrome_model, "profile": article.profile,
    }  # fmt: skip
    marks = ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT INTO articles ({', '.join(row)}) VALUES ({marks})", row)
    _save_parts(db, article, versions, aliases, stripped)
    link_duplicates(db, article.id or "", simhash=simhash, language=article.language)
    index_article(db, article.id or "")


def _save_parts(
    db: sqlite3.Connection,
    article: Article,
    versions: Sequence[Version],
    aliases: Sequence[str],
    stripped: Sequence[Stripped],
) -> None:
    db.executemany(
        "INSERT INTO article_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (article.id, v.version, v.title, v.body, v.body_markdown, _json(v.authors), v.date_published,
             v.date_modified, v.first_seen, v.last_seen, v.capture, _json(v.captures))
            for v in versions
        ),
    )  # fmt: skip
    db.executemany(
        "INSERT OR REPLACE INTO article_aliases (site, url, article_id) VALUES (?, ?, ?)",
        ((article.site, url, article.id) for url in aliases),
    )
    db.executemany(
        "INSERT INTO article_authors VALUES (?, ?, ?)",
        ((article.id, n, name) for n, name in enumerate(article.authors, 1)),
    )
    db.executemany(
        "INSERT INTO article_keywords VALUES (?, ?, ?)",
        ((article.id, n, word) for n, word in enumerate(article.keywords, 1)),
    )
    db.executemany(
        'INSERT INTO evidence (article_id, field, method, "where", raw) VALUES (?, ?, ?, ?, ?)',
        ((article.id, f, e["method"], e["where"], e["raw"]) for f, e in article.evidence.items()),
    )
    db.executemany(
        "INSERT INTO chrome_blocks VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((article.id, n, s.text, s.where, s.reason, s.pages, s.of) for n, s in enumerate(stripped, 1)),
    )


def is_text(text: str) -> bool:
    """False for what came from bytes that are no UTF-8: no row holds it, and none can be asked for it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def remove_article(db: sqlite3.Connection, article_id: str) -> None:
    """Remove an article and all that hangs on it; captures stay. In a transaction."""
    if not article_id:
        return
    unlink_duplicates(db, article_id)
    unindex_article(db, article_id)
    for table in _DEPENDENT:
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM articles WHERE id = ?", (article_id,))


def article_id_of(db: sqlite3.Connection, reference: str, *, site: str | None = None) -> str | None:
    """The id behind an id or any address that the article ever had, however it is spelt, or None."""
    if not is_text(reference):
        return None
    row = db.execute("SELECT id FROM articles WHERE id = ?", (reference,)).fetchone()
    for url in spellings(reference):
        row = (
            row
            or db.execute(
                "SELECT article_id FROM article_aliases WHERE url = ? AND (? IS NULL OR site = ?)"
                " ORDER BY site LIMIT 1",
                (url, site, site),
            ).fetchone()
        )
    return row[0] if row else None


def alike(db: sqlite3.Connection, site: str, digest: str, *, title: str | None) -> list[str]:
    """Every address of a site's articles that have this text, or this title where one is given."""
    rows = db.execute("SELECT id FROM articles WHERE text_digest = ? AND site = ?", (digest, site)).fetchall()
    if title:
        rows += db.execute("SELECT id FROM articles WHERE site = ? AND title = ?", (site, title)).fetchall()
    return [url for row in rows for url in aliases(db, row[0])]


def titles_of(db: sqlite3.Connection, site: str) -> Iterator[tuple[str, str | None]]:
    """Id and title of every article of a site."""
    yield from db.execute("SELECT id, title FROM articles WHERE site = ?", (site,))


def article(db: sqlite3.Connection, article_id: str) -> Article | None:
    """The article with this id, or None."""
    row = db.execute(f"SELECT {_COLUMNS} FROM articles WHERE id = ?", (article_id,)).fetchone()
    if not row:
        return None
    return _article(row, find_capture(db, row["capture"]), _evidence_of(db, [article_id]).get(article_id, []))


def articles(
    db: sqlite3.Connection, chosen: Filter, *, without: str = "", only: str = ""
) -> Iterator[Article]:
    """The articles that a filter lets through, by site, day and id; all as one state of the archive has them.

    ``without`` names a temporary table of ids that are left out, ``only`` one of the ids that count. The ids
    are sorted without their texts, and what hangs on articles is read for many of them at once; one text is
    in memory at a time.
    """
    where, values = chosen.where(longer=compounds(db))
    if only:
        where += f" AND a.id IN (SELECT id FROM temp.{only})"
    if without:
        where += f" AND a.id NOT IN (SELECT id FROM temp.{without})"
    order = "ORDER BY a.site, a.published_day, a.id"
    with closing(db.execute("SELECT name FROM sqlite_schema")) as held:
        held.fetchone()  # a query that is not read to its end holds the state that it reads
        ids = db.execute(f"SELECT a.id FROM articles a WHERE {where} {order}", values)
        while batch := [row[0] for row in ids.fetchmany(_BATCH)]:
            found, evidence = _captures_of(db, batch), _evidence_of(db, batch)
            for identity in batch:
                row = db.execute(f"SELECT {_COLUMNS} FROM articles WHERE id = ?", (identity,)).fetchone()
                yield _article(row, found.get(row["capture"]), evidence.get(identity, []))


def _captures_of(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Capture]:
    """The captures that these articles were read from, by record id."""
    columns = ", ".join(f"c.{name}" for name in CAPTURE_COLUMNS.split(", "))
    rows = db.execute(
        f"SELECT {columns} FROM articles a JOIN captures c ON c.warc_record_id = a.capture"
        f" WHERE a.id IN ({_marks(ids)})",
        ids,
    )
    return {row["warc_record_id"]: capture_from(row) for row in rows}


def _evidence_of(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[sqlite3.Row]]:
    """The rows of evidence of these articles, by id."""
    found: dict[str, list[sqlite3.Row]] = {}
    rows = db.execute(
        f"SELECT * FROM evidence WHERE article_id IN ({_marks(ids)}) ORDER BY article_id, field", ids
    )
    for row in rows:
        found.setdefault(row["article_id"], []).append(row)
    return found


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def count_articles(db: sqlite3.Connection, chosen: Filter, *, among: str = "") -> int:
    """How many articles a filter lets through, of those whose ids the query ``among`` gives, if any."""
    where, values = chosen.where(longer=compounds(db))
    if among:
        where += f" AND a.id IN ({among})"
    return int(db.execute(f"SELECT count(*) FROM articles a WHERE {where}", values).fetchone()[0])


def count_undated(db: sqlite3.Connection, chosen: Filter) -> int:
    """How many articles have no date that the filter would let through but for its days."""
    where, values = chosen.where(longer=compounds(db), dated=False)
    row = db.execute(f"SELECT count(*) FROM articles a WHERE {where} AND published_day IS NULL", values)
    return int(row.fetchone()[0])


def versions(db: sqlite3.Connection, article_id: str) -> list[Version]:
    """All versions of an article, the oldest first."""
    rows = db.execute(
        "SELECT * FROM article_versions WHERE article_id = ? ORDER BY version", (article_id,)
    ).fetchall()
    return [
        Version(
            version=row["version"], title=row["title"], body=row["body"],
            body_markdown=row["body_markdown"], authors=tuple(json.loads(row["authors"])),
            date_published=row["date_published"], date_modified=row["date_modified"],
            first_seen=row["first_seen"], last_seen=row["last_seen"], capture=row["capture"],
            captures=tuple(json.loads(row["captures"])),
        )
        for row in rows
    ]  # fmt: skip


def aliases(db: sqlite3.Connection, article_id: str) -> list[str]:
    """Every address that the article ever had, sorted."""
    rows = db.execute("SELECT url FROM article_aliases WHERE article_id = ? ORDER BY url", (article_id,))
    return [row[0] for row in rows]


def stripped(db: sqlite3.Connection, article_id: str) -> list[Stripped]:
    """What was taken out of an article as chrome, in the order of the page."""
    rows = db.execute("SELECT * FROM chrome_blocks WHERE article_id = ? ORDER BY position", (article_id,))
    return [
        Stripped(text=row["text"], where=row["where"], reason=row["reason"], pages=row["pages"], of=row["of"])
        for row in rows
    ]


def _article(row: sqlite3.Row, found: Capture | None, evidence: Sequence[sqlite3.Row]) -> Article:
    plain = {name: row[name] for name in row.keys() if name != "published_day"}  # noqa: SIM118
    return Article(
        **plain
        | {
            "authors": tuple(json.loads(row["authors"])),
            "keywords": tuple(json.loads(row["keywords"])),
            "captures": tuple(json.loads(row["captures"])),
            "capture": capture_reference(found) if found else None,
            "evidence": {
                e["field"]: {"method": e["method"], "where": e["where"], "raw": e["raw"]} for e in evidence
            },
        }
    )


def capture_reference(capture: Capture) -> dict[str, Any]:
    """What an exported article says of its capture: the record, and where it lies today."""
    from archiver.instants import to_text

    return {
        "warc_record_id": capture.warc_record_id,
        "warc_date": to_text(capture.warc_date),
        "filename": capture.filename,
        "offset": capture.offset,
        "length": capture.length,
        "payload_digest": capture.payload_digest,
        "status": capture.status,
    }


def _json(values: Sequence[str] | None) -> str:
    return json.dumps(list(values or ()), ensure_ascii=False)
