"""Citations of an article for readers to take along: the one place that knows which formats there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archiver.export.bibtex import bibtex_text
from archiver.export.citation import citation_of
from archiver.export.csl import csl_item
from archiver.export.markdown import markdown_text
from archiver.export.record import json_text, record
from archiver.export.ris import ris_text
from archiver.model import Article


@dataclass(frozen=True, kw_only=True)
class Format:
    """One form in which an article can be taken along: what people call it, its type, its writer.

    The writer is given the article and where replay of the archive is published, if anywhere.
    """

    label: str
    media_type: str
    write: Callable[[Article, str | None], str]


CITATIONS: Mapping[str, Format] = {
    "ris": Format(
        label="RIS", media_type="application/x-research-info-systems",
        write=lambda article, base_url: ris_text(citation_of(article, base_url=base_url)),
    ),
    "bib": Format(
        label="BibTeX", media_type="application/x-bibtex",
        write=lambda article, base_url: bibtex_text(citation_of(article, base_url=base_url)),
    ),
    "csl-json": Format(
        label="CSL JSON", media_type="application/vnd.citationstyles.csl+json",
        write=lambda article, base_url: json_text([csl_item(citation_of(article, base_url=base_url))]) + "\n",
    ),
}  # fmt: skip
"""Formats of citations by the end of their address, ``/-/cite/<id>.<end>``."""

COPIES: Mapping[str, Format] = {
    "json": Format(
        label="JSON",
        media_type="application/json",
        write=lambda a, _: json_text(record(a)) + "\n",
    ),
    "md": Format(
        label="Markdown", media_type="text/markdown", write=lambda article, _: markdown_text(article)
    ),
    "txt": Format(label="plain text", media_type="text/plain", write=lambda article, _: article.body + "\n"),
}
"""Formats of the article itself."""


def formats() -> Mapping[str, Format]:
    """All of them, by the end of their address."""
    return {**CITATIONS, **COPIES}
