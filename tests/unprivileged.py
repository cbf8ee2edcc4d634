"""What a person may do who owns nothing: tests run as root, too, where every file may be written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def readable_copy(folder: Path) -> Iterator[Path]:
    """A copy of a folder that everybody may read and nobody may write."""
    beside = Path(tempfile.mkdtemp(prefix="nyhetsarkiv-"))
    copy = beside / "data"
    shutil.copytree(folder, copy)
    beside.chmod(0o755)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield copy
    finally:
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(beside)


def as_nobody(call: Callable[[], int]) -> int:
    """The exit code of a call in a process of its own, which is not root's.

    What it imports must have been imported before: the interpreter may lie where only root may read.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        code = call()
    finally:
        os._exit(code)
