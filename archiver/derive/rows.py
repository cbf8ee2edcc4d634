"""Storing what was derived: articles replaced whole, and every capture told what it is."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archiver.derive.articles import Derived
from archiver.derive.building import Builder, Plan
from archiver.derive.captures import COPY, SiteCaptures
from archiver.derive.pages import why_no_page
from archiver.derive.reserved import Reserved
from archiver.extract.fingerprint import simhash, text_digest
from archiver.instants import from_text
from archiver.model import PageKind, Stripped
from archiver.store.articles import remove_article, save_article
from archiver.store.index import forget_words_of, texts_of
from archiver.store.states import save_states
from archiver.store.suppressions import HIDDEN, ON_REQUEST
from archiver.warc.record import NOT_MODIFIED
from archiver.wishes import header_wishes, superseding, wishes_text

ROW = 300  # characters of stripped lines that one row holds


@dataclass(kw_only=True)
class Outcome:
    """What deriving changed: numbers of articles, and of pages by kind.

    ``unread`` are captures whose records are damaged or missing.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    unread: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


def store_articles(
    db: sqlite3.Connection,
    plan: Plan,
    builder: Builder,
    outcome: Outcome,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Replace the articles of a plan, each built as it is stored. In a transaction of the caller's."""
    db.execute("DROP TABLE IF EXISTS temp.before")
    db.execute("CREATE TEMP TABLE before (article TEXT PRIMARY KEY, fingerprint BLOB)")
    for identity, first in plan.articles():
        check()
        db.execute("INSERT INTO temp.before VALUES (?, ?)", (identity, _stored(db, identity)))
        texts = texts_of(db, identity) if first is None else ()
        remove_article(db, identity)
        forget_words_of(db, texts)
    for identity, first in plan.articles():
        check()
        derived = None if first is None else builder.article(identity, first)
        if derived is not None:
            save_article(
                db,
                derived.article,
                published_day=derived.published_day,
                text_digest=text_digest(derived.article.body),
                simhash=simhash(derived.article.body),
                versions=derived.versions,
                aliases=derived.aliases,
                stripped=in_few_rows(derived.observation.extraction.stripped),
            )
            save_states(db, identity, derived.states)
        row = db.execute("SELECT fingerprint FROM temp.before WHERE article = ?", (identity,)).fetchone()
        _tally(outcome, row[0], derived)


def in_few_rows(blocks: Sequence[Stripped]) -> list[Stripped]:
    """What was stripped, lines in a row that the page itself strips for one reason as one.

    A menu of forty lines is no forty rows; what the site's pages prove keeps its own proof.
    """
    rows: list[Stripped] = []
    for block in blocks:
        last = rows[-1] if rows else None
        alike = last is not None and not block.of and (last.reason, last.of) == (block.reason, 0)
        if last is not None and alike and len(last.text) + len(block.text) < ROW:
            rows[-1] = replace(last, text=f"{last.text} · {block.text}")
        else:
            rows.append(block)
    return rows


def _stored(db: sqlite3.Connection, identity: str) -> bytes | None:
    """The fingerprint of an article as it is stored, or None."""
    row = db.execute(
        "SELECT versions, title, body, date_published FROM articles WHERE id = ?", (identity,)
    ).fetchone()
    return _fingerprint(*row) if row else None


def _fingerprint(*values: object) -> bytes:
    return hashlib.sha256(json.dumps(values).encode()).digest()


def _tally(outcome: Outcome, before: bytes | None, derived: Derived | None) -> None:
    if derived is None:
        outcome.removed += before is not None
        return
    a = derived.article
    after = _fingerprint(a.versions, a.title, a.body, a.date_published)
    outcome.new += before is None
    outcome.changed += before is not None and before != after
    outcome.same += before == after


def mark_captures(
    db: sqlite3.Connection,
    captures: SiteCaptures,
    parts: bytearray,
    *,
    reserved: Reserved,
    unread: Mapping[str, str],
    hidden: Iterable[str],
    extractor: str,
    outcome: Outcome,
) -> None:
    """Say of every capture that was looked at what it is, and why. In a transaction.

    ``parts`` has a 1 for each number of an address that is a further page of an article.
    """
    db.execute("DROP TABLE IF EXISTS temp.marks")
    db.execute(
        "CREATE TEMP TABLE marks"
        " (place INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, kind TEXT, reason TEXT, asks TEXT)"
    )
    insert = "INSERT OR IGNORE INTO temp.marks (record, kind, reason, asks) VALUES (?, ?, ?, ?)"
    replace = (
        insert.replace(" OR IGNORE", "")
        + " ON CONFLICT (record) DO UPDATE SET kind = excluded.kind, reason = excluded.reason"
    )
    db.executemany(insert, _of_pages(db, parts, reserved))
    db.executemany(insert, _of_others(captures, reserved))
    db.executemany(replace, ((record, "error", reason, None) for record, reason in unread.items()))
    db.executemany(replace, ((record, HIDDEN, ON_REQUEST, None) for record in hidden))
    kinds = db.execute("SELECT kind, count(*) FROM temp.marks GROUP BY kind ORDER BY min(place)")
    for kind, number in kinds:
        outcome.kinds[kind] = outcome.kinds.get(kind, 0) + number
    db.execute(
        """
        UPDATE captures SET extractor = ?, (kind, reason, asks) =
            (SELECT m.kind, m.reason, m.asks FROM temp.marks m WHERE m.record = captures.warc_record_id)
        WHERE warc_record_id IN (SELECT record FROM temp.marks)
        """,
        (extractor,),
    )


def _of_pages(
    db: sqlite3.Connection, parts: bytearray, reserved: Reserved
) -> Iterator[tuple[str, str, str, str | None]]:
    """Record, kind, reason and wishes of the captures whose pages were observed."""
    rows = db.execute(_OBSERVED)
    for record, n, kind, reason, wishes, tag, tdm, url, crawl, at in rows:
        is_part = parts[n] and kind == PageKind.ARTICLE
        file = reserved.of(url, crawl, from_text(at))
        asks = wishes_text(superseding(file, header_wishes(tag, tdm), wishes.split()))
        yield record, kind, "a further page of an article" if is_part else reason, asks


# What a 304 does not say again holds as its original said it.
_OBSERVED = f"""
    SELECT o.record, o.n, p.kind, p.reason, p.wishes,
        coalesce(c.x_robots_tag, u.x_robots_tag), coalesce(c.tdm, u.tdm), c.url, c.crawl, c.seen_date
    FROM temp.observations o JOIN temp.pages p ON p.id = o.page
    JOIN captures c ON c.warc_record_id = o.record
    LEFT JOIN captures u ON u.warc_record_id = c.refers_to AND c.profile = '{NOT_MODIFIED}'
    ORDER BY o.place
"""


def _of_others(captures: SiteCaptures, reserved: Reserved) -> Iterator[tuple[str, str, str, str | None]]:
    """The same of the captures that hold no page of their own."""
    for capture, holds in captures.without_page():
        kind, reason = (
            ("file", "the text of a page that is here itself") if holds == COPY else why_no_page(capture)
        )
        file = reserved.of(capture.url, capture.crawl, capture.seen)
        asks = wishes_text(superseding(file, captures.wishes(capture)))
        yield capture.warc_record_id, kind, reason, asks
