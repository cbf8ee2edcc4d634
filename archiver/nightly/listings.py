"""Listings that fall silent: empty ones, and those that go on as if nothing new were published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from archiver.model import WALLS
from archiver.night import ListingNight, Night
from archiver.nightly.finding import SiteFinding
from archiver.site import Expectations, HealthCode

FEW = 3  # entries that a listing has, without which it may well be empty
DROPPED = 0.3  # of the fewest entries that it ever had
LEAST = 3  # articles in a row that a listing does not name
CHANCE = 1e-3
ALIVE, NIGHTS = 0.9, 30  # share of nights on which a lively listing changes, learned from so many
STILL = 7  # nights after which a lively listing that does not change is frozen

Past = Sequence[tuple[Night, ListingNight]]


def odd_listings(expect: Expectations, history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    """What is wrong with the listings of a site."""
    for listing in tonight.listings:
        past = list(_past(history, listing))
        fewer = _empty(expect, _without(past, "listing-empty"), past, listing)
        moved, frozen, over = _moved(past, listing), _frozen(past, listing), _passed_over(listing)
        if history and _is_walled(past, listing):
            yield _finding("wall", f"instead of the listing came another page: {listing.kind}", listing)
        elif fewer:
            yield _finding("listing-empty", "; ".join(filter(None, (fewer, over))), listing)
        elif moved:
            yield _finding("listing-moved", moved, listing)
        elif frozen:
            yield _finding("listing-frozen", frozen, listing)
        if over and listing.entries:
            yield _finding("passed-over", over, listing)
    # Lists that only lead to others name nothing, and articles come all the same.
    nights = (*history, tonight)
    if tonight.listings and not any(n.new or any(x.entries for x in n.listings) for n in nights):
        yield _finding("listing-empty", "no listing names anything", tonight.listings[0])


def _past(history: Sequence[Night], listing: ListingNight) -> Iterator[tuple[Night, ListingNight]]:
    """What a listing said before, each with its night.

    Older rows have it under the address where it led to.
    """
    for night in history:
        by_url = {found.url: found for found in night.listings}
        found = by_url.get(listing.url) or by_url.get(listing.redirect or "")
        if found is not None:
            yield night, found


def _finding(code: HealthCode, message: str, listing: ListingNight) -> SiteFinding:
    there = f"it redirects to {listing.redirect}; " if listing.redirect else ""
    return SiteFinding(
        code=code, severity="warning", message=f"{listing.url}: {there}{message}", url=listing.url
    )


def _is_walled(past: Past, listing: ListingNight) -> bool:
    """True where a wall came instead of a listing; what is a shell every night names nothing as ever."""
    is_wall = listing.kind in WALLS and listing.role == "listing" and not listing.entries
    return is_wall and not any(found.kind in WALLS for found in _without(past, "wall"))


def _without(past: Past, code: HealthCode) -> list[ListingNight]:
    return [found for night, found in past if code not in night.alarms]


def _empty(
    expect: Expectations, usual: Sequence[ListingNight], past: Past, listing: ListingNight
) -> str | None:
    """Why a listing names too little, or None. One that could not be read is told of by the crawl."""
    if listing.entries is None:
        return None
    if expect.listing_entries_min is not None:
        least = expect.listing_entries_min
        return f"{listing.entries} entries, expected at least {least}" if listing.entries < least else None
    if listing.entries == 0 and _was_read(past, listing):
        return "the page is as it was, and the profile reads nothing from it any more"
    known = [found.entries for found in usual if found.entries is not None]
    if not known or median(known) < FEW:
        return None
    if listing.entries == 0:
        return f"it names nothing; usual are {median(known):.0f} entries"
    least_before = min((n for n in known if n), default=0)
    last = past[-1][1].entries
    both = listing.entries < DROPPED * least_before and last is not None and last < DROPPED * least_before
    return f"{listing.entries} entries; never before were there fewer than {least_before}" if both else None


def _was_read(past: Past, listing: ListingNight) -> bool:
    """True where the last time that a listing named anything it was the very page that it is now."""
    last = next((found for _, found in reversed(past) if found.entries), None)
    return last is not None and listing.digest is not None and last.digest == listing.digest


def _moved(past: Past, listing: ListingNight) -> str | None:
    """Why a listing is not what it was since it leads elsewhere, or None where it never was, or is."""
    odd = {"listing-moved", "listing-empty"}
    known = {found.redirect for night, found in past if found.entries and not odd & night.alarms}
    if listing.redirect is None or listing.redirect in known or listing.had < FEW:
        return None
    few = listing.kept < DROPPED * listing.had
    return f"of the {listing.had} addresses that it named {listing.kept} are named there" if few else None


def _passed_over(listing: ListingNight) -> str | None:
    """What a listing names where articles stand and no pattern takes, or None."""
    if not listing.passed or listing.passed < FEW:
        return None
    such = ", ".join(listing.examples)
    if listing.entries:
        return f"it names {listing.passed} addresses where articles stand that no pattern takes, as {such}"
    return f"no pattern takes the {listing.passed} addresses that it names, as {such}"


def _frozen(past: Past, listing: ListingNight) -> str | None:
    """Why a listing seems frozen, or None."""
    if listing.behind >= LEAST and listing.behind > 2 * _usual_lag(past):
        ahead = (listing.followed + 0.5) / (listing.could_follow + 1)
        if listing.followed and (1 - ahead) ** listing.behind < CHANCE:
            return f"it does not name the {listing.behind} newest articles, and used to name them"
    return _still([found for _, found in past], listing)


def _usual_lag(past: Past) -> int:
    """How far behind the listing ever was and caught up from."""
    lags = [found.behind for _, found in past]
    while lags and lags[-1]:
        lags.pop()
    return max(lags, default=0)


def _still(past: Sequence[ListingNight], listing: ListingNight) -> str | None:
    """Why a listing that used to change every night does not any more, or None."""
    digests = [found.digest for found in past if found.digest] + [listing.digest]
    earlier, newest = digests[: -STILL - 1], digests[-STILL - 1 :]
    if len(earlier) < NIGHTS or listing.digest is None or len(set(newest)) > 1:
        return None
    changes = sum(a != b for a, b in pairwise(earlier))
    if changes < ALIVE * (len(earlier) - 1):
        return None
    return f"it has not changed for {STILL} nights, and used to change every night"
