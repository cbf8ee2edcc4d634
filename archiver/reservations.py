"""TDMRep's file on a server: which addresses are reserved from text and data mining, and by which policy.

``/.well-known/tdmrep.json`` is a list of rules (W3C community group report "TDM Reservation Protocol",
sections 6.2 and 6.4). The first rule whose pattern fits an address is the one that holds for it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archiver.wishes import tdm_of

TDM_FILE = "/.well-known/tdmrep.json"
MAX_BYTES = 500_000
MAX_REDIRECTS = 5
MAX_RULES = 1000
MAX_PATTERN = 1000
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: the pattern of an address, and what a capture keeps of it; None for what is no value."""

    location: str
    tdm: str | None

    def fits(self, path: str) -> bool:
        """True for a path, with its query, that begins like the pattern: ``*`` is anything, ``$`` the end."""
        *before, last = self.location.removesuffix("$").split("*")
        at = 0
        for number, piece in enumerate(before):
            found = path.find(piece, at) if number else (0 if path.startswith(piece) else -1)
            if found < 0:
                return False
            at = found + len(piece)
        if not before:
            return path == last if self.location.endswith("$") else path.startswith(last)
        if self.location.endswith("$"):
            return path.endswith(last) and len(path) - len(last) >= at
        return path.find(last, at) >= 0


def read_rules(body: bytes) -> tuple[Rule, ...]:
    """The rules in a file, in their order; none where it is no list of rules. Never raises."""
    if len(body) > MAX_BYTES:
        return ()
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = (_rule(entry) for entry in data[:MAX_RULES]) if isinstance(data, list) else ()
    return tuple(rule for rule in rules if rule is not None)


def _rule(entry: Any) -> Rule | None:
    """A rule; None for what lacks one of the two fields that every rule has."""
    if not isinstance(entry, dict) or "tdm-reservation" not in entry:
        return None
    location, value, policy = entry.get("location"), entry["tdm-reservation"], entry.get("tdm-policy")
    if not isinstance(location, str) or len(location) > MAX_PATTERN or location[:1] not in ("/", "*"):
        return None
    is_number = isinstance(value, int | str) and not isinstance(value, bool)
    stated = tdm_of(reservation=str(value) if is_number else None)
    if stated and isinstance(policy, str):
        stated = tdm_of(reservation=str(value), policy=policy)
    return Rule(location=_plain(location), tdm=stated)


def tdm_for(rules: tuple[Rule, ...], url: str) -> str | None:
    """What the rules say of an address, as a capture keeps it; None where they say nothing."""
    parts = urlsplit(url)
    path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return next((rule.tdm for rule in rules if rule.fits(path)), None)


def _plain(path: str) -> str:
    """A path in which characters that need no escape have none."""

    def unescaped(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.match(character) else found[0].upper()

    return _ESCAPED.sub(unescaped, path)
