"""Markdown: a file an article, with the other fields as front matter in YAML.

The text stands there as Markdown alone: ``body`` is what that reads like.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from archiver.export.options import PLAIN, Options
from archiver.export.record import printable_json, record
from archiver.model import Article

_BODY = ("body", "body_markdown")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
# What makes a text more than text in a heading.
_MARKS = re.compile(r"([\\`*_\[\]<>#&!~|$])")
_ESCAPE = r"\\\1"


def write_markdown(articles: Iterable[Article], folder: Path, options: Options = PLAIN) -> int:
    """Write ``folder/<site>/<day>-<slug>-<id>.md`` for each article; the number of them."""
    count = 0
    for article in articles:
        path = folder / (article.site or "") / file_name(article)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(markdown_text(article), encoding="utf-8", newline="\n")
        count += 1
    return count


def file_name(article: Article) -> str:
    """A name that sorts by day, can be read, and is never that of another article."""
    plain = unicodedata.normalize("NFKD", article.title or "").encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")
    day = _DAY.match(article.date_published or "")
    parts = (day[0] if day else "undated", slug, article.id or "")
    return "-".join(part for part in parts if part) + ".md"


def markdown_text(article: Article) -> str:
    """The whole file: front matter, the title as heading, the body."""
    fields = [f"{key}: {printable_json(value)}" for key, value in record(article).items() if key not in _BODY]
    heading = f"# {plain_markdown(article.title or '') or 'Untitled'}"
    return "\n".join(["---", *fields, "---", "", heading, "", article.body_markdown.rstrip(), ""])


def plain_markdown(text: str) -> str:
    """A text on one line that Markdown takes for text."""
    return _MARKS.sub(_ESCAPE, " ".join(text.split()))
