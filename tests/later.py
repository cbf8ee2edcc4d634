"""The command as it runs some days from now: ``python -m tests.later DAYS WORD...``.

A clock that is ahead and nothing else: everything that the command does is what it does.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from archiver import instants


def ahead(days: int) -> None:
    """Set the clock that all of the archive reads ahead, before anything has taken it."""
    real = instants.now

    def now() -> datetime:
        return real() + timedelta(days=days)

    instants.now = now


if __name__ == "__main__":
    ahead(int(sys.argv[1]))
    from archiver.cli.main import run

    run(sys.argv[2:])
