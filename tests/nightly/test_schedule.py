"""``archiver schedule``: written, shown and taken away, and nothing of anybody else's is touched."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.cli.main import main
from archiver.errors import ArchiverError, UsageError
from archiver.nightly import cron, timer
from archiver.nightly.schedule import Schedule, missing_day, next_at
from archiver.nightly.state import Scheduled, with_last_run
from tests.nightly.stand_ins import CRONTAB, SYSTEMCTL, program
from tests.unprivileged import as_nobody

HARD = "år 100%h $HOME 'a' \"b\" \\c;#"
OTHERS = "# mine\nMAILTO=me\n\n*/5 * * * *  /usr/bin/true 100\\% \xa0\n@reboot x"


@pytest.fixture
def stockholm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person with a home and an archive; their crontab is the stand-in's, never the real one."""
    archive = tmp_path / HARD
    (archive / "runs").mkdir(parents=True)
    program(tmp_path / "bin", "crontab", CRONTAB.format(table=tmp_path / "table"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("ARCHIVER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "argv", [str(program(tmp_path / "my bin", "archiver", "#!/bin/sh\n"))])
    monkeypatch.chdir(tmp_path)
    return archive


def run(archive: Path, *words: str) -> int:
    return main(["--data-dir", str(archive), "schedule", *words])


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["schedule", "show", "--json", *words]) == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def plan(tmp_path: Path, **changes: object) -> Schedule:
    values: dict[str, object] = {
        "name": "nightly",
        "system": False,
        "command": ("/usr/bin/archiver", "--data-dir", str(tmp_path), "nightly"),
        "data_dir": tmp_path,
        "at": "03:30",
        "user": "me",
    }
    return Schedule(**(values | changes))  # type: ignore[arg-type]


def test_a_cron_line_comes_and_goes_and_all_others_stay(
    person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table"
    before = OTHERS.encode("latin-1") + b"\n"  # not UTF-8: kept byte for byte
    table.write_bytes(before)
    assert run(person, "install", "--user", "--cron", "--at", "02:05") == 0
    after = table.read_bytes()
    assert after.startswith(before)
    marker, line = after[len(before) :].decode().splitlines()
    assert marker.startswith("# archiver-nightly: ")
    assert line.startswith("5 2 * * * '")
    assert run(person, "install", "--user", "--cron", "--at", "02:05") == 0
    assert table.read_bytes() == after
    [row] = shown(capsys)
    assert (row["at"], row["data_dir"], row["by"]) == ("02:05", str(person), "cron")
    assert run(person, "install", "--user", "--cron", "--at", "04:00") == 2
    assert "--replace" in capsys.readouterr().err
    assert run(person, "install", "--user", "--cron", "--at", "04:00", "--replace") == 0
    assert table.read_bytes().count(b"nightly\n") == 1
    assert run(person, "remove") == 0
    assert table.read_bytes() == before
    assert run(person, "remove") == 2


def test_the_first_line_of_a_crontab(
    person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(person, "install", "--user", "--cron") == 0
    assert run(person, "install", "--user", "--cron", "--name", "second") == 0
    assert [row["name"] for row in shown(capsys)] == ["nightly", "second"]
    assert run(person, "remove") == 0
    assert [row["name"] for row in shown(capsys)] == ["second"]


def test_a_shell_reads_the_line_as_it_was_meant(tmp_path: Path) -> None:
    import subprocess

    out = tmp_path / "out"
    command = program(
        tmp_path / HARD, "archiver", f"#!/bin/sh\nprintf '%s\\n' \"$CONTACT\" \"$@\" > '{out}'\n"
    )
    words = (str(command), "--data-dir", str(tmp_path / HARD), "100%", "nightly")
    line = cron.cron_line(plan(tmp_path, command=words, environment={"CONTACT": "a 'b' 7%"}))
    assert not line.replace("\\%", "").count("%")
    # cron takes the backslash before a percent sign away (Debian, cronie) or leaves it (busybox).
    for taken in (line.replace("\\%", "%"), line):
        subprocess.run(["/bin/sh", "-c", taken.split(None, 5)[5]], check=True)
        assert out.read_text().splitlines() == ["a 'b' 7%", *words[1:]]


@pytest.mark.parametrize(
    ("edited", "state"),
    [
        ("15 4 * * * x --data-dir /srv nightly >> log 2>&1", "waiting"),
        ("# 15 4 * * * x --data-dir /srv nightly", "commented out"),
        ("@daily other", "the line is gone"),
    ],
)
def test_a_line_that_a_person_edited(tmp_path: Path, edited: str, state: str) -> None:
    text = cron.lines(plan(tmp_path)).splitlines()[0] + f"\n{edited}\n* * * * * x\n"
    program(tmp_path, "crontab", CRONTAB.format(table=tmp_path / "table"))
    (tmp_path / "table").write_text(text)
    crontab = cron.Crontab(system=False, environ={"PATH": f"{tmp_path}:/bin:/usr/bin"})
    [found] = cron.scheduled(crontab, datetime(2026, 11, 26, tzinfo=UTC))
    assert found.state == state
    left = cron.without_lines(text, "nightly")
    assert left == ("" if state != "the line is gone" else f"{edited}\n") + "* * * * * x\n"


def test_a_crontab_that_cannot_be_read_is_not_written(tmp_path: Path) -> None:
    program(
        tmp_path,
        "crontab",
        f'#!/bin/sh\n[ "$1" = -l ] || touch "{tmp_path}/wrote"\necho not allowed >&2\nexit 1\n',
    )
    crontab = cron.Crontab(system=False, environ={"PATH": f"{tmp_path}:/bin:/usr/bin"})
    with pytest.raises(ArchiverError, match="not allowed"):
        cron.install(plan(tmp_path), crontab, replace=True)
    assert not (tmp_path / "wrote").exists()


def test_without_cron_the_error_says_so(tmp_path: Path) -> None:
    crontab = cron.Crontab(system=False, environ={"PATH": str(tmp_path)})
    with pytest.raises(ArchiverError) as caught:
        cron.install(plan(tmp_path), crontab, replace=False)
    assert "cron is not installed" in caught.value.message
    assert "apt install cron" in str(caught.value.hint)


def test_the_real_crontab_keeps_every_line() -> None:
    real = shutil.which("crontab")
    if not real or not os.environ.get("CI"):
        pytest.skip("crontab is not installed" if not real else "set CI to let this test edit your crontab")
    crontab = cron.Crontab(system=False, environ=os.environ)
    before = cron._read(crontab, "")
    schedule = plan(Path("/srv/news"), name="of-a-test")
    cron.install(schedule, crontab, replace=False)
    assert cron._read(crontab, "") == cron.with_lines(before, "of-a-test", cron.lines(schedule))
    cron.remove("of-a-test", crontab)
    assert cron._read(crontab, "") == before


def test_units_and_cron_files_of_an_image(
    person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "image"
    root.mkdir()
    where = ("--system", "--root", str(root))
    assert run(person, "install", *where, "--systemd") == 0
    assert run(person, "install", *where, "--cron", "--name", "second", "--mail", "me@example.org") == 0
    rows = shown(capsys, "--root", str(root))
    assert [(row["name"], row["by"], row["data_dir"]) for row in rows] == [
        ("nightly", "systemd", str(person)),
        ("second", "cron", str(person)),
    ]
    if shutil.which("systemctl"):
        assert (root / "etc/systemd/system/timers.target.wants/archiver-nightly.timer").is_symlink()
    for name in ("nightly", "second"):
        assert run(person, "remove", *where, "--name", name) == 0
    assert [path for path in root.rglob("*") if not path.is_dir()] == []


def test_units_of_a_user(person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(person, "install", "--user", "--systemd") == 0
    folder = tmp_path / "config/systemd/user"
    assert len(list(folder.glob("archiver-nightly*"))) == 3
    assert "enable-linger" in capsys.readouterr().err
    assert run(person, "install", "--user", "--systemd") == 0
    assert run(person, "install", "--user", "--systemd", "--at", "01:00") == 2
    assert "is there already" in capsys.readouterr().err
    (folder / "archiver-mine.timer").write_text("[Timer]\n")
    assert run(person, "install", "--user", "--systemd", "--name", "mine", "--replace") == 2
    assert "not written by this command" in capsys.readouterr().err
    assert (folder / "archiver-mine.timer").read_text() == "[Timer]\n"
    assert run(person, "remove") == 0
    assert list(folder.glob("archiver-nightly*")) == []


def test_a_dry_run_writes_nothing(person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("--systemd",), ("--cron",)):
        assert run(person, "install", "--user", "--dry-run", *words) == 0
    out = capsys.readouterr().out
    assert "RandomizedDelaySec=15m" in out
    assert "30 3 * * * " in out
    assert not (tmp_path / "table").exists()
    assert not (tmp_path / "config").exists()


def test_the_settings_in_force_go_with_it(
    person: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARCHIVER_CONTACT", "me@example.org")
    (tmp_path / "archiver.toml").write_text('[nightly]\ntextfile = "figures/archiver.prom"\n')
    assert run(person, "install", "--user", "--dry-run", "--systemd") == 0
    out = capsys.readouterr().out
    assert "Environment=ARCHIVER_CONTACT=me@example.org\n" in out
    assert f"--config {tmp_path}/archiver.toml" in out
    assert f"-{tmp_path}/figures" in out
    (tmp_path / "config/archiver").mkdir(parents=True)
    (tmp_path / "config/archiver/config.toml").write_text('operator = "The Archive"\nspiders_dir = "own"\n')
    assert run(person, "install", "--user", "--dry-run", "--systemd") == 0
    out = capsys.readouterr().out
    assert 'Environment="ARCHIVER_OPERATOR=The Archive"\n' in out
    assert f"ARCHIVER_SPIDERS_DIR={tmp_path}/config/archiver/own\n" in out
    assert "TEXTFILE" not in out  # stands in the file that is named
    (tmp_path / "config/archiver/config.toml").unlink()
    assert run(person, "install", "--user", "--dry-run", "--cron") == 0
    assert "* ARCHIVER_CONTACT=me@example.org '" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--at", "25:00", "--cron"), "cron"),
        (("--at", "now and then", "--systemd"), "--at"),
        (("--run-as", "root"), "--run-as"),
        (("--cron", "--mail", "me@example.org"), "MAILTO"),
        (("--name", "A B"), "--name"),
    ],
)
def test_bad_words_are_errors_with_a_hint(
    person: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    if "now and then" in words and not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    assert run(person, "install", "--user", *words) == 2
    assert says in capsys.readouterr().err


def test_no_archive_no_schedule(person: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere", "install", "--user", "--systemd") == 2
    assert "there is no archive here yet" in capsys.readouterr().err
    assert run(person, "install", "--system", "--run-as", "nobody-of-this-name") == 2


def test_no_right_to_write_is_said_with_what_to_do(tmp_path: Path) -> None:
    root = Path("/tmp") / f"nyhetsarkiv-image-{os.getpid()}"  # nobody may enter tmp_path
    (root / "etc/systemd/system").mkdir(parents=True)
    manager = timer.Manager(system=True, environ={}, root=root)

    def call() -> int:
        try:
            timer.install(plan(tmp_path, system=True, data_dir=Path("/srv")), manager, replace=False)
        except ArchiverError as error:
            return 0 if "sudo" in str(error.hint) and "Permission denied" in error.message else 1
        return 2

    try:
        assert as_nobody(call) == 0
        assert list((root / "etc/systemd/system").iterdir()) == []
    finally:
        shutil.rmtree(root)


def with_systemd(tmp_path: Path, *, fails: str = "nothing-fails") -> timer.Manager:
    """A user's systemd that runs; systemctl stands in, as no test may start a timer on this machine."""
    text = SYSTEMCTL.format(calls=tmp_path / "calls", fails=fails)
    program(tmp_path / "bin", "systemctl", text)
    environ = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    return timer.Manager(system=False, environ=environ, booted=tmp_path)


def test_what_systemd_says_is_shown(tmp_path: Path) -> None:
    manager = with_systemd(tmp_path)
    assert timer.install(plan(tmp_path), manager, replace=False) is None
    [found] = timer.scheduled(manager)
    assert (found.state, found.at, found.last_exit) == ("waiting", "03:30", 3)
    assert found.last_run == datetime(2026, 11, 26, 2, 34, 11, tzinfo=UTC)
    assert found.row()["next_run"] == "2026-11-27T02:31:45Z"
    timer.remove("nightly", manager)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[:3] == [
        "--user daemon-reload",
        "--user enable archiver-nightly.timer",
        "--user restart archiver-nightly.timer",
    ]
    assert calls[-2:] == ["--user disable --now archiver-nightly.timer", "--user daemon-reload"]
    assert list(timer.scheduled(manager)) == []


def test_where_systemd_refuses_all_is_as_it_was(tmp_path: Path) -> None:
    manager = with_systemd(tmp_path, fails="restart")
    with pytest.raises(ArchiverError, match="masked"):
        timer.install(plan(tmp_path), manager, replace=False)
    assert list(manager.folder.iterdir()) == []
    assert "disable archiver-nightly.timer" in (tmp_path / "calls").read_text()
    timer.install(plan(tmp_path), with_systemd(tmp_path), replace=False)
    before = {path: path.read_text() for path in manager.folder.iterdir()}
    with_systemd(tmp_path, fails="restart")
    with pytest.raises(ArchiverError, match="masked"):
        timer.install(plan(tmp_path, at="05:00"), manager, replace=True)
    assert {path: path.read_text() for path in manager.folder.iterdir()} == before


def test_the_newest_report_tells_of_the_last_run(tmp_path: Path) -> None:
    for crawl, text in (
        ("20261124T023000Z-aaaa", '{"exit_code": 0}'),
        ("20261125T023107Z-bbbb", '{"exit_code": 3}'),
    ):
        (tmp_path / "runs" / crawl).mkdir(parents=True)
        (tmp_path / "runs" / crawl / "report.json").write_text(text)
    empty = Scheduled(name="n", by="cron", scope="user", state="waiting", at="", data_dir=tmp_path, file=None)
    [found] = with_last_run([empty])
    assert (found.row()["last_run"], found.last_exit) == ("2026-11-25T02:31:07Z", 3)
    (tmp_path / "runs/20261125T023107Z-bbbb/report.json").write_text("{")
    assert with_last_run([empty])[0].last_exit is None
    shutil.rmtree(tmp_path / "runs")
    assert with_last_run([empty]) == [empty]


def test_the_clock_of_summer_and_winter(stockholm: None) -> None:
    day = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    assert next_at((13, 30), day).astimezone(UTC) == datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    assert next_at((13, 0), day).astimezone(UTC) == datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    missing = missing_day((2, 30), day)
    assert missing
    assert f"{missing:%Y-%m-%d}" == "2027-03-28"
    assert missing_day((3, 30), day) is None


def test_a_night_that_the_clocks_skip_is_told(
    person: Path, stockholm: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(person, "install", "--user", "--systemd", "--dry-run", "--at", "02:30") == 0
    assert "has no 02:30 here" in capsys.readouterr().err


def test_cron_takes_no_command_without_end(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        cron.cron_line(plan(tmp_path, command=("/x" * 500, "nightly")))
