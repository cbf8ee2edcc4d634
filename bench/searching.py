"""``python -m bench.searching``: how long a search takes among a million articles.

The mix: one word, two words, a phrase of two, and the first five letters of a word, each without and with a
year; all taken from random articles: words of their titles, phrases of their bodies. The hundred most
frequent words are left out, as nobody looks for them alone.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from archiver.store.database import open_reader
from archiver.store.filter import Filter
from archiver.store.search import facets, search
from bench.corpus import FREQUENT, Sample, corpus, word, write_corpus
from bench.figure import Figure
from bench.table import show

AIM = 50.0
ASKED = 60  # queries of each kind
STRIDE = 997  # one article in so many is one that queries are taken from


def queries(articles: int) -> Iterator[tuple[str, str]]:
    """Kind and text of each query."""
    chance = random.Random(11)  # noqa: S311
    frequent = {word(n) for n in range(FREQUENT)}
    some = [
        sample for n, sample in enumerate(corpus(articles)) if n % max(1, min(STRIDE, articles // 300)) == 0
    ]
    for sample in chance.sample(some, min(ASKED, len(some))):
        for kind, text in _of(sample, frequent, chance):
            yield kind, text
            yield f"{kind}, a year", f"{text} year:{sample.year}"


def _of(sample: Sample, frequent: set[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    rare = [said for said in sample.title if said not in frequent]
    if rare:
        yield "one word", chance.choice(rare)
        yield "a prefix", f"{chance.choice(rare)[:5]}*"
    if len(rare) > 1:
        yield "two words", " ".join(chance.sample(rare, 2))
    pairs = [
        pair for pair in zip(sample.body, sample.body[1:], strict=False) if not frequent.issuperset(pair)
    ]
    if pairs:
        yield "a phrase", '"{} {}"'.format(*chance.choice(pairs))


def search_figures(path: Path, articles: int) -> list[Figure]:
    """Median and 95th percentile of each kind of query, and of all."""
    took: dict[str, list[float]] = {}
    counting: list[float] = []
    db = open_reader(path)
    for kind, text in queries(articles):
        chosen = Filter(query=text)
        began = time.perf_counter()
        search(db, chosen)
        took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        facets(db, chosen)
        counting.append((time.perf_counter() - began) * 1000)
    everything = [value for values in took.values() for value in values]
    rows = {"search, all": everything, **took, "facets": counting}
    return [
        Figure(
            name=name, value=statistics.median(values), unit="ms", aim=AIM if name == "search, all" else None,
            note=f"{len(values)} queries, 95 % under {_percentile(values):.0f}, all {max(values):.0f} ms",
        )
        for name, values in rows.items()
    ]  # fmt: skip


def _percentile(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def main() -> None:
    """Make the archive, unless it is there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="the database, made where it is not there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = given.keep or Path(folder) / "archiver.db"
        if not path.exists():
            write_corpus(path, given.articles)
        show(search_figures(path, given.articles))


if __name__ == "__main__":
    main()
