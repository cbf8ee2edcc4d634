"""What changed between two versions of an article: word by word, for a person and for a program."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from archiver.cli.output import printable, say
from archiver.model import Version

_STYLES: dict[str, dict[str, Any]] = {
    "+": {"fg": "green", "underline": True}, "-": {"fg": "red", "strikethrough": True},
}  # fmt: skip
_MARKS = {"+": "{{+{}+}}", "-": "[-{}-]", "=": "{}"}
Line = list[tuple[str, str]]
# The share of words by which a paragraph is an edited one.
SAME_PARAGRAPH = 0.4
LOOK_AHEAD = 20  # paragraphs


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
    """The paragraphs that changed, word by word, in colour on a terminal; a word on stderr where none did.

    Without colour, words that went stand between ``[-`` and ``-]`` and words that came between ``{+`` and
    ``+}``; a paragraph that went or came as a whole has a minus or a plus before it.
    """
    lines = list(_changed_lines(old, new))
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


def _changed_lines(old: Version, new: Version) -> Iterator[Line]:
    """The fields and paragraphs that differ, each as runs of words that stayed, went or came."""
    for name in ("title", "date"):
        before, after = (_fields(version)[name] or "" for version in (old, new))
        if before != after:
            yield _words_of(f"{name}: {before}", f"{name}: {after}")
    left, right = ([p for p in version.body.splitlines() if p.strip()] for version in (old, new))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right).get_opcodes():
        if tag != "equal":
            yield from _paragraphs(left[a:b], right[c:d])


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Line]:
    """Paragraphs in the place of others: each with the next that shares words with it, or as a whole."""
    done = 0
    for paragraph in old:
        places = range(done, min(done + LOOK_AHEAD, len(new)))
        place = next((n for n in places if _share(paragraph, new[n]) >= SAME_PARAGRAPH), None)
        if place is None:
            yield [("-", paragraph)]
            continue
        yield from ([("+", added)] for added in new[done:place])
        yield _words_of(paragraph, new[place])
        done = place + 1
    yield from ([("+", added)] for added in new[done:])


def _share(one: str, other: str) -> float:
    a, b = set(one.split()), set(other.split())
    return len(a & b) / max(len(a), len(b))


def _words_of(before: str, after: str) -> Line:
    old, new = before.split(), after.split()
    line: Line = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        runs = [("=", old[a:b])] if tag == "equal" else [("-", old[a:b]), ("+", new[c:d])]
        line += [(sign, " ".join(words)) for sign, words in runs if words]
    return line


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


def _fields(version: Version) -> dict[str, str | None]:
    return {"title": version.title, "text": version.body, "date": version.date_published}


def _words(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.split(), after.split()
    removed, added = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            removed += [" ".join(old[a:b])] if a < b else []
            added += [" ".join(new[c:d])] if c < d else []
    return removed, added
