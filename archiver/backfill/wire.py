"""One connection to a web archive, with a copy of every byte that it carries.

``http.client`` finds where a message ends; the copy is made below it, on the socket, and held in a
temporary file where it is large: a list of a hundred megabytes costs no memory. One request at a time.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from archiver.crawl.guard import AddressGuard, PrivateAddressError
from archiver.crawl.tap import Tap
from archiver.errors import ArchiverError
from archiver.warc.exchange import Exchange, ResponseMessage, parse_response

if TYPE_CHECKING:
    from archiver.model import Truncated

SILENCE = 60.0  # seconds in which not a byte came
_PORTS = {"http": 80, "https": 443}
_STEP = 1 << 16


class NoAnswerError(ArchiverError):
    """A web archive could not be reached, or said nothing."""

    exit_code = 4


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back to one request: the exchange as it was, and its final message."""

    url: str
    exchange: Exchange
    message: ResponseMessage

    @property
    def status(self) -> int:
        """The HTTP status, 0 where there is none."""
        return self.message.status or 0


class Connection:
    """Asks web archives, over one connection at a time that is kept while they keep it.

    ``guard`` says which addresses may be connected to. ``proxy`` is ``http://HOST:PORT``.
    """

    def __init__(
        self, *, guard: AddressGuard, proxy: str | None, clock: Callable[[], datetime], user_agent: str
    ) -> None:
        self._guard = guard
        self._proxy = proxy
        self._clock = clock
        self._user_agent = user_agent
        self._tap: Tap | None = None
        self._socket: socket.socket | None = None
        self._file: _Kept | None = None
        self._to: tuple[str, str] | None = None
        self._ip: str | None = None

    def get(self, url: str, *, fields: Mapping[str, str], limit: int, seconds: float) -> Answer:
        """The answer to a GET, whole or as far as it came. ``url`` is ASCII without white space.

        Of an answer at most ``limit`` bytes and what comes within ``seconds`` are taken. Raises
        NoAnswerError, and StorageError where the copy cannot be kept.
        """
        self._end()
        for attempt in (1, 2):
            is_kept = self._open(url, seconds)
            tap = self._tap = Tap(limit=limit, clock=self._clock)
            try:
                truncated = self._exchange(url, fields, tap, time.monotonic() + seconds)
            except (OSError, HTTPException) as error:
                self.close()
                if is_kept and not tap.size and attempt == 1:
                    continue  # the server had closed a connection that was kept
                if not tap.size:
                    raise NoAnswerError(f"{url}: {_said(error)}", url=url) from error
                truncated = _why(error, tap)
            return self._answer(url, tap, truncated)
        raise AssertionError

    def close(self) -> None:
        """Ends the connection; the copy of the last answer stays until the next one."""
        for each in (self._file, self._socket):
            if each is not None:
                with suppress(OSError):
                    each.really_close() if isinstance(each, _Kept) else each.close()
        self._socket = self._file = self._to = None

    def _end(self) -> None:
        if self._tap is not None:
            self._tap.end()
            self._tap = None

    def _exchange(self, url: str, fields: Mapping[str, str], tap: Tap, until: float) -> Truncated | None:
        """Sends the request and reads the answer; why it is not whole, None where it is."""
        assert self._socket is not None
        assert self._file is not None
        tap.begin(self._ip)
        request = self._request(url, fields)
        tap.sent += request
        self._file.raw_tee.begin(tap, until)
        self._socket.sendall(request)
        while True:
            response = HTTPResponse(cast("socket.socket", self._file), method="GET")
            response.begin()
            if not 100 <= response.status < 200 or response.status == 101:
                break
        while response.read(_STEP):
            if tap.is_full:
                self.close()
                return "length"
        is_cut_off = bool(response.length) and response.status not in (204, 304)
        if response.will_close or tap.is_full or is_cut_off:
            self.close()
        if tap.is_full:
            return "length"
        return "disconnect" if is_cut_off else None

    def _request(self, url: str, fields: Mapping[str, str]) -> bytes:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self._proxy and parts.scheme == "http":
            target = f"http://{parts.netloc.rpartition('@')[2]}{target}"
        host = parts.netloc.rpartition("@")[2]
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}", f"User-Agent: {self._user_agent}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _answer(self, url: str, tap: Tap, truncated: Truncated | None) -> Answer:
        exchange = Exchange(
            url=url,
            began=tap.began or self._clock(),
            request=bytes(tap.sent),
            response=tap.response(),
            ip=None if self._proxy else tap.ip,
            truncated=truncated,
        )
        return Answer(url=url, exchange=exchange, message=parse_response(exchange.response))

    # -- connecting

    def _open(self, url: str, seconds: float) -> bool:
        """Connects where that is not done; True where a connection was kept. Raises NoAnswerError."""
        parts = urlsplit(url)
        to = (parts.scheme, parts.netloc)
        if self._socket is not None and self._to == to:
            return True
        self.close()
        try:
            host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
            self._socket = self._connected(host, port, min(seconds, SILENCE))
            if parts.scheme == "https":
                if self._proxy:
                    _tunnel(self._socket, host, port)
                self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=host)
        except (OSError, ValueError, KeyError, PrivateAddressError) as error:
            self.close()
            raise NoAnswerError(f"{url}: {_said(error)}", url=url) from error
        self._file = _Kept(_Tee(self._socket))
        self._to = to
        return False

    def _connected(self, host: str, port: int, seconds: float) -> socket.socket:
        if self._proxy:
            proxy = urlsplit(self._proxy)
            return socket.create_connection((proxy.hostname or "", proxy.port or 80), seconds)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        permitted = [each for each in found if self._guard.permits(host, port, str(each[4][0]))]
        if not permitted:
            self._guard.check(host, port, str(found[0][4][0]))
        failure: OSError | None = None
        for family, kind, protocol, _, address in permitted:
            made = socket.socket(family, kind, protocol)
            made.settimeout(seconds)
            try:
                made.connect(address)
            except OSError as error:
                made.close()
                failure = error
                continue
            self._ip = str(address[0])
            return made
        raise failure or OSError("no address")


