"""What is to run every night: the command, when, as whom, and on which archive."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archiver.errors import UsageError

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\Z")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d\Z")
_SPAN = re.compile(r"\d{1,5}(?:s|min|m|h)?\Z")
_SIZE = re.compile(r"\d{1,6}[KMGT%]?\Z|infinity\Z")
_ADDRESS = re.compile(r"[^\s@<>,;:\"'\\|&]+(?:@[^\s@<>,;:\"'\\|&]+)?\Z")
_LONGEST_LOOK = 400
TAKEN = "--replace writes it anew, --name adds a second one; archiver schedule show says what it is"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One archive's nights. ``name`` tells several on one machine apart."""

    name: str
    system: bool
    command: tuple[str, ...]
    data_dir: Path
    at: str
    spread: str = "15m"
    memory: str = "2G"
    user: str | None = None
    mail: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[Path, ...] = ()
    needed: tuple[Path, ...] = ()
    home: Path | None = None

    def __post_init__(self) -> None:
        _demand(NAME.match(self.name), "--name", self.name, "use small letters, digits and dashes")
        _demand(_SPAN.match(self.spread), "--spread", self.spread, "examples: 15m, 1h, 0")
        _demand(_SIZE.match(self.memory), "--memory", self.memory, "examples: 2G, 800M, 50%, infinity")
        _demand(
            self.mail is None or (_ADDRESS.match(self.mail) and not self.mail.startswith("-")),
            "--mail",
            self.mail or "",
            "give one address or local user",
        )
        for text in (*self.command, *map(str, self.paths), *self.environment.values(), self.at):
            if not _is_writable(text):
                raise UsageError(
                    f"{text!r} cannot stand in a unit or a crontab: a control character, or no UTF-8",
                    hint="rename the folder, or change the setting",
                )

    @property
    def unit(self) -> str:
        """The name of its units, of its file in cron.d and in its marker, without suffix."""
        return f"archiver-{self.name}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """Everything that a night must reach."""
        return (self.data_dir, *self.writable, *self.needed)

    @property
    def clock(self) -> tuple[int, int] | None:
        """Hour and minute where ``at`` is a time of the day, else None."""
        return clock_time(self.at)


def clock_time(text: str) -> tuple[int, int] | None:
    """Hour and minute of ``HH:MM``, or None for anything else."""
    if not _CLOCK.match(text):
        return None
    hour, _, minute = text.partition(":")
    return int(hour), int(minute)


def next_at(clock: tuple[int, int], now: datetime) -> datetime:
    """The next instant at which this machine's clocks show that time, aware."""
    local = now.astimezone().replace(tzinfo=None)
    due = local.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    return (due if due > local else due + timedelta(days=1)).astimezone()


def missing_day(clock: tuple[int, int], now: datetime) -> datetime | None:
    """The next day whose clocks skip that time, as when summer time begins; None within a year."""
    day = now.astimezone().replace(hour=clock[0], minute=clock[1], second=0, microsecond=0, tzinfo=None)
    for _ in range(_LONGEST_LOOK):
        shown = time.localtime(day.timestamp())
        if (shown.tm_hour, shown.tm_min) != clock:
            return day
        day += timedelta(days=1)
    return None


def _demand(holds: object, option: str, value: str, hint: str) -> None:
    if not holds:
        raise UsageError(f"{option} {value!r} cannot be used", hint=hint)


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not re.search(r"[\x00-\x1f\x7f]", text)
