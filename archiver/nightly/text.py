"""The report of a night as a person reads it in the morning: whether to worry, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archiver.amounts import count, plain, size
from archiver.crawl.runner import NOT_DUE

Row = Mapping[str, Any]
"""What a report says of one site."""

SHOWN = 5


def night_text(report: Mapping[str, Any], page: Path | None, *, is_quiet: bool) -> str:
    """The report's document as text; quiet, only what needs a person, and nothing where nothing does.

    ``page`` is the one with plots, where it could be written.
    """
    sites: Sequence[Row] = report["sites"]
    bad = [row for row in sites if row["problems"]]
    was_interrupted = report["exit_code"] >= 128
    later = report["run_before_began_later"]
    missed, cut_off = report["nights_not_run"], report["nights_cut_off"]
    if is_quiet and not (bad or missed or was_interrupted or later or report["unwritten"]):
        return ""
    said = verdict(sites) if bad or not was_interrupted else "interrupted"
    lines = [f"night of {report['night']}: {said}", totals(sites)]
    if was_interrupted:
        lines.append("interrupted; everything stored so far is whole, and the next night goes on")
    lines += [f"not stored: {what}" for what in report["unwritten"]]
    if not_run := [night for night in missed if night not in cut_off]:
        lines.append(f"not run since the last crawl: {_nights(not_run)}")
    if cut_off:
        lines.append(f"not run to the end since the last crawl: {_nights(cut_off)}")
    if later:
        lines.append(clock_went_back(later))
    for row in bad:
        lines += ["", *_needs(row)]
    if not is_quiet:
        healthy = [_brief(row) for row in sites if not row["problems"]]
        lines += ["", *healthy] if healthy else []
    return "\n".join([*lines, *(["", f"with plots: {page}"] if page else [])])


def _nights(nights: Sequence[str]) -> str:
    more = f"{count(len(nights) - SHOWN, 'night')} and " if len(nights) > SHOWN else ""
    return f"{more}{', '.join(nights[-SHOWN:])}"


def clock_went_back(later: str) -> str:
    """What to do where the run before began later than this one."""
    return f"the clock went back: the last run began on {later[:10]}; set the clock of this machine right"


def verdict(sites: Sequence[Row]) -> str:
    """One clause on how many sites need a person, and how many were left for another night."""
    bad = sum(1 for row in sites if row["problems"])
    # One that failed without a problem was left for want of time.
    left = sum(1 for row in sites if row["state"] in ("not run", "failed") and not row["problems"])
    run = len(sites) - left
    if not run:
        return "no site was due" if all(row["reason"] == NOT_DUE for row in sites) else "no site was crawled"
    behind = f"; {left} not run" if left else ""
    if not bad:
        return ("the site is healthy" if run == 1 else f"all {run} sites are healthy") + behind
    if run == 1:
        return f"the site needs you{behind}"
    return f"{bad} of {run} sites {'needs' if bad == 1 else 'need'} you{behind}"


def totals(sites: Sequence[Row]) -> str:
    """What the night brought, all sites together, in a sentence."""

    def total(key: str) -> int:
        return sum(int(row.get(key) or 0) for row in sites)

    return (
        f"{count(total('articles_new'), 'new article')}, {plain(total('articles_changed'))} changed; "
        f"{count(total('fetched'), 'page')}, {plain(total('unchanged'))} of the answers unchanged; "
        f"{size(total('bytes_stored'))} stored, {size(total('bytes_saved'))} saved"
    )


def remedies(row: Row) -> list[str]:
    """What to do about a site, a line each: each finding's page and command, then what helps with all."""
    check = f"archiver sites check {row['site']}"
    shown = _shown_by(row)
    general = str(row.get("hint") or f"look closer: {check}")
    lines = [f"{code}: {url} – {hint}" for code, url, hint in shown]
    return lines if check in [hint for _, _, hint in shown] else [*lines, general]


def _shown_by(row: Row) -> list[tuple[str, str, str]]:
    """Of each finding that needs a person its code, the page that shows it, and what looks closer."""
    found = row.get("findings") or ()
    return [(f["code"], f["url"], f["hint"]) for f in found if f["severity"] != "note"]


def _needs(row: Row) -> list[str]:
    first, *others = row["problems"]
    return [
        f"{row['site']}: {row['state']} – {first}",
        *(f"  {problem}" for problem in others),
        *([f"  {states}"] if (states := _states(row)) else []),
        *(f"  {line}" for line in remedies(row)),
    ]


def _states(row: Row) -> str:
    """What became of articles that the night found gone, moved or replaced; empty where it found none."""
    found = ", ".join(f"{plain(number)} {state}" for state, number in (row.get("states") or {}).items())
    return f"{found}: archiver gone --site {row['site']}" if found else ""


def _brief(row: Row) -> str:
    if row["state"] == "not run":
        return f"{row['site']}: not run – {row['reason']}"
    text = f"{row['site']}: {row['articles_new']} new, {row['articles_changed']} changed, "
    text += f"{row['articles']} in all"
    text += f"; {states}" if (states := _states(row)) else ""
    text += "" if row["derived"] else ", its pages not derived yet"
    return text if row["state"] == "complete" else f"{text}; {row['state']} – {row['reason']}"
