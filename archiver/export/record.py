"""An article as the record that every format writes: the keys of INTERFACE, in their order."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

from archiver.model import Article

# No printable characters of YAML 1.1 and 1.2 or none of XML, and what YAML 1.1 takes for a line break.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
KEYS: tuple[str, ...] = tuple(field.name for field in fields(Article))


def record(article: Article) -> dict[str, Any]:
    """The article as plain values: texts, numbers, lists, objects and None."""
    values = {name: getattr(article, name) for name in KEYS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def json_text(value: Any) -> str:
    """JSON on one line, in the order given, with letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def printable_json(value: Any) -> str:
    """The same, in which each character that XML or YAML has no place for stands as its number."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text(value))
