r"""BibTeX: an entry an article, in UTF-8, for BibTeX and BibLaTeX alike.

Articles on a site are ``@misc``, the one type of a web page that every style knows. Texts are escaped so that
no character of theirs is a command; addresses are not: ``\url`` and BibLaTeX print them as they are, so that
characters which would end the field are percent-encoded there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from urllib.parse import quote

from archiver.export.citation import Citation, Name, write_citations
from archiver.export.options import PLAIN, Options
from archiver.model import Article

_ESCAPES = {
    "\\": r"\textbackslash{}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_PAIRED = str.maketrans(_ESCAPES | {"{": r"\{", "}": r"\}"})
# BibTeX counts a brace behind a backslash, too: one without its other would swallow what follows.
_ODD = str.maketrans(_ESCAPES | {"{": r"\lbrace{}", "}": r"\rbrace{}"})
# Two of which TeX makes one sign: dashes, quotation marks, and marks that stand on their head.
_LIGATURE = re.compile(r"([-`'<>,])(?=\1)|[?!](?=`)")
_BRACE = re.compile("[{}]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-\d\d)?)?")


def write_bibtex(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them."""
    return write_citations(bibtex_text, articles, out, options)


def bibtex_text(citation: Citation) -> str:
    """One entry and an empty line."""
    lines = "".join(f"  {name} = {value},\n" for name, value in _fields(citation) if value)
    return f"@misc{{{bibtex_key(citation)},\n{lines}}}\n\n"


def bibtex_key(citation: Citation) -> str:
    """A key that can be read and is no other article's: family name, year and id, in ASCII."""
    first = citation.authors[0] if citation.authors else None
    name = (first and (first.family or first.literal)) or citation.publisher or ""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z]", "", plain)[:20]
    day = _DAY.match(citation.date or "")
    return f"{word}{day[1] if day else ''}-{re.sub(r'[^0-9A-Za-z]', '', citation.id)}".lstrip("-")


def _fields(citation: Citation) -> Iterator[tuple[str, str | None]]:
    day = _DAY.match(citation.date or "")
    # A second pair of braces keeps capitals, and a name whole.
    yield "author", _text(" and ".join(map(_name, citation.authors)), escaped=True)
    yield "title", _text(f"{{{_escaped(citation.title)}}}", escaped=True) if citation.title else None
    yield "howpublished", _text(citation.publisher)
    yield "year", _text(day and day[1])
    yield "month", _MONTHS[int(day[2]) - 1] if day and day[2] and 1 <= int(day[2]) <= 12 else None
    yield "date", _text(day and day[0])
    yield "url", _address(citation.url)
    yield "urldate", _text((citation.captured or "")[:10])
    yield "archiveurl", _address(citation.memento_url)
    yield "language", _text(citation.language)
    yield "abstract", _text(citation.abstract)
    yield "keywords", _text(", ".join(map(_keyword, citation.keywords)), escaped=True)
    yield "note", _text(citation.note)


def _text(text: str | None, *, escaped: bool = False) -> str | None:
    return f"{{{text if escaped else _escaped(text)}}}" if text else None


def _escaped(text: str | None) -> str:
    depth = lowest = 0
    for brace in _BRACE.findall(text or ""):
        depth += 1 if brace == "{" else -1
        lowest = min(lowest, depth)
    escaped = (text or "").translate(_ODD if depth or lowest < 0 else _PAIRED)
    return _LIGATURE.sub(r"\g<0>{}", escaped)


def _name(name: Name) -> str:
    if name.family and name.given:
        return f"{_escaped(name.family)}, {_escaped(name.given)}"
    return f"{{{_escaped(name.literal)}}}"


def _keyword(word: str) -> str:
    return f"{{{_escaped(word)}}}" if "," in word else _escaped(word)


def _address(url: str | None) -> str | None:
    return f"{{{quote(url, safe=_SAFE)}}}" if url else None


# Everything that is printed as it is; what is left out are braces, backslash, space and what is no ASCII.
_SAFE = "%!#$&'()*+,/:;=?@[]~^|`\"<>"
