"""The sites that a person chose: by name, or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.errors import ConfigurationError, UsageError
from archiver.home import Home
from archiver.site import Site


def chosen_sites(home: Home, names: Sequence[str]) -> tuple[list[Site], list[ConfigurationError]]:
    """The named sites, or all whose profiles can be read, and what is wrong with the others.

    Raises UsageError where there is none, ConfigurationError where none can be read.
    """
    if names:
        return [home.site(name) for name in dict.fromkeys(names)], []
    sites, broken = home.readable_sites()
    if broken and not sites:
        raise broken[0]
    if not sites:
        raise UsageError(
            f"{home.sites}: there is no site yet",
            hint="archiver sites add https://www.example.se/nyheter/ makes the first",
        )
    return sites, broken
