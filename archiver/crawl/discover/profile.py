"""Writes a proposed profile for a person to read and edit, and reads lists of sites from CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import tomlkit

from archiver.errors import UsageError
from archiver.site import NAME, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tomlkit.items import AoT, Array, Table

_KEYS = ("name", "display_name", "publisher", "country", "language", "timezone", "spider")
_COMMENTS = {
    "name": "the site's key; it never changes",
    "timezone": "in which dates without an offset are read",
    "start_urls": "where a crawl begins",
    "hosts": "hosts of the site; add from = and to = (days) when it moves",
    "listings": "places that name articles: kind is feed, sitemap or html",
    "articles": "addresses that are articles: * is one path segment or a part of one, ** anything",
    "crawl": "how it is crawled",
    "layouts": "rules of the site's own, as CSS selectors",
    "expect": "below this the site is unhealthy",
    "metadata": "anything you like; it reaches the table sites",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteRow:
    """A row of a list of sites: the address, the name if one is given, and everything else."""

    line: int
    url: str
    name: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


def profile_toml(site: Site, *, notes: Iterable[str] = ()) -> str:
    """The profile as TOML with comments; reading it gives the same Site. ``notes`` stand at the top."""
    document = tomlkit.document()
    for note in notes:
        for line in note.splitlines():
            document.add(tomlkit.comment(_printable(line)))
    data = _with_lists(msgspec.to_builtins(site, builtin_types=(date, datetime, time)))
    data["timezone"] = site.timezone
    for key in (*_KEYS, "start_urls"):
        if key in data:
            _add(document, key, _array(data[key]) if key == "start_urls" else data[key])
    for key in ("hosts", "listings", "articles", "crawl", "layouts", "expect", "metadata"):
        if data.get(key):
            document.add(tomlkit.nl())
            many = isinstance(data[key], list)
            document.add(
                key, _tables(data[key], _COMMENTS[key]) if many else _table(data[key], _COMMENTS[key])
            )
    return tomlkit.dumps(document)


def _with_lists(value: Any) -> Any:
    """The value with its tuples made lists, which TOML knows."""
    if isinstance(value, dict):
        return {key: _with_lists(inner) for key, inner in value.items()}
    return [_with_lists(inner) for inner in value] if isinstance(value, list | tuple) else value


def _add(document: tomlkit.TOMLDocument, key: str, value: Any) -> None:
    item = tomlkit.item(value)
    if key in _COMMENTS:
        item.comment(_COMMENTS[key])
    document.add(key, item)


def _table(data: Any, comment: str | None = None) -> Table:
    table = tomlkit.table()
    if comment:
        table.comment(comment)
    for key, value in data.items():
        if value is not None:  # TOML has no null
            table.add(key, _array(value) if isinstance(value, list) else value)
    return table


def _tables(rows: Any, comment: str) -> AoT:
    tables = tomlkit.aot()
    for number, row in enumerate(rows):
        tables.append(_table(row, None if number else comment))
    return tables


def _array(values: Iterable[Any]) -> Array:
    array = tomlkit.array()
    found = list(values)
    array.extend(found)
    return array.multiline(len(found) > 1 and all(isinstance(v, str) for v in found))


def _printable(line: str) -> str:
    """A line that may stand in a comment: no control characters (TOML 1.0, Comment)."""
    return "".join(c if c.isprintable() else " " for c in line)


def read_csv(path: Path) -> tuple[SiteRow, ...]:
    """The rows of a list of sites: a header line with ``url``, perhaps ``name``, and any others.

    publisher, country, language, timezone and display_name go to their own keys, any other
    column to the metadata. Commas, semicolons or tabs; UTF-8 with or without BOM, else
    Windows-1252. Blank rows are skipped. Raises ArchiverError with the line's number.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}", hint="name a file that can be read") from None
    text = _decoded(raw)
    try:
        return tuple(_rows(text, str(path)))
    except csv.Error as error:
        raise UsageError(f"{path}: {error}", hint="is it a CSV file?") from None


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _rows(text: str, source: str) -> Iterator[SiteRow]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] | None = None
    seen: dict[str, int] = {}
    for cells in reader:
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if header is None:
            header = _header(values, source, reader.line_num)
            continue
        row = _row(header, values, f"{source}, line {reader.line_num}", reader.line_num)
        if row.name and row.name in seen:
            raise UsageError(f"{source}, line {row.line}: name {row.name!r} is on line {seen[row.name]} too")
        seen[row.name or ""] = row.line
        yield row
    if header is None:
        raise UsageError(f"{source}: is empty", hint="the first line names the columns: url,name,…")


def _header(values: list[str], source: str, line: int) -> list[str]:
    header = [value.lower() for value in values]
    if "url" not in header:
        raise UsageError(
            f"{source}, line {line}: no column is called url",
            hint="the first line names the columns: url,name,…",
        )
    if doubled := {h for h in header if h and header.count(h) > 1}:
        raise UsageError(f"{source}, line {line}: column {min(doubled)!r} is there twice")
    return header


def _row(header: list[str], values: list[str], where: str, line: int) -> SiteRow:
    if any(values[len(header) :]):
        raise UsageError(f"{where}: {len(values)} cells, but {len(header)} columns")
    given = {key: value for key, value in zip(header, values, strict=False) if key and value}
    url, name = given.pop("url", ""), given.pop("name", None)
    if not _is_address(url):
        raise UsageError(f"{where}: {url!r} is no http or https address")
    if name and not NAME.match(name):
        raise UsageError(
            f"{where}: name {name!r} cannot be used",
            hint="use a to z, 0 to 9, '-' and '_', up to 63 characters",
        )
    own = ("publisher", "country", "language", "timezone", "display_name")
    return SiteRow(
        line=line,
        url=url,
        name=name,
        keys={key: value for key, value in given.items() if key in own},
        metadata={key: value for key, value in given.items() if key not in own},
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
