"""Configuration: flags, then ``ARCHIVER_*``, then ``archiver.toml``, then the user's file.

Each value knows where it comes from; ``archiver doctor`` shows it. An unknown key is an
error with a suggestion.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import socket
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archiver.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: what it is for, and what it is where nobody sets it."""

    name: str
    about: str
    default: str | None = None


SETTINGS = (
    Setting(name="data_dir", about="the archive home", default="data"),
    Setting(name="contact", about="an address for the owners of crawled sites, in the User-Agent"),
    Setting(name="operator", about="who runs this archive, for the warcinfo records"),
    Setting(name="proxy", about="a proxy for all requests, http://HOST:PORT; the environment's is ignored"),
    Setting(name="spiders_dir", about="a folder with spiders of your own"),
    Setting(name="sites_at_once", about="how many sites are crawled at the same time", default="4"),
    Setting(
        name="nightly.budget", about="for how long a night asks for pages, e.g. 6h; without it, to the end"
    ),
    Setting(
        name="nightly.patience",
        about="how long a night waits for a site that cannot be reached",
        default="1h",
    ),
    Setting(name="nightly.ping_url", about="an address that hears of the start and the end of each night"),
    Setting(name="nightly.textfile", about="a file of figures that Prometheus' node exporter reads"),
    Setting(name="archive.base_url", about="where replay of this archive is published; citations link to it"),
)
# A path in a file is relative to that file, wherever one stands.
PATHS = ("data_dir", "spiders_dir", "nightly.textfile")


@dataclass(frozen=True)
class Config:
    """The values in force, the origin of each, and the files that were read for them."""

    values: Mapping[str, str | None]
    origins: Mapping[str, str]
    files: tuple[Path, ...] = ()

    @property
    def data_dir(self) -> Path:
        """The archive home."""
        return Path(self.values["data_dir"] or "data")

    @property
    def sites_at_once(self) -> int:
        """How many sites are crawled at the same time. Raises ConfigurationError."""
        text = self.values["sites_at_once"] or "4"
        if not text.isdigit() or not 1 <= int(text) <= 64:
            raise ConfigurationError(
                f"sites_at_once is {text!r} (from {self.origins['sites_at_once']}): use 1 to 64"
            )
        return int(text)

    @property
    def proxy(self) -> str | None:
        """The proxy of all requests, or None. Raises ConfigurationError.

        None with a password: what is sent to it is stored in the captures.
        """
        text = self.values["proxy"]
        if not text:
            return None
        parts = urlsplit(text)
        if (
            parts.scheme != "http"
            or not parts.hostname
            or parts.username is not None
            or parts.path.strip("/")
        ):
            raise ConfigurationError(
                f"proxy cannot be used (from {self.origins['proxy']})",
                hint="it has the form http://HOST:PORT, without a password, which captures would hold",
            )
        return text

    @property
    def base_url(self) -> str | None:
        """Where replay is published, without a slash at the end, or None. Raises ConfigurationError.

        Never this machine: what is cited must be found by others.
        """
        text = (self.values["archive.base_url"] or "").rstrip("/")
        if text and not _is_public(text):
            raise ConfigurationError(
                f"archive.base_url cannot be used (from {self.origins['archive.base_url']})",
                hint="it has the form https://archive.example.org/path, and others can reach it",
            )
        return text or None

    def get(self, name: str) -> str | None:
        """The value of a setting, or None."""
        return self.values[name]


def _is_public(text: str) -> bool:
    """True for an address of HTTP that can stand in a publication: no password, and not of this machine."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port  # raises where it is none
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or parts.query or parts.fragment:
        return False
    if not re.fullmatch(r"[!-~]+", text) or not host or _LOOPBACK.fullmatch(host):
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return not _is_number(host)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_loopback or mapped.is_unspecified)


_LOOPBACK = re.compile(r"(?:.*\.)?(?:localhost|localdomain|ip6-localhost|ip6-loopback)", re.I)


def _is_number(host: str) -> bool:
    """True for an IPv4 address in another spelling: 127.1 and 0x7f.1 are loopback, too."""
    try:
        socket.inet_aton(host)
    except OSError:
        return bool(re.fullmatch(r"[\d.]+", host))
    return True


def load_config(
    flags: Mapping[str, str | None], *, environ: Mapping[str, str], file: Path | None, folder: Path
) -> Config:
    """The configuration from all its sources.

    ``file`` is what ``--config`` names; without it ``archiver.toml`` in ``folder`` is read
    where there is one. Raises ConfigurationError for a file that cannot be read.
    """
    if file is not None and not file.exists():
        raise ConfigurationError(f"{file}: there is no such file", hint="check --config")
    user_home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    sources: list[tuple[str, Mapping[str, Any]]] = [
        ("the command line", {name: value for name, value in flags.items() if value is not None}),
        ("the environment", _from_environment(environ)),
    ]
    files = (file or folder / "archiver.toml", user_home / "archiver" / "config.toml")
    # os.path: in a folder that one may not look into, as a service's HOME may be, there is no file.
    read = tuple(path for path in files if os.path.exists(path))  # noqa: PTH110
    sources += [(str(path), _from_file(path)) for path in read]
    if environ.get("STATE_DIRECTORY"):
        sources.append(("STATE_DIRECTORY", {"data_dir": environ["STATE_DIRECTORY"].split(":")[0]}))
    return _resolve(sources, read)


def _resolve(sources: list[tuple[str, Mapping[str, Any]]], files: tuple[Path, ...]) -> Config:
    values, origins = dict[str, str | None](), dict[str, str]()
    for setting in SETTINGS:
        values[setting.name], origins[setting.name] = setting.default, "the default"
        for origin, given in sources:
            if setting.name in given:
                values[setting.name], origins[setting.name] = str(given[setting.name]), origin
                break
    return Config(values, origins, files)


def variable(name: str) -> str:
    """The variable of the environment that sets what is called ``name`` in a file."""
    return f"ARCHIVER_{name.upper().replace('.', '_')}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    names = {variable(setting.name): setting.name for setting in SETTINGS}
    return {names[key]: value for key, value in environ.items() if key in names and value}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}", hint="correct the file and try again") from None
    values = dict(_flat(data))
    for key, value in values.items():
        _check(path, key, value)
    for key in PATHS:
        if key in values:
            values[key] = os.path.normpath(path.parent / str(values[key]))
    return values


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The keys of a file; those of a table that we know with its name and a dot before them."""
    tables = {setting.name.split(".")[0] for setting in SETTINGS if "." in setting.name}
    for key, value in data.items():
        if key in tables and isinstance(value, dict):
            yield from ((f"{key}.{inner}", each) for inner, each in value.items())
        else:
            yield key, value


def _check(path: Path, key: str, value: object) -> None:
    known = [setting.name for setting in SETTINGS]
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
        raise ConfigurationError(f"{path}: unknown key {key!r}", hint=hint)
    if not isinstance(value, str | int):
        raise ConfigurationError(f"{path}: {key} must be a text or a number")
