"""The index is sorted, readable, and merged without being lost."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import StorageError
from archiver.warc.cdxj import line, merge_index, write_index
from tests.warc.exchanges import answer, exchange, writer

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.model import Capture


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    warc = writer(tmp_path_factory.mktemp("archive"))
    found = warc.write(exchange(answer(b"<p>Hej</p>")))
    warc.close()
    assert found
    return found


def named(capture: Capture, key: str, **values: object) -> Capture:
    return dataclasses.replace(capture, urlkey=key, **values)  # type: ignore[arg-type]


def test_a_line_is_what_cdxj_readers_expect(capture: Capture) -> None:
    key, timestamp, values = line(capture).split(" ", 2)
    assert (key, timestamp) == ("com,example)/nyheter?a=1&b=2", "20260102120000")
    assert json.loads(values) == {
        "url": capture.url,
        "mime": "text/html",
        "status": "200",
        "digest": capture.payload_digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.filename,
    }


def test_revisits_are_named_and_unreplayable_captures_left_out(tmp_path: Path, capture: Capture) -> None:
    not_modified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    index = tmp_path / "indexes" / "index.cdxj"
    captures = [
        named(capture, "a)/", warc_type="revisit"),
        named(capture, "b)/", warc_type="revisit", profile=not_modified, status=304),
        named(capture, "c)/", status=None),
    ]
    assert write_index(index, captures) == 1
    assert '"mime": "warc/revisit"' in index.read_text()


@given(st.lists(st.sampled_from("ab,)/?&=1é~"), max_size=12).map("".join), st.integers(0, 5))
def test_merging_is_writing_all_at_once(
    tmp_path_factory: pytest.TempPathFactory, capture: Capture, letters: str, cut: int
) -> None:
    captures = [named(capture, f"com,{c})/{i % 3}") for i, c in enumerate(letters)]
    folder = tmp_path_factory.mktemp("index")
    write_index(folder / "once", captures)
    for part in (captures[:cut], captures[cut:], captures):
        merge_index(folder / "merged", part)
    assert (folder / "merged").read_bytes() == (folder / "once").read_bytes()
    lines = (folder / "once").read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert {p.name for p in folder.iterdir()} == {"once", "merged"}


def test_a_disk_that_refuses_leaves_the_index(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_index(tmp_path / "file" / "index.cdxj", [capture])
