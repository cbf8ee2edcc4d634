"""Serves the demo site over HTTP/1.1 on loopback, as a real server would: ETag, 304, gzip."""

from __future__ import annotations

import gzip
import threading
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from archiver.demo.site_map import NEWS, Resource, not_found, site_map

if TYPE_CHECKING:
    from types import TracebackType

_TEXT = ("text/", "application/rss+xml", "application/xml", "image/svg+xml")


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the server's map of the site; says nothing on the terminal."""

    protocol_version = "HTTP/1.1"
    server_version = "DemoServer"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        """Answer with the body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers alone."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log."""

    def _answer(self, *, with_body: bool) -> None:
        resource = self.server.resource(self.path)
        tag = f'"{sha256(resource.body).hexdigest()[:16]}"'
        if resource.status == 200 and self._is_current(resource, tag):
            self._head(304, resource, tag)
            self.end_headers()
            return
        body = resource.body
        packed = resource.media_type.startswith(_TEXT) and len(body) > 500 and self._takes_gzip()
        if packed:
            body = gzip.compress(body, 6, mtime=0)
        self._head(resource.status, resource, tag)
        self.send_header("Content-Type", resource.media_type)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _head(self, status: int, resource: Resource, tag: str) -> None:
        """Status line and the headers that a 304 carries too."""
        self.send_response(status)
        if resource.location:
            self.send_header("Location", resource.location)
        if resource.modified:
            self.send_header("Last-Modified", format_datetime(_utc(resource), usegmt=True))
            self.send_header("ETag", tag)
            self.send_header("Cache-Control", "max-age=0, must-revalidate")
        self.send_header("Vary", "Accept-Encoding")

    def _takes_gzip(self) -> bool:
        codings = self.headers.get("Accept-Encoding", "").lower().split(",")
        return any(coding.strip().split(";")[0] == "gzip" and "q=0" not in coding for coding in codings)

    def _is_current(self, resource: Resource, tag: str) -> bool:
        """True where the client's validators still hold (RFC 9110 §13.1: ETag goes first)."""
        if given := self.headers.get("If-None-Match"):
            return given.strip() == "*" or tag in (t.strip().removeprefix("W/") for t in given.split(","))
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
            return resource.modified is not None and _utc(resource) <= since
        except (TypeError, ValueError):
            return False


def _utc(resource: Resource) -> datetime:
    """When the resource was changed, UTC; the epoch where nobody knows."""
    return (resource.modified or datetime.fromtimestamp(0, UTC)).astimezone(UTC)


class _Server(ThreadingHTTPServer):
    """The listening socket, and the map of the site that its port makes."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], *, changed: bool) -> None:
        super().__init__(address, _Handler)
        self.base = f"http://{address[0]}:{self.server_address[1]}"
        self._map = site_map(self.base, changed=changed)
        self._missing = not_found(self.base, changed=changed)

    def resource(self, target: str) -> Resource:
        """What this request target answers; an unknown query counts for nothing."""
        target = target.split("#", 1)[0]
        return self._map.get(target) or self._map.get(target.split("?", 1)[0]) or self._missing


class DemoServer:
    """The demo site on a loopback address, in a thread of its own, for the time of a ``with``.

    ``port`` 0 takes a free one. ``changed`` serves the second night: one text edited, one
    article gone (410), one new. The bytes depend on the port and on ``changed`` alone.
    Raises OSError where the port cannot be had.
    """

    def __init__(self, *, port: int = 0, changed: bool = False, host: str = "127.0.0.1") -> None:
        self._server = _Server((host, port), changed=changed)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address of the front page."""
        return self._server.base + "/"

    @property
    def news_url(self) -> str:
        """The address of the news archive."""
        return self._server.base + NEWS

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Return when the server has stopped; for a program that only serves."""
        self._thread.join()
