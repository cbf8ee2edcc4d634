"""pywb and its like, run as programs; an archive of some nights for them to read."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from archiver.replay.server import Server
from tests.conftest import run_archiver

TOOLS = Path(__file__).resolve().parents[2] / ".venv-tools"


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the programs."""
    if not (TOOLS / "installed").exists():
        pytest.skip("pywb, wacz and cdxj-indexer are not there: run `make tools`")
    return TOOLS / "bin"


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three nights of the demo site, changed between the first and the second; never written to."""
    home = Home(tmp_path_factory.mktemp("nights"))
    port = 0
    for night in range(3):
        with DemoServer(port=port, changed=night > 0) as server:
            port = server.port
            if not night:
                run_archiver(home.root, "sites", "add", server.news_url, "--name", "demo", "--delay", "0")
            done = run_archiver(home.root, "crawl", "--delay", "0", *(["--full"] if night else []))
            assert done.returncode == 0, done.stderr
    return home


@dataclass
class Answer:
    """What pywb answered, its body as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Replay:
    """pywb while it runs."""

    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Answer:
        """Ask for a path; nothing is decoded and no redirect is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def pywb(tools: Path, root: Path) -> Iterator[Replay]:
    """pywb on a folder, as ``archiver replay`` runs it."""
    port = free_port()
    with Server(root, tools / "python", host="127.0.0.1", port=port):
        yield Replay(port)
