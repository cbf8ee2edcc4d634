"""The described tables as others read them: CSVW, Table Schema, SQL with comments, Mermaid and Markdown.

CSVW (https://www.w3.org/TR/tabular-metadata/) and Table Schema (https://datapackage.org/) describe the tables
as CSV files, each with the name of its table. There an empty cell is a null and an empty text, so that a text
is required only where it is of a key.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from archiver.store.described import Column, Described, statements

_CSVW = {"text": "string", "integer": "integer", "real": "double", "json": "json"}
_TABLE_SCHEMA = {"text": "string", "integer": "integer", "real": "number"}
_WIDTH = 110


def csvw(tables: Sequence[Described]) -> str:
    """A CSVW table group, as JSON-LD."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": "The database of a news archive",
        "tables": [_csvw_table(table, _keys(tables)) for table in tables if not table.is_index],
    }
    return _json(group)


def _csvw_table(table: Described, keys: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "columns": [
            {
                "name": column.name,
                "titles": column.name,
                "datatype": _CSVW[column.type],
                "dc:description": column.about,
                "required": _is_required(column),
            }
            for column in table.columns
        ]
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if references := _references(table, keys):
        schema["foreignKeys"] = [
            {
                "columnReference": [column],
                "reference": {"resource": f"{other}.csv", "columnReference": [key]},
            }
            for column, other, key in references
        ]
    return {"url": f"{table.name}.csv", "dc:description": table.about, "tableSchema": schema}


def table_schema(tables: Sequence[Described]) -> str:
    """A Data Package with a Table Schema for each table, as JSON."""
    keys = _keys(tables)
    resources = [
        {
            "name": table.name,
            "path": f"{table.name}.csv",
            "profile": "tabular-data-resource",
            "description": table.about,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": _table_schema_of(table, keys),
        }
        for table in tables
        if not table.is_index
    ]
    return _json({"profile": "tabular-data-package", "name": "news-archive", "resources": resources})


def _table_schema_of(table: Described, keys: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    fields = []
    for column in table.columns:
        field = {"name": column.name, "type": _table_type(column), "description": column.about}
        fields.append(field | ({"constraints": {"required": True}} if _is_required(column) else {}))
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if references := _references(table, keys):
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [key]}}
            for column, other, key in references
        ]
    return schema


def _table_type(column: Column) -> str:
    return _TABLE_SCHEMA.get(column.type) or ("object" if "JSON object" in column.about else "array")


def _is_required(column: Column) -> bool:
    return column.is_key or (column.is_required and column.type == "integer")


def _keys(tables: Sequence[Described]) -> dict[str, tuple[str, ...]]:
    return {table.name: table.key for table in tables}


def _references(table: Described, keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Column, table and its key, of each reference that always leads to a row."""
    return [
        (column.name, column.refers_to, keys[column.refers_to][0])
        for column in table.columns
        if column.is_enforced and column.refers_to and len(keys.get(column.refers_to, ())) == 1
    ]


def sql(tables: Sequence[Described]) -> str:
    """The statements that make the database, with what everything means as comments before each."""
    parts = [_comment("What archiver makes by itself, to be read.")]
    parts += [_sql_of(table) for table in tables]
    names = {table.name for table in tables}
    parts += [f"{one.sql};" for one in statements() if one.table in names]
    return "\n\n".join(parts) + "\n"


def _sql_of(table: Described) -> str:
    """A statement, behind comments: of a view or an index of full text too, which can hold none a column."""
    width = max(len(column.name) for column in table.columns)
    rows = [_comment(f"{column.name:<{width}}  {column.about}", indent=width + 4) for column in table.columns]
    return "\n".join([_comment(f"{table.name}: {table.about}"), "--", *rows, f"{table.sql};"])


def _comment(text: str, *, indent: int = 0) -> str:
    lines = textwrap.wrap(text, _WIDTH - 3, subsequent_indent=" " * max(0, indent - 2))
    return "\n".join(f"-- {line}" for line in lines)


def mermaid(tables: Sequence[Described]) -> str:
    """An entity diagram in Mermaid: the tables with all columns, and what refers to what."""
    kept = [table for table in tables if not table.is_view and not table.is_index]
    lines = ["erDiagram"]
    for table in kept:
        lines.append(f"    {table.name} {{")
        for column in table.columns:
            key = "PK" if column.is_key else "FK" if column.refers_to else ""
            about = column.about.replace('"', "'")
            lines.append(f'        {column.type} {column.name} {key} "{about}"'.replace('  "', ' "'))
        lines.append("    }")
    names = {table.name for table in kept}
    lines += [
        f"    {column.refers_to} ||--o{{ {table.name} : {column.name}"
        for table in kept
        for column in table.columns
        if column.refers_to in names
    ]
    return "\n".join(lines) + "\n"


def markdown(tables: Sequence[Described]) -> str:
    """A section for each table, with a row a column."""
    return "\n\n".join(map(_markdown_of, tables)) + "\n"


def _markdown_of(table: Described) -> str:
    kind = " (view)" if table.is_view else " (full-text index)" if table.is_index else ""
    head = [
        f"## {table.name}",
        "",
        f"{table.about}{kind}",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *(_markdown_row(column) for column in table.columns)])


def _markdown_row(column: Column) -> str:
    name = f"**`{column.name}`**" if column.is_key else f"`{column.name}`"
    about = column.about.replace("|", "\\|")
    return f"| {name} | {column.type} | {about} |"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Sequence[Described]], str]] = {
    "csvw": csvw,
    "table-schema": table_schema,
    "sql": sql,
    "mermaid": mermaid,
    "markdown": markdown,
}
