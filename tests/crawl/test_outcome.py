"""What is said of how a crawl ended."""

from __future__ import annotations

from archiver.crawl.counts import Counts
from archiver.crawl.outcome import OUT_OF_TIME, outcome


def test_a_host_that_is_away_when_the_time_ends_is_told_of() -> None:
    seen = Counts(answered=3, outage="connection: refused")
    state, why = outcome(seen, waiting=7, error=None, stopped=OUT_OF_TIME, reason=OUT_OF_TIME)
    assert (state, why) == ("partial", "connection: refused, when the time ended")
    calm = outcome(Counts(answered=3), waiting=7, error=None, stopped=OUT_OF_TIME, reason=OUT_OF_TIME)
    assert calm == ("partial", OUT_OF_TIME)


def test_a_crawl_that_only_goes_on_with_what_fails_says_nothing_of_the_site() -> None:
    left = Counts(goes_on=True, failed=3, passing=3, reasons={"server error (500)": 3})
    assert outcome(left, waiting=0, error=None, stopped=None, reason="finished")[0] == "partial"
    alone = Counts(failed=1, passing=1, reasons={"server error (500)": 1})
    assert outcome(alone, waiting=0, error=None, stopped=None, reason="finished")[0] == "failed"
    denied = Counts(goes_on=True, failed=4, reasons={"forbidden (403)": 4})
    assert outcome(denied, waiting=0, error=None, stopped=None, reason="finished")[0] == "partial"
    dead = Counts(goes_on=True, failed=1, reasons={"not found (404)": 1})
    assert outcome(dead, waiting=0, error=None, stopped=None, reason="finished")[0] == "complete"
    again = Counts(goes_on=True, failed=1, passing=1, lasting=1, reasons={"server error (500)": 1})
    assert outcome(again, waiting=0, error=None, stopped=None, reason="finished")[0] == "complete"
    away = Counts(goes_on=True, failed=1, passing=1, reasons={"connection: refused": 1})
    assert outcome(away, waiting=0, error=None, stopped=None, reason="finished")[0] == "failed"
    nothing = Counts(goes_on=True)
    assert outcome(nothing, waiting=0, error=None, stopped=None, reason="finished")[0] == "failed"


def test_a_list_without_end_is_told_of() -> None:
    state, why = outcome(
        Counts(answered=9, cut_off="https://x.example/?page=5000"),
        waiting=0,
        error=None,
        stopped=None,
        reason="finished",
    )
    assert (state, str(why).endswith("/?page=5000")) == ("partial", True)
