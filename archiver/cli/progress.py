"""Progress of long work on a terminal; nothing where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archiver.amounts import plain
from archiver.crawl.counts import Counts
from archiver.model import Article
from archiver.site import Site

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class _Shown:
    """What is shown while a ``with`` block works, and gone behind it."""

    def __init__(self, *, enabled: bool) -> None:
        self._progress: Progress | None = _progress() if enabled else None

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress:
            self._progress.stop()


class CrawlProgress(_Shown):
    """A line a site: pages, rate, what is being fetched; then a bar while articles are derived."""

    def __init__(self, *, enabled: bool) -> None:
        super().__init__(enabled=enabled)
        self._tasks: dict[str, TaskID] = {}
        self._began: dict[str, float] = {}

    def crawling(self, site: Site, counts: Counts, done: bool) -> None:
        """Show how far the crawl of a site is."""
        if not self._progress:
            return
        began = self._began.setdefault(site.name, time.monotonic())
        rate = counts.fetched / max(time.monotonic() - began, 0.001)
        what = "done" if done else f"waits: {counts.outage}" if counts.outage else _short(counts.latest)
        text = f"{counts.fetched} pages, {counts.articles} articles, {rate:.1f}/s  {what}"
        self._progress.update(self._task(site), detail=text)

    def deriving(self, site: Site) -> Callable[[int, int], None]:
        """Show how far the articles of a site are."""

        def show(done: int, of: int) -> None:
            if self._progress:
                self._progress.update(
                    self._task(site), total=of, completed=done, detail=f"articles: page {done} of {of}"
                )

        return show

    def _task(self, site: Site) -> TaskID:
        assert self._progress is not None
        if site.name not in self._tasks:
            self._tasks[site.name] = self._progress.add_task(site.name, total=None, detail="")
        return self._tasks[site.name]


class BackfillProgress(_Shown):
    """A line: mementos so far, rate, what is being fetched."""

    def __init__(self, name: str, *, enabled: bool) -> None:
        super().__init__(enabled=enabled)
        self._task = self._progress.add_task(name, total=None, detail="the list") if self._progress else None
        self._began = time.monotonic()

    def at(self, done: int, url: str) -> None:
        """Show how many mementos were fetched, and which comes."""
        if self._progress and self._task is not None:
            rate = done / max(time.monotonic() - self._began, 0.001)
            self._progress.update(self._task, detail=f"{done} mementos, {rate:.1f}/s  {_short(url)}")


class ExportProgress(_Shown):
    """One bar for what is written one by one: articles, or files into a package."""

    def __init__(self, *, enabled: bool) -> None:
        super().__init__(enabled=enabled)
        self._task = self._progress.add_task("export", total=None, detail="") if self._progress else None

    def articles(self, found: Iterable[Article], total: Callable[[], int]) -> Iterator[Article]:
        """The articles as they come; how many of ``total``, which is asked where somebody watches."""
        if not self._progress:
            yield from found
            return
        of = total()
        for number, article in enumerate(found, 1):
            yield article
            if number % 100 == 0 or number == of:
                self.at(number, of, "articles")

    def at(self, done: int, of: int, noun: str) -> None:
        """Show how many are done."""
        if self._progress and self._task is not None:
            detail = f"{plain(done)} of {plain(of)} {noun}"
            self._progress.update(self._task, total=of, completed=done, detail=detail)


class Bar(_Shown):
    """One bar for work whose size in bytes is known; nothing where nobody watches."""

    def __init__(self, name: str, total: int, *, enabled: bool) -> None:
        super().__init__(enabled=enabled)
        self._task = self._progress.add_task(name, total=total, detail="") if self._progress else None

    def at(self, done: int) -> None:
        """Show how many bytes are done."""
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=done, detail=f"{done / 1e6:,.0f} MB")


def _short(url: str) -> str:
    """An address without its host, so that a line stays a line."""
    path = url.split("/", 3)[-1]
    return path if len(path) <= 44 else "…" + path[-43:]


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}", markup=True),
        BarColumn(bar_width=16),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
