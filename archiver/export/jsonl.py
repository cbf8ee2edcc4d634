"""JSON Lines: an article a line, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from archiver.export.options import PLAIN, Options
from archiver.export.record import json_text, record
from archiver.model import Article


def write_jsonl(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them."""
    count = 0
    for article in articles:
        out.write(json_text(record(article)).encode() + b"\n")
        count += 1
    return count
