"""What a person may ask of a format, beside the articles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Each format heeds what concerns it.

    ``base_url`` is where this archive's replay is published; without it no memento has an address.
    ``no_formulas`` marks cells of CSV that a spreadsheet would take for a formula.
    """

    base_url: str | None = None
    no_formulas: bool = False


PLAIN = Options()
