"""The report of a night as one HTML page that needs nothing else: no script, no request, no font."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from archiver.amounts import plain, size
from archiver.nightly.history import CLASSES, History
from archiver.nightly.text import Row, clock_went_back, remedies, totals, verdict
from archiver.plots import MARKS, bars, lines, plot_style

_COLUMNS = (
    ("articles", "articles"),
    ("articles_new", "new"),
    ("articles_changed", "changed"),
    ("articles_gone", "gone"),
    ("fetched", "pages"),
    ("failed", "failed"),
    ("unchanged", "unchanged"),
)


def night_page(report: Mapping[str, Any], history: History) -> str:
    """The page, from the report's document and the nights before it. Text of others is only ever text."""
    sites: list[Row] = report["sites"]
    bad = [row for row in sites if row["problems"]]
    style = files("archiver.nightly").joinpath("page.css").read_text("utf-8") + plot_style()
    night = escape(report["night"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{night}: {escape(verdict(sites))}</title><style>{style}</style></head><body>
<h1>Night of {night}</h1>
<p class="verdict"><span class="{"bad" if bad else "good"}">{escape(verdict(sites))}</span>
<span class="soft">exit code {int(report["exit_code"])}</span></p>
<p>{escape(totals(sites))}</p>
{_missed(report["nights_not_run"])}
{_clock(report["run_before_began_later"])}
{_needs(bad)}
<h2>The last nights</h2>
{_plots(history)}
<h2>Health by site</h2>
{_health(history)}
<h2>Tonight</h2>
{_table(sites)}
<p class="soft">Crawl {escape(report["crawl"])}, {escape(report["began"][:19])}
to {escape(report["ended"][:19])} (UTC).
Beside this page lie <code>report.json</code>, the same for programs, and <code>log</code>.</p>
</body></html>
"""


def _missed(nights: Sequence[str]) -> str:
    if not nights:
        return ""
    shown = ", ".join(nights[:10]) + (f" and {len(nights) - 10} more" if len(nights) > 10 else "")
    return f'<p class="bad">Not run, or not to the end, since the last crawl: {escape(shown)}</p>'


def _clock(later: str | None) -> str:
    return f'<p class="bad">{escape(clock_went_back(later).capitalize())}</p>' if later else ""


def _needs(rows: Iterable[Row]) -> str:
    parts = []
    for row in rows:
        problems = "".join(f"<p>{escape(str(problem))}</p>" for problem in row["problems"])
        todo = "".join(f"<p><code>{escape(line)}</code></p>" for line in remedies(row))
        head = f"{row['site']}: {row['state']}"
        parts.append(f"<article><h3>{escape(head)}</h3>{problems}{todo}</article>")
    return f"<h2>Needs you</h2>{''.join(parts)}" if parts else ""


def _plots(history: History) -> str:
    nights = [each.night for each in history.nights]
    each = history.nights
    answers = {
        kind: [n.answers.get(kind, 0) if n.answers else None for n in each]
        for kind in CLASSES
        if any(n.answers.get(kind) for n in each)
    }
    plots = [
        bars("Articles", nights, {"new": [n.new for n in each], "changed": [n.changed for n in each]}),
        bars("Answers by status code", nights, answers or {"none": [None] * len(nights)}),
        bars(
            "Bytes",
            nights,
            {"stored": [n.stored for n in each], "saved": [n.saved for n in each]},
            shown=size,
        ),
        lines(
            "Latency of the slowest site",
            nights,
            {"median": [n.median for n in each], "95 %": [n.p95 for n in each]},
            shown=lambda value: f"{value:,.0f} ms",
        ),
    ]
    return f'<div class="plots">{"".join(plots)}</div>'


def _health(history: History) -> str:
    nights = [night.night for night in history.nights][-30:]
    rows = []
    for site, by_night in sorted(history.states.items()):
        cells = "".join(_cell(night, by_night.get(night)) for night in nights)
        rows.append(f'<tr><th scope="row">{escape(site)}</th>{cells}</tr>')
    key = ", ".join(f"{mark} {state}" for state, mark in MARKS.items())
    return (
        f'<div class="wide"><table class="health">{"".join(rows)}</table></div><p class="soft">{key}; '
        f"{escape(nights[0])} to {escape(nights[-1])}</p>"
        if rows
        else '<p class="soft">No night yet.</p>'
    )


def _cell(night: str, known: tuple[str, str | None] | None) -> str:
    if known is None:
        return f'<td title="{escape(night)}: not known yet"></td>'
    state, reason = known
    said = f"{night}: {state}" + (f" – {reason}" if reason else "")
    kind = state.replace(" ", "-")
    return f'<td class="{kind}" title="{escape(said)}">{MARKS[state]}</td>'


def _table(sites: Sequence[Row]) -> str:
    head = "".join(f'<th scope="col" class="n">{name}</th>' for _, name in _COLUMNS)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(row["site"]))}</th><td>{escape(_state(row))}</td>'
        + "".join(f'<td class="n">{plain(int(row.get(key) or 0))}</td>' for key, _ in _COLUMNS)
        + f'<td class="n">{size(int(row.get("bytes_stored") or 0))}</td>'
        + f'<td class="n">{float(row.get("seconds") or 0):,.0f} s</td></tr>'
        for row in sites
    )
    return (
        f'<div class="wide"><table><thead><tr><th scope="col">site</th><th scope="col">state</th>{head}'
        '<th scope="col" class="n">stored</th><th scope="col" class="n">time</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _state(row: Row) -> str:
    return f"{row['state']} ({row['reason']})" if row.get("reason") else str(row["state"])
