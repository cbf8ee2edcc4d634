"""What a backfill came to, for a person, for a program, and as findings."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from archiver.amounts import count
from archiver.backfill.choice import Choice
from archiver.backfill.listed import Listed
from archiver.backfill.run import DIFFERS, BackfillOptions, Course
from archiver.backfill.source import Source
from archiver.store.crawls import save_finding

COLUMNS = ("year", "mementos", "known", "fetched", "failed")
SHOWN = 5


class Summary:
    """The figures of one backfill. ``signal`` is the one that interrupted it, or None."""

    def __init__(
        self,
        site: str,
        options: BackfillOptions,
        choice: Choice,
        source: Source,
        course: Course,
        *,
        is_plan: bool,
    ) -> None:
        self.site = site
        self.options = options
        self.choice = choice
        self.source = source
        self.course = course
        self.is_plan = is_plan
        self.signal: int | None = None
        self.adopted = self.new = self.changed = 0
        self.to_fetch = Counter[str]()
        self.heads: dict[str, str | None] = {}

    def take_plan(self, wanted: Iterable[Listed]) -> None:
        """Count what would be fetched."""
        self.to_fetch.update(found.timestamp[:4] for found in islice(wanted, self.options.limit))

    @property
    def exit_code(self) -> int:
        """0, 3 or 4 where mementos could not be had, 128 and the signal that interrupted it."""
        if self.signal is not None:
            return 128 + self.signal
        if not self._troubles():
            return 0
        has_some = self.course.fetched or self.choice.known or self.to_fetch
        return 3 if has_some else 4

    def rows(self) -> list[dict[str, Any]]:
        """A row for each year of which the list has something that is wanted."""
        return [
            {
                "year": year,
                "mementos": self.choice.wanted[year],
                "known": self.choice.known[year],
                **({"to_fetch": self.to_fetch[year]} if self.is_plan else {}),
                "fetched": self.course.fetched[year],
                "failed": self.course.failed[year],
            }
            for year in sorted(self.choice.wanted)
        ]

    def columns(self) -> tuple[str, ...]:
        """The columns of the rows."""
        return ("year", "mementos", "known", "to_fetch") if self.is_plan else COLUMNS

    def document(self) -> dict[str, Any]:
        """Everything as plain values."""
        course, choice = self.course, self.choice
        own = {
            "site": self.site,
            "state": "planned" if self.is_plan else "backfilled",
            "captures": course.fetched.total(),
            "articles_new": self.new,
            "articles_changed": self.changed,
            "head": self.heads.get(self.site),
        }
        beside = [{"site": name, "head": head} for name, head in self.heads.items() if name != self.site]
        return {
            "crawl": self.options.crawl,
            "exit_code": self.exit_code,
            "from": self.options.source,
            "form": self.source.form,
            "listed": choice.listed,
            "unread": self.source.unread,
            "other_hosts": dict(choice.hosts.most_common()),
            "left_out": dict(choice.left_out.most_common()),
            "failed": dict(course.reasons.most_common()),
            "differing": course.differing,
            "stopped": course.stopped,
            "problems": self.source.problems,
            "years": self.rows(),
            "sites": [own, *beside],
        }

    # -- for a person

    def lines(self) -> Iterator[str]:
        """What became of the list, a line each, and what did not."""
        if self.adopted:
            yield f"{self.site}: {count(self.adopted, 'record')} adopted of a run that was cut off"
        if not self.choice.listed and not self.source.problems:
            yield f"{self.site}: the archive lists nothing"
        if self.choice.left_out:
            yield f"{self.site}: left out: {_common(self.choice.left_out)}"
        if self.choice.hosts:
            yield f"  hosts that the profile does not name for that day: {_common(self.choice.hosts)}"
        wanted, known = self.choice.wanted.total(), self.choice.known.total()
        if self.is_plan:
            planned = count(self.to_fetch.total(), "memento")
            yield f"{self.site}: {planned} to fetch, {known} of {wanted} kept already"
        else:
            fetched = count(self.course.fetched.total(), "memento")
            articles = f"{count(self.new, 'new article')}, {self.changed} changed"
            yield f"{self.site}: {fetched} fetched, {known} of {wanted} kept already; {articles}"
        yield from self.problems()

    def problems(self) -> Iterator[str]:
        """What a person should look at."""
        for _, message, url, hint in self._troubles():
            yield f"{self.site}: {message}" + (f": {url}" if url else "")
            if hint:
                yield f"  {hint}"
        if self.signal is not None:
            yield "interrupted; everything stored so far is whole, and the same command goes on"

    def save_findings(self, db: sqlite3.Connection) -> None:
        """Keep them as findings of this crawl. In the caller's transaction."""
        for code, message, url, hint in self._troubles():
            save_finding(
                db,
                site=self.site,
                crawl=self.options.crawl,
                code=code,
                severity="warning",
                message=message,
                url=url,
                hint=hint,
            )

    def _troubles(self) -> list[tuple[str, str, str | None, str | None]]:
        """Code, message, an address and a hint of each."""
        course, found = self.course, list[tuple[str, str, str | None, str | None]]()
        for reason, number in course.reasons.most_common():
            message = f"{count(number, 'memento')} could not be had: {reason}"
            found.append(("memento-failed", message, course.examples[reason], None))
        if course.differing:
            hint = "archives that digest the chunk framing differ so; the records say what was stated"
            message = f"{count(course.differing, 'memento')} kept, though {DIFFERS}"
            found.append(("memento-differs", message, course.examples[DIFFERS], hint))
        for problem in self.source.problems[:SHOWN]:
            found.append(("list-incomplete", problem, None, None))
        if course.stopped is not None and self.signal is None:
            found.append(("backfill-stopped", course.stopped, None, course.hint))
        return found


def _common(counts: Counter[str]) -> str:
    common = counts.most_common()
    more = f" and {len(common) - SHOWN} more reasons" if len(common) > SHOWN else ""
    return ", ".join(f"{what} {number}" for what, number in common[:SHOWN]) + more
