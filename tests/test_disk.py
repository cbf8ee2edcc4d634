"""Files that are whole or not there, whatever comes while they are written."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from archiver.cli.placing import into_folder
from archiver.disk import write_atomically, written_whole


def write(path: Path) -> None:
    with written_whole(path) as file:
        file.write(b"whole")


def fill(path: Path) -> None:
    into_folder(lambda folder: (folder / "a").write_bytes(b"whole"), path)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a file that is opened when a signal comes
@pytest.mark.parametrize("make", [write, fill])
def test_a_signal_at_any_moment_leaves_nothing_half_written(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    came: list[int] = []
    place, done = tmp_path / "place", tmp_path / "done"
    place.mkdir()
    done.mkdir()

    def end(number: int, frame: object) -> None:
        came.append(number)
        raise SystemExit

    before = signal.signal(signal.SIGALRM, end)
    try:
        for turn in range(4000):
            path = place / str(turn)
            with suppress(SystemExit):
                try:
                    signal.setitimer(signal.ITIMER_REAL, (turn % 400 + 1) * 1e-6)
                    make(path)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            assert set(os.listdir(place)) <= {path.name}  # noqa: PTH208
            if path.exists():
                assert (path / "a" if path.is_dir() else path).read_bytes() == b"whole"
                path.rename(done / path.name)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(came) > 100, "signals came in between"


def test_a_new_file_has_the_rights_that_others_have(tmp_path: Path) -> None:
    write(tmp_path / "a")
    (tmp_path / "b").touch()
    fill(tmp_path / "c")
    (tmp_path / "d").mkdir()
    modes = [(tmp_path / name).stat().st_mode for name in "abcd"]
    assert (modes[0], modes[2]) == (modes[1], modes[3])


def test_links_in_a_circle_and_long_names(tmp_path: Path) -> None:
    circle, long = tmp_path / "circle", tmp_path / ("å" * 124 + ".jsonl")
    circle.symlink_to(circle)
    for path in (circle, long):
        write_atomically(path, "x")
        assert path.read_text("utf-8") == "x"
    assert sorted(tmp_path.iterdir()) == [circle, long]
