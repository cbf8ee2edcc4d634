"""What ``archiver schedule install`` is to write, from how the command is called here and now.

A night starts elsewhere, without this shell: the command's own path, the archive, the settings file and
what the environment sets are written down as they are in force here.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import archiver as package
from archiver.cli.main import Settings
from archiver.config import PATHS, SETTINGS, variable
from archiver.errors import ConfigurationError, UsageError
from archiver.nightly.schedule import Schedule


def planned(ctx: click.Context, *, name: str, system: bool, run_as: str | None, **chosen: Any) -> Schedule:
    """The schedule for the archive and the settings of this call. Raises UsageError, ConfigurationError."""
    settings: Settings = ctx.obj
    if run_as and not system:
        raise UsageError("--run-as needs --system", hint="a schedule of your own runs as you")
    data_dir = settings.config.data_dir.absolute()
    user = (run_as or _owner(data_dir)) if system else getpass.getuser()
    textfile = settings.config.get("nightly.textfile")
    config = _config_file(ctx)
    return Schedule(
        name=name,
        system=system,
        command=_command(data_dir, config),
        data_dir=data_dir,
        user=user,
        home=_home_of(user),
        environment=_environment(settings, config),
        writable=(Path(textfile).absolute().parent,) if textfile else (),
        needed=tuple(_needed(settings, config)),
        **chosen,
    )


def _command(data_dir: Path, config: Path | None) -> tuple[str, ...]:
    named = ("--config", str(config)) if config else ()
    return (_program(), "-q", *named, "--data-dir", str(data_dir), "nightly")


def _program() -> str:
    """The installed command, by its absolute path; the one that runs now before any other."""
    called, beside = Path(sys.argv[0]), Path(sys.executable).with_name("archiver")
    for path in (called if called.name == "archiver" else beside, beside):
        if path.is_file() and os.access(path, os.X_OK):
            return str(path.parent.resolve() / path.name)
    found = shutil.which("archiver")
    if found:
        return str(Path(found).absolute())
    raise ConfigurationError(
        "the command archiver is not installed beside this Python",
        hint="install it (pip install nyhetsarkiv, or make install) and call it by its path",
    )


def _config_file(ctx: click.Context) -> Path | None:
    """The settings in force here, which a night that starts elsewhere must be told."""
    named = ctx.find_root().params.get("config_file")
    file = Path(named) if named else Path.cwd() / "archiver.toml"
    return file.absolute() if named or file.exists() else None


def _environment(settings: Settings, config_file: Path | None) -> dict[str, str]:
    """What is set here by the environment or the person's own file; the night may see neither."""
    config = settings.config
    elsewhere = ("the default", "the command line", "STATE_DIRECTORY")
    set_here = (
        (setting.name, value)
        for setting in SETTINGS
        if setting.name != "data_dir"
        and (value := config.get(setting.name))
        and (origin := config.origins[setting.name]) not in elsewhere
        and (config_file is None or Path(origin).absolute() != config_file)
    )
    return {variable(name): os.path.abspath(value) if name in PATHS else value for name, value in set_here}  # noqa: PTH100


def _needed(settings: Settings, config: Path | None) -> Iterator[Path]:
    """What a night reads beside the archive."""
    yield from (Path(_program()), Path(sys.prefix), Path(sys.base_prefix))
    yield Path(package.__file__).absolute().parents[1]
    if config:
        yield config
    if spiders := settings.config.get("spiders_dir"):
        yield Path(spiders).absolute()


def _owner(data_dir: Path) -> str:
    try:
        return data_dir.owner()
    except (OSError, KeyError):
        return "root"


def _home_of(user: str) -> Path | None:
    try:
        return Path(pwd.getpwnam(user).pw_dir)
    except KeyError:
        raise UsageError(
            f"--run-as {user!r}: there is no such user", hint="useradd --system makes one"
        ) from None


def check_archive(plan: Schedule, settings: Settings) -> None:
    """Raises UsageError where there is no archive, and nothing that would make its folder."""
    if not settings.home.root.is_dir() and plan.data_dir.parent != Path("/var/lib"):
        raise UsageError(
            f"{plan.data_dir}: there is no archive here yet",
            hint="archiver sites add URL makes one; --data-dir names another",
        )
