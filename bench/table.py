"""The figures as a table on a terminal, tab-separated elsewhere, and as JSON in a file."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figure import Figure

_VERDICTS = {True: "met", False: "MISSED", None: ""}


def show(figures: Sequence[Figure]) -> None:
    """Print the figures."""
    rows = [(f.name, _text(f.value), f.unit, _text(f.aim), _VERDICTS[f.is_met], f.note) for f in figures]
    heads = ("figure", "value", "unit", "at most", "", "how")
    if not sys.stdout.isatty():
        for row in (heads, *rows):
            print("\t".join(row))
        return
    table = Table(*heads)
    for row in rows:
        table.add_row(*row, style="red" if row[4] == "MISSED" else None)
    Console().print(table)


def _text(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def write(path: Path, figures: Sequence[Figure], *, command: str, when: str) -> None:
    """Write the figures, and where they were measured, as one JSON document."""
    document = {
        "command": command,
        "when": when,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": [figure.row() for figure in figures],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
