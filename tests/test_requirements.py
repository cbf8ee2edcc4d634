"""What constraints.txt pins can be installed with every Python that the project names."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def test_each_release_runs_on_the_oldest_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(Requirement(line).name) for line in lines if line and line[0] != "#"}
    installed = [d for d in distributions() if canonicalize_name(d.name) in pinned]
    assert len(installed) > 50
    wanted = {f"{d.name} {d.version}": d.metadata.get("Requires-Python") or "" for d in installed}
    newer = {name: by for name, by in wanted.items() if not SpecifierSet(by).contains(oldest)}
    assert newer == {}
