"""A program that is run and measured: its CPU, its peak memory, the time that passed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a process and the children it waited for used.

    ``cpu`` is user and system time in seconds, ``system`` the latter alone, ``wall`` seconds
    passed, ``memory`` the peak resident set in MB (10⁶ bytes). ``output`` is what it printed.
    """

    code: int
    cpu: float
    system: float
    wall: float
    memory: float
    output: str


def run(command: Sequence[str], *, folder: Path, environ: Mapping[str, str] | None = None) -> Usage:
    """Run a program to its end and measure it; nothing is printed."""
    log = folder / "output.txt"
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(environ or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(
        code=process.returncode,
        cpu=used.ru_utime + used.ru_stime,
        system=used.ru_stime,
        wall=wall,
        memory=used.ru_maxrss * 1024 / 1e6,
        output=log.read_text("utf-8", "replace"),
    )
