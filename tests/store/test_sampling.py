"""Samples are stratified by site and year, in proportion, and the same for the same seed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archiver.home import Home
from archiver.store.articles import articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from archiver.store.sampling import TABLE, sample, select
from tests.store.planted import plant, planted

ALL = Filter()
SIZES = {("a", "2024"): 60, ("a", "2025"): 25, ("b", "2025"): 10, ("b", None): 5}


def build(path: Path, *, backwards: bool = False) -> sqlite3.Connection:
    wanted = [(key, n) for key, size in SIZES.items() for n in range(size)]
    with closing(planted(path)) as db:
        for (site, year), n in reversed(wanted) if backwards else wanted:
            day = year and f"{year}-0{n % 9 + 1}"
            plant(db, site, f"{year}-{n:03}", (f"Text {n % 20} av {year}",), day=day)
    return open_reader(path)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(build(tmp_path_factory.mktemp("sampled") / "archiver.db")) as made:
        yield made


def drawn(db: sqlite3.Connection, wanted: Filter = ALL, **values: Any) -> list[str]:
    values = {"size": 20, "seed": 1} | values
    return [identity for stratum in sample(db, wanted, **values) for identity in stratum.ids]


@pytest.mark.parametrize(
    ("size", "shares"),
    [(20, [12, 5, 1, 2]), (1, [1, 0, 0, 0]), (100, [60, 25, 5, 10]), (10_000, [60, 25, 5, 10])],
)
def test_each_stratum_has_its_share(db: sqlite3.Connection, size: int, shares: list[int]) -> None:
    found = sample(db, ALL, size=size, seed=1)
    assert [(s.site, s.year) for s in found] == [("a", "2024"), ("a", "2025"), ("b", None), ("b", "2025")]
    assert [len(s.ids) for s in found] == shares
    assert [s.of for s in found] == [60, 25, 5, 10]


@pytest.mark.parametrize("size", [1, 7, 13, 33, 99])
def test_a_sample_has_the_size_that_was_asked_for(db: sqlite3.Connection, size: int) -> None:
    found = sample(db, ALL, size=size, seed=size)
    assert sum(len(s.ids) for s in found) == size == len(set(drawn(db, size=size, seed=size)))
    for stratum in found:
        assert abs(len(stratum.ids) - size * stratum.of / 100) < 1


def test_the_order_of_rows_is_nothing_to_a_sample(db: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(build(tmp_path / "a.db", backwards=True)) as other:
        assert drawn(other) == drawn(db)


def test_another_seed_is_another_sample_and_every_article_has_its_chance(db: sqlite3.Connection) -> None:
    assert drawn(db, seed=1) == drawn(db, seed=1) != drawn(db, seed=2)
    times = dict.fromkeys(drawn(db, size=100), 0)
    for seed in range(200):
        for identity in drawn(db, seed=seed):
            times[identity] += 1
    # Each is in 40 of 200 samples, more or less: 5.7 is the standard deviation.
    assert all(12 <= number <= 68 for number in times.values()), sorted(times.values())


def test_a_larger_sample_holds_the_smaller_one_where_shares_only_grow(db: sqlite3.Connection) -> None:
    assert set(drawn(db, size=20)) < set(drawn(db, size=40))


def test_a_filter_comes_before_the_sample(db: sqlite3.Connection) -> None:
    found = sample(db, Filter(sites=("b",), since="2025"), size=3, seed=1)
    assert [(s.site, s.year, s.of, len(s.ids)) for s in found] == [("b", "2025", 10, 3)]
    assert sample(db, Filter(query="finnsinte"), size=3, seed=1) == []


def test_of_one_text_the_first_is_kept_among_those_that_are_wanted(db: sqlite3.Connection) -> None:
    whole = {s.year: s.of for s in sample(db, Filter(sites=("a",)), size=99, seed=1, no_duplicates=True)}
    assert whole == {"2024": 20, "2025": 20}
    # b has texts of a, too: what is left out of the articles takes no text away.
    assert sample(db, Filter(sites=("b",), since="2025"), size=99, seed=1, no_duplicates=True)[0].of == 10


def test_what_is_selected_is_read(tmp_path: Path, demo_home: Home) -> None:
    with closing(open_reader(demo_home.database)) as reader:
        assert select(reader, ALL, size=7, seed=3) == 7
        read = [article.id for article in articles(reader, ALL, only=TABLE)]
    with closing(open_reader(demo_home.database)) as reader:
        assert sorted(map(str, read)) == sorted(drawn(reader, size=7, seed=3))
