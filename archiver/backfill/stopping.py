"""SIGINT and SIGTERM in a backfill: the first ends the waiting, never the writing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self


class StoppedError(Exception):
    """A signal came while nothing was written."""


class Stopping:
    """Listens for signals for the time of a ``with``. ``signal`` is the one that came, or None."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._waiting = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._came)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While nothing is written a signal raises StoppedError, also one that came before."""
        if self.signal is not None:
            raise StoppedError
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _came(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            # The second time: at once. What is committed is whole, and the rest is adopted.
            raise SystemExit(128 + number)
        self.signal = number
        if self._waiting:
            raise StoppedError
