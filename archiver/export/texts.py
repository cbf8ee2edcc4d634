"""Plain texts for corpus tools: a file an article, and beside them a table of what is known of each.

``<site>/<docid>.txt`` holds the body alone, in UTF-8 with LF; ``metadata.csv`` has a row for each, with the
title. A docid is ``<site>_<id>``: it never changes, is unique in the folder, and safe on any file system.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from archiver.counting import count_sentences, count_words
from archiver.export.csv import marked
from archiver.export.options import PLAIN, Options
from archiver.model import Article

METADATA = "metadata.csv"
COLUMNS = (
    "doc_id", "file", "site", "date", "year", "title", "authors", "language", "words", "sentences",
    "keywords", "publisher", "url", "captured",
)  # fmt: skip
# Control characters but for tab and line feed: readers of texts stop at some, or show none.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


def write_texts(articles: Iterable[Article], folder: Path, options: Options = PLAIN) -> int:
    """Write the texts and their table into a folder; the number of them."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / METADATA).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for article in articles:
            name = doc_id(article)
            path = folder / name.rpartition("_")[0] / f"{name}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(plain_text(article.body), encoding="utf-8", newline="\n")
            cells = _cells(article, name, path.relative_to(folder).as_posix())
            writer.writerow(map(marked, cells) if options.no_formulas else cells)
            count += 1
    return count


def doc_id(article: Article) -> str:
    """The name of an article's text: site and id."""
    return "_".join(_UNSAFE.sub("-", part or "") for part in (article.site, article.id))


def plain_text(text: str) -> str:
    """A text that ends with a line feed and has no control characters but these and tabs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(lambda found: " " if found[0].isspace() else "", text).rstrip("\n") + "\n"


def _cells(article: Article, name: str, file: str) -> Sequence[str | int | None]:
    date = article.date_published or ""
    cells = (
        name, file, article.site, date, date[:4], article.title, "; ".join(article.authors), article.language,
        count_words(article.body), count_sentences(article.body, article.language),
        "; ".join(article.keywords), article.publisher, article.canonical_url,
        (article.capture or {}).get("warc_date"),
    )  # fmt: skip
    return [_in_a_line(cell) if isinstance(cell, str) else cell for cell in cells]


def _in_a_line(text: str) -> str:
    """A cell on one line: tools that read a table line by line are many."""
    return " ".join(_CONTROL.sub(" ", text).split())
