"""What a crawl of one site has seen so far, in numbers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from archiver.crawl.items import Visit
from archiver.store.failures import FEW, FORBIDDEN, UNHEARD, may_pass
from archiver.store.frontier import LISTINGS

LOST = "a listing could not be read"
CUT_OFF = "a list goes on behind the last page that is read of it"
OF_LISTS = (LOST, CUT_OFF)
"""What begins why a list was not read, or not to its end."""


@dataclass(kw_only=True)
class Counts:
    """What a session has seen so far; the progress display reads it.

    ``passing`` failures may have passed by the next crawl; ``lasting`` of them are pages that failed in
    an earlier one, too, and ``few_fail`` says that what fails is little of the site. ``unmet`` addresses
    wait that never answered. ``lost_listings`` are listings of the profile that could not be read, and
    others that could not in an earlier crawl either or are denied, each with the reason; ``cut_off`` is
    the last page that is read of a list without end. ``goes_on`` says that the crawl asked for what
    another one had left, which had asked for the lists. ``articles`` are pages that a source or an
    address rule calls articles; only deriving says what they are. ``media`` are the images and documents
    beside the pages, which count in nothing else. ``waits`` are seconds, one for each exchange, from the
    request to the end of the answer. ``outage`` says why nothing is heard of the site at the moment,
    ``is_refused`` that its last answer was that it is busy.
    """

    fetched: int = 0
    articles: int = 0
    failed: int = 0
    listings: int = 0
    media: int = 0
    exchanges: int = 0
    new_bytes: int = 0
    passing: int = 0
    lasting: int = 0
    few_fail: bool = True
    unmet: int = 0
    answered: int = 0
    goes_on: bool = False
    cut_off: str | None = None
    is_refused: bool = False
    outage: str | None = None
    latest: str = ""
    lost_listings: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    waits: array[float] = field(default_factory=lambda: array("f"))

    def count(self, visit: Visit, *, lasting: bool = False) -> None:
        """Counts what became of an address; ``lasting`` where it failed in an earlier crawl, too."""
        self.latest = visit.target.url
        if visit.target.role == "media":
            self.media += visit.state == "done"
        elif visit.state == "done":
            self.fetched += 1
            self.answered += 1
            self.listings += visit.target.role in LISTINGS
            self.articles += visit.target.role == "article"
        else:
            self._count_failure(visit, lasting)

    def _count_failure(self, visit: Visit, lasting: bool) -> None:
        self.failed += 1
        reason = visit.reason or "unknown"
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.failures.setdefault(reason, visit.target.url)
        self.passing += may_pass(reason)
        is_listing = visit.target.role in LISTINGS
        self.lasting += lasting and not is_listing
        if is_listing and (lasting or visit.target.hops == 0):
            self.lost_listings.append(f"{visit.target.url}: {reason}")

    @property
    def was_told(self) -> bool:
        """True where the server said why an address fails."""
        return any(not reason.startswith(UNHEARD) for reason in self.reasons)

    @property
    def few_left(self) -> bool:
        """True where at most a page or two fail that did not in an earlier crawl, or may not be asked for."""
        return self.failed - self.lasting - self.reasons.get(FORBIDDEN, 0) <= FEW

    @property
    def unread(self) -> str | None:
        """Which list was not read, or not to its end, and why; None where all were."""
        if self.lost_listings:
            others = len(self.lost_listings) - 1
            more = f"; {others} more" if others else ""
            return f"{LOST}: {self.lost_listings[0]}{more}"
        return f"{CUT_OFF}: {self.cut_off}" if self.cut_off else None

    @property
    def hears(self) -> bool:
        """True where the site has answered, and last not that it is busy."""
        return self.answered > 0 and not self.is_refused

    @property
    def main_reason(self) -> str | None:
        """Why most of what failed did so, None where nothing did."""
        return max(self.reasons, key=lambda reason: self.reasons[reason]) if self.reasons else None

    @property
    def fresh(self) -> int:
        """The failures that may pass and are new."""
        return self.passing - self.lasting

    @property
    def main_failure(self) -> str | None:
        """Why most of what failed did so, and one address that did; None where nothing failed."""
        return f"{self.main_reason}, as {self.example}" if self.example else self.main_reason

    @property
    def example(self) -> str | None:
        """An address that failed as most did, None where nothing did."""
        return self.failures.get(self.main_reason or "")

    def latency(self, share: float) -> int | None:
        """Milliseconds within which this share of the exchanges was over, None where there was none."""
        if not self.waits:
            return None
        place = min(int(len(self.waits) * share), len(self.waits) - 1)
        return round(sorted(self.waits)[place] * 1000)
