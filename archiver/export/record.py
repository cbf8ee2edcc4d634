"""An article as the record that every format writes: the keys of INTERFACE, in their order."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from archiver.model import Article

KEYS: tuple[str, ...] = tuple(field.name for field in fields(Article))


def record(article: Article) -> dict[str, Any]:
    """The article as plain values: texts, numbers, lists, objects and None."""
    values = {name: getattr(article, name) for name in KEYS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def json_text(value: Any) -> str:
    """JSON on one line, in the order given, with letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
