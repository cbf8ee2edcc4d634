"""A host that cannot be reached: it is waited for, and after that left alone for the night.

A name that does not resolve and a refused connection are seldom the site's end: a line is down, a
resolver or a server is being restarted. To try page after page meanwhile would cost each of them its
attempts, and the server that comes back a storm.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    ResponseDataLossError,
)

from archiver.address import host_of
from archiver.crawl.failures import failure_reason
from archiver.store.failures import IN_VAIN

UNREACHABLE = (CannotResolveHostError, DownloadConnectionRefusedError)
# Failures in a row, of any kind, after which a host that answers nothing is left alone.
MAX_SILENCES = 20
# The pauses of an outage double, from this share of the patience up to that one.
FIRST, LONGEST = 1 / 120, 1 / 6


class Outage:
    """Whether a host of the site answers, and how many seconds of ``patience`` are left if not.

    ``reason`` says why nothing is heard of it at the moment, or is None. It is asked for nothing before
    the monotonic second ``until``. What was waited for ``in_vain`` the night before is not waited for.
    """

    def __init__(self, patience: float) -> None:
        self.reason: str | None = None
        self.until = 0.0
        self.in_vain = False
        self._patience = self._left = patience
        self._pauses = 0
        self._silences = 0

    def remember(self) -> None:
        """Note that it was waited for in vain the night before: until it answers it has no patience."""
        self.in_vain, self._left = True, 0.0

    def answered(self) -> None:
        """Note an answer: the outage is over, and the next one gets as much patience."""
        self.reason, self.until, self.in_vain, self._left = None, 0.0, False, self._patience
        self._pauses = self._silences = 0

    def pause(self, error: Exception) -> float | None:
        """Seconds to leave the host alone after this failure; None where waiting is no use, or over."""
        if isinstance(error, ResponseDataLossError):
            self.answered()  # in part
            return None
        if isinstance(error, UNREACHABLE) and (rest := self.until - time.monotonic()) > 0:
            return rest  # of the same pause
        self._silences += 1
        if not isinstance(error, UNREACHABLE):
            return None
        self.reason = failure_reason(error)
        seconds = min(self._patience * min(FIRST * 2**self._pauses, LONGEST), self._left)
        self._pauses += 1
        self._left -= seconds
        self.until = time.monotonic() + seconds if seconds else 0.0
        return seconds or None

    @property
    def is_final(self) -> bool:
        """True where it was waited for in vain, or so many requests in a row that the rest would be too."""
        return self._silences >= MAX_SILENCES or self.is_in_vain

    @property
    def is_in_vain(self) -> bool:
        """True where all patience was spent on waiting, tonight or in the night before."""
        return self.reason is not None and (self.in_vain or (self._patience > 0 and not self._left))


class Outages:
    """What is known of each host of a site: one that is away holds up no other.

    ``left`` are the hosts that are left alone for the night, ``lost`` says why, of the first. ``aside`` is
    set while other sites are crawled in the place of this one, which only tries then whether it is back.
    """

    def __init__(self, hosts: Collection[str], patience: float) -> None:
        self._of = {host: Outage(patience) for host in hosts}
        self.left: set[str] = set()
        self.lost: str | None = None
        self.aside = False

    def remember(self, hosts: Collection[str]) -> None:
        """Note which hosts were waited for in vain the night before."""
        for host in self._of.keys() & hosts:
            self._of[host].remember()

    def of(self, url: str) -> Outage | None:
        """What is known of the host of an address; None where that is not the site's."""
        return self._of.get(host_of(url))

    def leave(self, url: str, error: Exception) -> str:
        """Leave the host of an address alone from now on; why."""
        host, outage = host_of(url), self._of[host_of(url)]
        reason = failure_reason(error)
        self.left.add(host)
        self.lost = self.lost or self._with_host(reason, host)
        return f"{reason} ({IN_VAIN})" if outage.is_in_vain else reason

    @property
    def out(self) -> set[str]:
        """The hosts that are waited for: nothing is heard of them."""
        return {h for h, o in self._of.items() if o.until and o.reason is not None} - self.left

    @property
    def pauses(self) -> dict[str, float]:
        """The hosts that are asked for nothing now, each with the monotonic second at which that ends."""
        now = time.monotonic()
        return {host: o.until for host, o in self._of.items() if o.until > now}

    @property
    def shunned(self) -> set[str]:
        """The hosts that are asked for nothing now."""
        return self.left.union(self.pauses, set(self._of) - self.out if self.aside else ())

    @property
    def reason(self) -> str | None:
        """Why nothing is heard of a host at the moment, or None."""
        return next((self._with_host(o.reason, h) for h, o in self._of.items() if o.reason is not None), None)

    def _with_host(self, reason: str, host: str) -> str:
        """The reason, with the host where the site has several."""
        return f"{reason} ({host})" if len(self._of) > 1 else reason
