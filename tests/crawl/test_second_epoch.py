"""A frozen site as it was, and as it was later: articles changed, moved, vanished and came."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.servers.faulty import Rig, assert_second_night, free_port

SHORT = "pelican_simple"


@pytest.mark.parametrize(
    "site",
    [
        SHORT,
        *(pytest.param(s, marks=pytest.mark.soak) for s in ("wp17", "hugo_papermod", "nikola", "puput")),
    ],
)
def test_what_became_of_each_article_is_known(shared: Path, tmp_path: Path, site: str) -> None:
    rig = Rig(shared / "sites", site, tmp_path, free_port())
    rig.add()
    with rig.served("--profile", "second"):
        rig.crawl()
    rig.score()
    first = rig.articles()
    with rig.served("--profile", "second", "--epoch", "2"):
        rig.crawl("--full")
    score = rig.score()
    assert_second_night(rig, first)
    low = {name: cell for name, cell in score["faults"].items() if cell[0] < cell[1] and name != "changed2"}
    assert low == {}
    if site != SHORT:
        assert run_archiver(rig.home, "verify", "--derive", timeout=300).returncode == 0
