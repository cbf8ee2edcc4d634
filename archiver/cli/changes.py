"""What changed between two versions of an article: as lines for a person, as words for a program."""

from __future__ import annotations

import difflib
import sys
from typing import Any

import click

from archiver.cli.output import printable, say
from archiver.model import Version

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def what_changed(before: Version | None, after: Version) -> str:
    """The names of what an article's new version has otherwise than the one before."""
    if before is None:
        return "first seen"
    old, new = _fields(before), _fields(after)
    return ", ".join(name for name in new if old[name] != new[name])


def differences(old: Version, new: Version) -> list[dict[str, Any]]:
    """For each field that differs the words that only the old and only the new version has, in order."""
    before, after = _fields(old), _fields(new)
    found = []
    for name in after:
        removed, added = _words(before[name] or "", after[name] or "")
        if removed or added:
            found.append({"field": name, "removed": removed, "added": added})
    return found


def print_differences(old: Version, new: Version) -> None:
    """The lines that changed, in colour on a terminal; a word on stderr where none did."""
    colour = sys.stdout.isatty()
    lines = difflib.unified_diff(
        _lines(old), _lines(new), f"version {old.version}", f"version {new.version}", lineterm="", n=1
    )
    line = None
    for line in lines:
        text = printable(line)
        print(click.style(text, fg=_STYLES.get(line[:1])) if colour else text)
    if line is None:
        say(f"versions {old.version} and {new.version} have the same title, text and date")


def _fields(version: Version) -> dict[str, str | None]:
    return {"title": version.title, "text": version.body, "date": version.date_published}


def _lines(version: Version) -> list[str]:
    return [f"title: {version.title}", f"date: {version.date_published}", *version.body.splitlines()]


def _words(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.split(), after.split()
    removed, added = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            removed += [" ".join(old[a:b])] if a < b else []
            added += [" ".join(new[c:d])] if c < d else []
    return removed, added
