"""JSON in pages, as scripts read it, in text that every file and database takes."""

from __future__ import annotations

import json
import re
from typing import Any

# Half of a character beyond the first 65,536: JSON can name one alone, UTF-8 cannot write it.
_HALF = re.compile("[\ud800-\udfff]")


def read_json(text: str) -> Any:
    r"""The value of a JSON text; ``\ud800`` without its other half becomes U+FFFD.

    Raises ValueError where it is no JSON, RecursionError where it nests without end.
    """
    return whole(json.loads(text, strict=False), text)


def whole(value: Any, text: str) -> Any:
    """A value that was read from this text, the halves of characters in it replaced."""
    if "\\ud" not in text and "\\uD" not in text and _HALF.search(text) is None:
        return value
    return json.loads(_HALF.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
