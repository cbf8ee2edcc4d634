"""Power loss at any write: what the disk holds is brought together again, and the crawl goes on."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.demo.content import articles
from archiver.home import Home
from archiver.instants import now
from archiver.verify.archive import archive_files, verify_archive
from archiver.verify.files import Tally
from archiver.verify.fixity import verify_fixity
from tests.conftest import run_archiver
from tests.crawl.disk import Step, can_record, record, replay

pytestmark = [
    pytest.mark.skipif(not can_record(), reason="strace is not here, or may not trace"),
    pytest.mark.xdist_group("power"),  # one recording for all
]


class Recorded:
    """A crawl that went on from a first part, and all that it did to the disk."""

    def __init__(self, root: Path, server: DemoServer) -> None:
        self.before = root / "before"
        self.home = root / "data"
        run_archiver(self.before, "sites", "add", server.news_url, "--name", "demo", "--delay", "0")
        run_archiver(self.before, "crawl", "--delay", "0", "--limit", "6")
        shutil.copytree(self.before, self.home)
        command = [sys.executable, "-m", "archiver", "--data-dir", str(self.home), "crawl", "--delay", "0"]
        self.steps: Sequence[Step] = record(command, self.home, root / "log")

    def after(self, steps: int, folder: Path, power: str) -> Home:
        shutil.copytree(self.before, folder)
        replay(folder, self.home, self.steps[:steps], power=power, seed=steps)
        return Home(folder)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, demo_server: DemoServer) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("power"), demo_server)


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return db.execute(query).fetchall()


def defects(home: Home) -> list[str]:
    tally = Tally()
    found = [*verify_archive(home, archive_files(home), now=now(), tally=tally)]
    found += verify_fixity(home, ["demo"], tally=tally)
    return [f"{f.code}: {f.message}" for f in found if f.level == "defect"]


def goes_on(home: Home) -> None:
    """The next crawl ends well: every article is there, no page twice, nothing is damaged."""
    done = run_archiver(home.root, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert rows(home, "SELECT count(*) FROM articles") == [(len(articles()),)]
    twice = rows(
        home,
        "SELECT url, count(*) FROM captures JOIN frontier USING (site, url) WHERE role IN ('article', 'page')"
        " GROUP BY url HAVING count(*) > 1",
    )
    assert twice == []
    assert defects(home) == []


def test_the_log_is_complete(recorded: Recorded, tmp_path: Path) -> None:
    home = recorded.after(len(recorded.steps), tmp_path / "all", "kept")
    for path in sorted(recorded.home.rglob("*.warc.gz")):
        assert (home.root / path.relative_to(recorded.home)).read_bytes() == path.read_bytes()
    query = "SELECT * FROM captures ORDER BY 1"
    assert rows(home, query) == rows(Home(recorded.home), query)


def points(count: int, of: int, *, seed: int = 7) -> list[int]:
    return sorted(random.Random(seed).sample(range(1, of), count))


@pytest.mark.parametrize("power", ["kept", "lost", "torn"])
def test_a_crawl_goes_on_after_power_loss(recorded: Recorded, tmp_path: Path, power: str) -> None:
    for step in points(1, len(recorded.steps), seed=len(power) + ord(power[0])):
        goes_on(recorded.after(step, tmp_path / str(step), power))


def test_a_crawl_that_ended_is_indexed_wherever_its_end_was_cut_off(
    recorded: Recorded, tmp_path: Path
) -> None:
    """At the step that stores its outcome, and the next: what has ended is not looked at again."""
    steps = range(1, len(recorded.steps))
    stored = bisect_left(
        steps, True, key=lambda step: has_ended(recorded.after(step, tmp_path / f"at-{step}", "kept"))
    )
    for step in steps[stored : stored + 2]:
        goes_on(recorded.after(step, tmp_path / str(step), "kept"))


def has_ended(home: Home) -> bool:
    """True where the database says how the crawl ended that was recorded; one had ended before it."""
    return rows(home, "SELECT count(*) FROM coverage") == [(2,)]


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("power", ["kept", "lost", "torn"])
def test_a_crawl_goes_on_after_power_loss_at_many_points(
    recorded: Recorded, tmp_path: Path, power: str
) -> None:
    for step in points(40, len(recorded.steps)):
        goes_on(recorded.after(step, tmp_path / str(step), power))
        shutil.rmtree(tmp_path / str(step))
