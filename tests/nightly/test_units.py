"""The units: as systemd reads them, hardened, with every path as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.nightly.schedule import Schedule
from archiver.nightly.units import calendar, command_line, units, word
from tests.nightly.stand_ins import program

HARD = "år 100%h $HOME 'a' \"b\" \\c;#"
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")


def plan(tmp_path: Path, **changes: object) -> Schedule:
    """A schedule for an archive whose path holds all that must be escaped."""
    archive = tmp_path / HARD
    archive.mkdir(exist_ok=True)
    command = program(tmp_path / "some where 50%", "archiver", "#!/bin/sh\n")
    values: dict[str, object] = {
        "name": "nightly",
        "system": True,
        "command": (str(command), "-q", "--data-dir", str(archive), "nightly"),
        "data_dir": archive,
        "at": "2:30",
        "user": "root",
        "environment": {"ARCHIVER_CONTACT": 'a "b" 7% $x'},
    }
    return Schedule(**(values | changes))  # type: ignore[arg-type]


def split(line: str) -> list[str]:
    """Words as systemd reads them (systemd.syntax(7)): quotes, escapes, specifiers, variables."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words]
    assert all(not re.search(r"%(?!%)", each.replace("%%", "")) for each in plain)
    return [each.replace("%%", "%") for each in plain]


def value(text: str, key: str) -> str:
    [found] = re.findall(rf"^{key}=(.*)$", text, re.M)
    return str(found)


