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

from archiver.bounded import whole_text
from archiver.disk import write_atomically
from archiver.errors import ConfigurationError, StorageError
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
    try:
        lines = _lines(home, site)
    except (OSError, ValueError) as error:
        lost(f"{derivations_file(home, site)}: {error}; nothing in it is derived again")
        return []
    for number, line in enumerate(lines, 1):
        if (made := _derivation(line, home, site)) is not None:
            found.append(made)
        else:
            lost(f"{derivations_file(home, site)}: line {number} cannot be read, and is not derived again")
    return found


def add_derivation(home: Home, made: Derivation) -> None:
    """Notes a derivation. Raises StorageError where the disk refuses, or the file cannot be read.

    One of all addresses takes the place of those since the same crawl.
    """
    try:
        lines = _lines(home, made.site.name)
    except (OSError, ValueError) as error:
        path = derivations_file(home, made.site.name)
        raise StorageError(f"{path}: {error}", hint="mend it, or move it away; a new one is begun") from None
    if made.urls is None:
        lines = [line for line in lines if _after(line) != made.after]
    urls = list(made.urls) if made.urls is not None else None
    text = json.dumps({"after": made.after, "profile": msgspec.to_builtins(made.site), "urls": urls})
    write_atomically(derivations_file(home, made.site.name), _text([*lines, text]))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _lines(home: Home, site: str) -> list[str]:
    """The lines of the file, none where there is no file. Raises OSError, ValueError where it is no text."""
    path = derivations_file(home, site)
    return whole_text(path).splitlines() if path.exists() else []


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
