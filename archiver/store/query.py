"""A person's query: words, "phrases", -not, OR, prefix*, and site: author: year: before: after: lang:.

Nothing that a person types is an error. What looks like a field and is none, or has a value that says nothing
(``year:soon``), is looked for as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from archiver.store.words import split_words

_TOKEN = re.compile(
    r'(?P<sign>-?)(?:(?P<name>[a-zA-Z]+):(?=[^\s]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
LAST_YEAR = 2200  # of a span of years, which is asked for year by year
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?\Z", re.ASCII)


def is_day(text: str) -> bool:
    """True for a day, a month or a year as a person types it, ``YYYY[-MM[-DD]]``, that there is."""
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text + "-01-01"[len(text) - 4 :]))
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """Words that stand one after the other, as typed; with ``is_prefix`` the last is a beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a text must hold: one of each of ``wanted``, and none of ``unwanted``."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Values:
    """Values of a field: one of ``wanted`` where there are any, and none of ``unwanted``."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What a person asks for. ``years`` and the days bound the publication.

    ``since`` is the first day, month or year that counts, ``before`` the first that does not.
    ``authors`` are all among the authors of an article.
    """

    text: Terms = Terms()
    authors: Terms = Terms()
    sites: Values = Values()
    languages: Values = Values()
    years: Values = Values()
    since: str | None = None
    before: str | None = None

    @property
    def is_empty(self) -> bool:
        """True where the query names nothing to look for."""
        return self == Query()

    @property
    def has_words(self) -> bool:
        """True where there is a word by which articles can be ranked."""
        return bool(self.text.wanted)


def parse_query(text: str) -> Query:
    """The query in a text; nothing is an error, and a text without a word is an empty query."""
    reading = _Reading()
    for found in _TOKEN.finditer(text):
        reading.take(found["sign"] == "-", (found["name"] or "").lower(), found["phrase"], found["word"])
    return reading.query()


def _is_bound(name: str | None) -> bool:
    return (name or "").lower() in ("before", "after")


def no_days(text: str) -> list[str]:
    """The bounds in a query that are no days, ``before:2024-02-30``: they are looked for as words."""
    bounds = (found for found in _TOKEN.finditer(text) if _is_bound(found["name"]))
    return [found[0] for found in bounds if not is_day(found["phrase"] or found["word"] or "")]


@dataclass
class _Reading:
    """A query as far as it was read."""

    text: list[list[Term]] = field(default_factory=list)
    not_text: list[Term] = field(default_factory=list)
    authors: list[Term] = field(default_factory=list)
    not_authors: list[Term] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    since: str | None = None
    before: str | None = None
    either: bool = False  # an OR came last
    _said: set[Term] = field(default_factory=set)  # each once: what is pasted says many words often

    def take(self, is_not: bool, name: str, phrase: str | None, word: str | None) -> None:
        """One word, phrase or field of the query."""
        said = phrase if phrase is not None else word or ""
        if word == "OR" and not is_not and not name:
            self.either = bool(self.text)
            return
        if name and self._took_field(is_not, name, said):
            self.either = False
            return
        term = _term(f"{name} {said}", is_prefix=word is not None and said.endswith("*"))
        if term is not None:
            self._take_term(is_not, term)
        self.either = False

    def _take_term(self, is_not: bool, term: Term) -> None:
        if is_not:
            self.not_text.append(term)
        elif self.either:
            self._said.difference_update(self.text[-1])
            self.text[-1].append(term)
        elif term not in self._said:
            self.text.append([term])
            self._said.add(term)

    def _took_field(self, is_not: bool, name: str, said: str) -> bool:
        """True where this is a field with a value that says something."""
        if name == "author" and (term := _term(said, is_prefix=said.endswith("*"))):
            (self.not_authors if is_not else self.authors).append(term)
        elif name in ("before", "after") and not is_not and is_day(said):
            self._bound(name, said)
        elif values := _values(name, said):
            self.values.setdefault(f"-{name}" if is_not else name, []).extend(values)
        else:
            return False
        return True

    def _bound(self, name: str, day: str) -> None:
        """The narrower of two bounds counts."""
        if name == "after":
            self.since = max(self.since or day, day)
        else:
            self.before = min(self.before or day, day)

    def query(self) -> Query:
        """What was read."""
        return Query(
            text=Terms(
                wanted=tuple(tuple(dict.fromkeys(terms)) for terms in self.text),
                unwanted=tuple(dict.fromkeys(self.not_text)),
            ),
            authors=Terms(wanted=tuple((term,) for term in self.authors), unwanted=tuple(self.not_authors)),
            sites=self._values("site"),
            languages=self._values("lang"),
            years=self._values("year"),
            since=self.since,
            before=self.before,
        )

    def _values(self, name: str) -> Values:
        return Values(
            wanted=_once(self.values.get(name, ())), unwanted=_once(self.values.get(f"-{name}", ()))
        )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _values(name: str, said: str) -> list[str]:
    """The values of a field; none where it is no field, or the value says nothing."""
    if name == "site":
        return [said.lower()] if said.strip() else []
    if name == "lang":
        return [said.lower()] if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", said) else []
    if name == "year" and (found := _YEARS.match(said)):
        first, last = int(found[1]), int(found[2] or found[1])
        if first < last:
            last = min(last, LAST_YEAR)
            first = max(first, last - 500)
        return [f"{year:04}" for year in range(first, last + 1)]
    return []


def _term(text: str, *, is_prefix: bool) -> Term | None:
    found = tuple(split_words(text))
    return Term(words=found, is_prefix=is_prefix) if found else None
