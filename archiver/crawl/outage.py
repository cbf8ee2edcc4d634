"""A site that cannot be reached: it is waited for, and after that left alone for the night.

A name that does not resolve and a refused connection are seldom the site's end: a line is down, a
resolver or a server is being restarted. To try page after page meanwhile would cost each of them its
attempts, and the server that comes back a storm.
"""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    ResponseDataLossError,
)

from archiver.crawl.failures import failure_reason

UNREACHABLE = (CannotResolveHostError, DownloadConnectionRefusedError)
# Failures in a row, of any kind, after which a site that answers nothing is left alone.
MAX_SILENCES = 20
# The pauses of an outage double, from this share of the patience up to that one.
FIRST, LONGEST = 1 / 120, 1 / 6


class Outage:
    """Whether a host of the site answers, and how many seconds of ``patience`` are left if not.

    ``reason`` says why nothing is heard of it at the moment, or is None.
    """

    def __init__(self, patience: float) -> None:
        self.reason: str | None = None
        self._patience = self._left = patience
        self._pauses = 0
        self._silences = 0

    def answered(self) -> None:
        """Note an answer: the outage is over, and the next one gets as much patience."""
        self.reason, self._left = None, self._patience
        self._pauses = self._silences = 0

    def pause(self, error: Exception) -> float | None:
        """Seconds to leave the site alone after this failure; None where waiting is no use, or over."""
        if isinstance(error, ResponseDataLossError):
            self.answered()  # in part
            return None
        self._silences += 1
        if not isinstance(error, UNREACHABLE):
            return None
        self.reason = failure_reason(error)
        seconds = min(self._patience * min(FIRST * 2**self._pauses, LONGEST), self._left)
        self._pauses += 1
        self._left -= seconds
        return seconds or None

    @property
    def is_final(self) -> bool:
        """True where it was waited for in vain, or so many requests in a row that the rest would be too."""
        return self._silences >= MAX_SILENCES or (self._patience > 0 and not self._left)
