"""The page of a night: it needs nothing else, says what the report says, and text stays text."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from archiver.amounts import size
from archiver.nightly.history import History, NightTotals, history_of
from archiver.nightly.page import night_page
from archiver.plots import bars, lines, nice
from archiver.store.database import open_database

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
NIGHTS = ["2026-11-24", "2026-11-25", "2026-11-26"]


def report(**site: Any) -> dict[str, Any]:
    row = {
        "site": "s", "state": "complete", "reason": None, "problems": [], "articles": 3, "articles_new": 1200,
        "articles_changed": 1, "fetched": 4, "failed": 0, "unchanged": 2, "bytes_stored": 4100, "bytes_saved": 0,
        "seconds": 1.5, "statuses": {"200": 3, "304": 1}, "latency_ms": {"median": 12, "p95": 90},
    }  # fmt: skip
    return {
        "crawl": "20261126T020000Z-abcd", "night": "2026-11-26", "began": "b", "ended": "e", "exit_code": 0,
        "nights_not_run": [], "run_before_began_later": None, "sites": [row | site],
    }  # fmt: skip


def history() -> History:
    nights = [NightTotals(night=NIGHTS[0], new=2, changed=0, stored=10, saved=0, median=3, p95=5)]
    nights += [
        NightTotals(night=NIGHTS[1]),
        NightTotals(night=NIGHTS[2], new=1, changed=1, answers={"2xx": 3}),
    ]
    states = {"s": {NIGHTS[0]: ("complete", None), NIGHTS[1]: ("not run", "no crawl ran")}}
    return History(nights=nights, states=states)


def test_the_page_asks_for_nothing_and_shows_what_the_report_says() -> None:
    page = night_page(report(), history())
    root = lxml.html.fromstring(page)
    assert not root.xpath("//script | //link | //img | //iframe | //@src | //@href")
    assert "url(" not in page and "@import" not in page
    text = root.text_content()
    assert "the site is healthy" in text and "1,200 new articles" in text
    assert len(root.xpath("//svg[@role='img'][@aria-label]")) == 4
    assert root.xpath("//td[@class='not-run']/@title") == ["2026-11-25: not run – no crawl ran"]


@pytest.mark.parametrize("key", ["site", "reason", "state"])
def test_text_of_others_stays_text(key: str) -> None:
    states = {HOSTILE: {NIGHTS[2]: ("failed", HOSTILE)}}
    page = night_page(
        report(**{key: HOSTILE}, problems=[HOSTILE]), History(nights=history().nights, states=states)
    )
    root = lxml.html.fromstring(page)
    assert not root.xpath("//script | //img | //@onerror")
    assert HOSTILE in root.text_content()


def test_a_night_without_value_is_a_gap_and_no_zero() -> None:
    drawn = bars("x", NIGHTS, {"a": [1, None, 0], "b": [2, None, 0]})
    assert "2026-11-25: not run" in drawn
    assert "2026-11-26: not run" not in drawn
    assert drawn.count("<rect") == 2
    line = lines("x", NIGHTS, {"a": [1, None, 3]})
    assert line.count("<polyline") == 2 and line.count("<circle") == 2


def test_nothing_at_all_can_be_drawn() -> None:
    assert "<svg" in bars("x", [], {"a": []})
    assert "<svg" in lines("x", NIGHTS, {"a": [None, None, None]})
    assert [nice(most) for most in (0, 1, 3, 5, 7, 4100)] == [1, 1, 5, 5, 10, 5000]
    assert [size(n) for n in (0, 999, 4100, 12_000_000)] == ["0 B", "999 B", "4.1 kB", "12 MB"]


def test_reports_that_are_none_of_ours_say_nothing(tmp_path: Any) -> None:
    db = open_database(tmp_path / "archiver.db")
    odd: list[Any] = [
        {"night": "2026-11-26", "sites": [3, {"statuses": [], "latency_ms": {"median": "x"}, "bytes_stored": "1"}]},
        {"night": 3}, {"night": "2026-11-26", "sites": {"a": 1}},
    ]  # fmt: skip
    found = history_of(db, odd, "2026-11-26")
    db.close()
    assert [night.night for night in found.nights] == ["2026-11-26"]
    assert found.nights[0].stored == 0
    assert found.states == {}
