"""``archiver pack``: fewer files, the same records; a crash anywhere is finished by the next run."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.cli.main import main
from archiver.crawl.pack import pack_site
from archiver.demo import DemoServer
from archiver.home import Home
from archiver.instants import now
from archiver.store.database import open_database
from archiver.verify.archive import archive_files, verify_archive
from archiver.verify.files import Tally
from archiver.verify.fixity import verify_fixity
from tests.conftest import run_archiver
from tests.killed import run_and_die

TABLES = ("articles", "article_versions", "evidence", "links", "crawls", "coverage")


pytestmark = pytest.mark.xdist_group("pack")  # one archive for all


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Four nights, a file each."""
    home = Home(tmp_path_factory.mktemp("nights"))
    with DemoServer() as server:
        run_archiver(home.root, "sites", "add", server.news_url, "--name", "demo", "--delay", "0")
        for words in (("--limit", "9"), ("--limit", "9"), (), ("--full",)):
            assert run_archiver(home.root, "crawl", "--delay", "0", *words).returncode == 0
    return home


@pytest.fixture
def home(nights: Home, tmp_path: Path) -> Home:
    shutil.copytree(nights.root, tmp_path / "data")
    return Home(tmp_path / "data")


def files(home: Home) -> list[Path]:
    return sorted(home.archive("demo").glob("*.warc.gz"))


def rows(home: Home, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


def findings(home: Home) -> list[str]:
    ended = run_archiver(home.root, "verify", "--fixity", "--json")
    return [found["code"] for found in json.loads(ended.stdout)]


def test_records_rows_index_and_manifests_follow(home: Home) -> None:
    before = b"".join(path.read_bytes() for path in files(home))
    assert len(files(home)) == 4
    known = {table: rows(home, table) for table in TABLES}
    done = run_archiver(home.root, "pack", "--json")
    assert done.returncode == 0, done.stderr
    [report] = json.loads(done.stdout)
    [packed] = files(home)
    assert (report["file"], report["files"], report["bytes"]) == (packed.name, 4, len(before))
    assert packed.read_bytes() == before
    assert findings(home) == []
    assert {table: rows(home, table) for table in TABLES} == known
    assert "nothing was to be packed" in run_archiver(home.root, "pack").stderr


def test_a_packed_archive_is_packed_again_when_more_came(home: Home) -> None:
    assert run_archiver(home.root, "pack").returncode == 0
    with DemoServer() as server:
        profile = home.profile("demo")
        import re

        moved = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{server.port}", profile.read_text("utf-8"))
        profile.write_text(moved, "utf-8")
        run_archiver(home.root, "crawl", "--delay", "0", "--limit", "5")
    assert len(files(home)) == 2
    assert run_archiver(home.root, "pack").returncode == 0
    assert len(files(home)) == 1
    assert findings(home) == []


def test_no_packed_file_has_the_name_of_one_before_it(home: Home) -> None:
    sizes, names = [path.stat().st_size for path in files(home)], []
    for number in (2, 3, 4):
        with closing(open_database(home.database)) as db:
            [packed] = pack_site(home, db, "demo", limit=sum(sizes[:number]))
        names.append(packed.file)
        assert codes(home) == []  # what a manifest says of a name stays true
    assert [name.rpartition(".p")[2] for name in names] == ["1.warc.gz", "2.warc.gz", "3.warc.gz"]


def codes(home: Home) -> list[str]:
    tally = Tally()
    found = [*verify_archive(home, archive_files(home), now=now(), tally=tally)]
    return [f.code for f in [*found, *verify_fixity(home, ["demo"], tally=tally)]]


def test_a_crash_anywhere_is_finished_by_the_next_run(home: Home, tmp_path: Path) -> None:
    captures = {row[0] for row in rows(home, "captures")}
    whole = b"".join(path.read_bytes() for path in files(home))
    for step in range(1, 1000, 2):
        copy = Home(tmp_path / f"killed-{step}")
        shutil.copytree(home.root, copy.root)
        if run_and_die(copy, step, "pack"):
            break
        assert {*codes(copy)} <= {"unfinished-pack", "not-attested"}
        assert main(["--data-dir", str(copy.root), "-q", "pack"]) == 0
        assert codes(copy) == []
        assert [path.read_bytes() for path in files(copy)] == [whole]
        assert {row[0] for row in rows(copy, "captures")} == captures
        assert not [p for p in copy.archive("demo").iterdir() if p.name.startswith(".")]
        shutil.rmtree(copy.root)
    assert step > 12
