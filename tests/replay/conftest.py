"""pywb and its like, run as programs; an archive of some nights for them to read."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from archiver.model import Capture
from archiver.replay.server import Server
from archiver.warc.cdxj import merge_index
from archiver.warc.writer import Original
from tests.conftest import run_archiver
from tests.warc.exchanges import NOON, answer, exchange, writer

PAGE = "https://www.example.com/nyheter/ny-rapport/"
OLD = "https://www.example.com/?p=1"
BODY = answer("<h1>Ny rapport</h1><p>Den är klar.</p>".encode())
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


@pytest.fixture(scope="session")
def ten_nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A page and a redirect to it; then ten nights on which the server says that nothing changed."""
    home = Home(tmp_path_factory.mktemp("ten"))
    first: Capture | None = None
    known: dict[str, Original] = {}
    for night in range(11):
        began = NOON + timedelta(days=night)
        warc = writer(
            home.archive("s"), site="s", crawl=f"{began:%Y%m%dT%H%M%SZ}-ab12", original=known.get, host="h"
        )
        moved = b"HTTP/1.1 301 Moved\r\nLocation: " + PAGE.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
        captures = [
            warc.write(exchange(moved, url=OLD, began=began)),
            warc.write(
                exchange(unchanged if night % 2 else BODY, url=PAGE, began=began + timedelta(seconds=1)),
                not_modified=known.get("original"),
            ),
        ]
        warc.close()
        stored = [c for c in captures if c]
        merge_index(home.index("s"), stored)
        if first is None:
            first = stored[1]
            original = Original(
                url=PAGE, date=first.warc_date, record_id=first.warc_record_id, status=first.status
            )
            known = {"original": original, str(first.payload_digest): original}
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

    def get(self, path: str, *, codings: str = "gzip, deflate, br, zstd") -> Answer:
        """Ask for a path, saying which codings are understood; nothing is decoded and no redirect is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": codings})
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
