"""The path index: what it says, and what it keeps of lines that nobody understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.warc.places import add_place, path_index, places


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


def test_a_place_is_found_again(archive: Path) -> None:
    add_place(archive, "b.warc.gz", Path("/mnt/b.warc.gz"))
    add_place(archive, "a.warc.gz", Path("/mnt/a.warc.gz"))
    add_place(archive, "b.warc.gz", Path("/mnt/other/b.warc.gz"))
    assert places(archive) == {
        "a.warc.gz": (Path("/mnt/a.warc.gz"),),
        "b.warc.gz": (Path("/mnt/other/b.warc.gz"),),
    }
    assert path_index(archive).read_bytes().startswith(b"a.warc.gz\t/mnt/a.warc.gz\nb.warc.gz\t")


def test_lines_that_say_no_place_are_kept_and_not_believed(archive: Path) -> None:
    odd = [b"# a note", b"\xff.warc.gz\t/mnt/\xfe", b"c.warc.gz\t", b"d.warc.gz\t/mnt/\0d"]
    path_index(archive).write_bytes(b"\n".join(odd))
    assert list(places(archive).values()) == [(Path("/mnt/\udcfe"),)]
    add_place(archive, "a.warc.gz", Path("/mnt/a.warc.gz"))
    assert {*path_index(archive).read_bytes().splitlines()} == {*odd, b"a.warc.gz\t/mnt/a.warc.gz"}
