"""The crawl of the bench site by us, by wget and by a spider that follows everything."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.archive import prepare
from bench.process import Usage, run
from bench.server import pages_served

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """One crawl of the bench site: how many pages the server gave out, and what it took."""

    pages: int
    usage: Usage

    @property
    def milliseconds(self) -> float:
        """CPU milliseconds a page, start-up and all."""
        return self.usage.cpu * 1000 / self.pages


@dataclass(frozen=True, kw_only=True)
class Crawls:
    """Several crawls by the same crawler."""

    runs: tuple[Crawl, ...]

    @property
    def milliseconds(self) -> float:
        """The median of the CPU milliseconds a page."""
        return statistics.median(crawl.milliseconds for crawl in self.runs)

    @property
    def memory(self) -> float:
        """The highest peak of resident memory, MB."""
        return max(crawl.usage.memory for crawl in self.runs)

    @property
    def rate(self) -> float:
        """Pages a second, the median."""
        return statistics.median(crawl.pages / crawl.usage.wall for crawl in self.runs)


Crawler = Callable[[str, Path], Crawl]


def alternating(address: str, crawlers: Mapping[str, Crawler], times: int) -> dict[str, Crawls]:
    """Each crawler so many times, in turns, so that a slow minute of the machine meets all alike."""
    runs: dict[str, list[Crawl]] = {name: [] for name in crawlers}
    for _ in range(times):
        for name, crawler in crawlers.items():
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                runs[name].append(crawler(address, Path(folder)))
    return {name: Crawls(runs=tuple(found)) for name, found in runs.items()}


def ours(address: str, folder: Path) -> Crawl:
    """Our crawl: fetch, links, WARC, index and rows, without extraction."""
    prepare(folder / "home", address)
    return _measured(address, [sys.executable, "-m", "bench.archive", str(folder / "home")], folder)


def wget(address: str, folder: Path) -> Crawl:
    """``wget -r --warc-file`` of the same site."""
    options = ["-q", "-r", "-l", "inf", "--warc-file=bench", "--no-proxy"]
    return _measured(address, [wget_program() or "wget", *options, f"{address}/nyheter/"], folder)


def wget_program() -> str | None:
    """Where wget is, None where it is not installed."""
    return shutil.which("wget")


def follower(address: str, folder: Path) -> Crawl:
    """Scrapy's CrawlSpider that follows every link and stores nothing."""
    return _measured(address, [sys.executable, "-m", "bench.follower", f"{address}/nyheter/"], folder)


def _measured(address: str, command: list[str], folder: Path) -> Crawl:
    pages_served(address)
    usage = run(command, folder=folder, environ={"PYTHONPATH": str(ROOT)})
    pages = pages_served(address)
    # wget ends with 8 where any answer was an error, as a robots.txt that is not there is.
    if usage.code not in (0, 8) or not pages:
        raise SystemExit(
            f"{' '.join(command)} ended with {usage.code} after {pages} pages:\n{usage.output[-2000:]}"
        )
    return Crawl(pages=pages, usage=usage)
