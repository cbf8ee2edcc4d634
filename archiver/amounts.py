"""Amounts as people write them: numbers with their nouns, and bytes."""

from __future__ import annotations


def plain(value: float) -> str:
    """A number as people write it: 1,234."""
    return f"{value:,.0f}"


def count(number: int, noun: str) -> str:
    """A number and its noun, which is given in the singular."""
    if number == 1:
        return f"1 {noun}"
    many = noun + "es" if noun.endswith("s") else noun + "s"
    return f"{plain(number)} {many}"


def size(value: float) -> str:
    """A number of bytes in a unit that fits."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError
