"""Files beside the captures, read within bounds: whatever somebody made of one, it fills no memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LINE = 1 << 20  # bytes of a line; none of ours has as many, unless it says so
MOST = 1 << 24  # bytes of a file that is read as a whole


def lines_in(path: Path, longest: int = LINE) -> Iterator[bytes]:
    """The lines of a file with their line ends; a longer one than any of ours comes in pieces."""
    with path.open("rb") as file:
        while line := file.readline(longest):
            yield line


def whole_text(path: Path, most: int = MOST) -> str:
    """The text of a file. Raises OSError, ValueError where it is no UTF-8 or has more bytes than that."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"larger than {most} bytes")
    return content.decode("utf-8")
