"""A figure that was measured, and the aim that it is held against."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One row of the table. ``aim`` is the most that is wanted, None where nothing is claimed.

    ``value`` is None where it could not be measured; ``note`` then says why.
    """

    name: str
    value: float | None
    unit: str
    aim: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is met, None where there is none, or no value."""
        return None if self.aim is None or self.value is None else self.value <= self.aim

    def row(self) -> dict[str, Any]:
        """The figure as plain values, for ``results.json``."""
        value = None if self.value is None else round(self.value, 4)
        return {**asdict(self), "value": value, "met": self.is_met}
