"""How the crawl of a site ended: whether all of it was seen, and if not, why."""

from __future__ import annotations

from archiver.crawl.counts import Counts
from archiver.errors import StorageError
from archiver.store.crawls import CoverageState


def outcome(
    counts: Counts, *, waiting: int, error: StorageError | None, stopped: str | None, reason: str
) -> tuple[CoverageState, str | None]:
    """The state, and why it is no better.

    ``waiting`` addresses were not asked for, for the ``reason`` for which the crawl ended; ``stopped`` says
    why somebody ended it.
    """
    if error:
        return "partial" if counts.answered else "failed", error.message
    if not counts.answered:
        return "failed", _why_nothing(counts, stopped)
    if waiting:
        return "partial", reason
    if counts.lost_listings:
        return "partial", f"a listing could not be read: {counts.lost_listings[0]}"
    if counts.passing:
        return "partial", f"failed for now: {counts.passing}, mostly: {counts.main_reason}"
    return "complete", None


def _why_nothing(counts: Counts, stopped: str | None) -> str:
    """Why nothing was answered; an outage goes before what ended the wait for it."""
    ended = None if counts.outage else stopped
    return ended or counts.main_reason or counts.outage or "no page could be fetched"
