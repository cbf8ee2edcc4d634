"""Which articles a person means: sites and days that options name, and a query with fields of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from archiver.store.expression import Longer, expression
from archiver.store.query import Query, Values, parse_query

_MANY_YEARS = 60  # that an expression names one by one
_PUBLISHED = {"first": "0000-12-31", "last": "0000-01-01"}  # a month, a year that overlaps a bound matches


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which articles: of these sites, in these languages, between two days (inclusive), that match a query.

    ``since`` and ``until`` are ``YYYY[-MM[-DD]]``; articles without a date are left out
    when either is given, and a month matches when it overlaps. ``query`` is what
    ``archiver.store.query`` reads.
    """

    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    query: str | None = None

    @cached_property
    def asked(self) -> Query:
        """What the query asks for."""
        return parse_query(self.query or "")

    @cached_property
    def first(self) -> str | None:
        """The first day that counts, as ``YYYY-MM-DD``, or None."""
        days = [_first(day) for day in (self.since, self.asked.since) if day]
        return max(days, default=None)

    @cached_property
    def last(self) -> str | None:
        """The last day that counts, as ``YYYY-MM-DD``, or None."""
        days = [_last(self.until)] if self.until else []
        if self.asked.before:
            days.append(_day_before(_first(self.asked.before)))
        return min(days, default=None)

    @property
    def is_nothing(self) -> bool:
        """True where there is a query, and it names nothing to look for: no article matches it."""
        return self.query is not None and self.asked.is_empty

    @property
    def is_matched(self) -> bool:
        """True where the index has to be asked, and not the days alone."""
        return bool(self.sites or self.languages) or not self.asked.is_empty

    @property
    def is_backwards(self) -> bool:
        """True where the last day comes before the first."""
        return bool(self.first and self.last) and (self.first or "") > (self.last or "")

    def days(self, column: str) -> tuple[str, list[Any]]:
        """The SQL condition on a column of days that the bounds are, and its parameters."""
        clauses, values = ["1"], list[Any]()
        for bound, name, sign in ((self.first, "first", ">="), (self.last, "last", "<=")):
            if bound:
                clauses.append(f"{column} || substr('{_PUBLISHED[name]}', length({column}) + 1) {sign} ?")
                values.append(bound)
        return " AND ".join(clauses), values

    def on_sites(self, column: str = "site") -> tuple[str, list[Any]]:
        """The SQL condition on a column of sites that the options are, and its parameters."""
        marks = ", ".join("?" * len(self.sites))
        return (f"{column} IN ({marks})", [*self.sites]) if self.sites else ("1", [])

    def where(self, *, longer: Longer | None = None, dated: bool = True) -> tuple[str, list[Any]]:
        """The SQL condition over ``articles a`` and its parameters, with all that the query says.

        Without ``dated`` what days and years ask for is left out.
        """
        clause, values = self.days("a.published_day") if dated else ("1", [])
        if self.is_nothing:
            clause += " AND 0"
        on_sites, sites = self.on_sites("a.site")
        clause, values = f"{clause} AND {on_sites}", values + sites
        if self.languages or not self.asked.is_empty:
            clause += f" AND a.id IN ({MATCHING})"
            values.append(self.expression(dated=dated, longer=longer))
        return clause, values

    def expression(self, *, dated: bool = True, in_title: bool = False, longer: Longer | None = None) -> str:
        """FTS5's expression of the query, the sites and the years that the days allow."""
        asked = self.asked if dated else replace(self.asked, years=Values())
        years = self._years() if dated else ()
        return expression(
            asked, sites=self.sites, languages=self.languages, years=years, in_title=in_title, longer=longer
        )

    def _years(self) -> tuple[str, ...]:
        """The years between two bounds, so that the index is asked for these alone; none for many."""
        if self.first is None or self.last is None:
            return ()
        first, last = int(self.first[:4]), int(self.last[:4])
        return tuple(f"{year:04}" for year in range(first, last + 1)) if last - first < _MANY_YEARS else ()


MATCHING = """
    SELECT r.article_id FROM articles_fts f JOIN search_rows r ON r.row = f.rowid
    WHERE articles_fts MATCH ?
"""


def _first(day: str) -> str:
    return day + "0000-01-01"[len(day) :]


def _last(day: str) -> str:
    return day + "0000-12-31"[len(day) :]


def _day_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):  # no such day, as 30 February: all before it counts
        return day
