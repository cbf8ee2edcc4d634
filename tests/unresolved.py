"""The command on a machine that resolves no name: ``python -m tests.unresolved FILE WORD...``.

No name is resolved while there is a file of this name, as when a resolver is down; addresses are.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def fail_while_there_is(file: Path) -> None:
    """Have the system's resolver fail; to be called before anything takes it."""

    def failing(resolve: Callable[..., Any]) -> Callable[..., Any]:
        def resolved(host: Any, *words: Any, **options: Any) -> Any:
            if file.exists() and not _is_address(str(host)):
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return resolve(host, *words, **options)

        return resolved

    socket.getaddrinfo = failing(socket.getaddrinfo)
    socket.gethostbyname = failing(socket.gethostbyname)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    fail_while_there_is(Path(sys.argv[1]))
    from archiver.cli.main import run

    run(sys.argv[2:])
