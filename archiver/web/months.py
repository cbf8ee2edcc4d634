"""The articles of each month, as a plot and as a table."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from archiver.plots import bars

MONTHS = 180
NAMED = 4  # sites of the plot; the others are one
WIDTH, NARROW = 940, 400
FEW = 48  # months that a narrow window shows


def plot_of(by_month: dict[str, dict[str, int]], names: dict[str, str], months: list[str]) -> Markup:
    """The articles of each month, by site; empty where no article has a month.

    A narrow window shows the last years alone, in letters that can be read.
    """
    if not months:
        return Markup("")
    totals = Counter({site: sum(found.values()) for site, found in by_month.items()})
    named = [site for site, _ in totals.most_common(NAMED)]
    rows = {names.get(site, site): by_month[site] for site in named}
    others: Counter[str] = Counter()
    for site in by_month.keys() - set(named):
        others.update(by_month[site])
    if others:
        rows["other sites"] = dict(others)
    wide = _plot(rows, months, WIDTH, 14)
    if len(months) <= FEW:
        return wide
    return Markup('<div class="at-width">{}</div><div class="when-narrow">{}</div>').format(
        wide, _plot(rows, months[-FEW:], NARROW, 6)
    )


def _plot(rows: dict[str, dict[str, int]], months: list[str], width: int, most: int) -> Markup:
    series = {name: [found.get(month, 0) for month in months] for name, found in rows.items()}
    years = [(place, month[:4]) for place, month in enumerate(months) if month.endswith("-01")]
    every = max(1, -(-len(years) // most))
    labels = dict(years[::-1][::every]) or {0: months[0], len(months) - 1: months[-1]}
    # The plot escapes every text itself.
    return Markup(bars("Articles a month", months, series, width=width, labels=labels))  # noqa: S704


def months_of(by_month: dict[str, dict[str, int]]) -> list[str]:
    """Every month from the first to the last that has an article, at most the last of them."""
    known = sorted(month for found in by_month.values() for month in found if _is_month(month))
    if not known:
        return []
    first, last = _ordinal(known[0]), _ordinal(known[-1])
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(max(first, last - MONTHS + 1), last + 1)]


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return year.isdecimal() and month.isdecimal() and len(text) == 7 and 1 <= int(month) <= 12


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_table(by_month: dict[str, dict[str, int]], months: list[str]) -> list[tuple[str, list[int]]]:
    """The numbers of the plot as rows: year, and the articles of each of its months."""
    totals: Counter[str] = Counter()
    for found in by_month.values():
        totals.update(found)
    years = sorted({month[:4] for month in months}, reverse=True)
    return [(year, [totals[f"{year}-{n:02}"] for n in range(1, 13)]) for year in years]
