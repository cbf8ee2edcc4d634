"""What extraction and derivation cost: in lxml parses of the same page, and in pages a second."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree

from archiver.demo import articles
from archiver.demo.site_map import site_map
from archiver.extract.article import extract_article
from archiver.model import Page
from bench.crawling import ROOT
from bench.figure import Figure
from bench.process import run
from bench.site import BenchSite

ROUNDS = 5


def demo_pages() -> list[Page]:
    """The articles of the bundled demo site: short pages, 5 to 7 kB."""
    base = "http://127.0.0.1:8000"
    found = site_map(base)
    return [_page(base + article.path, found[article.path].body) for article in articles()]


def bench_pages(count: int = 40) -> list[Page]:
    """Articles of the bench site, 36 kB with 160 links."""
    site = BenchSite(articles=5000)
    paths = [site.address(number) for number in range(1, 5000, 5000 // count)]
    return [_page(f"http://127.0.0.1:8000{path}", site.page(path) or b"") for path in paths]


def _page(url: str, body: bytes) -> Page:
    return Page(url=url, body=body, content_type="text/html; charset=utf-8")


def extraction_figures() -> list[Figure]:
    """CPU of extraction, as ``archiver extract --batch`` does it, in parses by lxml of the same page."""
    return [_extraction("the demo site", demo_pages()), _extraction("the bench site", bench_pages())]


def _extraction(name: str, pages: Sequence[Page]) -> Figure:
    """The whole of ``extract_article``, each page for itself."""
    parsing = _cheapest(pages, lambda page: etree.fromstring(page.body, etree.HTMLParser()))
    extracting = _cheapest(pages, extract_article)
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    each = f"{extracting / len(pages) * 1000:.2f} CPU ms against {parsing / len(pages) * 1000:.2f}"
    return Figure(
        name=f"extraction, pages of {name}",
        value=extracting / parsing,
        unit="× one lxml parse",
        note=f"{len(pages)} articles of {size:.0f} kB; {each}",
    )


def _cheapest(pages: Sequence[Page], work: Callable[[Page], object]) -> float:
    """CPU seconds for all pages, the best of some rounds: what else runs only ever adds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for page in pages:
            work(page)
        rounds.append(time.process_time() - began)
    return min(rounds)


def derive_figure(home: Path, pages: int, folder: Path) -> Figure:
    """Pages a second of ``archiver derive`` in the archive at ``home``, start-up and rows included."""
    command = [sys.executable, "-m", "archiver", "--data-dir", str(home), "derive", "--json"]
    usage = run(command, folder=folder, environ={"PYTHONPATH": str(ROOT)})
    if usage.code or not re.search(r'"(?:same|new|changed)"', usage.output):
        raise SystemExit(f"{' '.join(command)} ended with {usage.code}:\n{usage.output[-2000:]}")
    return Figure(
        name="archiver derive",
        value=usage.cpu / pages * 1000,
        unit="CPU ms a page",
        note=f"{pages} pages; {pages / usage.wall:.0f} pages a second, {usage.memory:.0f} MB",
    )
