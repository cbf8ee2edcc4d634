"""What a profile expects goes before what was learned, and nothing is ever silently zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from archiver.night import ListingNight, Night
from archiver.nightly.detect import detect
from archiver.nightly.finding import MEANINGS
from archiver.nightly.rhythm import LONGEST, UNKNOWN, rhythm_of
from archiver.nightly.usual import newest_unlikely
from archiver.site import Expectations

BEGUN = date(2025, 1, 1)
LISTING = ListingNight(url="http://s/nyheter/", role="listing", entries=20, kind="listing")
USUAL = Night(site="s", crawl="c", day=BEGUN, asked=10, pages=10, articles=8, reread=8, listings=(LISTING,))
WEEKLY = [BEGUN - timedelta(7 * n) for n in range(150)]


def nights(count: int, night: Night = USUAL) -> list[Night]:
    return [replace(night, day=BEGUN + timedelta(n), crawl=f"{n:04}") for n in range(count)]


def codes(
    tonight: Night, *, days: int = 5, past: int = 60, expect: Expectations | None = None
) -> dict[str, str]:
    """The findings of a night so many days after the last article: code and severity."""
    tonight = replace(tonight, day=BEGUN + timedelta(days), crawl="9999")
    found = detect(expect or Expectations(), nights(past), tonight, WEEKLY, BEGUN)
    return {finding.code: finding.severity for finding in found}


def test_silence_by_the_rhythm_or_by_the_profile() -> None:
    assert codes(USUAL, days=30) == {}
    assert codes(USUAL, days=70) == {"silence": "warning"}
    assert codes(replace(USUAL, new=1), days=70) == {}
    assert codes(USUAL, days=30, expect=Expectations(silent_days_max=29)) == {"silence": "warning"}
    assert codes(USUAL, days=70, expect=Expectations(silent_days_max=90)) == {}


def test_what_is_ignored_is_a_note() -> None:
    assert codes(USUAL, days=70, expect=Expectations(ignore=("silence",))) == {"silence": "note"}


def test_errors_by_the_profile_need_no_second_night() -> None:
    bad = replace(USUAL, refused=5, pages=5)
    assert codes(bad) == {}
    assert codes(bad, expect=Expectations(errors_max=0.4)) == {"errors": "warning"}
    assert codes(bad, expect=Expectations(errors_max=0.5)) == {}


@pytest.mark.parametrize(
    ("denied", "wanted", "errors_max", "found"),
    [
        (2, 2, None, False),
        (3, 6, None, True),
        (40, 81, None, False),
        (37, 40, 0.95, False),
        (39, 40, 0.95, True),
        (10, 40, 0.1, False),  # dead links stay for ever, what fails tonight does not
    ],
)
@pytest.mark.parametrize("past", [0, 1, 50])
def test_pages_that_were_never_to_be_had(
    denied: int, wanted: int, errors_max: float | None, found: bool, past: int
) -> None:
    tonight = replace(USUAL, denied=denied, wanted=wanted)
    told = detect(
        Expectations(errors_max=errors_max), nights(past, tonight), replace(tonight, crawl="9"), WEEKLY, BEGUN
    )
    assert [finding.code for finding in told] == (["refused"] if found else [])


@pytest.mark.parametrize("digest", ["a", None])
def test_a_listing_of_two_that_the_profile_does_not_read_any_more(digest: str | None) -> None:
    small = replace(LISTING, entries=2, digest=digest)
    tonight = replace(USUAL, listings=(replace(small, entries=0),), crawl="9999")
    found = detect(Expectations(), nights(5, replace(USUAL, listings=(small,))), tonight, WEEKLY, BEGUN)
    assert [finding.code for finding in found] == (["listing-empty"] if digest else [])


@pytest.mark.parametrize(
    ("entries", "least", "found"), [(0, None, True), (0, 0, False), (19, 20, True), (3, None, False)]
)
def test_listings_by_the_profile(entries: int, least: int | None, found: bool) -> None:
    tonight = replace(USUAL, listings=(replace(LISTING, entries=entries),))
    assert ("listing-empty" in codes(tonight, expect=Expectations(listing_entries_min=least))) is found


@pytest.mark.parametrize("past", [0, 1, 50])
def test_a_site_of_which_no_listing_ever_named_anything_is_no_silent_zero(past: int) -> None:
    empty = replace(USUAL, articles=0, listings=(replace(LISTING, entries=0),))
    found = detect(Expectations(), nights(past, empty), replace(empty, crawl="9999"), [], BEGUN)
    assert [finding.code for finding in found] == ["listing-empty"]


def test_a_site_without_any_date_may_not_be_silent_for_ever() -> None:
    late = replace(USUAL, day=BEGUN + timedelta(UNKNOWN + 1), crawl="9999")
    [finding] = detect(Expectations(), nights(60), late, [], BEGUN)
    assert finding.code == "silence"


def test_a_start_page_that_is_always_an_empty_shell_is_no_wall() -> None:
    shell = replace(LISTING, url="http://s/", entries=0, kind="empty shell")
    past = nights(30, replace(USUAL, listings=(LISTING, shell)))
    assert detect(Expectations(), past, replace(past[-1], crawl="9999"), WEEKLY, BEGUN) == []
    walled = replace(past[-1], crawl="9999", listings=(replace(LISTING, entries=0, kind="consent"), shell))
    assert [finding.code for finding in detect(Expectations(), past, walled, WEEKLY, BEGUN)] == ["wall"]


def test_a_failed_crawl_says_so_itself() -> None:
    assert codes(replace(USUAL, state="failed", listings=()), days=300) == {}


def test_a_summer_in_which_a_site_never_publishes_is_no_silence() -> None:
    every_day = [date(2020, 1, 1) + timedelta(n) for n in range(5 * 365)]
    rests = [day for day in every_day if day.weekday() == 1 and day.month != 7]
    before, after = date(2024, 6, 25), date(2024, 4, 2)
    rhythm = rhythm_of([day for day in rests if day <= before], before)
    in_summer, in_spring = rhythm.silent_until(before) - before, rhythm.silent_until(after) - after
    assert in_spring < timedelta(50)
    assert in_spring + timedelta(20) < in_summer < timedelta(90)


def test_a_rhythm_of_nothing() -> None:
    assert rhythm_of([], BEGUN).silent_until(BEGUN) == BEGUN + timedelta(UNKNOWN)
    seldom = [BEGUN - timedelta(700 * n) for n in range(4)]
    assert rhythm_of([*seldom, *(BEGUN - timedelta(n) for n in range(3))], BEGUN).silent_until(
        BEGUN
    ) <= BEGUN + timedelta(LONGEST)


def test_bursts_are_no_chance_and_no_alarm() -> None:
    steady = [(0, 1)] * 100
    assert newest_unlikely(steady, [(1, 1)] * 4) == (3, 3)
    assert newest_unlikely(steady, [(0, 1)] * 3 + [(1, 1)] * 4) is None  # it is over
    bursts = ([(0, 1)] * 25 + [(1, 1)] * 5) * 4 + [(0, 1)]
    assert newest_unlikely(bursts, [(1, 1)] * 5 + [(0, 1)]) is None
    assert newest_unlikely([(0, 1)] * 5, [(1, 1)] * 5) is None  # too little is known


def test_every_finding_has_a_meaning_and_a_place_in_the_docs() -> None:
    from tests.nightly.cases import DOCS

    text = DOCS.read_text("utf-8")
    assert [code for code in MEANINGS if f"`{code}`" not in text] == []
