"""RIS: what EndNote, Mendeley and Zotero read; a tag a line, CRLF between lines.

Articles on a site are of the type ``ELEC``, a web page. No value has a line break or a control
character in it, so that no text can begin a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from archiver.export.citation import Citation, Name, write_citations
from archiver.export.options import PLAIN, Options
from archiver.model import Article

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def write_ris(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them."""
    return write_citations(ris_text, articles, out, options)


def ris_text(citation: Citation) -> str:
    """One reference, from TY to ER, and an empty line."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _lines(citation) if value) + "ER  - \r\n\r\n"


def _lines(citation: Citation) -> Iterator[tuple[str, str | None]]:
    yield "TY", "ELEC"
    yield "ID", citation.id
    yield "TI", citation.title
    yield from (("AU", _name(name)) for name in citation.authors)
    yield "T2", citation.publisher
    yield "PB", citation.publisher
    yield "PY", (ris_date(citation.date) or "")[:4]
    yield "DA", ris_date(citation.date)
    yield "UR", citation.url
    yield "L2", citation.memento_url
    yield "Y2", ris_date(citation.captured)
    yield "LA", citation.language
    yield "AB", citation.abstract
    yield from (("KW", word) for word in citation.keywords)
    yield "AN", citation.record
    yield "N1", citation.note


def _name(name: Name) -> str:
    return f"{name.family}, {name.given}" if name.family and name.given else name.literal


def ris_date(text: str | None) -> str | None:
    """A date of RIS, ``YYYY/MM/DD/``, with empty parts where the text is less precise; None without one."""
    found = _DAY.match(text or "")
    return "/".join(part or "" for part in found.groups()) + "/" if found else None
