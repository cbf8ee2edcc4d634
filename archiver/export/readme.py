"""The README of a dataset: what is in it, in numbers, what is not, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archiver import __version__
from archiver.amounts import count
from archiver.export.markdown import plain_markdown
from archiver.export.published import LeftOut, Published
from archiver.export.table import columns


def readme(made: Published, about: Mapping[str, str]) -> str:
    """The whole file, as Markdown."""
    sections = (
        f"# {plain_markdown(made.title)}",
        plain_markdown(made.summary),
        "## Numbers",
        _numbers(made),
        _sites(made),
        _counts("language", made.numbers.languages),
        _counts("year", made.numbers.years),
        "## Files",
        _files(made),
        "## Columns",
        _columns(about),
        "## What is left out",
        _left_out(made.left_out),
        "## Terms",
        _TERMS,
        "## How it was made, and how to cite it",
        _made(made),
    )
    return "\n\n".join(sections) + "\n"


_TERMS = """The rights in the texts are those of their authors and publishers; nobody who passes this dataset
on grants any in them ([In Copyright](https://rightsstatements.org/vocab/InC/1.0/)). What you may do with
them follows from the law where you are, for example from its exceptions for research and for text and data
mining. Who publishes this dataset decides who may have it: check before you deposit it in the open.
Articles name people: what you do with them is subject to data protection, too."""


def _numbers(made: Published) -> str:
    n = made.numbers
    rows = [
        ("articles", n.articles),
        ("with a date of publication", n.dated),
        ("with a named author", n.with_author),
        ("whose text, title or date changed while they were watched", n.changed),
        ("that are gone from their site", n.gone),
        ("characters of text", n.characters),
    ]
    table = _table(("", "number"), [(name, f"{number:,}") for name, number in rows])
    captured = f"Captured from {n.oldest[:10]} to {n.newest[:10]}." if n.oldest and n.newest else ""
    return f"{table}\n\n{captured}".strip()


def _sites(made: Published) -> str:
    rows = [
        (site, of.publisher or "", f"{of.articles:,}", of.first or "", of.last or "")
        for site, of in sorted(made.numbers.sites.items())
    ]
    return _table(("site", "publisher", "articles", "first published", "last published"), rows)


def _counts(name: str, counts: Mapping[str, int]) -> str:
    return _table((name, "articles"), [(value, f"{number:,}") for value, number in sorted(counts.items())])


def _files(made: Published) -> str:
    rows = [
        (f"`{table.path}`", f"an article a row, {table.format.name}, {table.size:,} bytes")
        for table in made.tables
    ]
    rows += [
        ("`datapackage.json`", "the files with their columns and digests, as a Data Package"),
        ("`dataset.jsonld`", "the dataset for search engines, by schema.org"),
        ("`croissant.json`", "the dataset for machine learning, as Croissant"),
        ("`CITATION.cff`", "how to cite it"),
        ("`SHA256SUMS`", "the digest of every file: `sha256sum -c SHA256SUMS`"),
    ]
    return "\n".join(["| file | what it is |", "|---|---|", *(f"| {name} | {what} |" for name, what in rows)])


def _columns(about: Mapping[str, str]) -> str:
    return _table(("column", "meaning"), [(column.name, column.about) for column in columns(about)])


def _left_out(left: LeftOut) -> str:
    reserved = [
        f"{count(left.tdm, 'article')} whose site reserves text and data mining (TDMRep)",
        f"{count(left.noarchive, 'article')} whose page asks not to be archived (noarchive)",
    ]
    hidden = [
        f"{count(left.asked, 'page')} of these sites that ask not to be archived, whatever is on them",
        f"{count(left.suppressed, 'address')} hidden on request",
    ]
    if left.is_kept:
        return (
            f"Not in it are {hidden[0]}, and {hidden[1]}. **In it, as its maker asked, are {reserved[0]}, and"
            f" {reserved[1]}:** do not pass it on to those who may not have them."
        )
    return "\n".join(f"- {line}" for line in [*reserved, *hidden])


def _made(made: Published) -> str:
    return (
        f"Made by {plain_markdown(made.maker)} with nyhetsarkiv {__version__} from the state of its archive"
        f" on {made.day}, the day of the newest capture. `CITATION.cff` says how to cite the dataset. An"
        " article is cited by its address, the instant of its capture and its WARC record id, which are in"
        " its row."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([plain_markdown(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
