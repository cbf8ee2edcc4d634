"""Near duplicates are linked across sites, and unlinked when an article goes."""

from __future__ import annotations

from pathlib import Path

from archiver.store.articles import remove_article
from archiver.store.database import open_database
from archiver.store.duplicates import duplicates_of, link_duplicates

HASH = 0x0123456789ABCDEF


def test_pairs_within_three_bits_in_one_language(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    db.execute("PRAGMA foreign_keys = OFF")
    others = {"b": (HASH ^ 0b1, "sv-SE"), "c": (HASH ^ (1 << 20 | 1 << 40 | 1 << 60), "sv"),
              "d": (HASH ^ 0xF, "sv"), "e": (HASH, "nb")}  # fmt: skip
    for key, (simhash, language) in {"a": (HASH, "sv"), **others}.items():
        identity = key * 16
        db.execute(
            "INSERT INTO articles (id, site, url, canonical_url, title, body, body_markdown, version, versions,"
            " first_seen, last_seen, observed, capture, captures, extractor, profile, text_digest, simhash,"
            " language) VALUES (?, 's', 'u', 'u', ?, '', '', 1, 1, 'x', 'x', 'live', 'c', '[]', 'e', 'p', 'd',"
            " ?, ?)",
            (identity, key, f"{simhash:016x}", language),
        )
        link_duplicates(db, identity, simhash=simhash, language=language)
    assert [(row["title"], row["distance"]) for row in duplicates_of(db, "a" * 16)] == [("b", 1), ("c", 3)]
    assert [row["title"] for row in duplicates_of(db, "e" * 16)] == []
    remove_article(db, "b" * 16)
    assert [row["title"] for row in duplicates_of(db, "a" * 16)] == ["c"]
    db.close()
