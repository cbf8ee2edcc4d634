"""SIGINT and SIGTERM: the first ends the waiting, never the writing; the second ends the run at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

from archiver.disk import remove_half_written


def end_at_once(number: int) -> NoReturn:
    """End this process by a signal that came the second time.

    What is committed is whole, and the rest is adopted; half-written files go. No thread is waited for: one
    may wait for a server.
    """
    remove_half_written()
    with suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(128 + number)


class StoppedError(Exception):
    """A signal came, and what is under way is given up whole."""


class Stopping:
    """Listens for signals, in a ``with`` or for good. ``signal`` is the one that came, or None."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._waiting = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._before = self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def listen(self) -> dict[int, Any]:
        """Listen from now on; who listened before."""
        return {number: signal.signal(number, self._came) for number in (signal.SIGINT, signal.SIGTERM)}

    def check(self) -> None:
        """Raises StoppedError where a signal came."""
        if self.signal is not None:
            raise StoppedError

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While nothing is written a signal raises StoppedError, also one that came before."""
        self.check()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _came(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            end_at_once(number)
        self.signal = number
        if self._waiting:
            raise StoppedError
