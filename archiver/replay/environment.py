"""The environment that pywb runs from. It is run as a program and never imported.

pywb brings packages that shadow those of the crawler, so it has an environment of its own: the one
that ``archiver replay --setup`` makes in the user's cache, or the checkout's ``.venv-tools``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from archiver.errors import ConfigurationError, UsageError

# The versions of pywb and what it needs; `make tools` installs by the same list.
CONSTRAINTS = Path(__file__).with_name("constraints-tools.txt")
MARK = "installed"
_CHECKOUT = Path(__file__).resolve().parents[2]


def own_folder(environ: Mapping[str, str]) -> Path:
    """Where ``--setup`` makes the environment: ``$XDG_CACHE_HOME/archiver/pywb``."""
    cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "/")) / ".cache"
    return Path(cache) / "archiver" / "pywb"


def environments(environ: Mapping[str, str]) -> list[Path]:
    """Where pywb is looked for, in this order."""
    return [own_folder(environ), _CHECKOUT / ".venv-tools"]


def find_python(folders: Sequence[Path]) -> Path:
    """The Python of the first environment that was made to the end.

    Raises UsageError with the command that makes one where there is none.
    """
    for folder in folders:
        if (folder / MARK).exists() and (folder / "bin" / "wayback").exists():
            return folder / "bin" / "python"
    raise UsageError(
        "pywb is not installed; it needs an environment of its own",
        hint="archiver replay --setup makes one (in a checkout, make tools does too)",
    )


def set_up(folder: Path) -> None:
    """Make the environment and install pywb in it, in the versions that were tested.

    Raises ConfigurationError where that fails. One that was made half is made again.
    """
    (folder / MARK).unlink(missing_ok=True)
    python = folder / "bin" / "python"
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "the environment cannot be made")
    # Upgraded first: the pip that some Pythons bundle crashes on some sets of requirements.
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    _run([*pip, "--upgrade", "pip"], "pip cannot be upgraded")
    _run([*pip, "-c", str(CONSTRAINTS), "pywb"], "pywb cannot be installed")
    (folder / MARK).touch()


def _run(words: Sequence[str], what: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ConfigurationError(f"{what}: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        raise ConfigurationError(
            f"{what}: {said[-1]}",
            hint=f"the command was: {' '.join(words)}; a package index must be reachable",
        )
