"""CSV by RFC 4180: UTF-8, a header line, lists and objects as JSON in their cell.

A spreadsheet takes a cell that begins with one of some characters for a formula. With ``no_formulas``
such a cell has an apostrophe in front. So has one that begins with apostrophes before such a character:
taking one apostrophe away gives the text back in every case (``without_mark``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any, BinaryIO

from archiver.export.options import PLAIN, Options
from archiver.export.record import KEYS, json_text, record
from archiver.model import Article

# What OWASP's page on CSV injection names; the wide ones are read so in East Asian settings.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def write_csv(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them. A null is an empty cell."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(KEYS)
    count = 0
    for article in articles:
        cells = (_cell(value) for value in record(article).values())
        writer.writerow(map(marked, cells) if options.no_formulas else cells)
        count += 1
    text.flush()
    text.detach()
    return count


def without_mark(cell: str) -> str:
    """What a cell was before it was marked as no formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def marked(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json_text(value)
    # A NUL ends a string for many a reader of CSV, and no text needs one.
    return value.replace("\x00", "") if isinstance(value, str) else value
