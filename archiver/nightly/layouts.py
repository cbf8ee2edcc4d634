"""The layout of a site's articles: the places at which their fields are found, and whether these change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archiver.night import Night
from archiver.nightly.finding import SiteFinding

LEARNED = 7  # nights after which a place is one of the site's own
LEAST, MOST = 3, 0.6  # articles with a place that is new, and their share
KNOWN = 10  # articles without which no layout is known


def changed_places(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    """A finding where most of the articles of the last nights have a field where none had it before.

    Only nights of the same extractor and layouts of the profile are compared. A place is known after a
    week, so that a redesign is said for as long; what it makes worse is found by itself.
    """
    nights = [night for night in history if night.reader == tonight.reader]
    known, recent = nights[: max(1, len(nights) - LEARNED)], nights[-LEARNED:] if len(nights) > 1 else []
    moved = [
        f"{name} ({new} of {of})"
        for name in tonight.layout
        if (share := _moved(known, [*recent, tonight], name)) and (new := share[0]) and (of := share[1])
    ]
    if moved:
        yield SiteFinding(
            code="layout",
            severity="warning",
            message=f"the layout of articles has changed; found elsewhere: {', '.join(moved)}",
            url=tonight.samples.get("layout") or tonight.samples.get("article"),
        )


def _moved(known: Sequence[Night], recent: Sequence[Night], name: str) -> tuple[int, int] | None:
    """How many of the newest articles have a field at a new place, of how many; None where few."""
    places = {place for night in recent for place in night.layout.get(name, ())}
    for night in known:
        places.difference_update(night.layout.get(name, ()))
        if not places:
            return None
    if sum(sum(night.layout.get(name, {}).values()) for night in known) < KNOWN:
        return None
    new = of = 0
    for night in reversed(recent):
        there: Mapping[str, int] = night.layout.get(name, {})
        of += sum(there.values())
        new += sum(count for place, count in there.items() if place in places)
        if new >= LEAST and new >= MOST * of:
            return new, of
    return None
