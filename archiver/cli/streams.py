"""The standard streams of the command, also where the caller closed one or nobody reads any more."""

from __future__ import annotations

import os
import sys

_STREAMS = (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def take_closed_streams() -> None:
    """Gives each standard stream that is closed a file descriptor again: else a database would get it.

    Nothing is read there and what is said is lost, but to write data is an error.
    """
    for number, (name, mode, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def silence_stdout() -> None:
    """What Python still holds for standard output goes nowhere, so that it is no error at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
