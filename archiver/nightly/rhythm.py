"""The rhythm of a site: how long it may be silent before something is wrong.

Learned from the days on which it has published. A silence is measured in the articles that it should
have brought, not in days: in a July in which a site never publishes nothing is missing. How many may
be missing follows from how often it publishes, as an alarm is to be false less than once in years, and
from the longest silences that it had, as articles come in bursts.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise

YEAR = 365.25
KNOWN = 5  # days of publication without which there is no rhythm
UNKNOWN = 180  # days that a site without a rhythm may be silent
SHORTEST, LONGEST = 10, 400  # days: never sooner, never later
FALSE_A_YEAR = 0.1  # of a site that publishes at random
RECENT = 3  # years from which the longest silences are taken
LONGER = 1.2  # than the second longest of them
AROUND = 12  # days before and after a day of the year that count for its season
DOUBT = 1.0  # articles by which a season of few years is not yet believed
PAST = 6  # years that are looked at
PLACES = 12 * 31  # of the days of a year, those that there are not among them


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How a site publishes: on how many days a year, and how much less of that in each season.

    ``seasons`` has a share for each place in the year, 1 or less; ``bearable`` is how many days of
    publication may be missing.
    """

    days: tuple[date, ...]
    a_year: float = 0.0
    seasons: tuple[float, ...] = ()
    bearable: float = math.inf

    def silent_until(self, since: date) -> date:
        """The day from which a silence that began on another one is too long."""
        if len(self.days) < KNOWN:
            return since + timedelta(UNKNOWN)
        missing = 0.0
        for n in range(1, LONGEST):
            missing += self.expected(since + timedelta(n))
            if missing > self.bearable and n >= SHORTEST:
                return since + timedelta(n)
        return since + timedelta(LONGEST)

    def expected(self, day: date) -> float:
        """How likely the site publishes on a day."""
        return self.a_year / YEAR * self.seasons[_place(day)]


def rhythm_of(published: Iterable[date], today: date) -> Rhythm:
    """The rhythm in the days on which a site has published, up to a day."""
    first = today - timedelta(PAST * YEAR)
    return _rhythm(tuple(sorted({day for day in published if first <= day <= today})))


@lru_cache(maxsize=4)
def _rhythm(days: tuple[date, ...]) -> Rhythm:
    if len(days) < KNOWN:
        return Rhythm(days=days)
    rhythm = Rhythm(days=days, a_year=_a_year(days), seasons=_seasons(days))
    bearable = max(math.log(max(rhythm.a_year / FALSE_A_YEAR, math.e)), _by_habit(rhythm))
    return Rhythm(days=days, a_year=rhythm.a_year, seasons=rhythm.seasons, bearable=bearable)


def _by_habit(rhythm: Rhythm) -> float:
    """What was missing in the longest silence of the last years but one, and a little more."""
    days = rhythm.days
    recent = days[bisect_left(days, days[-1] - timedelta(RECENT * YEAR)) :]
    span = (recent[-1] - recent[0]).days
    until = [0.0, *accumulate(rhythm.expected(recent[0] + timedelta(n)) for n in range(1, span + 1))]
    gaps = sorted(until[(b - recent[0]).days] - until[(a - recent[0]).days] for a, b in pairwise(recent))
    return LONGER * gaps[-2] if len(gaps) > 1 else 0.0


def _a_year(days: Sequence[date]) -> float:
    """Days of publication a year: of the last year or of the last three, whichever is less.

    A site that publishes less than it did is not yet silent.
    """
    rates = []
    for years in (1, RECENT):
        span = min(years * YEAR, (days[-1] - days[0]).days + 1)
        count = len(days) - bisect_right(days, days[-1] - timedelta(span))
        rates.append(count / max(span, 30) * YEAR)
    return min(rates)


def _seasons(days: Sequence[date]) -> tuple[float, ...]:
    """For each place in the year how much of its share the site publishes around it, at most 1."""
    span = (days[-1] - days[0]).days + 1
    seen, observed = [0] * PLACES, [0] * PLACES
    for day in days:
        seen[_place(day)] += 1
    for n in range(span):
        observed[_place(days[0] + timedelta(n))] += 1
    rate = len(days) / span
    return tuple(
        min(1.0, (near + DOUBT) / (rate * nights + DOUBT))
        for near, nights in zip(_around(seen), _around(observed), strict=True)
    )


def _around(counts: Sequence[int]) -> list[int]:
    """For each place the sum of those around it, over the turn of the year."""
    until = [0, *accumulate([*counts[-AROUND:], *counts, *counts[:AROUND]])]
    return [until[n + 2 * AROUND + 1] - until[n] for n in range(len(counts))]


def _place(day: date) -> int:
    return (day.month - 1) * 31 + day.day - 1
