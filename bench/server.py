"""Serves the bench site on loopback, in a process of its own: ``python -m bench.server N [gzip]``.

Prints its port. ``/-/served`` answers with the number of pages served since it was last
asked, so that every crawler's pages are counted by the same hand.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from bench.site import BenchSite, paragraphs


class Connection(asyncio.Protocol):
    """One connection: GET and keep-alive are all it knows."""

    served = 0

    def __init__(self, site: BenchSite, *, packed: bool) -> None:
        self._site = site
        self._packed = packed
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            packed = self._packed and b"gzip" in head
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode("latin-1"), packed))

    def _answer(self, path: str, packed: bool) -> bytes:
        if path == "/-/served":
            body, Connection.served = str(Connection.served).encode(), 0
            return _message(200, body)
        page = self._site.page(path)
        if page is not None and path != "/robots.txt":
            Connection.served += 1
        if page is None:
            return _message(404, b"not here")
        return _message(200, zlib.compress(page, 1, 31), packed=True) if packed else _message(200, page)


def _message(status: int, body: bytes, *, packed: bool = False) -> bytes:
    # compressed pages leave their charset to the page itself, as many servers do
    kind = "text/html\r\nContent-Encoding: gzip" if packed else "text/html; charset=utf-8"
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(site: BenchSite, *, packed: bool) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    paragraphs()
    server = await loop.create_server(lambda: Connection(site, packed=packed), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def served(articles: int, *, packed: bool = False) -> Iterator[str]:
    """The bench site at an address, ``http://127.0.0.1:PORT``, while the block runs.

    ``packed``: compressed for those who ask for it, and without a charset in the header.
    """
    command = [sys.executable, "-m", "bench.server", str(articles), *(["gzip"] if packed else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def pages_served(address: str) -> int:
    """Pages that the server at ``address`` gave out since it was last asked."""
    with urlopen(f"{address}/-/served", timeout=30) as answer:
        return int(answer.read())


if __name__ == "__main__":
    asyncio.run(serve(BenchSite(articles=int(sys.argv[1])), packed="gzip" in sys.argv))
