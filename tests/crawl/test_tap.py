"""The copy of an exchange is bounded, spooled, and gone when it is over."""

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from archiver.crawl.tap import SPOOL, Tap

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def begun(limit: int = 0) -> Tap:
    tap = Tap(limit=limit, clock=lambda: NOW)
    tap.begin("192.0.2.1")
    return tap


def test_what_is_received_is_kept_as_bytes_or_in_a_file() -> None:
    for size in (0, 10, SPOOL, SPOOL + 1, 3 * SPOOL):
        tap = begun()
        for start in range(0, size, 60_000):
            tap.receive(b"x" * min(60_000, size - start))
        response = tap.response()
        assert isinstance(response, bytes) == (size <= SPOOL)
        assert response[:] == b"x" * size
        tap.end()


def test_a_limit_keeps_the_prefix() -> None:
    tap = begun(limit=5)
    tap.receive(b"abc")
    assert not tap.is_full
    tap.receive(b"defg")
    tap.receive(b"h")
    assert (tap.response(), tap.is_full) == (b"abcde", True)


def test_beginning_again_forgets_what_was_before() -> None:
    tap = begun()
    tap.sent += b"GET /"
    tap.receive(b"x" * (SPOOL + 1))
    tap.begin("192.0.2.2")
    tap.receive(b"y")
    assert (tap.response(), bytes(tap.sent), tap.ip, tap.began) == (b"y", b"", "192.0.2.2", NOW)


def test_nothing_is_kept_after_the_end() -> None:
    tap = begun()
    tap.end()
    tap.receive(b"x" * (SPOOL + 1))
    assert tap.response() == b""


def test_a_full_temporary_folder_is_said() -> None:
    script = (
        "from tests.crawl.test_tap import begun\n"
        "from archiver.errors import StorageError\n"
        "tap = begun()\n"
        "for _ in range(5): tap.receive(b'x' * 1_000_000)\n"
        "assert tap.is_full\n"
        "try: tap.response()\n"
        "except StorageError as error: print(error.message)\n"
        "tap.end()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "File too large" in done.stdout
