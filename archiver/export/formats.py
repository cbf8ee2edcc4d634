"""Every format of an export of articles: its name, who writes it, and what its files are called.

A WACZ holds captures and no articles; ``archiver.replay.package`` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archiver.export.atom import write_atom
from archiver.export.bibtex import write_bibtex
from archiver.export.csl import write_csl
from archiver.export.csv import write_csv
from archiver.export.jsonl import write_jsonl
from archiver.export.markdown import write_markdown
from archiver.export.options import Options
from archiver.export.parquet import write_parquet
from archiver.export.ris import write_ris
from archiver.export.tei import write_tei
from archiver.export.texts import write_texts
from archiver.model import Article

Write = Callable[[Iterable[Article], BinaryIO, Options], int]
WriteFolder = Callable[[Iterable[Article], Path, Options], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A format that is one file. ``is_table`` where a row is an article: a descriptor says what is in it."""

    name: str
    suffix: str
    media_type: str
    write: Write
    is_table: bool = False
    is_text: bool = True


FILES: dict[str, Format] = {
    format.name: format
    for format in (
        Format(
            name="jsonl", suffix=".jsonl", media_type="application/jsonl", write=write_jsonl, is_table=True
        ),
        Format(name="csv", suffix=".csv", media_type="text/csv", write=write_csv, is_table=True),
        Format(
            name="parquet", suffix=".parquet", media_type="application/vnd.apache.parquet",
            write=write_parquet, is_table=True, is_text=False,
        ),
        Format(name="tei", suffix=".xml", media_type="application/tei+xml", write=write_tei),
        Format(name="atom", suffix=".atom", media_type="application/atom+xml", write=write_atom),
        Format(
            name="ris", suffix=".ris", media_type="application/x-research-info-systems", write=write_ris
        ),
        Format(name="bibtex", suffix=".bib", media_type="application/x-bibtex", write=write_bibtex),
        Format(
            name="csl-json", suffix=".json", media_type="application/vnd.citationstyles.csl+json",
            write=write_csl,
        ),
    )
}  # fmt: skip
FOLDERS: dict[str, WriteFolder] = {"markdown": write_markdown, "texts": write_texts}
