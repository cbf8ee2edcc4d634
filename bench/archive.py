"""Crawls a site into an archive and derives nothing: ``python -m bench.archive HOME``.

What is measured of a crawl runs here, in a process of its own: fetch, links, WARC, index, rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archiver.crawl.runner import CrawlRequest, Run
from archiver.home import Home
from archiver.instants import new_crawl_id

PROFILE = """\
display_name = "Bänkkonsult"
start_urls = ["{address}/nyheter/"]

[[listings]]
kind = "html"
url = "{address}/nyheter/"

[articles]
include = ["/nyheter/*/*/"]
exclude = ["/nyheter/sida/**", "/etikett/**", "**/feed/**"]

[crawl]
delay = 0.0
"""


def prepare(home: Path, address: str) -> None:
    """Write the profile of the bench site at ``address``."""
    (home / "sites").mkdir(parents=True)
    (home / "sites" / "bench.toml").write_text(PROFILE.format(address=address), "utf-8")


def crawl(folder: Path) -> int:
    """Crawl every site of the home; the number of pages."""
    home = Home(folder).prepare()
    request = CrawlRequest(crawl=new_crawl_id(), command="bench", delay=0.0)
    results = Run(home, request, lambda site, counts, over: None).go(home.readable_sites()[0])
    for result in results:
        if result.error or result.coverage is None or result.coverage.state != "complete":
            raise SystemExit(f"the crawl is not complete: {result}")
    return sum(result.counts.fetched for result in results)


if __name__ == "__main__":
    print(crawl(Path(sys.argv[1])))
