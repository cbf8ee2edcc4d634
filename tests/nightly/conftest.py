"""For all tests of nights: a monitor that hears of them, and the archive of a healthy site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.nightly.outages import Archive, healthy


class Monitor(BaseHTTPRequestHandler):
    heard: list[tuple[str, bytes]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[tuple[str, type[Monitor]]]:
    handler = type("Monitor", (Monitor,), {"heard": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ping/5f2a", handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return healthy(tmp_path_factory.mktemp("healthy"))


@pytest.fixture
def archive(before: Archive, tmp_path: Path) -> Archive:
    """A copy of the healthy site's archive, which the test lets go wrong."""
    return before.copy(tmp_path / "data")
