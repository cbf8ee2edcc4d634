"""What was learned of a site, in the words of a profile; beside it what that says, and the last night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from archiver.night import Night
from archiver.nightly.detect import HALF
from archiver.nightly.rhythm import Rhythm, rhythm_of
from archiver.nightly.usual import usual
from archiver.site import Site

WEEKS = 365.25 / 7

Value = int | float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """One expectation: a key of ``[expect]``, or what has none; ``about`` is the listing it is for."""

    expectation: str
    learned: Value
    profile: Value = None
    last_night: Value = None
    about: str | None = None


def learned(site: Site, nights: Sequence[Night], published: Sequence[date]) -> list[Expected]:
    """The expectations of a site after these nights, the oldest first; nothing where there are none."""
    seen = [night for night in nights if night.state != "failed"]
    if not seen:
        return []
    last = seen[-1]
    known = [day for day in published if day <= last.day]
    newest = max(known, default=last.day)
    rhythm = rhythm_of(known, newest)
    return [
        *_rhythm(site, rhythm, newest, last),
        *_articles(site, seen),
        Expected(
            expectation="errors_max",
            learned=round(usual((n.refused + n.broken, n.asked) for n in seen), 2),
            profile=site.expect.errors_max,
            last_night=_share(last.refused + last.broken, last.asked),
        ),
        Expected(
            expectation="share that was never to be had",
            learned=HALF,
            profile=site.expect.errors_max if (site.expect.errors_max or 0) > HALF else None,
            last_night=_share(last.denied, last.wanted),
        ),
        *_listings(site, seen),
    ]


def _rhythm(site: Site, rhythm: Rhythm, newest: date, last: Night) -> Iterator[Expected]:
    yield Expected(
        expectation="days with articles a week", learned=round(rhythm.a_year / WEEKS, 2), last_night=None
    )
    yield Expected(
        expectation="silent_days_max",
        learned=(rhythm.silent_until(newest) - newest).days - 1,
        profile=site.expect.silent_days_max,
        last_night=(last.day - newest).days,
    )


def _articles(site: Site, nights: Sequence[Night]) -> Iterator[Expected]:
    """The shares of articles with each field, and the length of their bodies."""
    articles, last = sum(night.articles for night in nights), nights[-1]
    for name in ("date", "title", "author"):
        yield Expected(
            expectation=f"with_{name}_min",
            learned=_share(sum(getattr(night, f"with_{name}") for night in nights), articles),
            profile=getattr(site.expect, f"with_{name}_min"),
            last_night=_share(getattr(last, f"with_{name}"), last.articles),
        )
    chars = [night.body_chars for night in nights if night.body_chars is not None]
    yield Expected(
        expectation="body_chars_min",
        learned=round(median(chars)) if chars else None,
        profile=site.expect.body_chars_min,
        last_night=last.body_chars,
    )


def _listings(site: Site, nights: Sequence[Night]) -> Iterator[Expected]:
    for listing in nights[-1].listings:
        entries = [x.entries for n in nights for x in n.listings if x.url == listing.url and x.entries]
        yield Expected(
            expectation="listing_entries_min",
            learned=min(entries, default=None),
            profile=site.expect.listing_entries_min,
            last_night=listing.entries,
            about=listing.url,
        )


def _share(part: int, of: int) -> float | None:
    return round(part / of, 2) if of else None
