"""What a crawl came to: how each site is, why, and the exit code that a scheduler reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from archiver.amounts import count, plain
from archiver.crawl.counts import OF_LISTS
from archiver.crawl.outcome import OUT_OF_TIME, PAGE_LIMIT
from archiver.crawl.runner import INTERRUPTED, SiteResult
from archiver.derive.rows import Outcome
from archiver.errors import ArchiverError, ConfigurationError, StorageError
from archiver.instants import to_text
from archiver.nightly.finding import SiteFinding
from archiver.nightly.missed import NO_CRAWL
from archiver.store.crawls import Coverage, night_of
from archiver.store.traffic import Traffic

STARVED = 3
"""The night in a row that ends before a site is seen whole on which the site needs a person."""


class CrawlReport:
    """What a crawl came to, for a person, a program and a scheduler.

    ``missed`` are the nights before it of which nothing is known, and why; ``unwritten`` is what could not
    be stored of this one beside the captures. ``short`` says by site on how many
    nights, this one too, the time ended before the site was seen whole. ``broken`` profiles were left out.
    ``later`` is when the run before it began, where that is later: the clock went back.
    """

    def __init__(
        self,
        crawl: str,
        *,
        began: datetime,
        command: str = "crawl",
        limited: bool = False,
        broken: Sequence[ConfigurationError] = (),
    ) -> None:
        self.crawl = crawl
        self.command = command
        self.began = self.ended = began
        self.broken = broken
        self.limited = limited
        self.signal: int | None = None
        self.results: list[SiteResult] = []
        self.missed: dict[str, str] = {}
        self.unwritten: list[str] = []
        self.later: str | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.traffic: dict[str, Traffic] = {}
        self.articles: dict[str, int] = {}
        self.states: dict[str, dict[str, int]] = {}
        self.short: dict[str, int] = {}
        self.expectations: dict[str, list[str]] = {}
        self.health: dict[str, list[SiteFinding]] = {}
        self.heads: dict[str, str | None] = {}

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Keep what the disk refuses in between, to be told of."""
        try:
            yield
        except (StorageError, OSError) as error:
            self.unwritten.append(error.message if isinstance(error, StorageError) else _said(error))

    @property
    def night(self) -> str:
        """The UTC day on which it began."""
        return night_of(self.crawl)

    def problems(self, result: SiteResult) -> list[str]:
        """Why a site is unhealthy after this crawl: what went wrong with it, then what it lacks."""
        if result.error is not None:
            return [result.error.message]
        coverage, name = result.coverage, result.site.name
        if coverage is None:
            return ["it was not crawled"]
        unhealthy = [finding.line for finding in self.health.get(name, []) if finding.severity != "note"]
        return [
            *self._of_coverage(result, coverage),
            *self._of_lists(result, coverage),
            *result.damaged,
            *self.expectations.get(name, []),
            *unhealthy,
        ]

    def _of_coverage(self, result: SiteResult, coverage: Coverage) -> list[str]:
        name = result.site.name
        if coverage.reason == INTERRUPTED:
            return []
        if coverage.reason == OUT_OF_TIME:
            nights = self.short.get(name, 0)
            said = f"the time ended before it was seen whole, {nights} nights in a row"
            return [said] if nights >= STARVED else []
        if coverage.state == "partial" and (coverage.reason or "").startswith(OF_LISTS):
            return []
        if coverage.state == "failed" or (
            coverage.state == "partial" and not self._bearable(result, coverage)
        ):
            return [self._why(result, coverage)]
        if coverage.state == "complete" and name in self.outcomes and not self.articles.get(name):
            return ["no page of it is an article"]
        return []

    def _of_lists(self, result: SiteResult, coverage: Coverage) -> list[str]:
        """A list that was not read is told of whatever else ended the crawl."""
        unread = result.counts.unread
        if not unread or coverage.state == "failed" or "unread" in result.site.expect.ignore:
            return []
        return [unread]

    def _why(self, result: SiteResult, coverage: Coverage) -> str:
        if coverage.reason == PAGE_LIMIT:
            most, left = result.site.crawl.max_pages, count(result.counts.unmet, "new address")
            return f"{PAGE_LIMIT}: {left} left for the next night by max_pages = {plain(most)} of the profile"
        return coverage.reason or coverage.state

    def _bearable(self, result: SiteResult, coverage: Coverage) -> bool:
        """True where a partial crawl is no alarm: a limit was asked for, or a page or two failed."""
        if coverage.reason == PAGE_LIMIT and (self.limited or not result.counts.unmet):
            return True
        counts = result.counts
        ended = coverage.due == coverage.fetched + coverage.failed and not counts.unread
        ended = ended and (counts.answered > 0 or counts.few_left)
        few = counts.few_fail and counts.fresh <= max(1, coverage.due // 20)
        return ended and (few or "errors" in result.site.expect.ignore)

    @property
    def exit_code(self) -> int:
        """The code that INTERFACE promises for how the crawl ended."""
        if self.signal:
            return 128 + self.signal
        if self.unwritten or any(isinstance(result.error, StorageError) for result in self.results):
            return 1
        bad = [result for result in self.results if self.problems(result)]
        asked = [r for r in self.results if r.coverage is None or r.coverage.state != "not run"]
        failed = [result for result in bad if self._has_failed(result)]
        if failed and len(failed) == len(asked):
            return 4
        return 3 if bad or self.broken or self.later else 0

    def _has_failed(self, result: SiteResult) -> bool:
        """True where nothing was seen of a site, and not for want of time."""
        coverage = result.coverage
        if result.error or coverage is None:
            return True
        return coverage.state == "failed" and coverage.reason != OUT_OF_TIME

    def document(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "crawl": self.crawl,
            "command": self.command,
            "night": self.night,
            "began": to_text(self.began),
            "ended": to_text(self.ended),
            "exit_code": self.exit_code,
            "nights_not_run": list(self.missed),
            "nights_cut_off": [night for night, why in self.missed.items() if why != NO_CRAWL],
            "unwritten": self.unwritten,
            "run_before_began_later": self.later,
            "sites": [
                *(self.row(result) | self._head(result) for result in self.results),
                *(_broken_row(error) for error in self.broken),
            ],
        }

    def row(self, result: SiteResult) -> dict[str, Any]:
        """What one site came to, as plain values."""
        name = result.site.name
        coverage = asdict(result.coverage) if result.coverage else {}
        outcome = self.outcomes.get(name, Outcome())
        traffic = self.traffic.get(name, Traffic())
        return {
            "site": name,
            "state": coverage.get("state", "failed"),
            "reason": coverage.get("reason"),
            "problems": self.problems(result),
            "findings": [asdict(finding) for finding in self.health.get(name, [])],
            "fetched": result.counts.fetched,
            "failed": result.counts.failed,
            "media": result.counts.media,
            "exchanges": result.counts.exchanges,
            "statuses": traffic.statuses,
            "unchanged": traffic.unchanged,
            "bytes_stored": result.counts.new_bytes,
            "bytes_saved": traffic.bytes_saved,
            "latency_ms": {"median": result.counts.latency(0.5), "p95": result.counts.latency(0.95)},
            "articles": self.articles.get(name, 0),
            "articles_new": outcome.new,
            "articles_changed": outcome.changed,
            "articles_gone": sum(self.states.get(name, {}).values()),
            "states": self.states.get(name, {}),
            "derived": name in self.outcomes,
            "left_out": result.left_out,
            "asked_delay": result.asked_delay,
            "seconds": round(result.seconds, 1),
            **_hint(result.error),
        }

    def _head(self, result: SiteResult) -> dict[str, str | None]:
        """The newest of the site's manifests, which verify --fixity asks for."""
        return {"head": self.heads.get(result.site.name)}

    def was_interrupted(self, result: SiteResult) -> bool:
        """True where the crawl of a site, or its deriving, was cut short by a signal, and by nothing else."""
        return self.signal is not None and result.error is None and result.site.name not in self.outcomes


def _said(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _broken_row(error: ConfigurationError) -> dict[str, Any]:
    return {"site": error.site, "state": "failed", "problems": [error.message], **_hint(error)}


def _hint(error: ArchiverError | None) -> dict[str, str]:
    return {"hint": error.hint} if error is not None and error.hint else {}
