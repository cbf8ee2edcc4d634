"""An article as the row of a table: which type each column has, for whichever format has types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from archiver.export.record import KEYS

Kind = Literal["text", "number", "instant", "texts", "capture", "evidence"]
_KINDS: dict[str, Kind] = {
    "version": "number", "versions": "number", "first_seen": "instant", "last_seen": "instant",
    "gone_since": "instant", "authors": "texts", "keywords": "texts", "captures": "texts",
    "capture": "capture", "evidence": "evidence",
}  # fmt: skip
# What an export says otherwise than the table of the database.
_ABOUT = {
    "authors": "names",
    "keywords": "keywords",
    "capture": "the record that the article was read from: its id, when it was captured, where it lies today,"
    " the digest of its payload and its HTTP status",
    "captures": "the ids of all records that it was derived from, in order",
    "evidence": "how each field is known: the method, the place, and the value as it stands there",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its name, the type of its values, and what they mean. ``text`` may be a partial date."""

    name: str
    kind: Kind
    about: str
    required: bool


def columns(about: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of exported articles; ``about`` says what the columns of the database mean."""
    needed = ("id", "site", "url", "body", "body_markdown")
    return tuple(
        Column(
            name=name,
            kind=_KINDS.get(name, "text"),
            about=_ABOUT.get(name) or about.get(name, ""),
            required=name in needed,
        )
        for name in KEYS
    )
