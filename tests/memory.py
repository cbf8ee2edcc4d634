"""What a command takes of memory at most, as the system counts it in that process alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Asked of the process itself: what wait4(2) says of a child is at least what its parent took before.
SAY_MOST = """
import atexit, re, sys
def say_most():
    most = re.search("VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]
    print("most:", most, file=sys.stderr)
atexit.register(say_most)
"""
COMMAND = "import sys; from archiver.cli.main import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its code, what it said, and the most memory that it took, in kB."""

    code: int
    said: str
    most: int


def measured(home: Path, *words: str) -> Ended:
    """Runs the command in a process of its own."""
    return measured_code(COMMAND, "--data-dir", str(home), *words)


def measured_code(code: str, *arguments: str) -> Ended:
    """Runs Python code in a process of its own."""
    command = [sys.executable, "-c", SAY_MOST + code, *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    before, found, most = said.rpartition("most: ")
    assert found, said
    return Ended(code=done.returncode, said=before, most=int(most))
