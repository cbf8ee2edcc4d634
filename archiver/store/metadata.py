"""The files ``metadata.yaml`` and ``datasette.yaml``: what Datasette reads when it opens an archive home.

The first describes tables and columns, and is all that releases before 1.0 know; from 1.0 on what is no
description stands in the second.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from archiver.disk import write_atomically
from archiver.home import Home
from archiver.store.descriptions import TABLES
from archiver.store.questions import canned_queries

HIDDEN = (
    "_sqlite_migrations", "articles_fts", "frontier", "chrome_models", "simhash_bands", "search_rows",
    "vocabulary", "vocabulary_fts",
)  # fmt: skip
SETTINGS = {
    "allow_download": False,
    "default_cache_ttl": 0,
    "sql_time_limit_ms": 3000,
    "truncate_cells_html": 300,
}
"""Datasette's settings; nothing is kept by a cache that may have to be hidden a moment later."""
_STAMP = "# Written by archiver; edit it, and it stays as it is. Below this line: sha256:"
WITHHELD = ("suppressions", "chrome_models")
"""Tables that are not for readers: they name what is hidden, and why, or hold words of its titles."""


def write_metadata(home: Home) -> None:
    """What Datasette reads when it opens the folder, of this version; whoever edits a file keeps it."""
    files = ((home.metadata, datasette_metadata()), (home.configuration, datasette_configuration()))
    for path, said in files:
        text = json.dumps(said, indent=2) + "\n"  # JSON is YAML
        whole = f"{_STAMP}{_digest(text)}\n{text}"
        if not path.exists() or _is_ours(path, other_than=whole):
            write_atomically(path, whole)


def _is_ours(path: Path, *, other_than: str) -> bool:
    """True for a file that an earlier version wrote, and that nobody edited since."""
    said = path.read_text("utf-8", "replace")
    stamp, _, text = said.partition("\n")
    return said != other_than and stamp == f"{_STAMP}{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def datasette_metadata() -> dict[str, Any]:
    """Datasette's metadata for an archive home, from the same descriptions."""
    tables: dict[str, Any] = {
        name: {"description": about, "columns": columns} for name, (about, columns) in TABLES.items()
    }
    tables["articles"]["sort_desc"] = "published_day"
    # Datasette's box of search compares this key with the rowids of the index: an article's id is none.
    tables["searchable"] |= {"fts_table": "articles_fts", "fts_pk": "row"}
    for name in HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    for name in WITHHELD:
        tables[name]["allow"] = False
    return {
        "title": "News archive",
        "description": "Clean articles from exact captures, made by nyhetsarkiv.",
        "databases": {"archiver": {"tables": tables, "queries": canned_queries()}},
    }


def datasette_configuration() -> dict[str, Any]:
    """Datasette's configuration for an archive home, as releases from 1.0 on read it."""
    described = datasette_metadata()["databases"]["archiver"]["tables"]
    keys = ("fts_table", "fts_pk", "sort_desc", "hidden", "allow")
    tables = {
        name: said
        for name, about in described.items()
        if (said := {key: about[key] for key in keys if key in about})
    }
    queries = canned_queries()
    return {"settings": SETTINGS, "databases": {"archiver": {"tables": tables, "queries": queries}}}
