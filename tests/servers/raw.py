"""A server that answers with bytes as they are given, right or wrong, one connection an answer."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Tagged:
    """A page with an ETag, which is not sent again to who has it."""

    body: str
    etag: str

    def answer(self, head: bytes) -> bytes:
        """What the server says to a request."""
        tag = f"ETag: {self.etag}"
        if f"If-None-Match: {self.etag}\r\n".encode() in head:
            return answer("", tag, status="304 Not Modified")
        return answer(self.body, tag)


@dataclass(frozen=True)
class Posted:
    """What is answered to a POST, by the fields of its form; it is found under ``POST`` and the target."""

    answer: Callable[[dict[str, str]], bytes]


Answer = bytes | Callable[[int], bytes] | Tagged | Posted


@dataclass(frozen=True)
class Asked:
    """One request: its target, the monotonic second at which it was read, and its header lines."""

    target: str
    at: float
    lines: tuple[str, ...] = ()
    method: str = "GET"
    body: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form that was posted."""
        return dict(parse_qsl(self.body, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """The value of a header field, None where the request has none of this name."""
        for line in self.lines:
            field, _, value = line.partition(":")
            if field.lower() == name.lower():
                return value.strip()
        return None


def answer(body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """A whole response with these header lines besides the usual ones."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def moved(location: str) -> bytes:
    """A redirect to what is given, whatever it is."""
    return answer("", f"Location: {location}", status="302 Found")


def once(first: bytes, then: bytes) -> Callable[[int], bytes]:
    """One answer the first time, another from then on."""
    return lambda number: first if number == 1 else then


class RawServer:
    """Serves ``pages`` (request target to answer) on a free port; ``log`` is what was asked for.

    A callable is given the number of the request for its target, from 1. An empty answer
    closes the connection without a byte. What is not there is a 404.
    """

    def __init__(
        self, pages: Mapping[str, Answer] | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.pages = dict(pages or {})
        self.log: list[Asked] = []
        self._counts: Counter[str] = Counter()
        self._socket = socket.create_server((host, port), backlog=64)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """The root of the server."""
        return f"http://{self.host}:{self.port}"

    def times(self, target: str) -> int:
        """How often a target was asked for."""
        return self._counts[target]

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    data = connection.recv(65536)
                    if not data:
                        return
                    head += data
                head, _, body = head.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                method, target = first.split(" ", 2)[:2]
                asked = Asked(target, time.monotonic(), tuple(lines), method)
                while len(body) < int(asked.header("content-length") or 0):
                    body += connection.recv(65536)
                asked = replace(asked, body=body.decode("latin-1"))
                self.log.append(asked)
                target = target if method == "GET" else f"{method} {target}"
                self._counts[target] += 1
                found = self.pages.get(target, answer("finns inte", status="404 Not Found"))
                if isinstance(found, Tagged):
                    found = found.answer(head + b"\r\n")
                if isinstance(found, Posted):
                    found = found.answer(asked.form)
                connection.sendall(found(self._counts[target]) if callable(found) else found)
            except OSError:
                return
