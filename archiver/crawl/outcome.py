"""How the crawl of a site ended: whether all of it was seen, and if not, why."""

from __future__ import annotations

import sqlite3

from archiver.crawl.counts import Counts
from archiver.crawl.items import Visit
from archiver.errors import StorageError
from archiver.site import Site
from archiver.store.crawls import Coverage, CoverageState
from archiver.store.failures import failing_since, may_pass

OUT_OF_TIME = "time budget"
"""Why a crawl asked for no more: the time that it had was over."""

PAGE_LIMIT = "page limit"
"""Why a crawl asked for no more: it had asked for as many pages as it was to."""


def outcome(
    counts: Counts, *, waiting: int, error: StorageError | None, stopped: str | None, reason: str
) -> tuple[CoverageState, str | None]:
    """The state, and why it is no better.

    A page or two that failed in an earlier crawl too, and still do, leave it complete. Where a crawl only
    went on with what another had left, errors say little of the site: the other had seen the lists.
    ``waiting`` addresses were not asked for, for the ``reason`` for which the crawl ended; ``stopped`` says
    why somebody ended it.
    """
    if error:
        return "partial" if counts.answered else "failed", error.message
    if not counts.answered and not (counts.goes_on and counts.was_told):
        return "failed", _why_nothing(counts, stopped)
    if waiting and counts.outage and reason == OUT_OF_TIME:
        return "partial", f"{counts.outage}, when the time ended"
    if waiting:
        return "partial", reason
    if counts.unread:
        return "partial", counts.unread
    if not counts.answered and not counts.few_left:
        return "partial", f"nothing of what was left was answered: {counts.main_failure}"
    if not counts.passing and not counts.few_fail:
        return "partial", "many pages failed when they were last tried, and none was due for another try"
    if counts.fresh or not counts.few_fail:
        return "partial", f"failed for now: {counts.passing}, mostly: {counts.main_failure}"
    return "complete", None


def coverage_of(
    counts: Counts,
    site: Site,
    crawl: str,
    *,
    waiting: int,
    error: StorageError | None,
    stopped: str | None,
    reason: str,
) -> Coverage:
    """What a crawl observed of a site; the arguments are those of ``outcome``."""
    state, why = outcome(counts, waiting=waiting, error=error, stopped=stopped, reason=reason)
    return Coverage(
        site=site.name,
        crawl=crawl,
        state=state,
        reason=why,
        listings=counts.listings,
        due=counts.fetched + counts.failed + waiting,
        fetched=counts.fetched,
        failed=counts.failed,
        profile=site.digest,
    )


def failed_before(db: sqlite3.Connection, site: str, visit: Visit, *, crawl: str) -> bool:
    """True for a page or a list whose failure may pass, and has not since an earlier crawl."""
    if visit.state != "given up" or not may_pass(visit.reason) or visit.target.role == "media":
        return False
    return failing_since(db, site, visit.target.url) not in (None, crawl)


def _why_nothing(counts: Counts, stopped: str | None) -> str:
    """Why nothing was answered; an outage goes before what ended the wait for it."""
    ended = None if counts.outage else stopped
    nothing = "nothing was due on a host that the profile uses today"
    return ended or counts.main_failure or counts.outage or nothing
