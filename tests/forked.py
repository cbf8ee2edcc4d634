"""Commands in processes of their own that need not import other people's packages each time.

``python -m tests.forked SOCKET`` imports what a crawl imports of its dependencies, and nothing of ours. For
each command that it is asked to run it forks; the fork is where a fresh interpreter would be after
these imports, and all of the archive's own modules are imported there anew.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

PACKAGES = (
    "_strptime", "bs4", "charset_normalizer", "click", "dateutil.parser", "feedparser", "filelock",
    "isal.isal_zlib", "lxml.html", "msgspec", "protego", "requests", "rich.progress",
    "scrapy.core.downloader.handlers.http11", "scrapy.core.engine", "scrapy.core.scraper", "scrapy.crawler",
    "scrapy.downloadermiddlewares.cookies", "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.extensions.feedexport", "scrapy.extensions.memusage", "scrapy.extensions.throttle",
    "scrapy.pipelines", "scrapy.spiderloader", "scrapy.statscollectors", "sqlite_utils", "statistics",
    "tldextract", "tomllib", "twisted.internet.ssl", "twisted.web.client", "warcio",
)  # fmt: skip
LARGE = ("numpy", "pandas")
# What an interpreter reads of its environment only when it starts.
EARLY = ("PYTHON", "LC_", "LANG", "LD_")


class Forker:
    """Runs commands in forks of one process, which starts with the first of them."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forker-")
        self._path = Path(self._folder.name) / "socket"
        words = [sys.executable, "-m", "tests.forked", str(self._path)]
        env = os.environ | {"PYTHONWARNINGS": "error::ResourceWarning"}
        self._process = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()
        atexit.register(self.close)

    def run(
        self, module: str, words: Sequence[str], env: dict[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """``python -m module word...`` with this environment, in the folder in which we are.

        Raises subprocess.TimeoutExpired.
        """
        with tempfile.TemporaryDirectory(prefix="forked-") as folder:
            job = {"module": module, "words": words, "env": env, "cwd": str(Path.cwd()), "out": folder}
            code = self._ask(job, timeout)
            stdout, stderr = ((Path(folder) / name).read_text("utf-8") for name in ("stdout", "stderr"))
        if code is None:
            raise subprocess.TimeoutExpired([module, *words], timeout, stdout, stderr)
        return subprocess.CompletedProcess([module, *words], code, stdout, stderr)

    def _ask(self, job: dict[str, object], timeout: float) -> int | None:
        """The exit code, negative for a signal; None where it is killed as its time is over."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(timeout)
            asked.connect(str(self._path))
            asked.sendall(json.dumps(job).encode())
            asked.shutdown(socket.SHUT_WR)
            with asked.makefile() as lines:
                process = int(lines.readline())
                try:
                    return int(lines.readline())
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    return None

    def close(self) -> None:
        """End the process; it ends itself when we do."""
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def _serve(path: str) -> None:
    # No command of ours imports these; sqlite-utils does where they are, unless it is kept from it.
    sys.modules.update(dict.fromkeys(LARGE))  # type: ignore[arg-type]
    for name in PACKAGES:
        with contextlib.suppress(ImportError):  # some are optional
            importlib.import_module(name)
    for name in LARGE:
        del sys.modules[name]
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()  # what is there already need not be looked at in each fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(8)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([server, sys.stdin], [], [])
            if sys.stdin in ready:  # whoever asks is gone
                return
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _supervise(connection)
            connection.close()


def _supervise(connection: socket.socket) -> None:
    """Fork once more, for the command itself, and say how that ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection.makefile() as asked:
        job = json.load(asked)
    child = os.fork()
    if child == 0:
        connection.close()
        _become(job)
    connection.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(job: dict[str, object]) -> NoReturn:
    """The command: its environment, folder, output and arguments. Ends with SystemExit."""
    import runpy

    os.environ.clear()
    os.environ.update(job["env"])  # type: ignore[call-overload]
    time.tzset()
    os.chdir(str(job["cwd"]))
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(Path(str(job["out"])) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.argv[1:] = job["words"]  # type: ignore[assignment]
    runpy.run_module(str(job["module"]), run_name="__main__", alter_sys=True)
    raise SystemExit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
