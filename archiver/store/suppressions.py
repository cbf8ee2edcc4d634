"""Rows that suppressions touch: the table itself, and the articles and captures that they hide."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from archiver.store.articles import remove_article
from archiver.store.captures import captured_urls, forget_derived
from archiver.store.index import forget_words_of, texts_of

HIDDEN = "suppressed"
"""The kind of a capture that is hidden, and why an address is given up."""

ON_REQUEST = "hidden on request"


def save_suppressions(db: sqlite3.Connection, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """Make the table say what the file says: target, kind, reason, instant."""
    db.execute("DELETE FROM suppressions")
    db.executemany(
        "INSERT OR REPLACE INTO suppressions (target, kind, reason, added) VALUES (?, ?, ?, ?)", rows
    )


def articles_at(
    db: sqlite3.Connection, is_hidden: Callable[[str], bool], identity: str
) -> dict[str, list[str]]:
    """The articles with an address that is hidden, or with this id: all addresses of each."""
    found: dict[str, list[str]] = {}
    for row in db.execute("SELECT article_id, url FROM article_aliases ORDER BY url"):
        found.setdefault(row[0], []).append(row[1])
    return {a: urls for a, urls in found.items() if a == identity or any(map(is_hidden, urls))}


def hide(db: sqlite3.Connection, articles: Iterable[str], is_hidden: Callable[[str], bool]) -> None:
    """Take these articles out, and give up the hidden addresses, which are never due. In a transaction.

    What a hidden listing says of others stays without its words.
    """
    for article in articles:
        texts = texts_of(db, article)
        remove_article(db, article)
        forget_words_of(db, texts)
    urls = [(url,) for url in captured_urls(db) if is_hidden(url)]
    db.executemany(f"UPDATE captures SET kind = '{HIDDEN}', reason = '{ON_REQUEST}' WHERE url = ?", urls)
    db.executemany("UPDATE frontier SET due = NULL WHERE url = ?", urls)
    db.executemany(
        "UPDATE links SET text = NULL WHERE text IS NOT NULL"
        " AND capture IN (SELECT warc_record_id FROM captures WHERE url = ?)",
        urls,
    )
    waiting = [
        (row[0],)
        for row in db.execute("SELECT url FROM frontier WHERE state IN ('pending', 'leased')")
        if is_hidden(row[0])
    ]
    db.executemany(f"UPDATE frontier SET state = 'given up', reason = '{HIDDEN}' WHERE url = ?", waiting)


def show_again(db: sqlite3.Connection, is_hidden: Callable[[str], bool]) -> dict[str, list[str]]:
    """Make due what is hidden no longer; the addresses to derive, by site. In a transaction."""
    rows = db.execute("SELECT DISTINCT site, url FROM captures WHERE kind = ?", (HIDDEN,)).fetchall()
    free: dict[str, list[str]] = {}
    for site, url in rows:
        if not is_hidden(url):
            free.setdefault(site, []).append(url)
    for site, urls in free.items():
        forget_derived(db, site, urls)
    for row in db.execute("SELECT site, url FROM frontier WHERE reason = ?", (HIDDEN,)).fetchall():
        if not is_hidden(row[1]):
            db.execute(
                "UPDATE frontier SET state = 'pending', reason = NULL, due = NULL WHERE site = ? AND url = ?",
                tuple(row),
            )
    return free
