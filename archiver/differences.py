"""What changed between two versions of an article: its fields, and its text word by word."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from archiver.model import Version

Line = list[tuple[str, str]]
# The share of words by which a paragraph is an edited one.
SAME_PARAGRAPH = 0.4
LOOK_AHEAD = 20  # paragraphs
LONGEST = 4000  # words of a paragraph that is compared word by word


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


def changed_lines(old: Version, new: Version) -> Iterator[Line]:
    """The fields and paragraphs that differ, each as runs of words that stayed, went or came."""
    return (line for is_changed, line in compared(old, new) if is_changed)


def compared(old: Version, new: Version) -> Iterator[tuple[bool, Line]]:
    """The fields that differ, and all paragraphs: whether it differs, and its runs of words."""
    for name in ("title", "date"):
        before, after = (_fields(version)[name] or "" for version in (old, new))
        if before != after:
            yield True, _words_of(f"{name}: {before}", f"{name}: {after}")
    left, right = ([p for p in version.body.splitlines() if p.strip()] for version in (old, new))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right).get_opcodes():
        if tag == "equal":
            yield from ((False, [("=", paragraph)]) for paragraph in left[a:b])
        else:
            yield from ((True, line) for line in _paragraphs(left[a:b], right[c:d]))


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
    if max(len(old), len(new)) > LONGEST:
        return [("-", before), ("+", after)]
    line: Line = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        runs = [("=", old[a:b])] if tag == "equal" else [("-", old[a:b]), ("+", new[c:d])]
        line += [(sign, " ".join(words)) for sign, words in runs if words]
    return line


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
