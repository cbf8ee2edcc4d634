"""Whatever bytes a file holds: findings, never an exception, and little memory."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.warc.verify import Seen, check_file
from tests.warc.exchanges import answer, exchange, writer
from tests.warc.members import CODED, LATER, PAGE, all_packed, codes, members, packed, plain


def test_a_bomb_costs_little_memory(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "bomb.warc.gz"
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = plain(b"")[:-4].replace(b"Content-Length: 0", b"Content-Length: 3000000000")
    with path.open("wb") as file:
        file.write(zeros.compress(head))
        for _ in range(300):
            file.write(zeros.compress(bytes(1_000_000)))
        file.write(zeros.flush())
        file.write(packed(plain(answer(b"whole"))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = Seen()
    assert "wrong-length" in codes(path, seen)
    assert seen.records == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_large_block_is_checked_without_being_held(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    warc.write(exchange(answer(bytes(30_000_000))))
    warc.close()
    [path] = tmp_path.iterdir()
    assert codes(path) == []
    records = members(path)
    path.write_bytes(b"".join(packed(m.record.replace(b"\0" * 9, b"\0\0\1" * 3, 1)) for m in records))
    assert {*codes(path)} == {"block-digest", "payload-digest"}


def test_a_file_cut_anywhere_in_its_last_record_is_read_up_to_there(whole: Path, tmp_path: Path) -> None:
    records = members(whole)
    before = all_packed(records[:-1])
    broken = tmp_path / "cut.warc.gz"
    for size in range(1, len(records[-1].packed)):
        broken.write_bytes(before + records[-1].packed[:size])
        seen = Seen()
        found = {*codes(broken, seen)}
        assert found & {"torn-tail", "junk"}, size
        assert len(records) - 1 <= seen.records <= len(records)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bits_are_findings_and_never_an_exception(whole_bytes: bytes, data: st.DataObject) -> None:
    import tempfile

    broken = bytearray(whole_bytes)
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=4, unique=True)):
        broken[at] ^= 1 << data.draw(st.integers(0, 7))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broken.warc.gz"
        path.write_bytes(broken)
        list(check_file(path, now=LATER))


@pytest.fixture(scope="module")
def whole_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    warc = writer(folder)
    warc.write(exchange(answer(PAGE)))
    warc.write(exchange(answer(CODED, b"Content-Encoding: gzip")))
    warc.close()
    [path] = folder.iterdir()
    return path.read_bytes()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000), st.sampled_from((b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08")))
def test_any_bytes_are_findings_and_never_an_exception(data: bytes, begin: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.warc"
        path.write_bytes(begin + data)
        assert list(check_file(path, now=datetime.now(UTC)))
