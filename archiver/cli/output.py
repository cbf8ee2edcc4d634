"""What a command prints: a table for a person, TSV for a pipe, JSON for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from archiver.errors import ArchiverError

Form = Literal["auto", "json", "jsonl"]


def emit(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, form: Form = "auto") -> None:
    """Print rows to stdout: a table on a terminal, TSV in a pipe, or what ``form`` names."""
    if form == "json":
        emit_document(list(rows))
    elif form == "jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str))
    elif sys.stdout.isatty():
        _table(rows, columns)
    else:
        print("\t".join(columns))
        for row in rows:
            print("\t".join(tsv_cell(row.get(name)) for name in columns))


def emit_document(value: Any) -> None:
    """Print one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tsv_cell(value: Any) -> str:
    """A value as a TSV cell: tab, newline and backslash escaped, null empty."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | tuple) else str(value)
    return text.translate({9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"})


def printable(text: str) -> str:
    """Text from outside without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        cells = ("" if row.get(name) is None else str(row[name]) for name in columns)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    Console().print(table)


def say(text: str) -> None:
    """A line for the person, on stderr."""
    print(printable(text), file=sys.stderr)


def say_error(error: ArchiverError, *, because: str | None = None) -> None:
    """An error on stderr: one line that says what is wrong, and one that says what to do."""
    say(f"archiver: {error.message}" + (f" ({because})" if because else ""))
    if error.hint:
        say(f"  {error.hint}")
