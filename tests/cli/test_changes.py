"""``show --diff`` and ``history`` of an article that was edited: words, colours, and none where not wanted."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import replace

import pytest

from archiver.cli.changes import print_differences
from archiver.differences import what_changed
from archiver.model import Version

OLD = Version(
    version=1, title="Ny rapport", body="Ett stycke som står kvar.\n\nKommunen köper ett nytt system.\n\nBort.",
    body_markdown="", authors=(), date_published="2024-03-01", date_modified=None,
    first_seen="2026-01-01T02:00:00.000000Z", last_seen="2026-01-02T02:00:00.000000Z", capture="", captures=(),
)  # fmt: skip
NEW = replace(
    OLD, version=2, title="Ny rapport ute", date_published="2024-03-02",
    body="Ett stycke som står kvar.\n\nKommunen köper ett annat system.\n\nEtt tillägg.",
)  # fmt: skip
PRINT = "from tests.cli.test_changes import *; print_differences(OLD, NEW)"


def test_differences_are_words_within_paragraphs(capsys: pytest.CaptureFixture[str]) -> None:
    print_differences(OLD, NEW)
    assert capsys.readouterr().out.splitlines()[2:] == [
        " title: Ny rapport {+ute+}",
        " date: [-2024-03-01-] {+2024-03-02+}",
        " Kommunen köper ett [-nytt-] {+annat+} system.",
        "-Bort.",
        "+Ett tillägg.",
    ]
    assert what_changed(OLD, NEW) == "title, text, date"


def test_a_difference_in_spaces_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_differences(OLD, replace(OLD, body=OLD.body.replace("\n\n", "\n")))
    assert capsys.readouterr().err == "versions 1 and 1 have other spaces and lines only\n"


def on_a_terminal(**env: str) -> str:
    """What a terminal is sent."""
    leader, follower = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run([sys.executable, "-c", PRINT], stdout=follower, env=clean | env, check=True, timeout=60)
    os.close(follower)
    sent = os.read(leader, 10_000).decode()
    os.close(leader)
    return sent


def test_a_terminal_is_sent_colours_unless_nobody_wants_them() -> None:
    assert "\x1b[31m\x1b[9mnytt\x1b[0m \x1b[32m\x1b[4mannat\x1b[0m system." in on_a_terminal()
    plain = on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in plain
    assert "[-nytt-] {+annat+}" in plain


def test_what_a_page_says_is_never_sent_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    print_differences(OLD, replace(OLD, body="\x1b]0;x\x07"))
    assert "\x1b" not in capsys.readouterr().out


def test_a_text_that_changed_throughout_is_compared_in_seconds() -> None:
    many = "\n\n".join(f"Stycke {n} ord ord ord {n * 7}" for n in range(5000))
    print_differences(replace(OLD, body=many), replace(OLD, body=many.replace("ord", "ny")))