def written(tmp_path: Path, schedule: Schedule) -> Path:
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in units(schedule).items():
        (folder / name).write_text(text)
    return folder


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE
    env = os.environ | {"XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C", "SYSTEMD_COLORS": "0"}
    return subprocess.run([ANALYZE, *words], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_every_word_is_read_back_as_it_is(tmp_path: Path) -> None:
    schedule = plan(tmp_path)
    service = units(schedule)["archiver-nightly.service"]
    assert [each.replace("$$", "$") for each in split(value(service, "ExecStart"))] == list(schedule.command)
    assert split(value(service, "ReadWritePaths")) == [str(schedule.data_dir)]
    assert split(value(service, "Environment")) == ['ARCHIVER_CONTACT=a "b" 7% $x']


def test_a_program_that_systemd_would_refuse_is_run_by_a_shell() -> None:
    line = command_line(["/srv/it's/archiver", "nightly"])
    assert line == '/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "/srv/it\'s/archiver" nightly'
    assert command_line(["/srv/a$b/archiver"]) == "/srv/a$b/archiver"
    assert word("", variables=False) == '""'


@needs_systemd
@pytest.mark.parametrize("changes", [{}, {"at": "Mon..Fri 03:30 UTC"}, {"mail": "archive@example.org"}])
@pytest.mark.parametrize("system", [True, False])
def test_systemd_finds_nothing_to_say(tmp_path: Path, system: bool, changes: dict[str, str]) -> None:
    folder = written(tmp_path, plan(tmp_path, system=system, **changes))
    names = [f"./{path.name}" for path in folder.iterdir()]
    done = analyze(folder, "verify", "--man=no", *([] if system else ["--user"]), *names)
    assert "archiver" not in done.stderr
    assert done.returncode == 0, done.stderr


@needs_systemd
def test_verify_would_find_something(tmp_path: Path) -> None:
    folder = written(tmp_path, plan(tmp_path))
    path = folder / "archiver-nightly.service"
    path.write_text(path.read_text().replace("some where", "nowhere"))
    assert analyze(folder, "verify", "--man=no", f"./{path.name}").returncode != 0


@needs_systemd
def test_a_program_with_quotes_in_its_path_passes(tmp_path: Path) -> None:
    command = program(tmp_path / HARD, "archiver", "#!/bin/sh\n")
    folder = written(tmp_path, plan(tmp_path, command=(str(command), "nightly")))
    done = analyze(folder, "verify", "--man=no", "./archiver-nightly.service")
    assert done.returncode == 0, done.stderr


# What a user's manager may not do counts as open here: capabilities that a user has not got anyway.
@needs_systemd
@pytest.mark.parametrize(("system", "most"), [(True, 25), (False, 60)])
def test_the_service_is_hardened(tmp_path: Path, system: bool, most: int) -> None:
    folder = written(tmp_path, plan(tmp_path, system=system))
    scope = [] if system else ["--user"]
    words = ("security", *scope, "--offline=true", f"--threshold={most}", "./archiver-nightly.service")
    done = analyze(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


def test_a_users_manager_is_asked_for_nothing_that_it_may_not_do(tmp_path: Path) -> None:
    service = units(plan(tmp_path, system=False, user="me"))["archiver-nightly.service"]
    for key in ("CapabilityBoundingSet", "PrivateDevices", "ProtectClock", "ProtectKernel", "User", "After"):
        assert not re.search(rf"^{key}", service, re.M), key
    assert value(service, "PrivateUsers") == "yes"


def test_exit_codes_and_time_to_end(tmp_path: Path) -> None:
    service = units(plan(tmp_path))["archiver-nightly.service"]
    assert value(service, "SuccessExitStatus").split() == ["75", "130", "143"]
    assert value(service, "OnFailure") == "archiver-nightly-failed.service"
    assert value(service, "TimeoutStopSec") == "5min"


@pytest.mark.parametrize(
    ("data_dir", "more", "homes", "temporary", "state"),
    [
        ("/srv/news", {}, "yes", True, False),
        ("/home/me/news", {}, "read-only", True, False),
        ("/srv/news", {"needed": (Path("/home/me/.venv"),)}, "read-only", True, False),
        ("/tmp/news", {}, "yes", False, False),
        ("/var/lib/news", {}, "yes", True, True),
    ],
)
def test_the_sandbox_leaves_what_the_night_needs(
    tmp_path: Path, data_dir: str, more: dict[str, object], homes: str, temporary: bool, state: bool
) -> None:
    schedule = plan(tmp_path, data_dir=Path(data_dir), command=("/usr/bin/archiver", "nightly"), **more)
    service = units(schedule)["archiver-nightly.service"]
    assert value(service, "ProtectHome") == homes
    assert ("PrivateTmp=yes" in service) == temporary
    assert ("StateDirectory=news" in service) == state
    assert value(service, "ReadWritePaths") == data_dir


def test_the_folder_of_the_figures_can_be_written_where_it_is_there(tmp_path: Path) -> None:
    schedule = plan(tmp_path, writable=(Path("/var/lib/node exporter"),), home=Path("/home/me"))
    service = units(schedule)["archiver-nightly.service"]
    assert split(value(service, "ReadWritePaths"))[1] == "-/var/lib/node exporter"
    assert "-/home/me/.ssh" in split(value(service, "InaccessiblePaths"))


@pytest.mark.parametrize(
    ("at", "expected"), [("2:30", "*-*-* 02:30:00"), ("23:05", "*-*-* 23:05:00"), ("Sun 04:00", "Sun 04:00")]
)
def test_times(tmp_path: Path, at: str, expected: str) -> None:
    assert calendar(plan(tmp_path, at=at)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "../x"},
        {"name": ""},
        {"name": "a\n"},
        {"spread": "soon"},
        {"memory": "lots"},
        {"mail": "a; rm -rf /"},
        {"mail": "-oQ/tmp"},
        {"data_dir": Path("/srv/new\nsExecStart=/bin/sh")},
        {"data_dir": Path(os.fsdecode(b"/srv/\xff"))},
        {"environment": {"ARCHIVER_CONTACT": "a\nUser=root"}},
        {"at": "03:30\nUnit=other.service"},
    ],
)
def test_what_cannot_stand_in_a_unit_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        plan(tmp_path, **changes)
    assert caught.value.hint


@pytest.mark.parametrize("installed", [True, False])
def test_a_failed_night_is_mailed_where_sendmail_is(tmp_path: Path, installed: bool) -> None:
    failed = units(plan(tmp_path, mail="archive@example.org"))["archiver-nightly-failed.service"]
    words = [each.replace("$$", "$") for each in split(value(failed, "ExecStart"))]
    # The real shell; systemctl and sendmail stand in, as no test may send mail.
    folder, mail = tmp_path / "bin", tmp_path / "mail"
    program(folder, "systemctl", '#!/bin/sh\necho "$*: gävle is unhealthy"\nexit 3\n')
    program(folder, "uname", "#!/bin/sh\necho host\n")
    if installed:
        program(folder, "sendmail", f'#!/bin/sh\necho "$*" > "{mail}"\n/bin/cat >> "{mail}"\n')
    done = subprocess.run(words, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if not installed:
        assert "nothing is mailed" in done.stdout
        return
    options, to, subject, _, empty, body = mail.read_text().splitlines()
    assert (options, to, empty) == ("-i -t", "To: archive@example.org", "")
    assert subject == "Subject: archiver-nightly.service failed on host"
    assert body.startswith("status --full")
    assert body.endswith("archiver-nightly.service: gävle is unhealthy")
