"""An output that counts and digests what goes through it."""

from __future__ import annotations

import hashlib
import io
from typing import Any, BinaryIO


class Measured(io.RawIOBase):
    """Writes on to another output, in order and never sought, and knows what was written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """``sha256:`` and hex over all that was written."""
        return f"sha256:{self._sha256.hexdigest()}"

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Write all of the data; how many bytes that were."""
        view = memoryview(data).cast("B")
        self._out.write(view)
        self._sha256.update(view)
        self.size += len(view)
        return len(view)
