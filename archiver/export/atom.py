"""Atom (RFC 4287): a feed with an entry an article, its text as plain text.

``updated`` must be an instant: when the page says that it was modified, else published, else when it was
first seen. A date that is less precise stands in ``dcterms:issued`` and ``dcterms:modified``, as the page
states it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, BinaryIO

from lxml import etree

from archiver import __version__
from archiver.export.citation import citation_of, one_line
from archiver.export.options import PLAIN, Options
from archiver.export.xml import add, instant_of, iri, language_tag, xml_text
from archiver.model import Article

NS = "http://www.w3.org/2005/Atom"
TERMS = "http://purl.org/dc/terms/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES: Any = {None: NS, "dcterms": TERMS}
_NEVER = "1970-01-01T00:00:00Z"


def write_atom(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the feed; the number of its entries.

    The newest date stands before the entries, so that these wait in a temporary file.
    """
    count, updated, ids = 0, _NEVER, hashlib.sha256()
    with tempfile.TemporaryFile() as waiting:
        for article in articles:
            entry = atom_entry(article, options)
            waiting.write(etree.tostring(entry, encoding="utf-8") + b"\n")
            updated = max(updated, updated_of(article), key=datetime.fromisoformat)
            ids.update(f"{article.id}\n".encode())
            count += 1
        waiting.seek(0)
        out.write(_head(updated, _urn(ids.hexdigest())))
        shutil.copyfileobj(waiting, out)
    out.write(b"</feed>\n")
    return count


def atom_entry(article: Article, options: Options = PLAIN) -> etree._Element:
    """An article as an entry."""
    entry = etree.Element(f"{{{NS}}}entry", nsmap=_SPACES)
    if language := language_tag(article.language):
        entry.set(_LANG, language)
    add(entry, "id", _urn(article.id or ""))
    add(entry, "title", one_line(article.title) or article.url, {"type": "text"})
    add(entry, "updated", updated_of(article))
    if published := instant_of(article.date_published):
        add(entry, "published", published)
    names = [name for each in article.authors if (name := one_line(each))]
    for name in names or [one_line(article.publisher) or article.site or "unknown"]:
        add(add(entry, "author"), "name", name)
    _add_links(entry, article, options)
    for word in article.keywords:
        add(entry, "category", None, {"term": word})
    if article.description:
        add(entry, "summary", article.description, {"type": "text"})
    add(entry, "content", article.body, {"type": "text"})
    for tag, text in (
        ("identifier", article.id), ("isPartOf", article.site), ("publisher", article.publisher),
        ("issued", article.date_published), ("modified", article.date_modified),
    ):  # fmt: skip
        if text:
            etree.SubElement(entry, f"{{{TERMS}}}{tag}").text = xml_text(text)
    return entry


def updated_of(article: Article) -> str:
    """The instant of an entry."""
    stated = instant_of(article.date_modified) or instant_of(article.date_published)
    return stated or instant_of(article.first_seen) or _NEVER


def _add_links(entry: etree._Element, article: Article, options: Options) -> None:
    cited = citation_of(article, base_url=options.base_url)
    if cited.url:
        add(entry, "link", None, {"rel": "alternate", "type": "text/html", "href": iri(cited.url)})
    if cited.memento_url:
        add(entry, "link", None, {"rel": "memento", "href": iri(cited.memento_url)})


def _head(updated: str, identity: str) -> bytes:
    root = etree.Element(f"{{{NS}}}feed", nsmap=_SPACES)
    add(root, "id", identity)
    add(root, "title", "Articles of a news archive", {"type": "text"})
    add(root, "updated", datetime.fromisoformat(updated).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    add(root, "generator", "nyhetsarkiv", {"version": __version__})
    whole = etree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + whole.removesuffix(b"</feed>") + b"\n"


def _urn(text: str) -> str:
    """A name for an article or a feed that is the same in every export."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"nyhetsarkiv:{text}").urn
