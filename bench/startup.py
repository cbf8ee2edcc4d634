"""How long commands take to start, and what they import on the way."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from bench.crawling import ROOT
from bench.figure import Figure
from bench.process import Usage, run

AIM = 0.3
# What a command that reads must not import: the crawler, trees of HTML, and their company.
HEAVY = ("scrapy", "twisted", "lxml", "feedparser", "dateparser", "sqlite_utils", "warcio")


def startup_figures(home: Path, folder: Path, times: int) -> list[Figure]:
    """Seconds until ``search`` in the archive at ``home`` and ``--help`` have ended."""
    search = ["--data-dir", str(home), "search", "ledning"]
    figures = [
        _figure("start and end of archiver search", search, folder, times, AIM),
        _figure("start and end of archiver --help", ["--help"], folder, times, None),
    ]
    found = imported(search, folder)
    heavy = [name for name in HEAVY if name in found]
    note = f"imported: {', '.join(heavy)}" if heavy else f"none of {', '.join(HEAVY)}"
    return [
        *figures,
        Figure(name="heavy packages in it", value=len(heavy), unit="packages", aim=0, note=note),
    ]


def _figure(name: str, arguments: list[str], folder: Path, times: int, aim: float | None) -> Figure:
    runs = [_archiver(arguments, folder) for _ in range(times)]
    wall = statistics.median(usage.wall for usage in runs)
    cpu = statistics.median(usage.cpu for usage in runs)
    return Figure(name=name, value=wall, unit="s", aim=aim, note=f"median of {times}; CPU {cpu:.2f} s")


def _archiver(arguments: list[str], folder: Path, *options: str) -> Usage:
    command = [sys.executable, *options, "-m", "archiver", *arguments]
    usage = run(command, folder=folder, environ={"PYTHONPATH": str(ROOT)})
    if usage.code:
        raise SystemExit(f"{' '.join(command)} ended with {usage.code}:\n{usage.output[-2000:]}")
    return usage


def imported(arguments: list[str], folder: Path) -> set[str]:
    """The top-level packages that a command of ours imports."""
    lines = _archiver(arguments, folder, "-X", "importtime").output.splitlines()
    names = (line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:"))
    return {name.partition(".")[0] for name in names}
