"""FTS5's expression for a query. Every term is quoted, so that nothing a person types is ever syntax.

Words are looked for in the columns of texts, what a query says of site, year and language in the column
``facets`` of the index, whose tokens begin with a private letter that no keyboard has: so SQLite meets only
the articles that fit, and ranks no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, product

from archiver.store.query import Query, Term, Terms, Values
from archiver.store.words import spellings

EVERY = "\ue000all"
"""The token of every article."""

SPELLINGS = 16  # of one phrase that are looked for
LONGER = 8  # words of a query that are looked for as parts of longer ones, too

_TEXT = "title body authors keywords"
_AUTHORS = "authors"
_FACETS = "facets"


def facet_tokens(*, site: str, day: str | None, language: str | None) -> list[str]:
    """The tokens of an article in the column ``facets``; ``day`` is ``YYYY[-MM[-DD]]`` or None."""
    tokens = [EVERY, _token("site", site)]
    if day:
        tokens.append(_token("year", day[:4]))
    if language:
        parts = language.lower().split("-")
        tokens += [_token("lang", "-".join(parts[:n])) for n in range(1, len(parts) + 1)]
    return tokens


def _token(name: str, value: str) -> str:
    """One token, whatever the value holds: the tokenizer takes anything but letters and digits apart."""
    return f"\ue000{name[0]}{value.encode().hex()}"


Longer = Callable[[str], Sequence[str]]
"""The words of the index in which a plain word is a part."""


def expression(
    query: Query,
    *,
    sites: Sequence[str] = (),
    languages: Sequence[str] = (),
    years: Sequence[str] = (),
    in_title: bool = False,
    longer: Longer | None = None,
) -> str:
    """The expression of a query and, beside it, of sites, languages and years; none of these for any.

    With ``in_title`` the title must hold the words; with ``longer`` a word is also found as a part of these.
    """
    wanted = [
        *_wanted(query.text, "title" if in_title else _TEXT, longer),
        *_wanted(query.authors, _AUTHORS, None),
        *_facets("site", query.sites.wanted),
        *_facets("year", query.years.wanted),
        *_facets("site", sites),
        *_facets("lang", tuple(language.lower() for language in languages)),
        *_facets("year", years),
        *_facets("lang", query.languages.wanted),
    ]
    unwanted = [
        *_unwanted(query.text, _TEXT),
        *_unwanted(query.authors, _AUTHORS),
        *(found for name, values in _excluded(query) for found in _facets(name, values.unwanted)),
    ]
    found = " AND ".join(wanted) or _in(_FACETS, f'"{EVERY}"')
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _excluded(query: Query) -> tuple[tuple[str, Values], ...]:
    return ("site", query.sites), ("year", query.years), ("lang", query.languages)


def _in(columns: str, expression: str) -> str:
    return f"{{{columns}}} : ({expression})"


def _wanted(terms: Terms, columns: str, longer: Longer | None) -> list[str]:
    return [
        _in(columns, " OR ".join(_said(term, longer if n < LONGER else None) for term in any_of))
        for n, any_of in enumerate(terms.wanted)
    ]


def _unwanted(terms: Terms, columns: str) -> list[str]:
    return [_in(columns, _said(term, None)) for term in terms.unwanted]


def _facets(name: str, values: Sequence[str]) -> list[str]:
    return [_in(_FACETS, " OR ".join(f'"{_token(name, value)}"' for value in values))] if values else []


def _said(term: Term, longer: Longer | None) -> str:
    """A term in all its spellings, and the longer words that hold it where it is one whole word."""
    spelt = [spellings(word) for word in term.words]
    throughout = (" ".join(each[min(n, len(each) - 1)] for each in spelt) for n in (0, 1))
    mixed = map(" ".join, product(*spelt))
    phrases = list(islice(dict.fromkeys((*throughout, *islice(mixed, SPELLINGS))), SPELLINGS))
    star = "*" if term.is_prefix else ""
    said = [f'"{phrase}"{star}' for phrase in phrases]
    if longer is not None and len(term.words) == 1 and not term.is_prefix:
        said += [f'"{word}"' for phrase in phrases for word in longer(phrase)]
    return " OR ".join(dict.fromkeys(said))
