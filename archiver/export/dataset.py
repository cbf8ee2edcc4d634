"""A dataset that one can publish: a folder with articles, and what tells people and machines about them.

It has no folders in it: Zenodo takes none. The articles are written twice, as Parquet and as JSON Lines, in
one pass. Every other file follows from what passed and from what is left out, so that the same articles
give the same folder, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from archiver.errors import UsageError
from archiver.export.catalogue import citation_cff, croissant, package_fields, schema_org
from archiver.export.datapackage import Table, descriptor
from archiver.export.formats import FILES
from archiver.export.jsonl import write_jsonl
from archiver.export.measured import Measured
from archiver.export.numbers import Numbers
from archiver.export.options import PLAIN, Options
from archiver.export.parquet import pyarrow
from archiver.export.published import LeftOut, Published
from archiver.export.readme import readme
from archiver.model import Article

CHECKSUMS = "SHA256SUMS"


def write_dataset(
    articles: Iterable[Article],
    folder: Path,
    *,
    about: Mapping[str, str],
    left_out: LeftOut,
    creator: str | None = None,
    scope: str = "",
) -> Numbers:
    """Fill an empty folder; the numbers of what is in it.

    ``about`` says what the columns of the database mean, ``scope`` which articles are meant where these
    are not all. Raises UsageError where there is no article, or no pyarrow.
    """
    pyarrow()
    numbers = Numbers()
    tables = _write_tables(numbers.each(articles), folder)
    if not numbers.articles:
        raise UsageError("there is nothing to publish: no article is meant, or all are reserved")
    made = Published(numbers=numbers, left_out=left_out, tables=tables, creator=creator, scope=scope)
    texts = {
        "README.md": readme(made, about),
        "CITATION.cff": citation_cff(made),
        "datapackage.json": descriptor(tables, name=made.name, about=about, more=package_fields(made)),
        "dataset.jsonld": schema_org(made, about),
        "croissant.json": croissant(made, about),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    digests = {table.path: table.digest for table in tables}
    digests |= {name: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in texts.items()}
    sums = "".join(f"{digests[name].partition(':')[2]}  {name}\n" for name in sorted(digests))
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8", newline="\n")
    return numbers


def _write_tables(articles: Iterable[Article], folder: Path) -> tuple[Table, ...]:
    """Write both files of articles in one pass; what was written, Parquet first."""
    paths = {form: f"articles{FILES[form].suffix}" for form in ("parquet", "jsonl")}
    with (folder / paths["parquet"]).open("wb") as one, (folder / paths["jsonl"]).open("wb") as other:
        outs = {form: Measured(file) for form, file in (("parquet", one), ("jsonl", other))}
        lines = _Passing(articles, cast("BinaryIO", outs["jsonl"]))
        rows = FILES["parquet"].write(lines.each(), cast("BinaryIO", outs["parquet"]), PLAIN)
    return tuple(
        Table(path=paths[form], format=FILES[form], rows=rows, size=out.size, digest=out.digest)
        for form, out in outs.items()
    )


@dataclass
class _Passing:
    """Articles on their way into one file that are written into another as JSON Lines."""

    articles: Iterable[Article]
    out: BinaryIO

    def each(self, options: Options = PLAIN) -> Iterator[Article]:
        for article in self.articles:
            write_jsonl((article,), self.out, options)
            yield article
