"""Markdown: a file an article, with the other fields as front matter in YAML.

The text stands there as Markdown alone: ``body`` is what that reads like.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archiver.export.record import json_text, record
from archiver.model import Article

_BODY = ("body", "body_markdown")
# What makes a text more than text in a heading.
_MARKS = re.compile(r"([\\`*_\[\]<>#&!~|$])")
_ESCAPE = r"\\\1"
# No printable characters of YAML 1.1 and 1.2, and what YAML 1.1 takes for a line break.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_markdown(articles: Iterable[Article], folder: Path) -> int:
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
    parts = ((article.date_published or "undated")[:10], slug, article.id or "")
    return "-".join(part for part in parts if part) + ".md"


def markdown_text(article: Article) -> str:
    """The whole file: front matter, the title as heading, the body."""
    fields = [f"{key}: {yaml_text(value)}" for key, value in record(article).items() if key not in _BODY]
    title = " ".join((article.title or "").split())
    heading = f"# {_MARKS.sub(_ESCAPE, title) or 'Untitled'}"
    return "\n".join(["---", *fields, "---", "", heading, "", article.body_markdown.rstrip(), ""])


def yaml_text(value: Any) -> str:
    """A value on one line of YAML: JSON, in which what YAML does not take as it is stands as its number.

    No text can break out of its line.
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text(value))
