"""An import that is killed anywhere loses nothing and doubles nothing, and the same command ends it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from archiver.store.database import open_database, transaction
from tests.imports.archive import check_rebuild, contents, findings, new_home, pages, rows, run, select
from tests.imports.foreign import STYLES, packed
from tests.killed import run_and_die


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sources")
    made = []
    for name, part in (("heritrix", pages(9)[:5]), ("wget-like", pages(9)[5:])):
        path = folder / f"{name}.warc.gz"
        path.write_bytes(packed(STYLES[name](part)))
        made.append(path)
    return made


ADOPTED = {
    "record-without-row",
    "index-misses",
    "no-index",
    "not-attested",
    "attested-missing",
    "lost-original",
}


@pytest.mark.parametrize("options", [(), pytest.param(("--in-place",), marks=pytest.mark.soak)])
def test_a_kill_anywhere_is_mended_by_the_same_command(
    tmp_path: Path, sources: list[Path], options: tuple[str, ...]
) -> None:
    words = [*options, *map(str, sources)]
    calm = new_home(tmp_path / "calm")
    assert run(calm, "import", *words) == 0
    captures = select(calm, "SELECT warc_record_id FROM captures ORDER BY 1")
    articles = select(calm, "SELECT id || body FROM articles ORDER BY 1")
    step = 1
    while True:
        home = new_home(tmp_path / f"killed-{step}")
        ended = run_and_die(home, step, "import", *words)
        if home.database.exists() and select(home, "SELECT name FROM sqlite_master WHERE name = 'captures'"):
            assert {code for _, code in findings(home)} <= ADOPTED, step
        assert run(home, "import", *words) == 0
        assert select(home, "SELECT warc_record_id FROM captures ORDER BY 1") == captures, step
        assert select(home, "SELECT id || body FROM articles ORDER BY 1") == articles, step
        assert findings(home) == [("note", "lost-original")], step
        assert not [p for p in home.archive("n").iterdir() if p.name.startswith(".")]
        assert len(contents(home)) == 2
        if step % 10 == 0:
            check_rebuild(home)
        shutil.rmtree(home.root)
        if ended:
            break
        step += 3
    assert step > 12


def test_articles_of_an_import_that_died_are_derived_by_the_next(tmp_path: Path, sources: list[Path]) -> None:
    home = new_home(tmp_path / "data")
    assert run(home, "import", str(sources[0])) == 0
    before = rows(home, "articles")
    with closing(open_database(home.database)) as db, transaction(db):
        for table in (
            "near_duplicates",
            "simhash_bands",
            "search_rows",
            "articles",
            "chrome_models",
            "coverage",
            "links",
            "captures",
            "crawls",
        ):
            db.execute(f"DELETE FROM {table}")
        db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
    shutil.rmtree(home.root / "runs")
    assert run(home, "import", str(sources[0])) == 0
    assert rows(home, "articles") == before
    check_rebuild(home)
