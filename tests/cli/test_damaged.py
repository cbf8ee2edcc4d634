"""What commands do with an archive that was damaged: they go on with the rest, and say what is lost."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.home import Home
from tests.conftest import run_archiver


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Home:
    shutil.copytree(demo_home.root, tmp_path / "data")
    return Home(tmp_path / "data")


def warc(home: Home) -> Path:
    return next(home.archive("demo").glob("*.warc.gz"))


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return db.execute(query).fetchall()


def damage_one_article(home: Home) -> str:
    """Flips a byte in the middle of the record of an article; its address."""
    [(url, offset, length)] = rows(
        home,
        'SELECT c.url, "offset", length FROM captures c JOIN articles a ON a.capture = c.warc_record_id'
        ' ORDER BY "offset" LIMIT 1 OFFSET 5',
    )
    with warc(home).open("r+b") as file:
        at = int(str(offset)) + int(str(length)) // 2
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))
    return str(url)


def lose_database(home: Home) -> None:
    for path in home.root.glob("archiver.db*"):
        path.unlink()


def test_a_rebuild_reads_on_behind_damage_and_says_where_it_is(home: Home) -> None:
    before = rows(home, "SELECT count(*) FROM articles")[0][0]
    url = damage_one_article(home)
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert re.search(rf"{warc(home).name}: damaged at byte \d+", done.stderr)
    assert "archiver verify" in done.stderr
    left = {row[0] for row in rows(home, "SELECT url FROM articles")}
    assert len(left) == int(str(before)) - 1
    assert url not in left


def test_a_rebuild_names_the_files_that_are_missing(home: Home) -> None:
    name = warc(home).name
    warc(home).unlink()
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert f"{name}: the file is missing" in done.stderr


def test_a_rebuild_names_a_file_of_which_nothing_can_be_read(home: Home) -> None:
    lost = warc(home).with_name("demo-20200101000000-00000-x.warc.gz")
    lost.write_bytes(warc(home).read_bytes()[40:400])
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert f"{lost}: damaged at byte 0" in done.stderr


def test_a_rebuild_names_the_collections_that_are_missing(home: Home) -> None:
    shutil.rmtree(home.collections)
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert f"{home.archive('demo')}: the WARC files are missing" in done.stderr
    assert len(list(home.root.glob("archiver.db.before-rebuild-*"))) == 1


def test_derive_says_what_it_could_not_read(home: Home) -> None:
    damage_one_article(home)
    done = run_archiver(home.root, "derive")
    assert done.returncode == 1
    assert "1 capture cannot be read" in done.stderr
    assert "archiver verify" in done.stderr


WITHOUT_DATABASE = ("crawl", "derive", "pack", "verify", "repair", "status", "search kontor", "show x", "export --format csv")  # fmt: skip


@pytest.mark.parametrize("words", WITHOUT_DATABASE)
def test_a_lost_database_is_no_empty_archive(home: Home, words: str) -> None:
    lose_database(home)
    done = run_archiver(home.root, *words.split())
    assert done.returncode in (1, 2)
    assert "archiver rebuild" in done.stderr + done.stdout
    assert not home.database.exists()


def test_doctor_says_that_the_database_is_lost(home: Home) -> None:
    lose_database(home)
    done = run_archiver(home.root, "doctor")
    assert done.returncode == 1
    assert "archiver rebuild" in done.stdout


def test_a_folder_that_is_no_archive_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "important.txt").write_text("x")
    for words in ("rebuild", "verify", "repair", "pack", "derive", "suppress add https://a.example/ --reason x", "status", "timemap https://a.example/"):  # fmt: skip
        done = run_archiver(tmp_path, *words.split())
        assert done.returncode == 2, (words, done.stderr)
        assert str(tmp_path) in done.stderr or "no site yet" in done.stderr, words
        assert [path.name for path in tmp_path.iterdir()] == ["important.txt"], words


def test_pack_leaves_out_a_file_that_is_not_what_it_was(home: Home) -> None:
    for serial in (1, 2, 3):
        copy = warc(home).with_name(f"demo-20200101000000-0000{serial}-x.warc.gz")
        shutil.copy(warc(home), copy)
    damaged = warc(home).with_name("demo-20200101000000-00002-x.warc.gz")
    assert run_archiver(home.root, "rebuild").returncode == 0
    from archiver.warc.manifest import attest_missing

    attest_missing(home.collection("demo"), sorted(home.archive("demo").glob("*.warc.gz")))
    damaged.write_bytes(damaged.read_bytes()[:-30])
    done = run_archiver(home.root, "pack")
    assert done.returncode == 1
    assert damaged.name in done.stderr
    assert damaged.exists()


def test_repair_says_what_it_cannot_mend(home: Home) -> None:
    damage_one_article(home)
    done = run_archiver(home.root, "repair")
    assert done.returncode == 1
    assert "archiver verify" in done.stderr


def test_repair_mends_a_row_that_says_something_else(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("UPDATE captures SET status = 500 WHERE url LIKE '%/nyheter/' AND status = 200")
        db.commit()
    assert run_archiver(home.root, "verify").returncode == 1
    done = run_archiver(home.root, "repair")
    assert done.returncode == 0, done.stdout + done.stderr
    verified = run_archiver(home.root, "verify")
    assert verified.returncode == 0, verified.stdout


@pytest.mark.parametrize("kind", ["pipe", "link", "device"])
def test_an_export_writes_into_what_is_there(home: Home, tmp_path: Path, kind: str) -> None:
    import os
    import threading

    target, got = tmp_path / "target", list[bytes]()
    if kind == "device":
        done = run_archiver(home.root, "export", "--format", "jsonl", "-o", "/dev/stdout")
        assert done.returncode == 0 and done.stdout.count("\n") >= 50
        assert Path("/dev/stdout").is_symlink()
        return
    if kind == "link":
        target.write_text("old")
        (tmp_path / "name").symlink_to(target)
    else:
        os.mkfifo(tmp_path / "name")
        reader = threading.Thread(target=lambda: got.append((tmp_path / "name").read_bytes()))
        reader.start()
    done = run_archiver(home.root, "export", "--format", "jsonl", "-o", str(tmp_path / "name"))
    assert done.returncode == 0, done.stderr
    if kind == "pipe":
        reader.join(10)
        assert got[0].count(b"\n") == 50
    else:
        assert (tmp_path / "name").is_symlink()
        assert target.read_bytes().count(b"\n") == 50
