"""CSL-JSON: what citeproc, Zotero and pandoc read (citationstyles.org, schema 1.0.2).

Articles on a site are of the type ``webpage``. What CSL has no variable for stands in ``custom``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, BinaryIO

from archiver.export.citation import Citation, Name, citation_of
from archiver.export.options import PLAIN, Options
from archiver.export.record import json_text
from archiver.model import Article

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def write_csl(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write one JSON array, an item a line, as the articles come; the number of them."""
    count = 0
    for article in articles:
        item = json_text(csl_item(citation_of(article, base_url=options.base_url)))
        out.write((",\n" if count else "[\n").encode() + item.encode())
        count += 1
    out.write(b"\n]\n" if count else b"[]\n")
    return count


def csl_item(citation: Citation) -> dict[str, Any]:
    """The item of a citation; what is not known is left out."""
    custom = {
        "memento_url": citation.memento_url,
        "captured": citation.captured,
        "warc_record_id": citation.record,
        "payload_digest": citation.digest,
    }
    item = {
        "id": citation.id,
        "type": "webpage",
        "title": citation.title,
        "author": [_name(name) for name in citation.authors] or None,
        "container-title": citation.publisher,
        "publisher": citation.publisher,
        "issued": csl_date(citation.date),
        "accessed": csl_date(citation.captured),
        "URL": citation.url,
        "archive_location": citation.memento_url,
        "language": citation.language,
        "abstract": citation.abstract,
        "keyword": ", ".join(citation.keywords) or None,
        "note": citation.note,
        "custom": {key: value for key, value in custom.items() if value} or None,
    }
    return {key: value for key, value in item.items() if value is not None}


def csl_date(text: str | None) -> dict[str, Any] | None:
    """A date of CSL: the day, month or year that an ISO 8601 text begins with, None where it has none."""
    found = _DATE.match(text or "")
    parts = [int(part) for part in found.groups() if part] if found else []
    while len(parts) > 1 and not _is_date(parts):
        parts.pop()
    return {"date-parts": [parts]} if parts else None


def _is_date(parts: list[int]) -> bool:
    try:
        date(*[max(parts[0], 1), *parts[1:], 1][:3])
    except ValueError:
        return False
    return True


def _name(name: Name) -> dict[str, str]:
    if name.family and name.given:
        return {"family": name.family, "given": name.given}
    return {"literal": name.literal}
