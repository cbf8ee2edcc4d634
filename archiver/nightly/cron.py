"""A schedule as cron has it: a line under a marker, in a user's crontab or in a file of ``/etc/cron.d``.

A crontab is read with ``crontab -l`` and written with ``crontab -``; every line that is not ours stays,
byte for byte. cron ends a command at a percent sign (crontab(5)), so that one stands outside the quotes
with a backslash before it, which a shell that sees the backslash takes away too.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.disk import write_atomically
from archiver.errors import ArchiverError, StorageError, UsageError
from archiver.nightly.schedule import TAKEN, Schedule, next_at
from archiver.nightly.state import Scheduled

_MARK = "written by archiver schedule install; archiver schedule remove takes it and the next line away"
_MARKER = re.compile(rf"# archiver-([a-z0-9-]+): {_MARK}\Z")
_EMPTY = re.compile(r"no crontab for|no such file or directory", re.I)
# The job below a marker, however a person has edited it since.
_OURS = re.compile(r" --data-dir .* nightly\b")
# Lines as cron has them, whatever other breaks a path may hold.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LONGEST = 900
_CLOCK = re.compile(r"(\d{1,2}) +(\d{1,2}) +\* +\* +\* ")


@dataclass(frozen=True, kw_only=True)
class Crontab:
    """Where cron lines are kept: ``cron.d`` of the machine, or of an image at ``root``; a user's crontab."""

    system: bool
    environ: Mapping[str, str]
    root: Path = Path("/")

    @property
    def folder(self) -> Path:
        """The machine's folder of cron lines."""
        return self.root / "etc/cron.d"

    def file(self, name: str) -> Path:
        """The file of one schedule in that folder."""
        return self.folder / f"archiver-{name}"

    @property
    def program(self) -> str | None:
        """The program ``crontab``, where it is installed."""
        return shutil.which("crontab", path=self.environ.get("PATH"))

    @property
    def is_there(self) -> bool:
        """False where this machine has no cron: the folder alone may come from any package."""
        path = f"{self.environ.get('PATH') or ''}:/usr/sbin:/sbin"
        return any(shutil.which(name, path=path) for name in ("cron", "crond", "crontab"))


def cron_line(schedule: Schedule) -> str:
    """The line for a schedule. Raises UsageError for a time that cron does not know."""
    if schedule.clock is None:
        raise UsageError(
            f"--at {schedule.at!r} cannot be said to cron", hint="give a time as HH:MM, e.g. 03:30"
        )
    hour, minute = schedule.clock
    user = f" {schedule.user or 'root'}" if schedule.system else ""
    pairs = [f"{name}={_quoted(value)}" for name, value in schedule.environment.items()]
    command = " ".join([*pairs, *map(_quoted, schedule.command)])
    if len(command) > _LONGEST:
        raise UsageError("the command is longer than cron takes", hint="move the archive to a shorter path")
    return f"{minute} {hour} * * *{user} {command}"


def lines(schedule: Schedule) -> str:
    """What is written for a schedule: the marker and the line."""
    mail = f"MAILTO={schedule.mail}\n" if schedule.mail and schedule.system else ""
    return f"{_marker(schedule.name)}\n{mail}{cron_line(schedule)}\n"


def with_lines(text: str, name: str, ours: str) -> str:
    """A crontab that has our lines, once, at its end; all others are as they were."""
    rest = without_lines(text, name)
    return rest + ("" if not rest or rest.endswith("\n") else "\n") + ours


def without_lines(text: str, name: str) -> str:
    """A crontab without the marker of a schedule and the line that it marks."""
    kept, marked = list[str](), False
    for line in _LINE.findall(text):
        if line.rstrip("\n") == _marker(name):
            marked = True
            continue
        if not (marked and _OURS.search(line)):
            kept.append(line)
        marked = False
    return "".join(kept)


def install(schedule: Schedule, crontab: Crontab, *, replace: bool) -> None:
    """Write the line. Raises UsageError where another has this name, ConfigurationError without cron."""
    ours = lines(schedule)
    before = _read(crontab, schedule.name)
    there = _marker(schedule.name) in before.split("\n")
    if there and ours in before:
        return
    if there and not replace:
        raise UsageError(
            f"a cron line named {schedule.name} is there already, for another archive or with other settings",
            hint=TAKEN,
        )
    if crontab.system and before and not there:
        raise UsageError(
            f"{crontab.file(schedule.name)}: is there already, and was not written by this command",
            hint="--name gives the schedule another name",
        )
    if crontab.system:
        _write_file(crontab.file(schedule.name), ours)
    else:
        _write(crontab, with_lines(before, schedule.name, ours))


