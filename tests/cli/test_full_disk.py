"""A disk that is full, or refuses, in the middle of a crawl: what was stored is whole."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from tests.conftest import run_archiver


def assert_whole(home: Path) -> None:
    """The archive opens, and every row names a whole record."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        named = db.execute('SELECT filename, "offset" + length FROM captures').fetchall()
    for filename, end in named:
        path = next(home.glob(f"collections/*/archive/{filename}*"))
        assert path.stat().st_size >= end


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own with this size; skipped where none may be mounted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_in_the_middle_of_a_crawl(tmp_path: Path, demo_server: DemoServer) -> None:
    with small_disk(tmp_path / "disk", "700k") as disk:
        added = run_archiver(disk, "sites", "add", demo_server.news_url, "--name", "d", "--delay", "0")
        assert added.returncode == 0, added.stderr
        done = run_archiver(disk, "crawl", "--delay", "0")
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert "No space left" in done.stderr or "disk is full" in done.stderr
        assert_whole(disk)
        subprocess.run(["mount", "-o", "remount,size=30m", str(disk)], check=True)
        again = run_archiver(disk, "crawl", "--delay", "0")
        assert again.returncode == 0, again.stderr
        assert_whole(disk)


@pytest.mark.parametrize("limit", [40_000, 600_000])
def test_a_file_that_may_not_grow(tmp_path: Path, demo_server: DemoServer, limit: int) -> None:
    home = tmp_path / "data"
    run_archiver(home, "sites", "add", demo_server.news_url, "--name", "d", "--delay", "0")
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "--data-dir", str(home), "crawl", "--delay", "0"],
        capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 4
    again = run_archiver(home, "crawl", "--delay", "0")
    assert again.returncode == 0, again.stderr
    assert_whole(home)
