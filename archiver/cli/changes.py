"""What changed between two versions of an article, printed for a person."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from archiver.cli.output import printable, say
from archiver.differences import Line, changed_lines
from archiver.model import Version

_STYLES: dict[str, dict[str, Any]] = {
    "+": {"fg": "green", "underline": True}, "-": {"fg": "red", "strikethrough": True},
}  # fmt: skip
_MARKS = {"+": "{{+{}+}}", "-": "[-{}-]", "=": "{}"}


def print_differences(old: Version, new: Version) -> None:
    """The paragraphs that changed, word by word, in colour on a terminal; a word on stderr where none did.

    Without colour, words that went stand between ``[-`` and ``-]`` and words that came between ``{+`` and
    ``+}``; a paragraph that went or came as a whole has a minus or a plus before it.
    """
    lines = list(changed_lines(old, new))
    if not lines:
        alike = "the same title, text and date" if old.body == new.body else "other spaces and lines only"
        say(f"versions {old.version} and {new.version} have {alike}")
        return
    mark = _coloured if is_coloured() else _plain
    print(f"--- version {old.version}  {old.last_seen[:19]}Z")
    print(f"+++ version {new.version}  {new.first_seen[:19]}Z")
    for line in lines:
        print(mark(line))


def is_coloured() -> bool:
    """True where standard output is a terminal and nobody asks for no colour (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _plain(line: Line) -> str:
    signs = {sign for sign, _ in line}
    if len(signs) == 1 and signs != {"="}:
        return printable(signs.pop() + " ".join(words for _, words in line))
    return printable(" " + " ".join(_MARKS[sign].format(words) for sign, words in line))


def _coloured(line: Line) -> str:
    styled = (click.style(words, **_STYLES[sign]) if sign != "=" else words for sign, words in _safe(line))
    return " " + " ".join(styled)


def _safe(line: Line) -> Line:
    return [(sign, printable(words)) for sign, words in line]
