"""The last nights in numbers, for plots: what their reports and the table ``coverage`` say."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from archiver.store.clocks import OBSERVES

NIGHTS = 60
CLASSES = ("2xx", "3xx", "4xx", "5xx", "other")


@dataclass(kw_only=True)
class NightTotals:
    """What the crawls of one night came to, all sites together; None where nothing ran."""

    night: str
    new: int | None = None
    changed: int | None = None
    stored: int | None = None
    saved: int | None = None
    median: int | None = None
    p95: int | None = None
    answers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class History:
    """The last nights, oldest first, and by site and night how it went: state and reason."""

    nights: Sequence[NightTotals]
    states: Mapping[str, Mapping[str, tuple[str, str | None]]]


def history_of(
    db: sqlite3.Connection, reports: Sequence[Mapping[str, Any]], tonight: str, nights: int = NIGHTS
) -> History:
    """What is known of so many nights up to this one; a report that is none of ours says nothing."""
    first = (date.fromisoformat(tonight) - timedelta(days=nights - 1)).isoformat()
    states = _states(db, first, tonight)
    begun = min((night for by_night in states.values() for night in by_night), default=tonight)
    found = {night: NightTotals(night=night) for night in _days(max(first, begun), tonight)}
    for row in db.execute(
        "SELECT v.night, sum(v.articles_new), sum(v.articles_changed) FROM coverage v"
        " JOIN crawls c ON c.id = v.crawl WHERE v.night BETWEEN ? AND ? AND v.state <> 'not run'"
        f" AND c.{OBSERVES} GROUP BY v.night",
        (first, tonight),
    ):
        if row[0] in found:
            found[row[0]].new, found[row[0]].changed = row[1], row[2]
    for report in reports:
        night = found.get(str(report.get("night")))
        if night is not None:
            _add(night, report)
    return History(nights=list(found.values()), states=states)


def _states(db: sqlite3.Connection, first: str, last: str) -> dict[str, dict[str, tuple[str, str | None]]]:
    """By site and night, how the best crawl of that night went."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    ranks = ("complete", "partial", "failed", "not run")
    for site, night, state, reason in db.execute(
        "SELECT v.site, v.night, v.state, v.reason FROM coverage v JOIN crawls c ON c.id = v.crawl"
        f" WHERE v.night BETWEEN ? AND ? AND c.{OBSERVES} ORDER BY v.site, v.night",
        (first, last),
    ):
        of_site = found.setdefault(site, {})
        known = of_site.get(night)
        if known is None or ranks.index(state) < ranks.index(known[0]):
            of_site[night] = (state, reason)
    return found


def _days(first: str, last: str) -> list[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(day + timedelta(days=n)).isoformat() for n in range((end - day).days + 1)]


def _add(night: NightTotals, report: Mapping[str, Any]) -> None:
    """Adds what one report says to its night; latencies are those of the slowest site."""
    for row in _dicts(report.get("sites")):
        if row.get("state") == "not run":
            continue
        night.stored = (night.stored or 0) + _number(row.get("bytes_stored"))
        night.saved = (night.saved or 0) + _number(row.get("bytes_saved"))
        statuses, latency = row.get("statuses"), row.get("latency_ms")
        for status, number in (statuses if isinstance(statuses, dict) else {}).items():
            kind = f"{str(status)[:1]}xx"
            kind = kind if kind in CLASSES else "other"
            night.answers[kind] = night.answers.get(kind, 0) + _number(number)
        if isinstance(latency, dict) and latency.get("median") is not None:
            night.median = max(night.median or 0, _number(latency["median"]))
            night.p95 = max(night.p95 or 0, _number(latency.get("p95")))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value and abs(value) < 1e15 else 0
