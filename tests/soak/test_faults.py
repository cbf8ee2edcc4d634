"""Frozen sites behind a misbehaving server: every profile of faults, traps and odd robots.txt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_archiver
from tests.servers.faulty import Rig, assert_second_night, free_port

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]
SITES = ("wp17", "hugo_papermod")


@pytest.fixture(params=SITES)
def rig(request: pytest.FixtureRequest, shared: Path, tmp_path: Path) -> Rig:
    made = Rig(shared / "sites", request.param, tmp_path, free_port())
    made.add()
    return made


def assert_as_expected(score: dict[str, Any]) -> None:
    """Nothing false under a faulty address, nothing by half, and all that can be had.

    One article of a fault may score low for its text alone, as it does without the fault.
    """
    assert score["duplicates"] == 0
    assert score["must_not_stored"] == 0
    assert score["found_pct"] >= 98, score["found_pct"]
    low = {name: cell for name, cell in score["faults"].items() if cell[0] < cell[1] - 1}
    assert low == {}


@pytest.mark.parametrize(
    "profile", ["mild", "harsh", "charset", "markup", "wire", "cookies", "second", "all", "each"]
)
def test_two_nights_of_faults(rig: Rig, profile: str) -> None:
    with rig.served("--profile", profile):
        rig.crawl()
        assert_as_expected(rig.score())
    first = rig.articles()
    with rig.served("--profile", profile, "--epoch", "2"):
        rig.crawl("--full")
        assert_as_expected(rig.score())
    assert_second_night(rig, first)


@pytest.mark.parametrize(
    "options",
    [
        ("--traps",),
        ("--sessions", "--utm", "--old-links"),
        ("--cookie-wall",),
        ("--traps", "--utm", "--sessions"),
    ],
)
@pytest.mark.parametrize("follow", ["news", "all"])
def test_traps_and_clutter(rig: Rig, options: tuple[str, ...], follow: str) -> None:
    path = rig.home / "sites" / "s.toml"
    path.write_text(path.read_text("utf-8") + f'follow = "{follow}"\n', "utf-8")
    with rig.served(*options):
        rig.crawl()
        score = rig.score()
    assert score["found_pct"] == 100
    assert score["duplicates"] == 0
    asked = [json.loads(line)["u"] for line in (rig.folder / "access.jsonl").read_text("utf-8").splitlines()]
    assert len(asked) < 1500


@pytest.mark.parametrize("mode", ["none", "html", "bom", "redirect", "500", "503", "timeout"])
def test_odd_robots_txt(rig: Rig, mode: str) -> None:
    with rig.served("--robots", mode):
        said = rig.crawl()
        score = rig.score()
    if mode in ("500", "503", "timeout"):
        assert score["found"] == 0
        assert "robots.txt unreachable" in said
    else:
        assert score["found_pct"] == 100


def test_a_crawl_is_polite(rig: Rig) -> None:
    path = rig.home / "sites" / "s.toml"
    path.write_text(path.read_text("utf-8") + "delay = 0.2\n", "utf-8")
    (rig.folder / "access.jsonl").unlink()
    with rig.served("--faults", "s503_retry=2,s429_retry=2,s429_date=2", "--latency", "20"):
        done = run_archiver(rig.home, "crawl", timeout=300)
        assert done.returncode == 0, done.stderr
        robots = f"http://127.0.0.1:{rig.port}/robots.txt"
        polite = subprocess.run(
            [sys.executable, str(rig.tools / "polite.py"), str(rig.folder / "access.jsonl"),
             "--robots", robots, "--agent", "nyhetsarkiv",
             "--max-concurrency", "1", "--min-gap", "0.19", "--max-robots", "0",
             "--max-early", "0", "--max-refetch", "0"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert polite.returncode == 0, polite.stdout
