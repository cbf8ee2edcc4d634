"""What a folder of labelled pages tells beside the scores: the cost, and how far graded dates are wrong.

    python -m bench.labelled PAGES.jsonl

A line of the file is an object with ``file`` (the page's bytes, gzipped or not, relative to it),
``url`` and, where somebody has read the page, ``date``; pages with ``date_doubt`` are left out.
"""

from __future__ import annotations

import gc
import gzip
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from archiver.extract.article import extract_article
from archiver.model import Extraction, Page

MACHINES = ("json-ld", "meta", "microdata")
DISPUTED = ("disputed",)


def labelled(path: Path) -> Iterator[tuple[dict[str, Any], Page]]:
    """Each label with its page, one at a time."""
    for line in path.read_text("utf-8").splitlines():
        label = json.loads(line)
        body = (path.parent / label["file"]).read_bytes()
        if label["file"].endswith(".gz"):
            body = gzip.decompress(body)
        yield label, Page(url=label.get("url") or "", body=body)


def main() -> int:
    """Print the figures of the pages that the first argument names."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    parsing = extracting = 0.0
    pages = 0
    gc.freeze()  # as `archiver extract --batch` does
    gc.set_threshold(50_000, 20, 20)
    given: Counter[bool] = Counter()  # dates stated for machines, by whether they are right
    disputed: Counter[bool] = Counter()
    for label, page in labelled(Path(sys.argv[1])):
        started = time.process_time()
        etree.fromstring(page.body or b"<p>", etree.HTMLParser(huge_tree=True))
        parsed = time.process_time()
        found = extract_article(page)
        extracting += time.process_time() - parsed
        parsing += parsed - started
        pages += 1
        if (said := _graded(label, found, MACHINES)) is not None:
            given[said == label["date"]] += 1
        if (said := _graded(label, found, DISPUTED)) is not None:
            disputed[said == label["date"]] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"CPU of all fields     {extracting / parsing:.1f} lxml parses of the same {pages} pages")
    print(f"peak memory           {peak} MB")
    for name, counts in (("dates for machines", given), ("disputed dates", disputed)):
        share = counts[False] / max(counts.total(), 1)
        print(f"{name:<22}{counts.total()} of labelled pages, wrong {share:.3f}")
    return 0


def _graded(label: dict[str, Any], found: Extraction, methods: tuple[str, ...]) -> str | None:
    """The day that is found by one of these methods, where the page's own day is known."""
    how = found.evidence.get("date_published")
    if how is None or how.method not in methods or label.get("date_doubt"):
        return None
    try:
        date.fromisoformat(label.get("date") or "")
    except ValueError:
        return None
    return (found.date_published or "")[:10]


if __name__ == "__main__":
    sys.exit(main())
