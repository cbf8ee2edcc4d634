"""A backfill that is cut off anywhere goes on with the same command; each memento is fetched once."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver.home import Home
from archiver.warc.file import OPEN
from tests.backfill.test_backfill import asked, backfill, captures
from tests.backfill.web_archive import CDX, TEXT, article, query, some, web_archive
from tests.imports.archive import check_rebuild, findings, new_home, rows, run, select
from tests.killed import run_and_die
from tests.servers.raw import RawServer, answer

# What a crash may leave: verify finds it, and the next run mends it.
LEFT = {"record-without-row", "index-misses", "no-index", "not-attested", "attested-missing"}


def words(server: RawServer) -> tuple[str, ...]:
    return ("backfill", "n", "--from", server.url + CDX, "--delay", "0")


def test_a_kill_anywhere_is_mended_by_the_same_command(tmp_path: Path) -> None:
    kept = some(5)
    with web_archive(kept) as server:
        calm = new_home(tmp_path / "calm")
        assert backfill(calm, server) == 0
        known = [(row["url"], row["timestamp"], row["digest"]) for row in captures(calm)]
        articles = select(calm, "SELECT id || body FROM articles ORDER BY 1")
        step, ended = 1, False
        while not ended:
            home = new_home(tmp_path / f"killed-{step}")
            ended = run_and_die(home, step, *words(server))
            if home.database.exists() and select(
                home, "SELECT name FROM sqlite_master WHERE name = 'captures'"
            ):
                assert {code for _, code in findings(home)} <= LEFT, step
            before = len(select(home, "SELECT 1 FROM captures")) if _has_captures(home) else 0
            asked_before = len(asked(server))
            assert backfill(home, server) == 0, step
            assert len(asked(server)) - asked_before <= len(kept) - before, step
            assert [(row["url"], row["timestamp"], row["digest"]) for row in captures(home)] == known, step
            assert select(home, "SELECT id || body FROM articles ORDER BY 1") == articles, step
            assert findings(home) == [], step
            if step % 10 == 1:
                check_rebuild(home)
            shutil.rmtree(home.root)
            step += 9
    assert step > 20


def _has_captures(home: Home) -> bool:
    return home.database.exists() and bool(
        select(home, "SELECT name FROM sqlite_master WHERE name = 'captures'")
    )


def started(home: Home, server: RawServer, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "archiver", "--data-dir", str(home.root), *words(server), *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)


def wait_until_asked(server: RawServer, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(asked(server)) < number and time.monotonic() < deadline:
        time.sleep(0.01)


def told_by(process: subprocess.Popen[bytes]) -> str:
    """What a run said, which is over now however it went."""
    process.kill()
    process.wait()
    assert process.stderr is not None
    with process.stderr:
        return process.stderr.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_all_whole(tmp_path: Path, number: int) -> None:
    home, kept = new_home(tmp_path / "data"), some(6)
    with web_archive(kept) as server:
        process = started(home, server, "--delay", "30")
        try:
            wait_until_asked(server, 0)
            deadline = time.monotonic() + 30
            while not server.log and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(20) == 128 + number
        finally:
            said = told_by(process)
        assert "the same command goes on" in said
        assert backfill(home, server) == 0
    assert len(captures(home)) == len(kept)


def test_a_signal_between_mementos_stores_what_came(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(6)
    order = sorted(kept, key=lambda one: one.row())
    with web_archive(kept) as server:

        def slow(number: int) -> bytes:
            os.kill(process.pid, signal.SIGTERM)
            time.sleep(1)
            return order[3].answer()

        server.pages[order[3].path] = slow
        process = started(home, server)
        assert process.wait(60) == 143
        assert process.stderr is not None
        process.stderr.close()
        assert [row["url"] for row in captures(home)] == sorted(one.url for one in order[:3])
        assert findings(home) == []
        assert rows(home, "articles") == []
        assert select(home, "SELECT reason FROM coverage") == ["interrupted"]
        server.pages[order[3].path] = order[3].answer()
        assert backfill(home, server) == 0
        assert all(server.times(one.path) == 1 for one in [*order[:3], *order[4:]])
    assert len(captures(home)) == len(kept)
    check_rebuild(home)


def test_a_torn_tail_is_set_aside(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(6)
    with web_archive(kept) as server:
        assert backfill(home, server) == 0
        [path] = (home.backfill("n") / "archive").glob("*.warc.gz")
        content = path.read_bytes()
        path.unlink()
        path.with_name(path.name + OPEN).write_bytes(content[: len(content) * 2 // 3])
        shutil.rmtree(home.backfill("n") / "manifests")
        home.database.unlink()
        shutil.rmtree(home.root / "runs")
        assert run(home, "rebuild") == 0
        whole = len(captures(home))
        assert 0 < whole < len(kept)
        before = len(asked(server))
        assert backfill(home, server) == 0
        assert len(asked(server)) - before == len(kept) - whole
    assert len(captures(home)) == len(kept)
    assert findings(home) == []


def test_another_run_holds_the_lock(tmp_path: Path) -> None:
    from archiver.locking import locked

    home = new_home(tmp_path / "data")
    with web_archive([article("Ny rapport", "20150102030405")]) as server:
        server.pages[query()] = answer("[]", kind="application/json")
        with locked(home):
            process = started(home, server)
            assert process.wait(60) == 75
            assert process.stderr is not None
            process.stderr.close()


def test_a_disk_that_refuses_leaves_all_whole(tmp_path: Path) -> None:
    home, small = new_home(tmp_path / "data"), some(3)
    noise = [os.urandom(400_000).hex() for _ in range(4)]
    large = [
        article(f"Rapport {n}", "20150102030405", text=f"{TEXT} <!-- {more} -->")
        for n, more in enumerate(noise)
    ]
    with web_archive([*small, *large]) as server:
        assert backfill(home, server, "--limit", "3") == 0
        most = home.database.stat().st_size + 1_000_000
        done = subprocess.run(
            [sys.executable, "-m", "archiver", "--data-dir", str(home.root), *words(server)],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert b"raise the limit on file size" in done.stderr
        assert b"Traceback" not in done.stderr
        assert {code for _, code in findings(home)} <= LEFT
        before = len(captures(home))
        assert backfill(home, server) == 0
        assert 3 <= before < len(captures(home)) == 7
    assert findings(home) == []
    check_rebuild(home)


def test_a_signal_while_articles_are_derived_leaves_them_to_the_next_run(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(70)
    with web_archive(kept) as server:
        process = started(home, server)
        try:
            deadline = time.monotonic() + 60
            while not _has_ended(home):
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 143
        finally:
            said = told_by(process)
        assert "the same command goes on" in said
        assert list(home.root.glob("runs/*/report.json"))
        assert select(home, "SELECT count(*) FROM articles") == [0]
        assert backfill(home, server) == 0
        assert len(asked(server)) == len(kept)
    [articles] = select(home, "SELECT count(*) FROM articles")
    assert articles > 30


def _has_ended(home: Home) -> bool:
    return _has_captures(home) and bool(select(home, "SELECT 1 FROM coverage"))
