"""What all tests share: the archive command as a person runs it, and a demo archive to read."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from tests.forked import EARLY, Forker

# Samples that are no part of the repository: tests that use them are skipped where they are not.
SHARED = Path(__file__).resolve().parents[2] / "shared"

Archiver = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_finish() -> None:
    """What all tests have imported stays: no collection of garbage looks at it while one is measured."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def shared() -> Path:
    """The folder of shared samples."""
    if not SHARED.is_dir():
        pytest.skip("the shared samples are not here")
    return SHARED


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of ours talks to anything but this machine."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not (
            str(host).startswith("127.") or host in ("::1", "localhost")
        ):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", checked)


def run_archiver(
    home: Path, *words: str, timeout: float = 100, env: dict[str, str] | None = None, days: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a person would; so many ``days`` from now."""
    module, first = ("tests.later", [str(days)]) if days else ("archiver", [])
    words = (*first, "--data-dir", str(home), *words)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ARCHIVER_")}
    clean |= {"PYTHONWARNINGS": "error::ResourceWarning"} | (env or {})
    if not any(name.startswith(EARLY) for name in env or {}):
        return forker().run(module, words, clean, timeout)
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=clean,
        check=False,
    )


@functools.cache
def forker() -> Forker:
    """What runs the commands of this process's tests."""
    return Forker()


@pytest.fixture
def archiver(tmp_path: Path) -> Archiver:
    """The command on an archive home of this test's own."""

    def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
        return run_archiver(tmp_path / "data", *words, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    """The demo site, served."""
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="session")
def demo_home(demo_server: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An archive of the demo site, made by the command; tests must not write to it."""
    root = tmp_path_factory.mktemp("demo")
    added = run_archiver(root, "sites", "add", demo_server.news_url, "--name", "demo", "--delay", "0")
    assert added.returncode == 0, added.stderr
    crawled = run_archiver(root, "crawl", "--delay", "0")
    assert crawled.returncode == 0, crawled.stderr
    return Home(root)


@pytest.fixture
def demo_copy(demo_home: Home, tmp_path: Path) -> Path:
    """A copy of the archive of the demo site, which the test may change and crawl again."""
    shutil.copytree(demo_home.root, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def demo_site(demo_home: Home, tmp_path: Path) -> Path:
    """An archive home that knows the demo site, of which nothing was crawled."""
    shutil.copytree(demo_home.root / "sites", tmp_path / "data" / "sites")
    return tmp_path / "data"