def _tunnel(made: socket.socket, host: str, port: int) -> None:
    """Has a proxy open a way to the server. Raises OSError where it does not."""
    made.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    said = b""
    while b"\r\n\r\n" not in said and len(said) < _STEP:
        piece = made.recv(1)
        if not piece:
            break
        said += piece
    if said[9:12] != b"200":
        raise OSError(f"the proxy refuses: {said[:60]!r}")


class _Tee(io.RawIOBase):
    """What a socket gives, a copy of it kept."""

    def __init__(self, made: socket.socket) -> None:
        self._socket = made
        self._tap: Tap | None = None
        self._until = 0.0

    def begin(self, tap: Tap, until: float) -> None:
        """From now on what comes belongs to this exchange; it ends at a moment of the monotonic clock."""
        self._tap, self._until = tap, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._socket.settimeout(min(left, SILENCE))
        size = self._socket.recv_into(buffer)
        if self._tap is not None:
            self._tap.receive(bytes(buffer[:size]))
        return size


class _Kept(io.BufferedReader):
    """A file that stays open when ``http.client`` has read a message from it."""

    def __init__(self, raw: _Tee) -> None:
        super().__init__(raw, _STEP)
        self.raw_tee = raw

    def makefile(self, mode: str) -> _Kept:
        """What ``http.client`` asks of a socket."""
        return self

    def close(self) -> None:
        """Nothing yet: the connection may be kept."""

    def really_close(self) -> None:
        """Ends it."""
        super().close()


def _why(error: Exception, tap: Tap) -> Truncated:
    if tap.is_full:
        return "length"
    if isinstance(error, TimeoutError):
        return "time"
    return "disconnect" if isinstance(error, (IncompleteRead, OSError)) else "unspecified"


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, (PrivateAddressError, ValueError, KeyError)):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return f"no HTTP answer ({type(error).__name__})"
