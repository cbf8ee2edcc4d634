"""Deriving a site of many captures: the memory of a small machine, however many there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.home import Home
from tests.imports.archive import new_home, select
from tests.memory import measured
from tests.soak.test_import import rows_of_one_site

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3000)]

LIMIT = 150 * 1024  # kB
A_CAPTURE = 1.0  # kB that one more may cost


def most_memory(home: Home, *words: str) -> int:
    """What a command takes at most, in kB."""
    ended = measured(home.root, "-q", *words)
    assert ended.code == 0, ended.said
    return ended.most


def test_many_captures_cost_little_more_than_few(tmp_path: Path) -> None:
    few, many = (new_home(tmp_path / str(number)) for number in (6_000, 33_000))
    rows_of_one_site(few, tmp_path / "few.warc.gz", 6_000)
    rows_of_one_site(many, tmp_path / "many.warc.gz", 33_000)
    least, most = most_memory(few, "derive"), most_memory(many, "derive")
    assert select(many, "SELECT count(*) FROM articles") == [33_000]
    assert most < LIMIT
    assert most - least < A_CAPTURE * (33_000 - 6_000)
    assert most_memory(many, "derive", "--dry-run") < LIMIT
    assert most_memory(many, "verify", "--derive", "--sample", "20") < LIMIT
