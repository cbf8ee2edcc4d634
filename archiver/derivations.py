"""Derivations that a person asked for, in ``derivations.jsonl`` of a site's collection.

A night derives what it captured, under the profile that its WARC file names. Deriving all of it again,
with another profile, leaves no trace there; it stands here, an object a line, so that a rebuild makes
the rows that are in the archive, and ``verify --derive`` asks for no others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from archiver.disk import write_atomically
from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.site import Site, parse_site


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """One derivation: the newest crawl at the time, the profile, and the addresses; None for all."""

    after: str
    site: Site
    urls: tuple[str, ...] | None = None


def derivations_file(home: Home, site: str) -> Path:
    """Where the derivations of a site stand, whether there are any or not."""
    return home.collection(site) / "derivations.jsonl"


def read_derivations(home: Home, site: str, lost: Callable[[str], None]) -> list[Derivation]:
    """The derivations of a site in their order; ``lost`` is told of a line that cannot be read."""
    found = []
    for number, line in enumerate(_lines(home, site), 1):
        if (made := _derivation(line, home, site)) is not None:
            found.append(made)
        else:
            lost(f"{derivations_file(home, site)}: line {number} cannot be read, and is not derived again")
    return found


def add_derivation(home: Home, made: Derivation) -> None:
    """Notes a derivation. Raises StorageError where the disk refuses.

    One of all addresses takes the place of those since the same crawl.
    """
    lines = _lines(home, made.site.name)
    if made.urls is None:
        lines = [line for line in lines if _after(line) != made.after]
    urls = list(made.urls) if made.urls is not None else None
    text = json.dumps({"after": made.after, "profile": msgspec.to_builtins(made.site), "urls": urls})
    write_atomically(derivations_file(home, made.site.name), _text([*lines, text]))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _lines(home: Home, site: str) -> list[str]:
    try:
        return derivations_file(home, site).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def _after(line: str) -> str | None:
    try:
        return str(json.loads(line)["after"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _derivation(line: str, home: Home, site: str) -> Derivation | None:
    try:
        said = json.loads(line)
        profile = parse_site(said["profile"], source=str(derivations_file(home, site)))
        urls = None if said["urls"] is None else tuple(map(str, said["urls"]))
        return Derivation(after=str(said["after"]), site=profile, urls=urls)
    except (ValueError, KeyError, TypeError, RecursionError, ConfigurationError):
        return None
