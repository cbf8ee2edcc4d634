"""The sites that a person chose: by name, or all of them; and that their owners can reach us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from archiver.cli.main import Settings
from archiver.cli.output import say
from archiver.errors import ConfigurationError, UsageError
from archiver.home import Home
from archiver.site import Site
from archiver.suppressions import read_suppressions


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


def prepared_sites(home: Home, names: Sequence[str]) -> tuple[list[Site], list[ConfigurationError]]:
    """Like ``chosen_sites``, in an archive home that is ready for writing.

    Where there is no such site, a home that was not there before is not there after. Raises
    DamagedError where the database was lost: an empty one would ask for everything again; and
    ConfigurationError where it cannot be read what is hidden.
    """
    if home.has_captures and not home.database.exists():
        raise home.no_database()
    folders = (home.root / "runs", home.collections, home.sites, home.root, *home.root.parents)
    missing = [folder for folder in folders if not folder.exists()]
    home.prepare()
    read_suppressions(home)
    try:
        return chosen_sites(home, names)
    except UsageError:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise


def mention_contact(settings: Settings, urls: Iterable[str]) -> None:
    """Say in one line that no contact is configured, where a host is not of this network."""
    if settings.config.get("contact") or settings.verbosity < 0:
        return
    hosts = dict.fromkeys(urlsplit(url).hostname or "" for url in urls)
    strange = [host for host in hosts if not _is_local(host)]
    if strange:
        say(f"no contact is configured: the owner of {strange[0]} cannot reach you; set ARCHIVER_CONTACT")


def _is_local(host: str) -> bool:
    """True for a host of this machine or a private network, as far as its name tells."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
