"""How a web archive is asked: by its robots.txt, one request after the other, and with patience."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from protego import Protego
from w3lib.url import safe_url_string

from archiver.address import plain_address
from archiver.backfill.wire import Answer, Connection, NoAnswerError
from archiver.crawl.decoding import ACCEPTED
from archiver.crawl.retry import MAX_PAUSE, MAX_REFUSALS, REFUSED, RETRIED_STATUS, pause_after, retry_after
from archiver.crawl.robots import MAX_AGE, MAX_BYTES, MAX_DELAY, MAX_REDIRECTS, rules_in
from archiver.crawl.settings import RETRY_AFTER_MAX, RETRY_TIMES, ROBOTSTXT_USER_AGENT
from archiver.crawl.verdict import REDIRECTS
from archiver.errors import ArchiverError

ROBOTS_SECONDS = 60.0  # in which robots.txt must have come


class LeaveAloneError(ArchiverError):
    """The web archive does not want to be asked, or not now."""

    exit_code = 4


class Manners:
    """Asks web archives as they want to be asked. Every exchange is told to ``seen``, whatever came of it.

    ``delay`` seconds lie between an answer and the next request. ``interruptible`` is entered while
    nothing is written: there a signal may end the waiting.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        delay: float,
        clock: Callable[[], datetime],
        heeds_robots: bool = True,
        interruptible: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.requests = 0
        self.seen: Callable[[Answer], None] = lambda answer: None
        self._connection = connection
        self._delay = delay
        self._clock = clock
        self._heeds_robots = heeds_robots
        self._interruptible = interruptible
        self._rules: dict[str, tuple[float, Protego]] = {}
        self._next = 0.0
        self._refusals = 0

    def get(self, url: str, *, limit: int, seconds: float, prefer: str | None = None) -> Answer:
        """The last answer to a request, after retries; redirects are for the caller.

        What may not stand in an address is quoted.
        Raises LeaveAloneError where the archive asks not to be asked, or not for long; NoAnswerError.
        """
        url = quoted(url)
        self._heed(url)
        fields = {"Accept-Encoding": ACCEPTED.decode(), "Accept": "*/*"}
        if prefer:
            fields["Prefer"] = prefer
        failure: NoAnswerError | None = None
        for tried in range(RETRY_TIMES + 1):
            if tried:
                self._wait(min(self._delay * 2 ** (tried - 1), MAX_PAUSE))
            try:
                answer = self._ask(url, fields, limit, seconds)
            except NoAnswerError as error:
                failure = error
                continue
            failure = None
            if not self._is_passing(answer):
                break
            if tried < RETRY_TIMES:
                self.seen(answer)
        if failure is not None:
            raise failure
        return answer

    def followed(self, url: str, *, limit: int, seconds: float, prefer: str | None = None) -> Answer:
        """The same behind the redirects of the archive itself, each of them asked for like any address."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self.get(url, limit=limit, seconds=seconds, prefer=prefer)
            there = redirected(answer)
            if there is None:
                break
            self.seen(answer)
            url = there
        return answer

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _ask(self, url: str, fields: dict[str, str], limit: int, seconds: float) -> Answer:
        with self._interruptible():
            self._wait(max(0.0, self._next - time.monotonic()))
            self.requests += 1
            try:
                return self._connection.get(url, fields=fields, limit=limit, seconds=seconds)
            finally:
                self._next = time.monotonic() + self._delay

    def _wait(self, seconds: float) -> None:
        with self._interruptible():
            time.sleep(seconds)

    def _is_passing(self, answer: Answer) -> bool:
        """True for an answer after which the same request may get another one; waits as it asks for."""
        self._refusals = self._refusals + 1 if answer.status in REFUSED else 0
        if self._refusals >= MAX_REFUSALS:
            raise LeaveAloneError(
                f"{answer.url}: status {answer.status}, {self._refusals} times in a row: the archive is busy",
                hint="the same command goes on; a longer --delay may help",
            )
        if answer.exchange.truncated in ("disconnect", "time"):
            return True
        if answer.status not in RETRIED_STATUS or answer.message.header("memento-datetime"):
            return False
        asked = retry_after(answer.message.header("retry-after") or "", self._clock())
        if asked is not None and asked > RETRY_AFTER_MAX:
            raise LeaveAloneError(
                f"{answer.url}: the web archive asks to be left alone for {asked:.0f} s",
                hint="the same command goes on then",
            )
        if asked:
            self._wait(asked + 1)
        elif answer.status in REFUSED:
            self._wait(pause_after(self._refusals, self._delay) or 0.0)
        return True

    # -- robots.txt

    def _heed(self, url: str) -> None:
        """Raises LeaveAloneError where robots.txt does not allow an address, or cannot be had."""
        if not self._heeds_robots:
            return
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asked, rules = self._rules.get(origin, (-math.inf, Protego.parse("")))
        if time.monotonic() - asked > MAX_AGE:
            rules = self._robots(origin)
            self._rules[origin] = time.monotonic(), rules
            wanted = rules.crawl_delay(ROBOTSTXT_USER_AGENT)
            if wanted and self._delay:
                self._delay = max(self._delay, min(float(wanted), MAX_DELAY))
        if not rules.can_fetch(url, ROBOTSTXT_USER_AGENT):
            raise LeaveAloneError(
                f"{url}: robots.txt of the web archive does not allow it",
                hint="--ignore-robots is for an archive that has allowed you to ask",
                url=url,
            )

    def _robots(self, origin: str) -> Protego:
        for answer in self._robots_answers(f"{origin}/robots.txt"):
            self.seen(answer)
            if redirected(answer) is not None:
                continue
            if answer.status >= 500 or answer.status in (0, 429):
                raise LeaveAloneError(
                    f"{origin}/robots.txt: status {answer.status or 'none'}; nothing may be asked for then",
                    hint="the same command goes on, once it can be read",
                )
            return rules_in(b"".join(answer.message.payload()) if answer.status < 300 else b"")
        return Protego.parse("")  # more redirects than the RFC asks us to follow: as if there were none

    def _robots_answers(self, url: str) -> Iterator[Answer]:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(url, {"Accept-Encoding": "identity"}, 2 * MAX_BYTES, ROBOTS_SECONDS)
            yield answer
            there = redirected(answer)
            if there is None:
                return
            url = there


def quoted(url: str) -> str:
    """An address as it can be asked for, whoever wrote it. Raises NoAnswerError where it is none."""
    try:
        found = str(safe_url_string(url)).partition("#")[0]
        urlsplit(found).port  # noqa: B018 - it raises
    except ValueError:
        raise NoAnswerError(f"{url!r} is no address", url=url) from None
    return found


def redirected(answer: Answer) -> str | None:
    """Where the archive itself sends its readers; None for other answers, and for a redirect of the site."""
    there = answer.message.header("location")
    if answer.status not in REDIRECTS or not there or answer.message.header("memento-datetime"):
        return None
    url = plain_address(urljoin(answer.url, there.strip()))
    return url if urlsplit(url).scheme in ("http", "https") else None
