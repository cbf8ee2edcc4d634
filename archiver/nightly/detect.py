"""The detector: the nights of a site and the last of them in, what a person should know out.

Pure. Expectations are learned from the nights that had no alarm of the same kind, so that an outage
never becomes what is usual; an alarm lasts until the site is as it was, or its profile says what to
expect. What each outage looks like, and within how many nights it is found, stands in docs/health.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from archiver.night import Night
from archiver.nightly.finding import SiteFinding
from archiver.nightly.layouts import changed_places
from archiver.nightly.listings import odd_listings
from archiver.nightly.rhythm import SHORTEST, rhythm_of
from archiver.nightly.usual import Share, is_new_extreme, newest_unlikely
from archiver.site import Expectations, HealthCode

SHORT_OF = (0.1, 0.3)  # of the bodies are shorter than what is taken for short
DENIED, HALF = 3, 0.5  # addresses that were never to be had, and their share
FLOOD, MANY = 10, 3  # new articles in a night, and how many times the most of any before
LACKS: Mapping[str, tuple[HealthCode, str]] = {
    "date": ("no-date", "no date"),
    "title": ("no-title", "no title"),
    "author": ("no-author", "no author"),
}


def detect(
    expect: Expectations, history: Sequence[Night], tonight: Night, published: Sequence[date], watched: date
) -> list[SiteFinding]:
    """What is wrong with a site tonight, by the nights before it, oldest first.

    ``published`` are the days on which its articles were published, as far as they are known, or
    else first seen; ``watched`` is the day since which the site is crawled. Where the crawl failed
    its own report says so, and nothing is said of the rest.
    """
    if tonight.state == "failed":
        return []
    found = [
        *_silence(expect, tonight, published, watched),
        *_walls(history, tonight),
        *_errors(expect, history, tonight),
        *_refused(expect, tonight),
        *_unread(history, tonight),
        *_fields(history, tonight),
        *_bodies(history, tonight),
        *changed_places(history, tonight),
        *odd_listings(expect, history, tonight),
        *_flood(history, tonight),
    ]
    return [_as_note(finding) if finding.code in expect.ignore else finding for finding in found]


def _as_note(finding: SiteFinding) -> SiteFinding:
    return SiteFinding(code=finding.code, severity="note", message=finding.message, url=finding.url)


def healthy(history: Sequence[Night], code: HealthCode) -> Iterator[Night]:
    """The nights without an alarm of this kind."""
    return (night for night in history if code not in night.alarms)


def _warning(code: HealthCode, message: str, tonight: Night, sample: str | None = None) -> SiteFinding:
    return SiteFinding(
        code=code, severity="warning", message=message, url=tonight.samples.get(sample or code)
    )


def _silence(
    expect: Expectations, tonight: Night, published: Sequence[date], watched: date
) -> Iterator[SiteFinding]:
    """A finding where nothing new has come for too long, of the time that the site was watched."""
    if tonight.new:
        return
    before = [day for day in published if day <= tonight.day]
    last = max([watched, *before])
    silent = (tonight.day - last).days
    if expect.silent_days_max is not None:
        bearable = expect.silent_days_max
    elif silent < SHORTEST:
        return
    else:
        bearable = (rhythm_of(before, last).silent_until(last) - last).days - 1
    if silent > bearable:
        yield _warning("silence", f"no new article for {silent} days; {bearable} are usual at most", tonight)


def _walls(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    past = ((night.walls, night.pages) for night in healthy(history, "wall"))
    if is_new_extreme(past, (tonight.walls, tonight.pages)):
        of = f"{tonight.walls} of {tonight.pages} pages"
        kind = tonight.samples.get("wall kind", "wall")
        such = f"this, {kind}" if kind.startswith("which ") else f"this {kind}"
        yield _warning("wall", f"{of} are no pages of the site, as {such}", tonight)


def _errors(expect: Expectations, history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    """A finding where pages failed, in two nights: one may be a mishap, and a failed crawl says so itself."""
    failed = tonight.refused + tonight.broken
    message = f"{failed} of {tonight.asked} pages failed: {tonight.refused} with 4xx, {tonight.broken} else"
    if expect.errors_max is not None:
        if tonight.asked and failed / tonight.asked > expect.errors_max:
            yield _warning("errors", f"{message}; at most {expect.errors_max:.0%} are expected", tonight)
        return
    answered = [night for night in history if night.state != "failed"]
    if answered and all(
        is_new_extreme(map(_failed, healthy(history, "errors")), _failed(night))
        for night in (tonight, answered[-1])
    ):
        yield _warning("errors", message, tonight)


def _refused(expect: Expectations, tonight: Night) -> Iterator[SiteFinding]:
    """A finding where half of what is named as articles was never to be had, from the first night on.

    No night before says what is usual: that a site never gave its articles makes it no better. The
    profile may say that more than half may fail.
    """
    if tonight.denied < DENIED or tonight.denied < HALF * tonight.wanted:
        return
    if expect.errors_max is not None and tonight.denied <= expect.errors_max * tonight.wanted:
        return
    answer = tonight.samples.get("refused with", "an error")
    message = f"{tonight.denied} of {tonight.wanted} addresses that are named as articles never gave one"
    yield _warning("refused", f"{message}: they answer with errors or walls, as this with {answer}", tonight)


def _failed(night: Night) -> Share:
    return night.refused + night.broken, night.asked


def _unread(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    if run := _newest(history, tonight, "unread", lambda night: (night.unread, night.named)):
        yield _warning(
            "unread", f"{run[0]} of the {run[1]} newest addresses that are named give no article", tonight
        )


def _newest(
    history: Sequence[Night], tonight: Night, code: HealthCode, share: Callable[[Night], Share]
) -> Share | None:
    """The newest bad ones of a kind, where they are no chance.

    Authors stay away for a while and come back: an alarm that ended is a thing to learn from.
    """
    past = [night for night in history if night.new or night.named]
    newest = map(share, reversed([*past, tonight]))
    if code == "no-author":
        while past and code in past[-1].alarms:
            past.pop()
        return newest_unlikely(map(share, past), newest)
    return newest_unlikely(map(share, healthy(past, code)), newest)


def _fields(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    for field, (code, lack) in LACKS.items():
        lost = _lost(history, tonight, field, code)
        run = _newest(history, tonight, code, partial(_lacking, field))
        if lost:
            yield _warning(code, f"{lost} articles that were read again have {lack}, as they had", tonight)
        elif run:
            yield _warning(code, f"{run[0]} of the {run[1]} newest articles have {lack}", tonight)


def _lacking(field: str, night: Night) -> Share:
    return night.lacking.get(field, 0), night.new


def _lost(history: Sequence[Night], tonight: Night, field: str, code: HealthCode) -> str | None:
    """How many of the articles that were read again have lost something, where it is no chance."""
    lost, had = _gone(field, tonight)
    past = map(partial(_gone, field), healthy(history, code))
    return f"{lost} of {had}" if is_new_extreme(past, (lost, had)) else None


def _gone(field: str, night: Night) -> Share:
    return night.lost.get(field, 0), night.had.get(field, 0)


def _bodies(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    lost = _lost(history, tonight, "body", "short-body")
    if lost:
        message = f"the bodies of {lost} articles that were read again are less than half of what they were"
        yield _warning("short-body", message, tonight)
        return
    lengths = sorted(length for night in healthy(history, "short-body") for length in night.lengths)
    for part in SHORT_OF if lengths else ():
        short = lengths[int(part * (len(lengths) - 1))]
        if run := _newest(history, tonight, "short-body", partial(_shorter, short)):
            message = f"{run[0]} of the {run[1]} newest articles have fewer than {short} characters"
            yield _warning("short-body", message, tonight)
            return


def _shorter(least: int, night: Night) -> Share:
    return sum(length < least for length in night.lengths), len(night.lengths)


def _flood(history: Sequence[Night], tonight: Night) -> Iterator[SiteFinding]:
    most = max((night.new for night in history[1:]), default=0)
    if history and tonight.new >= max(FLOOD, MANY * most):
        yield SiteFinding(
            code="flood",
            severity="note",
            message=f"{tonight.new} new articles in one night; the most before were {most}",
            url=tonight.samples.get("flood"),
        )
