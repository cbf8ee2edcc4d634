"""``archiver verify`` on a real archive: it says nothing of a whole one, and names what was done to it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver.cli.main import main
from archiver.home import Home
from tests.conftest import run_archiver
from tests.unprivileged import as_nobody, readable_copy


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Home:
    """A copy of the demo archive that a test may damage."""
    shutil.copytree(demo_home.root, tmp_path / "data")
    return Home(tmp_path / "data")


def found(home: Home, *words: str) -> tuple[int, list[dict[str, object]]]:
    ended = run_archiver(home.root, "verify", "--json", *words)
    assert "Traceback" not in ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_a_whole_archive_has_no_finding(home: Home) -> None:
    ended = run_archiver(home.root, "verify")
    assert ended.returncode == 0, ended.stdout
    assert "no defect" in ended.stderr
    assert len(ended.stdout.splitlines()) == 1


def warc(home: Home) -> Path:
    return next(home.archive("demo").glob("*.warc.gz"))


def sql(home: Home, statement: str) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        db.execute(statement)
        db.commit()


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


ONE = "SELECT warc_record_id FROM captures WHERE status = 200 ORDER BY warc_record_id LIMIT 1"
DAMAGES: dict[str, tuple[str, Callable[[Home], object]]] = {
    "a row was deleted": (
        "record-without-row",
        lambda h: sql(h, "PRAGMA foreign_keys = OFF") or sql(h, f"DELETE FROM captures WHERE warc_record_id = ({ONE})"),
    ),
    "a row points elsewhere": (
        "row-differs", lambda h: sql(h, f'UPDATE captures SET "offset" = 7 WHERE warc_record_id = ({ONE})'),
    ),
    "a row names another digest": (
        "row-differs", lambda h: sql(h, f"UPDATE captures SET digest = 'sha256:00' WHERE warc_record_id = ({ONE})"),
    ),
    "a row names no record": (
        "row-without-record",
        lambda h: sql(h, f"UPDATE captures SET warc_record_id = '<urn:uuid:none>' WHERE warc_record_id = ({ONE})"),
    ),
    "the file is gone": ("file-missing", lambda h: warc(h).unlink()),
    "the folder is gone": ("file-missing", lambda h: shutil.rmtree(h.archive("demo"))),
    "all collections are gone": ("file-missing", lambda h: shutil.rmtree(h.collections)),
    "the file lost its end": ("torn-tail", lambda h: edit(warc(h), lambda b: b[:-9])),
    "a bit flipped": ("gzip-damage", lambda h: edit(warc(h), lambda b: b[:9000] + bytes([b[9000] ^ 4]) + b[9001:])),
    "the index is gone": ("no-index", lambda h: h.index("demo").unlink()),
    "the index lost a line": ("index-misses", lambda h: edit(h.index("demo"), lambda b: b.partition(b"\n")[2])),
    "the index points elsewhere": (
        "index-differs", lambda h: edit(h.index("demo"), lambda b: b.replace(b'"offset": "', b'"offset": "1', 1)),
    ),
    "the index lies": ("index-damage", lambda h: edit(h.index("demo"), lambda b: b + b"\xff\xfe nonsense\n")),
    "the index is not sorted": (
        "index-unsorted", lambda h: edit(h.index("demo"), lambda b: b.partition(b"\n")[2] + b.partition(b"\n")[0] + b"\n"),
    ),
    "the database is none": ("bad-database", lambda h: h.database.write_bytes(b"no database" * 100)),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_what_was_done_to_an_archive_is_named(home: Home, name: str) -> None:
    code, damage = DAMAGES[name]
    damage(home)
    status, rows = found(home)
    assert status == 1
    assert code in [row["code"] for row in rows]
    for row in rows:
        assert row["level"] == "defect" and row["hint"] and row["message"] and row["file"]


def test_files_elsewhere_are_checked_by_themselves(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(warc(home), elsewhere / "copy.warc.gz")
    assert found(home, str(elsewhere)) == (0, [])
    status, rows = found(home, str(home.database))
    assert (status, [row["code"] for row in rows]) == (1, ["not-warc"])
    ended = run_archiver(home.root, "verify", str(tmp_path / "none"))
    assert ended.returncode == 2 and "no such file" in ended.stderr


def test_what_a_running_crawl_writes_is_left_alone(home: Home) -> None:
    from archiver.locking import locked

    half = home.archive("demo") / "demo-20990101000000-00000-x.warc.gz.open"
    half.write_bytes(warc(home).read_bytes()[:-9])
    home.index("demo").unlink()
    with locked(home):
        assert found(home) == (0, [])
    status, rows = found(home)
    assert status == 1
    assert {"torn-tail", "no-index"} <= {row["code"] for row in rows}


def test_a_zip_is_named_and_never_mended(home: Home, tmp_path: Path) -> None:
    wacz = tmp_path / "demo.wacz"
    assert run_archiver(home.root, "export", "--format", "wacz", "-o", str(wacz)).returncode == 0
    before = wacz.read_bytes()
    status, [row] = found(home, str(wacz))
    assert (status, row["code"]) == (1, "zip-file")
    assert row["hint"] == "unzip it, then verify archive/*.warc.gz"
    for command in ("repair", "import"):
        done = run_archiver(home.root, command, str(wacz))
        assert done.returncode == 1
        assert "unzip it, then verify archive/*.warc.gz" in done.stdout + done.stderr
    assert wacz.read_bytes() == before


def test_a_tar_file_of_warc_files_is_never_mended(home: Home, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "all.tar", "w") as tar:
        tar.add(warc(home), "a.warc.gz")
    before = (tmp_path / "all.tar").read_bytes()
    done = run_archiver(home.root, "repair", str(tmp_path / "all.tar"))
    assert done.returncode == 1 and "not mended" in done.stdout
    assert (tmp_path / "all.tar").read_bytes() == before


@pytest.mark.parametrize("cut", [None, -9])
def test_what_holds_no_record_is_never_mended(home: Home, tmp_path: Path, cut: int | None) -> None:
    path = tmp_path / "letters.gz"
    path.write_bytes(gzip.compress(os.urandom(99_999))[:cut])
    before = path.read_bytes()
    done = run_archiver(home.root, "repair", str(path))
    assert done.returncode == 1
    assert "holds no WARC record: not mended" in done.stdout
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["letters.gz"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [("verify", "no defect"), ("search upphandling --json", "snippet"), ("status --json", "complete")],
)
def test_an_archive_that_may_only_be_read_is_read(
    demo_home: Home, tmp_path: Path, words: str, said: str
) -> None:
    output = tmp_path / "output"
    with readable_copy(demo_home.root) as root, output.open("w") as file:

        def run() -> int:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            code = main(["--data-dir", str(root), *words.split()])
            sys.stdout.flush()
            sys.stderr.flush()
            return code

        main(["--data-dir", str(demo_home.root), "-q", *words.split()])
        assert as_nobody(run) == 0, output.read_text()
    assert said in output.read_text()


@pytest.mark.parametrize(
    "name",
    [
        "a row was deleted", "a row points elsewhere", "the file lost its end", "the index is gone",
        "the index lost a line", "the index points elsewhere", "the index lies", "the index is not sorted",
    ],
)  # fmt: skip
def test_repair_mends_what_can_be_mended(home: Home, name: str) -> None:
    DAMAGES[name][1](home)
    done = run_archiver(home.root, "repair")
    assert done.returncode == 0, done.stderr
    assert done.stdout
    if name != "the file lost its end":  # its last record is lost to the archive, and kept beside
        assert found(home) == (0, [])
    again = run_archiver(home.root, "repair")
    assert (again.stdout, again.stderr) == ("", "nothing was mended\n")


def test_a_file_of_an_archive_is_mended_with_its_rows_and_manifest_or_not_at_all(home: Home) -> None:
    from archiver.locking import locked

    edit(warc(home), lambda b: b[:-9])
    half = home.archive("demo") / "demo-20990101000000-00000-x.warc.gz.open"
    half.write_bytes(warc(home).read_bytes())
    before = half.read_bytes()
    for named in (warc(home), home.root):
        done = run_archiver(home.root, "repair", str(named))
        assert done.returncode == 2
        assert "is a file of an archive" in done.stderr and f"--data-dir {home.root} repair" in done.stderr
    with locked(home):  # a run may be writing it
        assert run_archiver(home.root, "repair", str(half)).returncode == 75
    assert warc(home).read_bytes() == half.read_bytes() == before
    assert "mended" in run_archiver(home.root, "repair", str(half)).stdout
