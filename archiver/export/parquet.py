"""Parquet: lists, numbers and instants as their own types; needs the extra ``parquet`` (pyarrow).

``capture`` is a struct, ``evidence`` a map from a field to a struct. The dates of a page are text, because
they are as precise as the page states them. The same articles give the same bytes under one pyarrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from archiver.errors import UsageError
from archiver.export.options import PLAIN, Options
from archiver.export.record import record
from archiver.export.table import Column, columns
from archiver.model import Article

ROWS = 2000
CHARACTERS = 8_000_000
"""A row group ends after so many rows, or so many characters of text: what is in memory at most."""


def write_parquet(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them. Raises UsageError without pyarrow."""
    pa, pq = pyarrow()
    schema = _schema(pa)
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(articles):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def arrow_table(articles: Iterable[Article]) -> Any:
    """The articles as one ``pyarrow.Table``. Raises UsageError without pyarrow."""
    pa, _ = pyarrow()
    schema = _schema(pa)
    batches = (pa.RecordBatch.from_pylist(batch, schema=schema) for batch in _batches(articles))
    return pa.Table.from_batches(batches, schema=schema)


def pyarrow() -> tuple[Any, Any]:
    """The modules ``pyarrow`` and ``pyarrow.parquet``. Raises UsageError where they are not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError(
            "Parquet and Arrow need pyarrow, which is not installed",
            hint="pip install 'nyhetsarkiv[parquet]'",
        ) from None
    return pa, pq


def _batches(articles: Iterable[Article]) -> Iterator[list[dict[str, Any]]]:
    batch, characters = list[dict[str, Any]](), 0
    for article in articles:
        batch.append(_row(article))
        characters += len(article.body) + len(article.body_markdown)
        if len(batch) == ROWS or characters >= CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _row(article: Article) -> dict[str, Any]:
    row = record(article)
    for name in ("first_seen", "last_seen", "gone_since"):
        row[name] = _instant(row[name])
    if row["capture"]:
        row["capture"] = row["capture"] | {"warc_date": _instant(row["capture"]["warc_date"])}
    row["evidence"] = list(row["evidence"].items())
    return row


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _schema(pa: Any) -> Any:
    return pa.schema([_field(pa, column) for column in columns({})])


def _field(pa: Any, column: Column) -> Any:
    instant = pa.timestamp("us", tz="UTC")
    evidence = pa.struct([(name, pa.string()) for name in ("method", "where", "raw")])
    types = {
        "text": pa.string(),
        "number": pa.int64(),
        "instant": instant,
        "texts": pa.list_(pa.string()),
        "evidence": pa.map_(pa.string(), evidence),
        "capture": pa.struct(
            [
                ("warc_record_id", pa.string()), ("warc_date", instant), ("filename", pa.string()),
                ("offset", pa.int64()), ("length", pa.int64()), ("payload_digest", pa.string()),
                ("status", pa.int32()),
            ]
        ),
    }  # fmt: skip
    return pa.field(column.name, types[column.kind], nullable=not column.required)
