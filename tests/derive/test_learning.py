"""The stored chrome model: learning goes on where it left off, and begins anew where it must."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.derive.captures import SiteCaptures
from archiver.derive.learning import learn
from archiver.derive.pages import PageReader
from archiver.home import Home
from archiver.store.chrome import newest_model
from archiver.store.database import open_database


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Home:
    """A copy of the demo archive, to change."""
    shutil.copytree(demo_home.root, tmp_path / "data")
    return Home(tmp_path / "data")


@pytest.fixture
def learned(home: Home) -> Iterator[tuple]:
    """Database, site, captures and reader of the demo site."""
    db = open_database(home.database)
    site = home.site("demo")
    yield db, site, SiteCaptures(db, site.name), PageReader(db, home.archive(site.name), max_bytes=10**7)
    db.close()


def test_what_is_stored_is_what_all_captures_teach(learned: tuple) -> None:
    stored = newest_model(learned[0], learned[1].name)
    assert stored is not None
    anew, pages = learn(*learned, anew=True, keep=False)
    assert (anew.digest, pages) == (stored.digest, stored.learned_from)


def test_a_model_of_an_older_version_is_learned_anew(learned: tuple) -> None:
    before, _ = learn(*learned, anew=False, keep=False)
    assert before.pages > 10
    learned[0].execute("UPDATE chrome_models SET model = json_set(model, '$.version', 0)")
    assert learn(*learned, anew=False, keep=False)[0] == before
