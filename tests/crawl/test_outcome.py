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
