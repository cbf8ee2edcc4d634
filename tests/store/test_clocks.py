"""Runs whose clock was wrong: which of two that contradict each other is believed, and when it ran."""

from __future__ import annotations

import pytest

from archiver.store.clocks import Bounds, Ran, bounds_of


def ran(*days: str) -> list[Ran]:
    """Runs that began on these days by their own clocks, in the order in which they ran."""
    ids = [f"{day.replace('-', '')}T020000Z-{n:04x}" for n, day in enumerate(days)]
    return [
        Ran(
            id=name,
            started=f"{day}T02:00:00.000000Z",
            finished=f"{day}T03:00:00.000000Z",
            after=frozenset(other for other in ids[:n] if other[:8] > name[:8]),
        )
        for n, (name, day) in enumerate(zip(ids, days, strict=True))
    ]


def bounds(*days: str) -> dict[str, Bounds]:
    """When those ran that were wrong, by the day that they say."""
    found = bounds_of(reversed(ran(*days)))
    return {f"{name[:4]}-{name[4:6]}-{name[6:8]}": what for name, what in found.items()}


def ahead(day: str) -> Bounds:
    return Bounds(no_later=f"{day}T01:59:59.000000Z")


def behind(day: str) -> Bounds:
    return Bounds(no_earlier=f"{day}T03:00:00.000000Z")


WEEK = [f"2026-03-{day:02}" for day in range(1, 8)]


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (WEEK, {}),
        ([*WEEK, "2036-01-01"], {}),  # nothing contradicts it yet
        ([*WEEK, "2036-01-01", "2026-03-09"], {"2036-01-01": ahead("2026-03-09")}),
        # What the first run after it says is nearest; later ones change nothing.
        ([*WEEK, "2036-01-01", "2026-03-09", "2026-03-10"], {"2036-01-01": ahead("2026-03-09")}),
        (
            [*WEEK, "2036-01-01", "2036-01-02", "2026-03-10"],
            {"2036-01-01": ahead("2026-03-10"), "2036-01-02": ahead("2026-03-10")},
        ),
        ([*WEEK, "1970-01-01"], {"1970-01-01": behind("2026-03-07")}),
        ([*WEEK, "1970-01-01", "2026-03-09"], {"1970-01-01": behind("2026-03-07")}),
        (
            [*WEEK, "1970-01-01", "2036-01-01", "2026-03-10"],
            {"1970-01-01": behind("2026-03-07"), "2036-01-01": ahead("2026-03-10")},
        ),
        # The first run of all was ahead: that is known once two others agree.
        (["2036-01-01", "2026-03-01", "2026-03-02"], {"2036-01-01": ahead("2026-03-01")}),
    ],
)
def test_of_two_runs_that_contradict_each_other_one_is_wrong(
    days: list[str], wrong: dict[str, Bounds]
) -> None:
    assert bounds(*days) == wrong
