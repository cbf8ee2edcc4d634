"""The sites that are simulated, the outages that are planted, and what the docs promise of each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.nightly.simulated import Habits, Site, Watched, watch

BEGUN, ENDED = date(2022, 7, 1), date(2025, 6, 30)
HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "health.md"
WARM = timedelta(200)  # that a site was watched before an outage
SLOW = timedelta(60)  # by which a silence is found later in a season of rest

# What is planted, the row of the docs that promises it, and what may be found.
OUTAGES: dict[str, tuple[str, set[str]]] = {
    "wall": ("a wall of consent", {"wall"}),
    "pages fail": ("pages answer 4xx", {"errors"}),
    "pages missing": ("pages answer 4xx", {"errors"}),
    "redesign": ("the layout of articles", {"layout"}),
    "date moved": ("the layout of articles", {"layout"}),
    "titles lost": ("titles or dates are lost", {"no-title"}),
    "date lost": ("titles or dates are lost", {"no-date"}),
    "authors lost": ("authors are lost", {"no-author"}),
    "teasers": ("bodies shrink", {"short-body"}),
    "new dates lost": ("the same on new articles alone: titles", {"no-date"}),
    "new teasers": ("the same on new articles alone: bodies", {"short-body"}),
    "new pages missing": ("what feeds and listings name newly", {"unread"}),
    "listing empty": ("a listing or a feed names nothing", {"listing-empty"}),
    "listing moved": ("a listing redirects", {"listing-moved"}),
    "new path": ("new articles stand under addresses", {"passed-over"}),
    "frozen listing": ("a listing or a feed is frozen", {"listing-frozen"}),
    "frozen feed": ("a listing or a feed is frozen", {"listing-frozen"}),
    "frozen lively listing": ("a listing is frozen that used", {"listing-frozen"}),
    "frozen sole listing": ("the site is silent", {"silence", "listing-frozen"}),
    "silent": ("the site is silent", {"silence"}),
}


class Case(NamedTuple):
    name: str
    site: Site


def invented() -> list[Case]:
    """Sites of our own: one that publishes weekly, one daily, one monthly."""
    days: dict[str, list[date]] = {}
    name = ""
    for line in (HERE / "dates.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            name = line[2:]
            days[name] = []
        else:
            year, *rest = line.split()
            days[name] += [date(int(year), int(day[:2]), int(day[2:])) for day in rest]
    habits = {
        "weekly": Habits(),
        "daily": Habits(author=0.6, lag=2, layouts=4),
        "monthly": Habits(author=1.0),
    }
    cases = [Case(name, Site(name, found, habits[name])) for name, found in days.items()]
    return [*cases, Case("alone", Site("alone", days["weekly"], Habits(feed=False, lively=True)))]


def refusing(share: float) -> list[Case]:
    """The invented sites, if so many of their posts had never been to be had."""
    return [
        Case(f"{name}, {share:.0%} refused", replace(site, habits=replace(site.habits, refused=share)))
        for name, site in invented()
    ]


def generated(shared: Path) -> list[Case]:
    """Sites that publish as the shared ones do: each, all as one, and these without July and Christmas."""
    days = {
        folder.name: sorted(
            date.fromisoformat(json.loads(line)["published"][:10])
            for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()
        )
        for folder in sorted((shared / "sites" / "truth").iterdir())
    }
    days["all"] = sorted(day for found in days.values() for day in found)
    days["often"] = sorted(day for n in range(6) for day in _moved(days["all"], n))
    cases = [Case(name, Site(name, found)) for name, found in days.items()]
    odd = Habits(
        author=0.5, lag=3, layouts=6, errors=0.05, bad_nights=0.02, not_run=0.1, logins=12, spread=1.0
    )
    lone = Habits(feed=False, lively=True)
    cases += [Case(f"{name}, rests", Site(name, rested(found), odd)) for name, found in days.items()]
    return [*cases, Case("all, alone", Site("alone", rested(days["all"]), lone))]


def _moved(days: Sequence[date], years: int) -> list[date]:
    """The same days some years later, and some days apart: the seasons stay."""
    return [
        day.replace(year=day.year + years, day=min(day.day, 28)) + timedelta(years * 11 % 29 - 14)
        for day in days
    ]


def rested(days: Sequence[date]) -> list[date]:
    """The days that are not in July and not around Christmas."""
    return [day for day in days if day.month != 7 and "01-06" < day.strftime("%m-%d") < "12-20"]


def applies(case: Case, outage: str) -> bool:
    """Whether the docs promise anything of an outage at this site."""
    habits = case.site.habits
    if outage == "new path":
        return not habits.feed  # which would name them
    if outage in ("frozen listing", "frozen feed"):
        return habits.feed
    if outage == "frozen lively listing":
        return habits.lively and not habits.feed
    return outage != "authors lost" or habits.author >= 0.9


def before_outage(case: Case, since: date, *, seed: int) -> list[Watched]:
    """The nights of a site before an outage, judged once for all of them."""
    return list(watch(case.site, since - WARM, since - timedelta(1), seed=seed))


def seen_by(case: Case, outage: str, since: date, *, seed: int, before: Sequence[Watched]) -> int | None:
    """After how many nights an outage was found, None where it was not.

    Nights on which the server was down do not count, nor does a finding that was there before.
    """
    codes = OUTAGES[outage][1] - before[-1].codes
    planted = {"frozen lively listing": "frozen sole listing"}.get(outage, outage)
    count = 0
    last = since + timedelta(470)
    for watched in watch(
        case.site, since - WARM, last, seed=seed, outage=planted, since=since, before=before
    ):
        count += watched.night.state != "failed"
        if watched.codes & codes:
            return count
    return None


def promised(case: Case, outage: str, since: date) -> int:
    """Within how many nights docs/health.md says that an outage is found."""
    text = _row(OUTAGES[outage][0])
    nights = int(found[1]) if (found := re.search(r"(\d+) nights", text)) else _silent(case, since)
    if articles := re.search(r"(\d+) new articles", text):
        new = [day for day in sorted(case.site.days) if day >= since]
        nights += (new[int(articles[1]) - 1] - since).days
    return nights


def _row(outage: str) -> str:
    [row] = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith(f"| {outage}")]
    return row.split("|")[-2]


def _silent(case: Case, since: date) -> int:
    """What the docs promise of a silence, by the days of publication in the year before."""
    rows = re.findall(r"^\| (\d+)(?: or more)? \| (\d+) nights \|", DOCS.read_text("utf-8"), re.M)
    rate = len({day for day in case.site.days if since - timedelta(365) <= day < since})
    nights = next((int(n) for least, n in rows if rate >= int(least)), 400)
    return min(400, nights + SLOW.days) if _rests(since, nights) else nights


def _rests(since: date, nights: int) -> bool:
    """Whether a season of rest lies in so many nights."""
    return any((since + timedelta(n)).month in (7, 12, 1) for n in range(nights))
