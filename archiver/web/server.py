"""Serves the archive until it is interrupted."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from archiver.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """A socket on which the archive is served. Raises UsageError where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            hint="--port names another port",
        ) from None
    return listener


def serve(
    app: Any, listener: socket.socket, *, started: Callable[[], None], ended: Callable[[], None]
) -> None:
    """Serve until a signal comes. ``started`` is called when it answers, ``ended`` when it does no more.

    Raises KeyboardInterrupt for SIGINT and SystemExit(143) for SIGTERM, once all answers are out.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            ended()
            await super().shutdown(sockets)

    # A reader who keeps a line open and asks nothing on it is no error.
    logging.getLogger("uvicorn.error").addFilter(lambda said: "graceful shutdown" not in str(said.msg))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    with _terminated():
        Server(config).run([listener])


@contextlib.contextmanager
def _terminated() -> Iterator[None]:
    """SIGTERM ends what is inside with exit code 143, as SIGINT does with 130."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
