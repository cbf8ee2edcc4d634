"""What a site's own rules change: the same page extracted with them and without."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from archiver.model import Extraction

FIELDS = ("kind", "title", "date_published", "authors")


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What rules changed in one field: ``without`` and ``with_rules`` as text.

    For the body, the lines that only one of the two has.
    """

    field: str
    without: tuple[str, ...]
    with_rules: tuple[str, ...]


def differences(with_rules: Extraction, without: Extraction) -> list[Difference]:
    """The fields in which two extractions of one page differ."""
    found = [
        Difference(field=name, without=(_text(without, name),), with_rules=(_text(with_rules, name),))
        for name in FIELDS
        if getattr(without, name) != getattr(with_rules, name)
    ]
    removed, added = _lines(without.body, with_rules.body)
    if removed or added:
        found.append(Difference(field="body", without=removed, with_rules=added))
    return found


def _text(extraction: Extraction, name: str) -> str:
    value = getattr(extraction, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _lines(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old = [line for line in before.splitlines() if line.strip()]
    new = [line for line in after.splitlines() if line.strip()]
    delta = [line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
    removed = tuple(line[2:] for line in delta if line.startswith("- "))
    return removed, tuple(line[2:] for line in delta if line.startswith("+ "))
