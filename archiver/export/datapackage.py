"""Data Package descriptors (datapackage.org): what is in a file, its columns with their types, its digest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archiver.export.formats import Format
from archiver.export.options import PLAIN, Options
from archiver.export.table import Kind, columns

# Types of Table Schema; lists and objects stand in a cell of CSV as JSON.
_TYPES: dict[Kind, str] = {
    "text": "string", "number": "integer", "instant": "datetime", "texts": "array", "capture": "object",
    "evidence": "object",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A file with a row an article: its path, and what was written into it."""

    path: str
    format: Format
    rows: int
    size: int
    digest: str


def descriptor(
    tables: Sequence[Table],
    *,
    name: str,
    about: Mapping[str, str],
    options: Options = PLAIN,
    more: Mapping[str, Any] | None = None,
) -> str:
    """The descriptor as JSON; ``about`` says what the columns of the database mean."""
    package = {
        "profile": "data-package",
        "name": slug(name),
        **(more or {}),
        "resources": [resource(table, about=about, options=options) for table in tables],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def resource(table: Table, *, about: Mapping[str, str], options: Options = PLAIN) -> dict[str, Any]:
    """A file as a resource of a package."""
    found: dict[str, Any] = {
        "name": slug(table.path),
        "path": table.path,
        # Frictionless reads lists in Parquet as no lists: to it such a file is one with a digest.
        **({"profile": "tabular-data-resource"} if table.format.is_text else {"type": "file"}),
        "format": table.format.name,
        "mediatype": table.format.media_type,
    }
    if table.format.is_text:
        found |= {"encoding": "utf-8", "rows": table.rows}
    if table.format.name == "csv":
        found["dialect"] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n"}
        if options.no_formulas:
            found["description"] = (
                "A cell that a spreadsheet would take for a formula has an apostrophe in front."
            )
    found |= {"bytes": table.size, "hash": table.digest}
    return found | {"schema": table_schema(about, is_csv=table.format.name == "csv")}


def table_schema(about: Mapping[str, str], *, is_csv: bool = False) -> dict[str, Any]:
    """The Table Schema of exported articles."""
    fields = []
    for column in columns(about):
        field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind]}
        if column.about:
            field["description"] = column.about
        # An empty text is an empty cell of CSV, as a null is.
        if column.required and not (is_csv and column.name.startswith("body")):
            field["constraints"] = {"required": True}
        fields.append(field)
    return {"fields": fields, "primaryKey": ["id"], "missingValues": [""] if is_csv else []}


def slug(text: str) -> str:
    """A name as a descriptor may have it: small letters, digits, and ``-._`` between."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-.") or "articles"
