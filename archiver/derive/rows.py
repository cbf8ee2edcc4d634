"""Storing what was derived: articles replaced whole, and every capture told what it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archiver.derive.articles import Derived
from archiver.derive.captures import SiteCaptures
from archiver.derive.pages import Observation, is_page, why_no_page
from archiver.extract.fingerprint import simhash, text_digest
from archiver.model import PageKind, Stripped
from archiver.store.articles import remove_article, save_article
from archiver.store.suppressions import HIDDEN, ON_REQUEST

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


def store_articles(db: sqlite3.Connection, built: Mapping[str, Derived | None], outcome: Outcome) -> None:
    """Replace these articles, by id; None removes one. In a transaction of the caller's."""
    before = {identity: _fingerprint(db, identity) for identity in built}
    for identity in built:
        remove_article(db, identity)
    for identity, derived in built.items():
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
        _tally(outcome, before[identity], derived)


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


def _fingerprint(db: sqlite3.Connection, identity: str) -> tuple[object, ...] | None:
    row = db.execute(
        "SELECT versions, title, body, date_published FROM articles WHERE id = ?", (identity,)
    ).fetchone()
    return tuple(row) if row else None


def _tally(outcome: Outcome, before: tuple[object, ...] | None, derived: Derived | None) -> None:
    if derived is None:
        outcome.removed += before is not None
        return
    a = derived.article
    after = (a.versions, a.title, a.body, a.date_published)
    outcome.new += before is None
    outcome.changed += before is not None and before != after
    outcome.same += before == after


def mark_captures(
    db: sqlite3.Connection,
    captures: SiteCaptures,
    observations: Mapping[str, Iterable[Observation]],
    *,
    parts: set[str],
    unread: Mapping[str, str],
    hidden: Iterable[str],
    extractor: str,
    outcome: Outcome,
) -> None:
    """Say of every capture that was looked at what it is, and why. In a transaction."""
    marks: dict[str, tuple[str, str]] = {}
    for url, seen in observations.items():
        for o in seen:
            is_part = url in parts and o.extraction.kind is PageKind.ARTICLE
            reason = "a further page of an article" if is_part else o.extraction.reason
            marks[o.capture.warc_record_id] = (o.extraction.kind.value, reason)
    for capture in captures.all:
        if capture.warc_record_id not in marks and not is_page(capture):
            marks[capture.warc_record_id] = why_no_page(capture)
        elif capture.warc_record_id not in marks and captures.is_made_of_another(capture):
            marks[capture.warc_record_id] = ("file", "the text of a page that is here itself")
    marks |= {record: ("error", reason) for record, reason in unread.items()}
    marks |= dict.fromkeys(hidden, (HIDDEN, ON_REQUEST))
    for kind, _ in marks.values():
        outcome.kinds[kind] = outcome.kinds.get(kind, 0) + 1
    db.executemany(
        "UPDATE captures SET kind = ?, reason = ?, extractor = ? WHERE warc_record_id = ?",
        ((kind, reason, extractor, record) for record, (kind, reason) in marks.items()),
    )
