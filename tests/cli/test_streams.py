"""The standard streams of a command, and what it says where it fails itself."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archiver.cli.main import COMMANDS, main
from archiver.home import Home
from tests.conftest import run_archiver


def test_a_verbose_error_keeps_its_exit_code(demo_home: Home) -> None:
    done = run_archiver(demo_home.root, "-v", "show", "nothing")
    assert done.returncode == 2
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("words", ["export --format jsonl", "export --format csv", "doctor --help"])
def test_a_command_whose_reader_has_seen_enough_is_no_failure(demo_home: Home, words: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(demo_home.root), *words.split()],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.read(1)
    process.stdout.close()
    assert process.wait(30) == 0
    words = process.stderr.read()
    process.stderr.close()
    assert words == ""


@pytest.mark.parametrize("words", ["search upphandling", "export --format wacz"])
@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        (">&-", 1, "Bad file descriptor"),
        (">/dev/full", 1, "No space left on device"),
        ("2>&-", 0, ""),
        ("<&-", 0, ""),
        ("| true", 0, ""),
    ],
)
def test_streams_that_are_closed_or_full(
    demo_home: Home, words: str, streams: str, code: int, said: str
) -> None:
    command = shlex.join([sys.executable, "-m", "archiver", "--data-dir", str(demo_home.root)])
    before = demo_home.database.read_bytes()
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} {words} {streams}"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == code, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("archiver: ")]
    assert len(errors) == bool(said)
    assert said in done.stderr
    assert "Traceback" not in done.stderr and "defect;" not in done.stderr
    assert demo_home.database.read_bytes() == before


@click.command()
@click.argument("what")
def fails(what: str) -> None:
    """A command with a defect, or on a disk with one."""
    if what == "interrupt":
        raise KeyboardInterrupt
    if what == "disk":
        Path("/proc/none/file").read_bytes()
    raise ZeroDivisionError(what)


def test_a_defect_names_a_command_that_shows_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "fails", f"{__name__}:fails")
    assert main(["fails", "two words"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "archiver: ZeroDivisionError: two words"
    assert second == "  this is a defect; archiver -v fails 'two words' shows where"
    assert main(["-v", "fails", "two words"]) == 1
    assert "Traceback" in capsys.readouterr().err
    assert main(["fails", "disk"]) == 1
    assert capsys.readouterr().err == "archiver: /proc/none/file: No such file or directory\n"
    assert main(["fails", "interrupt"]) == 130
    assert capsys.readouterr().err.split() == ["interrupted"]
