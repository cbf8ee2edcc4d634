"""Articles chosen among those that a filter lets through: one of each text, or a stratified sample.

A sample is drawn by site and year of publication, in proportion: each stratum gets the share of its articles,
rounded down, and what is left goes to the largest remainders. Within a stratum those articles are taken whose
SHA-256 over seed and id is smallest. So the same articles and the same seed give the same sample on any
machine, whatever order rows are in; and what is added to the archive changes a sample as little as can be.
"""

from __future__ import annotations

import hashlib
import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from archiver.store.corpus import NO_WORDS, PLACE
from archiver.store.filter import Filter
from archiver.store.vocabulary import compounds

TABLE = "selected"
"""The temporary table of the ids that were chosen."""

SEED = 0
"""The seed of a sample where none is named."""

Key = tuple[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stratum:
    """The articles of a site and a year, None for those without a date: how many there are, and the drawn."""

    site: str
    year: str | None
    of: int
    ids: tuple[str, ...]


def sample(
    db: sqlite3.Connection, chosen: Filter, *, size: int, seed: int, no_duplicates: bool = False
) -> list[Stratum]:
    """A sample of so many articles, or of all where there are no more; its strata by site and year."""
    source, values = _source(db, chosen, no_duplicates)
    sizes: dict[Key, int] = {
        (row[0], row[1]): row[2]
        for row in db.execute(f"SELECT site, year, count(*) FROM ({source}) GROUP BY site, year", values)
    }
    shares = _shares(sizes, size, seed)
    rows = db.execute(f"SELECT site, year, id FROM ({source}) ORDER BY site, year", values)
    return [
        Stratum(site=key[0], year=key[1], of=sizes[key], ids=_lowest(group, shares[key], seed))
        for key, group in groupby(rows, lambda row: (row[0], row[1]))
    ]


def select(
    db: sqlite3.Connection, chosen: Filter, *, size: int | None, seed: int, no_duplicates: bool = False
) -> int:
    """Put the ids of a sample, or of the first article of each text, into the temporary table ``selected``.

    How many there are. The connection reads one state of the archive from now on.
    """
    db.execute("BEGIN")
    db.execute(f"CREATE TEMP TABLE {TABLE} (id TEXT PRIMARY KEY) WITHOUT ROWID")
    if size is None:
        source, values = _source(db, chosen, no_duplicates)
        return db.execute(f"INSERT INTO {TABLE} SELECT id FROM ({source})", values).rowcount
    found = sample(db, chosen, size=size, seed=seed, no_duplicates=no_duplicates)
    ids = [identity for stratum in found for identity in stratum.ids]
    db.executemany(f"INSERT INTO {TABLE} VALUES (?)", ((identity,) for identity in ids))
    return len(ids)


def _source(db: sqlite3.Connection, chosen: Filter, no_duplicates: bool) -> tuple[str, list[Any]]:
    """The query of id, site and year of the articles to choose from, and its parameters."""
    where, values = chosen.where(longer=compounds(db))
    columns = "a.id, a.site, substr(a.published_day, 1, 4) AS year"
    if not no_duplicates:
        return f"SELECT {columns} FROM articles a WHERE {where}", values
    placed = f"row_number() OVER (PARTITION BY a.text_digest ORDER BY {PLACE}) AS place"
    ranked = f"SELECT {columns}, a.text_digest, {placed} FROM articles a WHERE {where}"
    return f"SELECT id, site, year FROM ({ranked}) WHERE place = 1 OR text_digest = '{NO_WORDS}'", values


def _shares(sizes: dict[Key, int], size: int, seed: int) -> dict[Key, int]:
    """How many of each stratum: in proportion, by largest remainder; the seed decides between equal ones."""
    total = sum(sizes.values())
    size = min(size, total)
    shares = {key: size * of // total for key, of in sizes.items()}
    by_remainder = sorted(
        sizes, key=lambda key: (-(size * sizes[key] % total), _rank(seed, f"{key[0]} {key[1] or ''}"))
    )
    for key in by_remainder[: size - sum(shares.values())]:
        shares[key] += 1
    return shares


def _lowest(rows: Iterable[Any], share: int, seed: int) -> tuple[str, ...]:
    """The ids of a stratum that are in the sample, sorted."""
    ranked: Iterator[tuple[bytes, str]] = ((_rank(seed, row[2]), row[2]) for row in rows)
    return tuple(sorted(identity for _, identity in heapq.nsmallest(share, ranked)))


def _rank(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
