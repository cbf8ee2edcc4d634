"""The units of systemd for a schedule: their text, escaped as systemd demands.

Three units: the service that runs the night, the timer that starts it, and a service that mails what
the night said when it failed. What systemd reads as a specifier (``%``), a variable (``$``), a quote or
an escape is written so that it stands for itself (systemd.syntax(7), systemd.service(5)).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from archiver.nightly.schedule import Schedule

MARK = "# Written by archiver schedule install; archiver schedule remove takes it away."
# systemd takes no program whose path holds one of these; env takes it as a word.
_NO_PROGRAM = re.compile(r"[\"'\\]")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_SECRETS = (".ssh", ".gnupg", ".netrc", ".aws", ".config/gh", ".mozilla")
_STATE = Path("/var/lib")

SERVICE = """\
{mark}
[Unit]
Description={description}
{after}OnFailure={unit}-failed.service

[Service]
Type=oneshot
ExecStart={command}
{environment}{user}
# 75: another run is at work. 130, 143: stopped, by a person or a shutdown; everything is whole.
# 3 (some site is unhealthy) and 4 (every site failed) are failures, which OnFailure= tells of.
SuccessExitStatus=75 130 143
# A night that hangs is stopped before the next is due, and has time to write what it has.
TimeoutStartSec=23h
TimeoutStopSec=5min
Nice=10
MemoryMax={memory}

{sandbox}"""

# Without MemoryDenyWriteExecute=: the TLS library makes its callbacks at run time.
_ALWAYS = """\
NoNewPrivileges=yes
{temporary}ProtectSystem=strict
ProtectHome={homes}
ReadWritePaths={writable}
{secrets}LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""

# A manager of one user's own may not do these; it needs a namespace of users for those above.
_SYSTEM = """\
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
"""
_USER = "PrivateUsers=yes\n"

TIMER = """\
{mark}
[Unit]
Description={description}

[Timer]
OnCalendar={calendar}
# A night on which the machine was off is made up for.
Persistent=true
RandomizedDelaySec={spread}

[Install]
WantedBy=timers.target

[X-Archiver]
At={at}
DataDir={data_dir}
"""

FAILED = """\
{mark}
[Unit]
Description={description}

[Service]
Type=oneshot
{user}Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart={command}
# Mail programs that are set-group-id need what NoNewPrivileges= would take.
ProtectSystem=full
PrivateTmp=yes
"""

# $1 the address, $2 the unit, $3 --user or nothing.
MAIL = """\
command -v sendmail >/dev/null || { echo "sendmail is not installed: nothing is mailed"; exit 0; }; \
{ echo "To: $1"; echo "Subject: $2 failed on $(uname -n)"; \
echo "Content-Type: text/plain; charset=utf-8"; echo; \
systemctl $3 status --full --lines=200 --no-pager "$2" 2>&1; } | sendmail -i -t"""


def units(schedule: Schedule) -> dict[str, str]:
    """The files of a schedule: their text by their name."""
    return {
        f"{schedule.unit}.service": _service(schedule),
        f"{schedule.unit}.timer": _timer(schedule),
        f"{schedule.unit}-failed.service": _failed(schedule),
    }


def word(text: str, *, variables: bool = True) -> str:
    """One word of a unit's line, quoted where it must be; ``variables`` where systemd expands them."""
    text = text.replace("%", "%%")
    if variables:
        text = text.replace("$", "$$")
    if re.fullmatch(r"[\w%$@+=:,./~^-]+", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def command_line(words: Iterable[str]) -> str:
    """A command as ``ExecStart=`` takes it."""
    program, *rest = words
    if _NO_PROGRAM.search(program):
        return command_line(["/bin/sh", "-c", 'exec "$0" "$@"', program, *rest])
    # Variables are expanded in the words that follow, not in the program.
    return " ".join([word(program, variables=False), *(word(each) for each in rest)])


def calendar(schedule: Schedule) -> str:
    """When, as ``OnCalendar=`` takes it: a time of the day is made whole, all else is as it was given."""
    clock = schedule.clock
    return f"*-*-* {clock[0]:02}:{clock[1]:02}:00" if clock else schedule.at


def _service(schedule: Schedule) -> str:
    return SERVICE.format(
        mark=MARK,
        description=_plain(f"The news archive {schedule.data_dir}, one night"),
        after="Wants=network-online.target\nAfter=network-online.target\n" if schedule.system else "",
        unit=schedule.unit,
        command=command_line(schedule.command),
        environment=_environment(schedule),
        user=_user(schedule),
        memory=schedule.memory.replace("%", "%%"),
        sandbox=_sandbox(schedule),
    )


def _timer(schedule: Schedule) -> str:
    return TIMER.format(
        mark=MARK,
        description=_plain(f"The news archive {schedule.data_dir}, every night"),
        calendar=calendar(schedule),
        spread=schedule.spread,
        at=json.dumps(schedule.at),
        data_dir=json.dumps(str(schedule.data_dir)),
    )


def _failed(schedule: Schedule) -> str:
    scope = [] if schedule.system else ["--user"]
    who = schedule.mail or schedule.user or "root"
    return FAILED.format(
        mark=MARK,
        description=_plain(
            f"Mail that a night of the news archive {schedule.data_dir} failed, if sendmail is there"
        ),
        user=_user(schedule) + ("SupplementaryGroups=systemd-journal\n" if schedule.system else ""),
        command=command_line(["/bin/sh", "-c", MAIL, "sh", who, f"{schedule.unit}.service", *scope]),
    )


def _sandbox(schedule: Schedule) -> str:
    common = _ALWAYS.format(
        temporary="" if _below(schedule.paths, ("/tmp", "/var/tmp")) else "PrivateTmp=yes\n",  # noqa: S108
        homes="read-only" if _below(schedule.paths, _HOMES) else "yes",
        writable=_writable(schedule),
        secrets=_secrets(schedule),
    )
    return common + (_SYSTEM + _state(schedule) if schedule.system else _USER)


def _writable(schedule: Schedule) -> str:
    # A dash: a folder for figures that is gone must not keep the night from running.
    beside = (f"-{folder}" for folder in schedule.writable)
    return " ".join(word(text, variables=False) for text in (str(schedule.data_dir), *beside))


def _secrets(schedule: Schedule) -> str:
    if not schedule.home:
        return ""
    hidden = (word(f"-{schedule.home / name}", variables=False) for name in _SECRETS)
    return f"InaccessiblePaths={' '.join(hidden)}\n"


def _state(schedule: Schedule) -> str:
    """``/var/lib/NAME`` is made by systemd, and belongs to the user that the night runs as."""
    name = schedule.data_dir.name
    if schedule.data_dir.parent != _STATE or not re.fullmatch(r"[\w.-]+", name):
        return ""
    return f"StateDirectory={name}\n"


def _environment(schedule: Schedule) -> str:
    pairs = (word(f"{name}={value}", variables=False) for name, value in schedule.environment.items())
    return "".join(f"Environment={pair}\n" for pair in pairs)


def _user(schedule: Schedule) -> str:
    return f"User={schedule.user}\n" if schedule.system and schedule.user else ""


def _below(paths: Iterable[Path], folders: Iterable[str | Path]) -> bool:
    roots = tuple(folders)
    return any(path.is_relative_to(root) for path in paths for root in roots)


def _plain(text: str) -> str:
    return text.replace("%", "%%")
