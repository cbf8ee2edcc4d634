"""Runs pywb on an archive home, as it is, until it is interrupted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from archiver.errors import ArchiverError, UsageError

START_SECONDS = 60
STOP_SECONDS = 10
_LINES = 20


class Server:
    """pywb in a process of its own, for the time of a ``with``: it answers, or ``__enter__`` raises.

    ``python`` is that of pywb's environment. ``loud`` lets what pywb says through to stderr.
    Raises UsageError where the port is taken, ArchiverError where pywb does not start.
    """

    def __init__(self, root: Path, python: Path, *, host: str, port: int, loud: bool = False) -> None:
        self._root = root
        self._python = python
        self._host = host
        self._port = port
        self._loud = loud
        self._said: deque[str] = deque(maxlen=_LINES)

    def __enter__(self) -> Server:
        _check_free(self._host, self._port)
        # -I: neither the archive's folder nor our own packages are on pywb's path.
        self._process = subprocess.Popen(
            [str(self._python), "-I", "-m", "pywb.apps.cli", "-b", self._host, "-p", str(self._port)],
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={name: value for name, value in os.environ.items() if not name.startswith("PYWB_")},
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self._wait_for_answer()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self) -> int:
        """Return when pywb has ended by itself; its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """End pywb, and return when it has ended."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def last_words(self) -> str:
        """The last line that pywb wrote."""
        return self._said[-1] if self._said else "it said nothing"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            if text.strip():
                self._said.append(text.strip())
            if self._loud:
                sys.stderr.write(text)

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._listener.join()
                raise ArchiverError(
                    f"pywb did not start: {self.last_words}", hint="archiver -v replay shows all that it says"
                )
            try:
                socket.create_connection((_reachable(self._host), self._port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise ArchiverError(f"pywb did not answer within {START_SECONDS} s: {self.last_words}")


def run_until_interrupted(server: Server, started: Callable[[], None]) -> int:
    """Serve until a signal comes or pywb ends; pywb's exit code. ``started`` is called when it answers.

    Raises KeyboardInterrupt for SIGINT and SystemExit(143) for SIGTERM, once pywb has ended.
    """
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        with server:
            started()
            return server.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _check_free(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            hint="--port names another port",
        ) from None


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
