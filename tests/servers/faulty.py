"""A frozen site behind the misbehaving server of the shared samples, and the archive of it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import run_archiver


@dataclass(frozen=True)
class Rig:
    """One frozen site, its archive home, and the port on which it is served."""

    tools: Path
    site: str
    folder: Path
    port: int

    @property
    def home(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def served(self, *options: str) -> Iterator[None]:
        """Serve the site badly."""
        command = [
            sys.executable, str(self.tools / "faults.py"),
            "--snapshot", str(self.tools / f"{self.site}.tar.xz"),
            "--truth", str(self.tools / "truth" / self.site),
            "--port", str(self.port), "--seed", "7",
            "--plan-out", str(self.folder / "plan.json"), "--log", str(self.folder / "access.jsonl"),
            "--hang", "8", "--slow", "3", "--drip", "120", *options,
        ]  # fmt: skip
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            assert server.stdout.readline().startswith("faults on")
            yield
        finally:
            server.terminate()
            server.wait(10)
            server.stdout.close()

    def add(self) -> None:
        """Write the profile, from a visit to the site while it behaves."""
        with self.served():
            added = run_archiver(
                self.home, "sites", "add", f"http://127.0.0.1:{self.port}/", "--name", "s", "--delay", "0"
            )
            assert added.returncode == 0, added.stderr
        path = self.home / "sites" / "s.toml"
        text = re.sub(r"(?m)^\[crawl\]\n", "", path.read_text("utf-8"))
        path.write_text(text + "\n[crawl]\ntimeout = 4.0\n", "utf-8")

    def crawl(self, *options: str) -> str:
        """Crawl; what the command said."""
        done = run_archiver(self.home, "crawl", "--delay", "0", *options, timeout=600)
        assert done.returncode in (0, 3, 4), done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    def score(self) -> dict[str, Any]:
        """What check.py says of the export."""
        out, numbers = self.folder / "articles.jsonl", self.folder / "check.json"
        out.unlink(missing_ok=True)
        exported = run_archiver(self.home, "export", "--format", "jsonl", "-o", str(out))
        assert exported.returncode == 0, exported.stderr
        subprocess.run(
            [sys.executable, str(self.tools / "check.py"), str(out), str(self.tools / "truth" / self.site),
             "--plan", str(self.folder / "plan.json"), "--json", str(numbers)],
            capture_output=True, check=False,
        )  # fmt: skip
        result: dict[str, Any] = json.loads(numbers.read_text("utf-8"))
        return result

    def articles(self) -> dict[str, dict[str, Any]]:
        """The articles that were exported last, by id."""
        lines = (self.folder / "articles.jsonl").read_text("utf-8").splitlines()
        return {row["id"]: row for row in map(json.loads, lines)}

    def plan(self) -> list[dict[str, Any]]:
        """The addresses with a fault, and what is expected of each."""
        items: list[dict[str, Any]] = json.loads((self.folder / "plan.json").read_text("utf-8"))["items"]
        return items

    def states(self) -> dict[str, set[str]]:
        """The states of articles that ``archiver gone`` lists, by id."""
        listed = run_archiver(self.home, "gone", "--json")
        assert listed.returncode == 0, listed.stderr
        found: dict[str, set[str]] = {}
        for row in json.loads(listed.stdout):
            assert row["since"]
            assert row["capture"]
            found.setdefault(row["id"], set()).add(row["state"])
        return found


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


SECOND = {"gone2": "gone", "moved2": "moved", "soft2": "soft 404"}
"""What became of an article that has one of these faults in the second epoch."""


def assert_second_night(rig: Rig, first: dict[str, dict[str, Any]]) -> None:
    """Each article of the first night is there, with its id, and what became of it is said."""
    second, states = rig.articles(), rig.states()
    assert set(first) <= set(second), "what was stored stays, with its id"
    known = {_path(row["url"]): key for key, row in first.items()}
    edited: list[bool] = []
    for item in rig.plan():
        key = known.get(_path(item["url"]))
        if key is None:
            continue
        before, after = first[key], second[key]
        if item["fault"] == "changed2":
            edited.append(after["body"] != before["body"])
            assert after["versions"] == 1 + edited[-1]
        elif (state := SECOND.get(item["fault"])) is not None:
            assert (states.get(key), after["body"]) == ({state}, before["body"]), item
            assert (after["gone_since"] is not None) is (state == "gone")
    # hugo_papermod states each text twice, and the fault changes only what its head says; puput does at times.
    assert rig.site == "hugo_papermod" or sum(edited) >= len(edited) - 1
    faulty = {known.get(_path(item["url"])) for item in rig.plan()}
    assert states.keys() <= faulty, "nothing else became of any article"


def _path(url: str) -> str:
    return url.split("/", 3)[3]
