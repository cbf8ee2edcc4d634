"""What the extraction reaches on labelled pages may not sink: the floors stand in ``floors.json``.

The bodies are measured with the judge that is shipped, which has seen these pages; what it is
worth on sites it has not seen is said by ``training/train_judge.py`` and pinned here by a judge
trained without a fold of the sites (``held_out.json``), measured on that fold alone.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from archiver.extract import body as body_module
from archiver.extract.article import extract_article
from archiver.extract.judge import compiled
from archiver.model import Page
from tests.conftest import SHARED

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))
FOLDS = 5
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """The scorer that stands beside the labelled pages."""
    path = SHARED / "bench" / "extraction" / "score.py"
    if not path.is_file():
        pytest.skip("the labelled pages are not here")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def labelled(scorer: ModuleType) -> list[dict[str, Any]]:
    assert scorer.__file__
    pages = scorer.read_jsonl(Path(scorer.__file__).with_name("pages.jsonl"))
    return [scorer.without_doubt(page) for page in pages]


def bytes_of(scorer: ModuleType, page: dict[str, Any]) -> bytes:
    return gzip.decompress((Path(scorer.__file__ or "").parent / page["file"]).read_bytes())


def predictions(scorer: ModuleType, pages: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in pages:
        body = bytes_of(scorer, page)
        found = extract_article(Page(url=page["url"] or "http://example.org/page", body=body))
        yield (
            page["id"],
            {"title": found.title, "body": found.body, "date": (found.date_published or "")[:10]},
        )


def figures(scorer: ModuleType, pages: list[dict[str, Any]]) -> dict[str, float]:
    """The measures that have a floor; ``wrong`` and ``broken`` as the share that is right."""
    rows = scorer.score_all(pages, dict(predictions(scorer, pages)))
    groups = dict(scorer.groups_of(pages))
    news = scorer.aggregate([row for row in rows if row["dataset"] in groups["NEWS"]])
    whole = scorer.aggregate(rows)
    titles = scorer.aggregate([r for r in rows if r["dataset"] in groups["NEWS"] | {"trafilatura"}])
    return {
        "news_f1": news["body"]["f1"],
        "news_date": news["date"]["exact"],
        "news_date_not_wrong": 1 - news["date"]["wrong"],
        "body_f1": whole["body"]["f1"],
        "not_broken": 1 - whole["body"]["below_0.8"],
        "segment_f1": whole["segments"]["f1"],
        "title": titles["title"]["exact"],
        "date": whole["date"]["exact"],
        "date_not_wrong": 1 - whole["date"]["wrong"],
    }


def below(found: dict[str, float], floors: dict[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (round(found[name], 4), floor) for name, floor in floors.items() if found[name] < floor}


def test_no_measure_sinks_on_the_labelled_pages(scorer: ModuleType, labelled: list[dict[str, Any]]) -> None:
    found = figures(scorer, labelled)
    assert not below(found, FLOORS["all"]), found


def test_no_measure_sinks_on_sites_the_judge_has_not_seen(
    scorer: ModuleType, labelled: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    score = compiled(json.loads((HERE / "held_out.json").read_text("utf-8")))
    monkeypatch.setattr(body_module, "judge", lambda: score)
    pages = [page for page in labelled if site_number(page.get("domain") or "") % FOLDS == 0]
    found = figures(scorer, pages)
    assert not below(found, FLOORS["held_out"]), found


def site_number(domain: str) -> int:
    name = ".".join(domain.split(".")[-2:])
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16)


def test_an_article_costs_few_parses_of_its_page(scorer: ModuleType, labelled: list[dict[str, Any]]) -> None:
    pages = [(page["url"] or "http://example.org/page", bytes_of(scorer, page)) for page in labelled[::6]]
    parser = etree.HTMLParser
    start = time.process_time()
    for _, body in pages:
        etree.fromstring(body.replace(b"\0", b"") or b"<p>", parser(huge_tree=True))
    parsed = time.process_time() - start
    start = time.process_time()
    for url, body in pages:
        extract_article(Page(url=url, body=body))
    assert (time.process_time() - start) / parsed < FLOORS["parses_at_most"]
