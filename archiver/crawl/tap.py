"""The copy that is kept of one exchange while it takes place."""

from __future__ import annotations

import mmap
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archiver.disk import refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from archiver.warc.exchange import Wire

SPOOL = 1 << 20


class Tap:
    """The copy of one exchange. ``limit`` bounds the bytes received, 0 does not.

    A request that Twisted sends again by itself, because a kept connection was dead, begins
    anew: the exchange is the one that was answered.
    """

    def __init__(self, *, limit: int, clock: Callable[[], datetime]) -> None:
        self._limit = limit
        self._clock = clock
        self._spool: BinaryIO | None = None
        self._received = bytearray()
        self.began: datetime | None = None
        self.ip: str | None = None
        self.sent = bytearray()
        self.size = 0
        self.is_full = False
        self.was_reset = False
        self.is_over = False
        self.fault: OSError | None = None

    def begin(self, ip: str | None) -> None:
        """A request is about to be written on a connection to this address."""
        self._drop()
        self.began, self.ip = self._clock(), ip
        self.sent, self._received = bytearray(), bytearray()
        self.size, self.is_full, self.was_reset = 0, False, False

    def receive(self, data: bytes) -> None:
        """Keeps what was received, up to the limit; nothing after the end."""
        if self.is_over:
            return
        if self._limit and self.size + len(data) > self._limit:
            self.is_full = True
            data = data[: self._limit - self.size]
        self.size += len(data)
        try:
            self._keep(data)
        except OSError as error:
            self.fault, self.is_full = error, True

    def _keep(self, data: bytes) -> None:
        if self._spool is None and self.size > SPOOL:
            self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - outlives this call
            self._spool.write(self._received)
            self._received = bytearray()
        if self._spool is not None:
            self._spool.write(data)
        else:
            self._received += data

    def response(self) -> Wire:
        """All that was received, as bytes, or as a map of the temporary file.

        Raises StorageError where the temporary file could not be written.
        """
        try:
            if self.fault is not None:
                raise self.fault
            if self._spool is None:
                return bytes(self._received)
            self._spool.flush()
            return mmap.mmap(self._spool.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise refusal(Path(tempfile.gettempdir()), error) from error

    def end(self) -> None:
        """Lets go of all that was kept; what still arrives is not kept."""
        self.is_over = True
        self._received = bytearray()
        self._drop()

    def _drop(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None
