"""Writes the README's transcript: what ``archiver demo`` prints, with the table of articles cut.

    .venv/bin/python docs/transcript.py

Nothing else is changed; the addresses carry the port and the times of that run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- transcript: make demo -->", "<!-- end -->"
ROWS = 8


def transcript() -> str:
    """The lines of one run, at a width that a page shows."""
    command = str(Path(sys.executable).parent / "archiver")
    done = subprocess.run(
        [os.path.relpath(command), "demo"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "92", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return "\n".join(line.rstrip() for line in _cut(done.stdout.splitlines()))


def _cut(lines: list[str]) -> list[str]:
    """The lines with all but the first and the last rows of the table left out."""
    rows = [n for n, line in enumerate(lines) if re.match(r"(?:\d{4}-\d\d-\d\d|no date)  ", line)]
    end = next(n for n, line in enumerate(lines) if line.startswith("╭"))
    return [*lines[: rows[ROWS]], "…", *lines[rows[-1] : end], *lines[end:]]


def main() -> None:
    """Put a new transcript into the README."""
    readme = ROOT / "README.md"
    before, rest = readme.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    block = f"```\n$ make demo\n{transcript()}\n```"
    readme.write_text(f"{before}{BEGIN}\n{block}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
