"""``python -m bench``: measures everything, prints a table, writes ``bench/results.json``.

Ends with 1 where an aim was missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.archive import prepare
from bench.crawling import ROOT, Crawls, alternating, follower, ours, wget, wget_program
from bench.extraction import derive_figure, extraction_figures
from bench.figure import Figure
from bench.process import run
from bench.server import served
from bench.startup import startup_figures
from bench.table import show, write
from bench.verifying import verify_figure

RESULTS = Path(__file__).with_name("results.json")
AGAINST_WGET = 2.0
MEMORY = 150.0
FEW = 300


def crawl_figures(pages: int, times: int) -> list[Figure]:
    """Our crawl against wget's of the same site, in turns."""
    crawlers = {"ours": ours} | ({"wget": wget} if wget_program() else {})
    with served(pages) as address:
        found = alternating(address, crawlers, times)
    us, them = found["ours"], found.get("wget")
    return [
        Figure(name="our crawl", value=us.milliseconds, unit="CPU ms a page", note=_note(us)),
        _against_wget(us, them),
        Figure(name="peak memory of our crawl", value=us.memory, unit="MB", aim=MEMORY, note=_note(us)),
        *_compressed(min(pages, 1000), them),
        *_follower(min(pages, FEW), them),
    ]


def _note(crawls: Crawls) -> str:
    first = crawls.runs[0]
    return f"{first.pages} pages, median of {len(crawls.runs)}, {crawls.rate:.0f} pages a second"


def _against_wget(us: Crawls, them: Crawls | None) -> Figure:
    name, unit = "fetch, links, WARC, index and rows", "× wget -r --warc-file"
    if them is None:
        return Figure(name=name, value=None, unit=unit, note="wget is not installed here: not measured")
    note = f"wget: {them.milliseconds:.2f} CPU ms a page, {_note(them)}"
    return Figure(
        name=name, value=us.milliseconds / them.milliseconds, unit=unit, aim=AGAINST_WGET, note=note
    )


def _compressed(pages: int, them: Crawls | None) -> list[Figure]:
    if them is None:
        return []
    with served(pages, packed=True) as address:
        us = alternating(address, {"ours": ours}, 1)["ours"]
    value = us.milliseconds / them.milliseconds
    note = f"{us.milliseconds:.2f} CPU ms a page, {_note(us)}"
    return [Figure(name="the same, pages sent as gzip", value=value, unit="× wget, uncompressed", note=note)]


def _follower(pages: int, them: Crawls | None) -> list[Figure]:
    if them is None:
        return []
    with served(pages) as address:
        all_links = alternating(address, {"follower": follower}, 1)["follower"]
    value = all_links.milliseconds / them.milliseconds
    note = f"{all_links.milliseconds:.1f} CPU ms a page, {_note(all_links)}; stores nothing"
    return [Figure(name="a CrawlSpider that follows everything", value=value, unit="× wget", note=note)]


def archive_figures(pages: int, times: int) -> list[Figure]:
    """Derivation, verification, and the commands that read, on a small archive."""
    with archived(pages) as home:
        figures = [
            derive_figure(home, pages, home.parent),
            verify_figure(home, "files of a crawl"),
            *startup_figures(home, home.parent, times),
        ]
    with archived(pages, packed=True) as home:
        return [*figures, verify_figure(home, "the same, pages sent as gzip")]


@contextmanager
def archived(pages: int, *, packed: bool = False) -> Iterator[Path]:
    """An archive home of the bench site, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, served(pages, packed=packed) as address:
        home = Path(name) / "home"
        prepare(home, address)
        command = [sys.executable, "-m", "archiver", "-q", "--data-dir", str(home), "crawl", "--delay", "0"]
        usage = run(command, folder=Path(name), environ={"PYTHONPATH": str(ROOT)})
        if usage.code:
            raise SystemExit(f"{' '.join(command)} ended with {usage.code}:\n{usage.output[-2000:]}")
        yield home


def main() -> int:
    """Measure, print, write; 1 where an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--pages", type=int, default=5000, metavar="N", help="articles of the bench site")
    parser.add_argument("--times", type=int, default=3, metavar="N", help="crawls of each, in turns")
    options = parser.parse_args()
    os.chdir(ROOT)
    few = min(options.pages, FEW)
    figures = [
        *crawl_figures(options.pages, options.times),
        *extraction_figures(),
        *archive_figures(few, 2 * options.times + 1),
    ]
    show(figures)
    command = f"python -m bench --pages {options.pages} --times {options.times}"
    write(RESULTS, figures, command=command, when=datetime.now(UTC).isoformat(timespec="seconds"))
    return 1 if any(figure.is_met is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
