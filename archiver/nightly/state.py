"""How a schedule stands: when it last ran and how that ended, and when it runs next."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.bounded import whole_text
from archiver.home import Home
from archiver.reports import MOST
from archiver.store.crawls import begun

COLUMNS = ("name", "by", "scope", "state", "at", "data_dir", "last_run", "last_exit", "next_run", "file")
_SHOWN = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """One schedule that was found. Instants are aware; None is what nobody can say."""

    name: str
    by: str
    scope: str
    state: str
    at: str
    data_dir: Path
    file: Path | None
    last_run: datetime | None = None
    last_exit: int | None = None
    next_run: datetime | None = None

    def row(self) -> dict[str, Any]:
        """Plain values under ``COLUMNS``; instants in UTC."""
        return {name: _plain(getattr(self, name)) for name in COLUMNS}


def with_last_run(found: Iterable[Scheduled]) -> list[Scheduled]:
    """What the newest report of the archive says, where the scheduler itself knows nothing."""
    return [each if each.last_run else _from_report(each) for each in found]


def _from_report(schedule: Scheduled) -> Scheduled:
    runs = Home(schedule.data_dir).root / "runs"
    try:
        newest = max(runs.glob("*/report.json"), key=lambda path: path.parent.name, default=None)
    except OSError:
        return schedule
    if newest is None or (began := begun(newest.parent.name)) is None:
        return schedule
    return replace(schedule, last_run=began, last_exit=_exit_code(newest))


def _exit_code(path: Path) -> int | None:
    try:
        report = json.loads(whole_text(path, MOST))
    except (OSError, ValueError, RecursionError):
        return None
    code = report.get("exit_code") if isinstance(report, dict) else None
    return code if isinstance(code, int) else None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(_SHOWN)
    return str(value) if isinstance(value, Path) else value
