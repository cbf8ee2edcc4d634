"""A command that is killed at any step on the files of its archive."""

from __future__ import annotations

import os
import signal
import sys

from archiver.cli.main import main
from archiver.home import Home

STEPS = ("open", "os.rename", "os.remove", "os.link", "os.truncate", "sqlite3.connect")


def run_and_die(home: Home, step: int, *words: str) -> bool:
    """Runs in a process that is killed before its n-th step on the archive; True where it ended before."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and str(home.root) in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os._exit(main(["--data-dir", str(home.root), "-q", *words]))
