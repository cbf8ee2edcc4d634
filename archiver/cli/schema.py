"""``archiver schema``: what every table, view and column of the database means, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from archiver.cli.output import emit
from archiver.errors import UsageError

if TYPE_CHECKING:
    from archiver.store.described import Described

FORMATS = ("csvw", "table-schema", "sql", "mermaid", "markdown")
COLUMNS = ("table", "column", "type", "refers_to", "meaning")


@click.command()
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="A document for other tools.")
@click.option("--json", "rows", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "rows", flag_value="jsonl", help="A JSON object a line.")
def schema(names: tuple[str, ...], form: str | None, rows: Any) -> None:
    """What every table, view and column of the database means; of all, or of those that are named.

    csvw and table-schema describe the tables as CSV files, one a table; sql is the schema with
    comments, mermaid an entity diagram, markdown the page docs/database.md. The same stands in the
    table descriptions of every database. No archive is needed: it is that of this version.

    \b
    archiver schema articles
    archiver schema --format table-schema > datapackage.json
    archiver schema --format sql | less
    sqlite3 data/archiver.db "SELECT column_name, about FROM descriptions WHERE name = 'articles'"
    """
    from archiver.store.described import described
    from archiver.store.descriptors import FORMATS as WRITERS

    if form and rows:
        raise UsageError(f"--format {form} is a document of its own", hint=f"leave --{rows} away")
    tables = _chosen(described(), names)
    if form:
        click.echo(WRITERS[form](tables), nl=False)
    else:
        emit(_rows(tables), COLUMNS, form=rows or "auto")


def _chosen(tables: Sequence[Described], names: Sequence[str]) -> list[Described]:
    """The tables of these names, or all. Raises UsageError for a name that none has."""
    import difflib

    known = [table.name for table in tables]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "archiver schema lists all"
            raise UsageError(f"there is no table or view {name!r}", hint=hint)
    return [table for table in tables if not names or table.name in names]


def _rows(tables: Sequence[Described]) -> Iterator[dict[str, Any]]:
    for table in tables:
        kind = "view" if table.is_view else "table"
        yield {"table": table.name, "column": None, "type": kind, "refers_to": None, "meaning": table.about}
        for c in table.columns:
            yield {
                "table": table.name,
                "column": c.name,
                "type": c.type,
                "refers_to": c.refers_to,
                "meaning": c.about,
            }
