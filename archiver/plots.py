"""Plots as inline SVG: bars and lines over nights or months, readable without scripts and without colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files

from archiver.amounts import plain

MARKS = {"complete": "●", "partial": "◐", "failed": "✕", "not run": "·"}
"""What stands for a night, by the state of what was observed in it."""

Values = Sequence[float | None]
Shown = Callable[[float], str]

WIDTH, HEIGHT = 460, 170
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 24
WIDEST = 40  # a bar
LETTER = 7  # about the width of a digit


def plot_style() -> str:
    """What a page says of the looks of plots, in CSS; it gives the colours ``--c0`` to ``--c4``, too."""
    return files("archiver").joinpath("plots.css").read_text("utf-8")


def bars(
    title: str,
    nights: Sequence[str],
    series: Mapping[str, Values],
    *,
    shown: Shown = plain,
    width: int = WIDTH,
    labels: Mapping[int, str] | None = None,
) -> str:
    """Stacked bars, one a night or month; one without a value has a mark on the axis.

    ``labels`` stand below the bars of these places; without them the first and the last are named.
    """
    totals = [_total(values) for values in zip(*series.values(), strict=True)]
    top = nice(max((total for total in totals if total is not None), default=0))
    plot = _Plot(len(nights), top, width)
    marks = []
    for place, night in enumerate(nights):
        if totals[place] is None:
            marks.append(plot.gap(place, night))
            continue
        below = 0.0
        for number, (name, values) in enumerate(series.items()):
            value = values[place] or 0
            if value:
                said = f"{night}: {name} {shown(value)}"
                marks.append(plot.bar(place, below, below + value, f"s{number}", said))
            below += value
    return _figure(title, nights, list(series), "".join(marks), plot, shown, labels)


def lines(title: str, nights: Sequence[str], series: Mapping[str, Values], *, shown: Shown = plain) -> str:
    """A line for each series, broken where a night has no value."""
    top = nice(max((v for values in series.values() for v in values if v is not None), default=0))
    plot = _Plot(len(nights), top)
    marks = []
    for number, (name, values) in enumerate(series.items()):
        marks += [plot.line(run, f"s{number}") for run in _runs(values)]
        marks += [
            plot.dot(place, value, f"s{number}", f"{nights[place]}: {name} {shown(value)}")
            for place, value in enumerate(values)
            if value is not None
        ]
    return _figure(title, nights, list(series), "".join(marks), plot, shown)


def nice(most: float) -> float:
    """The end of an axis: the least 1, 2 or 5 times a power of ten that holds the values, at least 1."""
    end = 1.0
    while True:
        for factor in (1, 2, 5):
            if most <= end * factor:
                return end * factor
        end *= 10


class _Plot:
    """Where the values of so many nights lie, up to ``top``."""

    def __init__(self, nights: int, top: float, width: int = WIDTH) -> None:
        self.step = (width - LEFT - RIGHT) / max(nights, 1)
        self.width = width
        self.top = top

    def x(self, place: int) -> float:
        return LEFT + place * self.step

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top

    def bar(self, place: int, low: float, high: float, kind: str, said: str) -> str:
        width, height = min(max(self.step * 0.8, 1), WIDEST), self.y(low) - self.y(high)
        x = self.x(place) + (self.step - width) / 2
        return (
            f'<rect class="{kind}" x="{x:.1f}" y="{self.y(high):.1f}"'
            f' width="{width:.1f}" height="{height:.1f}"><title>{escape(said)}</title></rect>'
        )

    def gap(self, place: int, night: str) -> str:
        x = self.x(place) + self.step / 2
        return (
            f'<text class="gap" x="{x:.1f}" y="{self.y(0) - 2:.1f}">×'
            f"<title>{escape(night)}: not run</title></text>"
        )

    def line(self, run: Sequence[tuple[int, float]], kind: str) -> str:
        points = " ".join(f"{self.x(place) + self.step / 2:.1f},{self.y(value):.1f}" for place, value in run)
        return f'<polyline class="line {kind}" points="{points}"/>'

    def dot(self, place: int, value: float, kind: str, said: str) -> str:
        x = self.x(place) + self.step / 2
        return (
            f'<circle class="{kind}" cx="{x:.1f}" cy="{self.y(value):.1f}" r="2.5">'
            f"<title>{escape(said)}</title></circle>"
        )

    def label(self, place: int, text: str) -> str:
        """Below the bar of a place, and not beyond the edges."""
        half = len(text) * LETTER / 2
        x = min(max(self.x(place) + self.step / 2, half), self.width - half)
        return f'<text class="day gap" x="{x:.1f}" y="{HEIGHT - 6}">{escape(text)}</text>'

    def axis(self, shown: Shown) -> str:
        parts = []
        middle = () if shown is plain and self.top == 1 else (self.top / 2,)
        for value in (0, *middle, self.top):
            y = self.y(value)
            parts.append(
                f'<line class="grid" x1="{LEFT}" x2="{self.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}">{escape(_tick(value, shown))}</text>'
            )
        return "".join(parts)


def _tick(value: float, shown: Shown) -> str:
    return f"{value:g}" if shown is plain and value < 10 else shown(value)


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _runs(values: Values) -> list[list[tuple[int, float]]]:
    """The stretches of nights that have a value."""
    runs: list[list[tuple[int, float]]] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][-1][0] == place - 1:
            runs[-1].append((place, value))
        else:
            runs.append([(place, value)])
    return runs


def _figure(
    title: str,
    nights: Sequence[str],
    names: Sequence[str],
    marks: str,
    plot: _Plot,
    shown: Shown,
    labels: Mapping[int, str] | None = None,
) -> str:
    legend = "".join(f'<span class="key s{n}">{escape(name)}</span>' for n, name in enumerate(names))
    days = "".join(plot.label(place, text) for place, text in (labels or {}).items())
    if nights and labels is None:
        days = f'<text class="day" x="{LEFT}" y="{HEIGHT - 6}">{escape(nights[0])}</text>' + (
            f'<text class="day last" x="{plot.width - RIGHT}" y="{HEIGHT - 6}">{escape(nights[-1])}</text>'
        )
    return (
        f"<figure><figcaption>{escape(title)} {legend}</figcaption>"
        f'<svg viewBox="0 0 {plot.width} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{plot.axis(shown)}{marks}{days}</svg></figure>"
    )
