"""The display name of a site, changed in its profile; every other line stays as its owner wrote it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import msgspec

from archiver.bounded import whole_text
from archiver.disk import write_atomically
from archiver.errors import ConfigurationError, UsageError
from archiver.site import Site, parse_site, read_site

_TABLE = re.compile(r"^\s*\[", re.M)
_LINE = re.compile(r"^[ \t]*display_name[ \t]*=.*$", re.M)
MAX = 200


def rename(path: Path, display_name: str) -> tuple[Site, Site]:
    """Give the site of a profile another display name; the site before and after.

    Raises UsageError for no name, ConfigurationError where the profile is not one that a line can
    be changed in.
    """
    name = " ".join(display_name.split())
    if not name or len(name) > MAX or not name.isprintable():
        raise UsageError(f"{display_name!r} is no name", hint=f"one line of 1 to {MAX} characters")
    before = read_site(path)
    text = whole_text(path)
    after = msgspec.structs.replace(before, display_name=name)
    write_atomically(path, _checked(path, _renamed(text, name), after))
    return before, after


def _renamed(text: str, name: str) -> str:
    """The text of a profile with this name, which stands before the first table."""
    line = f"display_name = {json.dumps(name, ensure_ascii=False)}"
    found = _TABLE.search(text)
    head, rest = (text[: found.start()], text[found.start() :]) if found else (text, "")
    if _LINE.search(head):
        return _LINE.sub(lambda _: line, head, count=1) + rest
    return f"{line}\n{head}{rest}"


def _checked(path: Path, text: str, wanted: Site) -> str:
    """The new text. Raises ConfigurationError where it says something else than was wanted."""
    try:
        said = parse_site({"name": path.stem, **tomllib.loads(text)}, source=str(path))
    except (ValueError, ConfigurationError):
        said = None
    if said != wanted:
        raise ConfigurationError(
            f"{path}: the name stands where it cannot be changed by itself",
            hint="write display_name yourself",
        )
    return text
