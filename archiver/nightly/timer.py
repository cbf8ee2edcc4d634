"""A schedule as systemd has it: units are written, started, asked and taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.disk import write_atomically
from archiver.errors import ArchiverError, StorageError, UsageError
from archiver.nightly.schedule import TAKEN, Schedule
from archiver.nightly.state import Scheduled
from archiver.nightly.units import MARK, calendar, units

_SYSTEM_FOLDER = Path("etc/systemd/system")


@dataclass(frozen=True, kw_only=True)
class Manager:
    """The systemd that is to run a schedule: the machine's, or that of a user; below ``root`` an image's."""

    system: bool
    environ: Mapping[str, str]
    root: Path = Path("/")
    # There where systemd runs the machine (sd_booted(3)).
    booted: Path = Path("/run/systemd/system")

    @property
    def folder(self) -> Path:
        """Where its units lie."""
        if self.system:
            return self.root / _SYSTEM_FOLDER
        home = self.environ.get("HOME") or "/"
        return Path(self.environ.get("XDG_CONFIG_HOME") or Path(home) / ".config") / "systemd" / "user"

    @property
    def runs(self) -> bool:
        """True where systemd runs this machine, and it is this machine that is meant."""
        return self.root == Path("/") and self.booted.is_dir()

    @property
    def words(self) -> list[str]:
        """How systemctl is called."""
        scope = [] if self.system else ["--user"]
        return ["systemctl", *scope, *([] if self.root == Path("/") else [f"--root={self.root}"])]

    def call(self, *words: str) -> subprocess.CompletedProcess[str] | None:
        """Call systemctl; None where there is none."""
        program = shutil.which("systemctl", path=self.environ.get("PATH"))
        if not program:
            return None
        # Instants are read from what it prints.
        spoken = {**self.environ, "LC_ALL": "C", "TZ": "UTC", "SYSTEMD_COLORS": "0"}
        return subprocess.run(
            [program, *self.words[1:], *words], capture_output=True, text=True, check=False, env=spoken
        )


def install(schedule: Schedule, manager: Manager, *, replace: bool) -> str | None:
    """Write the units and start the timer; what the person still has to do, or None.

    Raises UsageError where other units have these names, ArchiverError where systemd refuses; then
    what was there before is there again.
    """
    _check_calendar(schedule, manager)
    files = {manager.folder / name: text for name, text in units(schedule).items()}
    before = {path: _read(path) for path in files}
    if before != files:
        _check_free(before, replace=replace)
    try:
        for path, text in files.items():
            write_atomically(path, text)
        return _start(schedule.unit, manager)
    except ArchiverError as error:
        _put_back(before, f"{schedule.unit}.timer", manager)
        raise _no_right(error, manager) from None


def remove(name: str, manager: Manager) -> None:
    """Stop the timer and take the units away; a night that runs goes on to its end. Raises ArchiverError."""
    unit = f"archiver-{name}"
    files = [manager.folder / f"{unit}{suffix}" for suffix in (".timer", ".service", "-failed.service")]
    _check_free({path: _read(path) for path in files}, replace=True)
    if not manager.folder.is_dir() or not os.access(manager.folder, os.W_OK):
        raise _no_right(StorageError(f"{manager.folder}: Permission denied"), manager)
    words = ["disable", "--now"] if manager.runs else ["disable"]
    done = manager.call(*words, f"{unit}.timer")
    if manager.runs and (done is None or done.returncode):
        raise _refused(done, f"{' '.join(manager.words)} disable --now {unit}.timer")
    for path in files:
        path.unlink(missing_ok=True)
    (manager.folder / "timers.target.wants" / f"{unit}.timer").unlink(missing_ok=True)
    if manager.runs:
        manager.call("daemon-reload")


def scheduled(manager: Manager) -> Iterator[Scheduled]:
    """The schedules whose units lie in this manager's folder."""
    for path in sorted(manager.folder.glob("archiver-*.timer")):
        text = _read(path) or ""
        if text.startswith(MARK):
            yield _state(path, text, manager)


