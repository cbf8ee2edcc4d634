"""Small sites of many makes, served on loopback from a table of answers."""

from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from archiver.crawl.discover import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = str | bytes | tuple[int, str]


class TableServer:
    """Serves a table of path to body; ``(301, location)`` redirects; ``{base}`` is the address."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = answers.get(self.path, (404, ""))
                status, body = (200, answer) if not isinstance(answer, tuple) else answer
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", str(body))
                    body = ""
                raw = body if isinstance(body, bytes) else body.replace("{base}", outer.base).encode()
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    async def fetch(self, url: str) -> Fetched | None:
        """What discovery is given: the response after redirects, None where there is none."""
        return await asyncio.to_thread(fetch, url)


def fetch(url: str) -> Fetched | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            kind = response.headers.get("Content-Type")
            return Fetched(url=response.url, status=response.status, body=response.read(), content_type=kind)
    except urllib.error.HTTPError as error:
        with error:
            return Fetched(url=url, status=error.code, body=error.read(), content_type=None)
    except OSError:
        return None


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Answer]], TableServer]]:
    servers: list[TableServer] = []

    def start(answers: dict[str, Answer]) -> TableServer:
        servers.append(TableServer(answers))
        return servers[-1]

    yield start
    for server in servers:
        server.server.shutdown()
        server.server.server_close()
