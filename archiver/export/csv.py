"""CSV by RFC 4180: UTF-8, a header line, lists and objects as JSON in their cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, BinaryIO

from archiver.export.record import KEYS, json_text, record
from archiver.model import Article


def write_csv(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write the articles as they come; the number of them. A null is an empty cell."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(KEYS)
    count = 0
    for article in articles:
        writer.writerow(_cell(value) for value in record(article).values())
        count += 1
    text.flush()
    text.detach()
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json_text(value)
    # A NUL ends a string for many a reader of CSV, and no text needs one.
    return value.replace("\x00", "") if isinstance(value, str) else value