def remove(name: str, crontab: Crontab) -> None:
    """Take the line away. Raises ArchiverError where cron or the disk refuses."""
    if crontab.system:
        try:
            crontab.file(name).unlink()
        except OSError as error:
            raise _no_right(crontab.file(name), error) from None
    else:
        _write(crontab, without_lines(_read(crontab, name), name))


def scheduled(crontab: Crontab, now: datetime) -> Iterator[Scheduled]:
    """The schedules that cron has."""
    if not crontab.system:
        if crontab.program:
            yield from _found(_read(crontab, ""), None, now)
        return
    for path in sorted(crontab.folder.glob("archiver-*")):
        try:
            yield from _found(path.read_text("utf-8", errors="surrogateescape"), path, now)
        except OSError:
            continue  # not for us to read


def _found(text: str, file: Path | None, now: datetime) -> Iterator[Scheduled]:
    every = text.split("\n")
    for number, line in enumerate(every):
        marker = _MARKER.match(line)
        if marker:
            job = next((each for each in every[number + 1 :] if not each.startswith("MAILTO=")), "")
            yield _state(marker[1], job, file, now)


def _state(name: str, line: str, file: Path | None, now: datetime) -> Scheduled:
    """What a line says; one that was edited is told as far as it can be read."""
    clock = _CLOCK.match(line)
    time = (int(clock[2]), int(clock[1])) if clock and int(clock[2]) < 24 and int(clock[1]) < 60 else None
    return Scheduled(
        name=name,
        by="cron",
        scope="system" if file else "user",
        state=_standing(line),
        at=f"{time[0]:02}:{time[1]:02}" if time else " ".join(line.split()[:5]),
        data_dir=Path(_data_dir(line)),
        file=file,
        next_run=next_at(time, now) if time else None,
    )


def _standing(line: str) -> str:
    if not _OURS.search(line):
        return "the line is gone"
    return "commented out" if line.startswith("#") else "waiting"


def _data_dir(line: str) -> str:
    try:
        words = shlex.split(line.replace("\\%", "%"))
    except ValueError:
        return ""
    return words[words.index("--data-dir") + 1] if "--data-dir" in words[:-1] else ""


def _marker(name: str) -> str:
    return f"# archiver-{name}: {_MARK}"


def _quoted(text: str) -> str:
    quoted = shlex.quote(text)
    return quoted.replace("%", "'\\%'" if quoted.startswith("'") else "\\%")


def _read(crontab: Crontab, name: str) -> str:
    """The crontab, or the file of one schedule; empty where there is none."""
    if not crontab.system:
        done = _call(crontab, "-l")
        if done.returncode and not _EMPTY.search(os.fsdecode(done.stderr)):
            raise _refused(done)
        return "" if done.returncode else _text(done.stdout)
    if crontab.root == Path("/") and not crontab.is_there:
        raise _not_installed("crond: there is no such program")
    try:
        return _text(crontab.file(name).read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _no_right(crontab.file(name), error) from None


def _write(crontab: Crontab, text: str) -> None:
    """Hand a crontab to cron, and read it back: what cron has now must be what it was given."""
    done = _call(crontab, "-", given=text.encode("utf-8", "surrogateescape"))
    if done.returncode:
        raise _refused(done)
    if missing := _lost(text.split("\n"), _read(crontab, "").split("\n")):
        raise ArchiverError(
            f"crontab did not keep a line that it was given: {missing}", hint="crontab -e shows what it has"
        )


def _lost(given: Iterable[str], kept: Iterable[str]) -> str | None:
    known = set(kept)
    return next((line for line in given if line not in known), None)


def _call(crontab: Crontab, word: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if not crontab.program:
        raise _not_installed("crontab: there is no such program")
    environ = {**crontab.environ, "LC_ALL": "C"}
    return subprocess.run([crontab.program, word], input=given, capture_output=True, check=False, env=environ)


def _write_file(path: Path, text: str) -> None:
    try:
        write_atomically(path, text)
    except StorageError as error:
        raise StorageError(error.message, hint="run it with sudo, or with --user") from None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _not_installed(message: str) -> ArchiverError:
    return ArchiverError(
        f"{message}: cron is not installed, and systemd does not run here",
        hint="install cron (apt install cron, dnf install cronie), or --systemd where systemd is to run it",
    )


def _refused(done: subprocess.CompletedProcess[bytes]) -> ArchiverError:
    said = os.fsdecode(done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
    return ArchiverError(f"crontab: {said[-1]}", hint="nothing was changed; see whether crontab -l works")


def _no_right(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path}: {error.strerror or error}", hint="run it with sudo, or with --user")
