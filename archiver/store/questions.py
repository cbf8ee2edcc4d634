"""Ten questions with their SQL, read from ``questions.toml``: for the docs, for Datasette, for tests."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question: why it is asked and what its answer means, the SQL, and an example of each parameter."""

    name: str
    title: str
    why: str
    sql: str
    example: Mapping[str, str] = field(default_factory=dict)


@cache
def questions() -> tuple[Question, ...]:
    """The questions, in the order in which they are asked."""
    said = tomllib.loads(files(__package__).joinpath("questions.toml").read_text("utf-8"))
    return tuple(
        Question(name=name, **{key: _stripped(value) for key, value in q.items()}) for name, q in said.items()
    )


def canned_queries() -> dict[str, dict[str, Any]]:
    """The questions as Datasette's canned queries of the database ``archiver``, by name."""
    return {
        question.name: {"title": question.title, "description": question.why, "sql": question.sql}
        for question in questions()
    }


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
