"""TEI P5: a ``teiCorpus`` with a ``TEI`` element an article; ``docs/exports.md`` says which field is where.

The text keeps its structure: divisions under their headings, lists, quotations, tables, links, images. The
header also holds the whole record, without its text, as JSON in ``xenoData``, so that no field is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from lxml import etree

from archiver import __version__
from archiver.errors import UsageError
from archiver.export.citation import citation_of
from archiver.export.options import PLAIN, Options
from archiver.export.record import printable_json, record
from archiver.export.teibody import NS, add_body
from archiver.export.xml import add, language_tag, w3c_date
from archiver.model import Article

_XML = "{http://www.w3.org/XML/1998/namespace}"
_SPACES: Any = {None: NS}
RIGHTS = "The rights in the text are those of its authors and its publisher."


def write_tei(articles: Iterable[Article], out: BinaryIO, options: Options = PLAIN) -> int:
    """Write the articles as they come; the number of them. Raises UsageError where there is none."""
    count = 0
    for article in articles:
        if not count:
            out.write(_head())
        out.write(etree.tostring(tei_element(article, options), encoding="utf-8") + b"\n")
        count += 1
    if not count:
        raise UsageError("there is nothing to put into a TEI corpus: no article is meant")
    out.write(b"</teiCorpus>\n")
    return count


def tei_element(article: Article, options: Options = PLAIN) -> etree._Element:
    """An article as an element ``TEI``."""
    root = etree.Element(f"{{{NS}}}TEI", nsmap=_SPACES)
    root.set(f"{_XML}id", f"a{article.id}")
    if language := language_tag(article.language):
        root.set(f"{_XML}lang", language)
    header = add(root, "teiHeader")
    _add_file(header, article, options)
    _add_encoding(header, article)
    _add_profile(header, article)
    fields = {k: v for k, v in record(article).items() if k not in ("body", "body_markdown")}
    add(header, "xenoData", printable_json(fields), {"type": "application/json"})
    add_body(add(root, "text"), article)
    return root


def _add_file(header: etree._Element, article: Article, options: Options) -> None:
    file = add(header, "fileDesc")
    titles = add(file, "titleStmt")
    add(titles, "title", article.title)
    for name in article.authors:
        add(titles, "author", name)
    if article.version:
        edition = add(file, "editionStmt")
        text = f"version {article.version} of {article.versions}"
        add(edition, "edition", text, {"n": str(article.version)})
    published = add(file, "publicationStmt")
    add(published, "distributor", "A news archive")
    add(published, "idno", article.id, {"type": "nyhetsarkiv"})
    add(add(published, "availability", None, {"status": "restricted"}), "p", RIGHTS)
    _add_source(add(add(file, "sourceDesc"), "bibl"), article, options)


def _add_source(bibl: etree._Element, article: Article, options: Options) -> None:
    """The page that was archived, and the record that proves it."""
    cited = citation_of(article, base_url=options.base_url)
    add(bibl, "title", article.title, {"level": "a"})
    for name in article.authors:
        add(bibl, "author", name)
    add(bibl, "publisher", article.publisher or article.site)
    for kind, text in (
        ("published", article.date_published),
        ("modified", article.date_modified),
        ("captured", cited.captured),
    ):
        if text:
            add(bibl, "date", text, {"type": kind, "when": w3c_date(text)})
    for kind, text in (
        ("URL", article.url),
        ("canonical-URL", article.canonical_url),
        ("memento", cited.memento_url),
        ("WARC-Record-ID", cited.record),
        ("WARC-Payload-Digest", cited.digest),
    ):
        if text:
            add(bibl, "idno", text, {"type": kind})


def _add_encoding(header: etree._Element, article: Article) -> None:
    software = add(add(header, "encodingDesc"), "appInfo")
    attributes = {"ident": "nyhetsarkiv", "version": __version__}
    add(add(software, "application", None, attributes), "label", article.extractor)


def _add_profile(header: etree._Element, article: Article) -> None:
    language = language_tag(article.language)
    if not (article.description or language or article.keywords):
        return
    profile = add(header, "profileDesc")
    if article.description:
        add(add(profile, "abstract"), "p", article.description)
    if language:
        add(add(profile, "langUsage"), "language", language, {"ident": language})
    if article.keywords:
        words = add(add(profile, "textClass"), "keywords")
        for word in article.keywords:
            add(words, "term", word)


def _head() -> bytes:
    """All that comes before the first article: the header of the corpus."""
    root = etree.Element(f"{{{NS}}}teiCorpus", nsmap=_SPACES)
    file = add(add(root, "teiHeader"), "fileDesc")
    add(add(file, "titleStmt"), "title", "Articles of a news archive")
    published = add(file, "publicationStmt")
    add(published, "distributor", "A news archive")
    add(add(published, "availability", None, {"status": "restricted"}), "p", RIGHTS)
    add(add(file, "sourceDesc"), "p", "Pages of news sites, each as the archive captured it.")
    whole = etree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + whole.removesuffix(b"</teiCorpus>") + b"\n"
