"""The file ``metadata.yaml``: what Datasette reads of the tables when it opens an archive home."""

from __future__ import annotations

import json
from typing import Any

from archiver.disk import write_atomically
from archiver.home import Home
from archiver.store.descriptions import TABLES
from archiver.store.questions import canned_queries

HIDDEN = (
    "articles_fts", "frontier", "chrome_models", "simhash_bands", "search_rows", "searchable", "vocabulary",
    "vocabulary_fts",
)  # fmt: skip


def write_metadata(home: Home) -> None:
    """What Datasette reads when it opens the folder; whoever edits the file keeps it."""
    if not home.metadata.exists():
        # JSON is YAML.
        write_atomically(home.metadata, json.dumps(datasette_metadata(), indent=2) + "\n")


def datasette_metadata() -> dict[str, Any]:
    """Datasette's metadata for an archive home, from the same descriptions."""
    tables: dict[str, Any] = {
        name: {"description": about, "columns": columns} for name, (about, columns) in TABLES.items()
    }
    # The index keeps its own text, keyed by the article's id.
    tables["articles"] |= {"fts_table": "articles_fts", "fts_pk": "id", "sort_desc": "published_day"}
    for name in HIDDEN:
        tables[name]["hidden"] = True
    return {
        "title": "News archive",
        "description": "Clean articles from exact captures, made by nyhetsarkiv.",
        "databases": {"archiver": {"tables": tables, "queries": canned_queries()}},
    }
