"""Which articles a person means: sites, days, and the words of a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_NOTHING = '""'  # FTS5's expression that matches nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which articles: of these sites, between two days (inclusive), that match a query.

    ``since`` and ``until`` are ``YYYY[-MM[-DD]]``; articles without a date are left out
    when either is given, and a month matches when it overlaps.
    """

    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    query: str | None = None

    @property
    def is_backwards(self) -> bool:
        """True where the last day comes before the first."""
        return bool(self.since and self.until) and _first(self.since or "") > _last(self.until or "")

    def where(self) -> tuple[str, list[Any]]:
        """The SQL condition over ``articles a`` and its parameters."""
        clauses, values = ["1"], list[Any]()
        if self.sites:
            clauses.append(f"a.site IN ({', '.join('?' * len(self.sites))})")
            values += self.sites
        if self.languages:
            clauses.append(f"a.language IN ({', '.join('?' * len(self.languages))})")
            values += self.languages
        if self.since:
            clauses.append("a.published_day || substr('0000-12-31', length(a.published_day) + 1) >= ?")
            values.append(_first(self.since))
        if self.until:
            clauses.append("a.published_day || substr('0000-01-01', length(a.published_day) + 1) <= ?")
            values.append(_last(self.until))
        return " AND ".join(clauses), values


def _first(day: str) -> str:
    return day + "0000-01-01"[len(day) :]


def _last(day: str) -> str:
    return day + "0000-12-31"[len(day) :]


def has_words(query: str) -> bool:
    """True where a query names something to look for, and not only what to leave out."""
    return match_expression(query) != _NOTHING


def match_expression(query: str) -> str:
    """FTS5's expression for a person's query: words, "phrases", -not, OR and prefix*.

    Every term is quoted, so no character of the query is ever syntax. An empty query
    gives an expression that matches nothing.
    """
    wanted, unwanted, either = list[str](), list[str](), False
    for sign, phrase, word in re.findall(r'(-?)(?:"([^"]*)"?|([^\s"]+))', query):
        text = phrase or word
        if word == "OR" and not sign:
            either = bool(wanted)
            continue
        term = _term(text, prefix=bool(word) and word.endswith("*"))
        if not term:
            continue
        if sign:
            unwanted.append(term)
        elif either:
            wanted[-1] = f"({wanted[-1]} OR {term})"
        else:
            wanted.append(term)
        either = False
    found = " AND ".join(wanted) or _NOTHING
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted and wanted else found


def _term(text: str, *, prefix: bool) -> str:
    cleaned = re.sub(r"[^\w]+", " ", text).strip()
    return f'"{cleaned}"' + ("*" if prefix else "") if cleaned else ""