def _state(path: Path, text: str, manager: Manager) -> Scheduled:
    """What systemd says of a timer; where it does not run, what its file says."""
    values = _values(text)
    said = _properties(manager, path.stem) if manager.runs else {}
    state = said.get("ActiveState", "not loaded") if manager.runs else "systemd does not run here"
    return Scheduled(
        name=path.stem.removeprefix("archiver-"),
        by="systemd",
        scope="system" if manager.system else "user",
        state={"inactive": "stopped", "active": "waiting"}.get(state, state),
        at=str(values.get("At", "")),
        data_dir=Path(str(values.get("DataDir", ""))),
        file=path,
        last_run=_instant(said.get("LastTriggerUSec", "")),
        last_exit=int(said["ExecMainStatus"]) if said.get("ExecMainStatus", "").isdigit() else None,
        next_run=_instant(said.get("NextElapseUSecRealtime", "")),
    )


def _properties(manager: Manager, unit: str) -> dict[str, str]:
    found = dict[str, str]()
    for name, properties in (
        (f"{unit}.timer", "ActiveState,LastTriggerUSec,NextElapseUSecRealtime"),
        (f"{unit}.service", "ExecMainStatus,ExecMainExitTimestamp"),
    ):
        done = manager.call("show", name, f"--property={properties}")
        if done is not None and not done.returncode:
            found |= dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    if not _instant(found.get("ExecMainExitTimestamp", "")):
        found.pop("ExecMainStatus", None)  # it has never ended, or is at it
    return found


def _instant(text: str) -> datetime | None:
    """``Thu 2026-11-26 02:30:00 UTC``, as systemctl says it under TZ=UTC."""
    try:
        return datetime.strptime(text, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None


def _values(text: str) -> dict[str, Any]:
    values = dict[str, Any]()
    for line in text.partition("[X-Archiver]")[2].splitlines():
        key, mark, value = line.partition("=")
        if mark:
            try:
                values[key] = json.loads(value)
            except ValueError:
                continue  # edited by hand
    return values


def _start(unit: str, manager: Manager) -> str | None:
    command = f"{' '.join(manager.words)} enable --now {unit}.timer"
    if manager.runs:
        for words in (["daemon-reload"], ["enable", f"{unit}.timer"], ["restart", f"{unit}.timer"]):
            done = manager.call(*words)
            if done is None or done.returncode:
                raise _refused(done, command)
        return None
    # Only the link that starts it with the machine: that needs no running systemd.
    done = manager.call("enable", f"{unit}.timer")
    if done is None or done.returncode:
        return f"systemd does not run here; where it does: {command}"
    return (
        None if manager.root != Path("/") else "systemd does not run here; it starts the timer when it does"
    )


def _refused(done: subprocess.CompletedProcess[str] | None, command: str) -> ArchiverError:
    said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1] if done else "not found"
    return ArchiverError(f"systemctl: {said}", hint=f"what was tried: {command}")


def _check_free(files: Mapping[Path, str | None], *, replace: bool) -> None:
    for path, text in files.items():
        if text is None:
            continue
        if not text.startswith(MARK):
            raise UsageError(
                f"{path}: is there already, and was not written by this command",
                hint="--name gives the schedule another name",
            )
        if not replace:
            raise UsageError(
                f"{path}: is there already, for another archive or with other settings",
                hint=TAKEN,
            )


def _check_calendar(schedule: Schedule, manager: Manager) -> None:
    program = shutil.which("systemd-analyze", path=manager.environ.get("PATH"))
    if not program:
        return
    done = subprocess.run(
        [program, "calendar", "--", calendar(schedule)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UsageError(
            f"--at {schedule.at!r} is no time that systemd understands",
            hint="examples: 03:30, 'Mon..Fri 03:30', '03:30 UTC'; man systemd.time tells more",
        )


def _put_back(before: Mapping[Path, str | None], timer: str, manager: Manager) -> None:
    if before[manager.folder / timer] is None and (manager.folder / timer).exists():
        manager.call("disable", timer)
    for path, text in before.items():
        try:
            if text is None:
                path.unlink(missing_ok=True)
            elif _read(path) != text:
                write_atomically(path, text.encode("utf-8", "surrogateescape"))
        except (OSError, ArchiverError):
            continue  # what cannot be written now was not written before either
    if manager.runs:
        manager.call("daemon-reload")


def _no_right(error: ArchiverError, manager: Manager) -> ArchiverError:
    if not isinstance(error, StorageError) or "ermission" not in error.message:
        return error
    hint = "run it with sudo, or with --user as a schedule of your own" if manager.system else error.hint
    return StorageError(error.message, hint=hint)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}") from None
