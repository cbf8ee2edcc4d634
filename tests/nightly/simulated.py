"""Nights of invented sites, by a model that shares nothing with the detector but the shape of a night.

A site publishes on given days. Its articles lack fields in bursts, their lengths are far apart, a server
fails now and then for a page, for a night, for a few; nights are not run; listings lag, and a page that
is no article stays one for ever. An outage is a change to what the server does from a day on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from archiver.night import ListingNight, Night
from archiver.nightly.detect import detect
from archiver.nightly.finding import SiteFinding
from archiver.site import Expectations
from archiver.store.nights import KEPT

READ_AGAIN = 6  # the newest articles are read every night


@dataclass
class Post:
    day: date
    number: int
    has_author: bool
    has_date: bool
    length: int
    place: str


@dataclass
class Habits:
    """What is usual for one site."""

    author: float = 0.9
    author_bursts: float = 0.7  # how likely a post lacks its author where the one before did
    dated: float = 0.995
    length: int = 2500
    spread: float = 0.7
    layouts: int = 2
    errors: float = 0.01  # of single pages
    bad_nights: float = 0.006  # nights on which everything fails
    not_run: float = 0.015
    logins: int = 2  # pages that are a login, met on the first night
    feed: bool = True
    lag: int = 1  # days until the page of the news archive names an article
    lively: bool = False  # whether the news archive has other bytes every night
    missing_old: float = 0.02  # of the pages asked for again are gone for good
    dead: int = 4  # links of the listings that never led to anything
    refused: float = 0.0  # of the posts were never to be had


@dataclass
class Site:
    name: str
    days: Sequence[date]
    habits: Habits = field(default_factory=Habits)

    def posts(self, rng: random.Random) -> list[Post]:
        h, lacks, posts = self.habits, False, []
        for number, day in enumerate(sorted(self.days)):
            lacks = rng.random() < (h.author_bursts if lacks else (1 - h.author) * (1 - h.author_bursts))
            posts.append(
                Post(
                    day=day, number=number, has_author=not lacks, has_date=rng.random() < h.dated,
                    length=max(80, int(rng.lognormvariate(0, h.spread) * h.length)),
                    place=f"layout {min(h.layouts - 1, int(rng.expovariate(1)))}",
                )
            )  # fmt: skip
        return posts


def nights_of(
    site: Site, first: date, last: date, *, seed: int, outage: str = "", since: date = date.max
) -> Iterator[tuple[Night, list[date]]]:
    """Each night from the first to the last that was run, and the days of all that is known then."""
    rng = random.Random(f"{site.name}{seed}")
    posts = site.posts(rng)
    refusing = random.Random(f"refused {site.name}{seed}")
    never = [p for p in posts if site.habits.refused and refusing.random() < site.habits.refused]
    posts = [post for post in posts if post not in never] if never else posts
    denied: set[int] = set()
    known: list[Post] = []
    when: dict[int, date] = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        if n and (rng.random() < site.habits.not_run or day.strftime("%m-%d") in ("05-02", "05-03", "05-04")):
            continue
        broken = outage if day >= since else ""
        there = [post for post in posts if post.day <= day and not _hides(broken, post, since, site)]
        fresh = [post for post in there if post.number not in when]
        night = _night(site, day, there, fresh, known, when, rng, broken, since, is_first=n == 0)
        if broken in ("new path", "listing moved"):
            night = _led_astray(night, broken, [p for p in posts if since <= p.day <= day], site)
        if night.state != "failed":
            got = [p for p in fresh if night.new and not _spoils(broken, p, since)]
            known += got
            when.update((p.number, day) for p in fresh)
            met = {p.number for p in never if p.day <= day} - denied
            denied |= met
            night = _with_denied(night, site, len(known), len(when) - len(known) + len(denied), len(met))
        yield night, [min(p.day, when.get(p.number, p.day)) for p in known]


def _with_denied(night: Night, site: Site, read: int, never: int, met: int) -> Night:
    """The night with what never gave an article until then; ``met`` of it are named for the first time."""
    denied = never + site.habits.logins + site.habits.dead
    return replace(
        night,
        wanted=read + denied,
        denied=denied,
        asked=night.asked + met,
        refused=night.refused + met,
        named=night.named + met,
        unread=night.unread + met,
    )


def _led_astray(night: Night, outage: str, newer: Sequence[Post], site: Site) -> Night:
    """The night in which the news archive names what no pattern takes, or leads to press releases."""
    page, *others = night.listings or (None,)
    if page is None:
        return night
    if outage == "listing moved":
        page = replace(page, redirect="http://s/press/", entries=8, had=20, kept=0)
    else:
        shown = [p for p in newer if p.day + timedelta(site.habits.lag) <= night.day]
        page = replace(
            page, passed=len(shown), examples=tuple(f"http://s/insikter/{p.number}/" for p in shown)
        )
    return replace(night, listings=(page, *others))


def _hides(outage: str, post: Post, since: date, site: Site) -> bool:
    """Whether the crawl finds no way to a post."""
    if post.day < since:
        return False
    return outage in ("silent", "frozen sole listing") or (
        outage in ("frozen listing", "new path", "listing moved") and not site.habits.feed
    )


def _spoils(outage: str, post: Post, since: date) -> bool:
    """Whether what comes for a new post is no article."""
    return outage in ("pages fail", "pages missing", "wall", "challenge", "all refused") or (
        outage == "new pages missing" and post.day >= since
    )


def _night(
    site: Site, day: date, there: list[Post], fresh: list[Post], known: list[Post], when: dict[int, date],
    rng: random.Random, outage: str, since: date, *, is_first: bool,
) -> Night:  # fmt: skip
    h = site.habits
    base: dict[str, Any] = {
        "site": site.name,
        "crawl": f"{day:%Y%m%d}T020000Z-0000",
        "day": day,
        "reader": "r",
    }
    if rng.random() < h.bad_nights and not is_first:
        return Night(**base, state="failed")
    again = known[-READ_AGAIN:] + rng.sample(known, min(len(known), rng.choice((0, 0, 1, 2, 5))))
    again = list({post.number: post for post in again}.values())
    gone = sum(rng.random() < h.missing_old for _ in again[READ_AGAIN:])
    fail = {post.number for post in again + fresh if rng.random() < h.errors and not is_first}
    refused, broken, walls = gone, len(fail), h.logins * is_first
    read_again = [p for p in again[: len(again) - gone] if p.number not in fail]
    read_new = [p for p in fresh if p.number not in fail]
    if outage in ("pages fail", "all refused", "pages missing"):
        count = len(read_again) + len(read_new)
        refused, broken = (refused, broken + count) if outage == "pages fail" else (refused + count, broken)
        read_again, read_new = [], []
    if outage in ("wall", "challenge"):
        walls += len(read_again) + len(read_new)
        read_again, read_new = [], []
    lost_new = [p for p in read_new if _spoils(outage, p, since)]
    read_new = [p for p in read_new if p not in lost_new]
    refused += len(lost_new)
    articles = read_again + read_new
    return Night(
        **base,
        asked=len(again) + len(fresh) + h.logins * is_first,
        refused=refused,
        broken=broken,
        walls=walls,
        pages=len(articles) + walls,
        articles=len(articles),
        with_date=sum(p.has_date for p in articles),
        reread=len(read_again),
        had={
            "date": sum(p.has_date for p in read_again),
            "title": len(read_again),
            "author": sum(p.has_author for p in read_again),
            "body": len(read_again),
        },
        lost=_lost(outage, read_again),
        new=len(read_new),
        lacking={
            "date": sum(not p.has_date or outage in ("date lost", "new dates lost") for p in read_new),
            "title": sum(outage == "titles lost" for _ in read_new),
            "author": sum(not p.has_author or outage == "authors lost" for p in read_new),
        },
        lengths=tuple(_length(outage, p) for p in read_new)[:200],
        named=len(fresh),
        unread=len(fresh) - len(read_new),
        layout=_layout(outage, articles),
        listings=_listings(site, day, there, when, outage, since),
        samples={"silence": "http://s/", "wall": "http://s/w"},
    )


def _length(outage: str, post: Post) -> int:
    return min(post.length, 240) if outage in ("teasers", "new teasers") else post.length


def _lost(outage: str, again: Sequence[Post]) -> dict[str, int]:
    return {
        "date": sum(p.has_date for p in again) if outage == "date lost" else 0,
        "title": len(again) if outage == "titles lost" else 0,
        "author": sum(p.has_author for p in again) if outage == "authors lost" else 0,
        "body": sum(p.length > 480 for p in again) if outage == "teasers" else 0,
    }


def _layout(outage: str, articles: Sequence[Post]) -> dict[str, dict[str, int]]:
    """Where fields stand on these pages."""
    places: dict[str, dict[str, int]] = {"date": {}, "title": {}, "body": {}}
    for post in articles:
        for name, counts in places.items():
            moved = outage == "redesign" or (outage == "date moved" and name == "date")
            place = "new" if moved else f"{name} {post.place}"
            counts[place] = counts.get(place, 0) + 1
    return places


def _listings(
    site: Site, day: date, there: Sequence[Post], when: dict[int, date], outage: str, since: date,
) -> tuple[ListingNight, ...]:  # fmt: skip
    h = site.habits
    shown = [p for p in there if p.day + timedelta(h.lag) <= day]
    if outage in ("frozen listing", "frozen sole listing"):  # with the very bytes of its last day
        shown = [p for p in shown if p.day < since - timedelta(h.lag)]
    page = _listing("http://s/nyheter/", "listing", shown[-20:], day, shown, when)
    noise = f"{day}" if h.lively and "frozen" not in outage else ""
    page = replace(page, digest=f"{[p.number for p in shown[-20:]]}{noise}")
    if outage == "listing empty":
        page = replace(page, entries=0)
    if not h.feed:
        return (page,)
    fed = [p for p in there if p.day < since] if outage == "frozen feed" else there
    return page, _listing("http://s/feed", "feed", fed[-10:], day, fed, when)


def _listing(
    url: str, role: str, entries: Sequence[Post], day: date, named: Sequence[Post], when: dict[int, date]
) -> ListingNight:
    """A listing, and how far it is behind what was found in all nights but the first."""
    first = min(when.values(), default=day)
    live = [n for n, seen in when.items() if first == seen][-5:]
    live += [n for n, seen in when.items() if first < seen <= day - timedelta(2)][-60:]
    has = {p.number for p in named}
    behind = next((i for i, n in enumerate(reversed(live)) if n in has), len(live))
    before = live[: len(live) - behind]
    return ListingNight(
        url=url, role=role, entries=len(entries), behind=behind,
        newest=str(entries[-1].day) if entries else None,
        followed=sum(n in has for n in before), could_follow=len(before), digest=str([p.number for p in entries]),
    )  # fmt: skip


class Watched(NamedTuple):
    """A night that was judged."""

    day: date
    night: Night
    found: list[SiteFinding]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.found if finding.severity != "note"}


def watch(
    site: Site, first: date, last: date, *, seed: int, outage: str = "", since: date = date.max,
    before: Sequence[Watched] = (),
) -> Iterator[Watched]:  # fmt: skip
    """Judge a site's nights, each by those before it; those of ``before`` were judged already."""
    history = [replace(w.night, alarms=frozenset(w.codes)) for w in before]
    for night, days in nights_of(site, first, last, seed=seed, outage=outage, since=since):
        if before and night.day <= before[-1].day:
            continue
        found = detect(Expectations(), _kept(history), night, days, first)
        yield Watched(night.day, night, found)
        history.append(replace(night, alarms=frozenset(f.code for f in found if f.severity != "note")))


def _kept(history: Sequence[Night]) -> list[Night]:
    """The nights from which is learned: the newest, and the newest that brought something."""
    older = [night for night in history[:-KEPT] if night.new or night.named]
    return [*older, *history[-KEPT:]]


def episodes(nights: Sequence[Watched]) -> list[tuple[date, str]]:
    """When each alarm began; a night on which the server was down does not end it."""
    began, lasting = [], set[str]()
    for watched in nights:
        if watched.night.state != "failed":
            began += [(watched.day, code) for code in sorted(watched.codes - lasting)]
            lasting = watched.codes
    return began
