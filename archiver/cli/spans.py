"""Spans of time as a person writes them: ``36h``, ``90m``, ``2d``."""

from __future__ import annotations

import re
from datetime import timedelta

from archiver.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_span(text: str, option: str) -> timedelta:
    """The span in a text. Raises UsageError, which names the option, for anything else."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise UsageError(f"{option} {text!r} is no span of time", hint="examples: 36h, 90m, 2d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
