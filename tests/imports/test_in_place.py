"""``archiver import --in-place``: files stay where they are, and everything reads them there."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from archiver.home import Home
from tests.conftest import run_archiver
from tests.imports.archive import BASE, check_rebuild, contents, findings, new_home, pages, rows, run, select
from tests.imports.foreign import STYLES, Got, packed, record


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "data")


def stored(tmp_path: Path, layout: str, name: str = "store") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    path = folder / f"w.warc{'' if layout == 'plain' else '.gz'}"
    path.write_bytes(packed(STYLES["wget-like"](pages(8)), layout))
    return path


@pytest.mark.parametrize("layout", ["by record", "plain"])
def test_the_file_stays_and_its_captures_are_ours(home: Home, tmp_path: Path, layout: str) -> None:
    path = stored(tmp_path, layout)
    before = path.read_bytes()
    assert run(home, "import", "--in-place", str(path)) == 0
    assert path.read_bytes() == before
    assert len(contents(home)[0]) < 3000  # what says where it lies, and nothing of it
    index = home.collection("n") / "path-index.txt"
    assert index.read_text("utf-8") == f"{path.name}\t{path}\n"
    assert {*select(home, "SELECT filename FROM captures")} == {path.name}
    assert len(rows(home, "captures")) == 8
    assert len(rows(home, "articles")) == 6
    assert findings(home) == []
    assert run(home, "verify", "--derive") == 0
    [article] = select(home, "SELECT id FROM articles LIMIT 1")
    shown = run_archiver(home.root, "show", article, "--evidence")
    cut = next(line.partition(": ")[2] for line in shown.stdout.splitlines() if "cut it out" in line)
    assert subprocess.run(cut, shell=True, capture_output=True, check=True).stdout.startswith(b"WARC/1.0\r\n")
    assert run(home, "import", "--in-place", str(path)) == 0
    assert len(contents(home)) == 1
    check_rebuild(home)
    assert index.read_text("utf-8") == f"{path.name}\t{path}\n"
    assert findings(home) == []


def test_a_file_without_offsets_is_refused_and_copied_without_the_option(home: Home, tmp_path: Path) -> None:
    good, path = stored(tmp_path, "by record"), stored(tmp_path, "one member", "other")
    done = run_archiver(home.root, "import", "--in-place", str(good), str(path))
    assert done.returncode == 2
    assert "one gzip member holds many records" in done.stderr
    assert "without --in-place it is copied" in done.stderr
    assert contents(home) == []
    assert run(home, "import", str(path)) == 0
    assert len(rows(home, "captures")) == 8
    assert findings(home) == []


def test_a_member_of_many_records_far_into_a_file_is_refused_too(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "mixed.warc.gz"
    records = STYLES["heritrix"](pages(6))
    path.write_bytes(packed(records[:9]) + gzip.compress(b"".join(records[9:])))
    other = stored(tmp_path, "by record")
    done = run_archiver(home.root, "import", "--in-place", str(path), str(other))
    assert done.returncode == 2
    assert f"{path}: one gzip member holds many records" in done.stderr
    assert {*select(home, "SELECT filename FROM captures")} == {other.name}  # the others are taken
    assert len(rows(home, "articles")) == 6
    assert run(home, "import", str(path)) == 0
    assert len(rows(home, "captures")) == 8 + 8
    assert findings(home) == [("note", "lost-original")]


def test_a_file_that_was_moved_is_found_where_the_path_index_says(home: Home, tmp_path: Path) -> None:
    path = stored(tmp_path, "by record")
    assert run(home, "import", "--in-place", str(path)) == 0
    moved = path.with_name("moved.warc.gz")
    path.rename(moved)
    assert ("defect", "file-missing") in findings(home)
    index = home.collection("n") / "path-index.txt"
    index.write_text(f"{path.name}\t{moved}\n", "utf-8")
    assert findings(home) == []
    assert run(home, "derive") == 0
    assert len(rows(home, "articles")) == 6
    # The rebuild takes the word of the path index before that of the import.
    captures = rows(home, "captures")
    home.database.unlink()
    assert run(home, "rebuild") == 0
    assert rows(home, "captures") == captures


def test_two_files_of_one_name_are_told_apart(home: Home, tmp_path: Path) -> None:
    first = stored(tmp_path, "by record")
    second = stored(tmp_path, "by record", "second")
    second.write_bytes(packed(STYLES["browsertrix"](pages(12)[8:])))
    assert run(home, "import", "--in-place", str(first), str(second)) == 0
    assert len({*select(home, "SELECT filename FROM captures")}) == 2
    assert len(rows(home, "captures")) == 12
    assert findings(home) == []
    check_rebuild(home)


def test_damage_in_what_is_taken_is_a_defect_and_elsewhere_it_is_not_ours(home: Home, tmp_path: Path) -> None:
    path = stored(tmp_path, "by record")
    strange = STYLES["heritrix"](pages(3))
    path.write_bytes(path.read_bytes() + packed([strange[1]]))
    assert run(home, "import", "--in-place", str(path)) == 0
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert findings(home) == [("defect", "file-changed")]  # by --fixity alone
    assert run(home, "verify") == 0
    [at] = select(home, 'SELECT "offset" FROM captures ORDER BY "offset" DESC LIMIT 1')
    path.write_bytes(whole[: at + 200] + bytes([whole[at + 200] ^ 16]) + whole[at + 201 :])
    assert {code for _, code in findings(home)} & {"gzip-damage", "row-without-record", "block-digest"}
    shutil.rmtree(path.parent)
    assert ("defect", "file-missing") in findings(home)


def test_a_rebuild_takes_no_record_that_lies_there_by_now(home: Home, tmp_path: Path) -> None:
    path = stored(tmp_path, "plain")
    assert run(home, "import", "--in-place", str(path)) == 0
    [at] = select(home, 'SELECT "offset" FROM captures ORDER BY "offset" LIMIT 1')
    data = path.read_bytes()
    kind, other = b"WARC-Type: response", b"WARC-Type: requests"
    assert data.index(kind, at) < at + 20
    path.write_bytes(data[:at] + data[at:].replace(kind, other, 1))
    assert run(home, "rebuild") == 0
    assert len(rows(home, "captures")) == 8 - 1


def test_the_evidence_names_an_original_by_address_and_time(home: Home, tmp_path: Path) -> None:
    text = (
        b"<html><title>En nyhet</title><h1>En nyhet</h1><time datetime=2021-03-02>2 mars 2021</time>"
        + b"<p>Den handlar om nagot som har hant.</p>" * 20
    )
    kept = Got(f"{BASE}/nyheter/forst/", text)
    revisit = record("revisit", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
                     ("WARC-Target-URI", f"{BASE}/nyheter/sedan/"), ("WARC-Date", "2021-03-05T05:06:07Z"),
                     ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
                     ("WARC-Refers-To-Target-URI", kept.url), ("WARC-Refers-To-Date", kept.date),
                     ("Content-Type", "application/http; msgtype=response"))  # fmt: skip
    path = tmp_path / "h.warc.gz"
    path.write_bytes(packed([*STYLES["common crawl"]([kept]), revisit]))
    assert run(home, "import", "--in-place", str(path)) == 0
    [original] = select(home, "SELECT warc_record_id FROM captures WHERE warc_type = 'response'")
    shown = run_archiver(home.root, "show", f"{BASE}/nyheter/sedan/", "--evidence").stdout
    assert f"as in   {original}" in shown
