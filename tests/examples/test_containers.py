"""The container example: every path and every command in it exists."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from archiver.cli.main import main
from archiver.config import SETTINGS, variable

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "containers"
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE = (FOLDER / "compose.yaml").read_text("utf-8")
IN_CHECKOUT = (ROOT / "archiver").is_dir()


def steps(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.M)


def calls() -> list[list[str]]:
    """The words after ``archiver`` in every call that the files make or name."""
    told = re.findall(r"run --rm nightly *(.*)", COMPOSE)
    listed = [
        json.loads(text) for text in [*steps("CMD"), *re.findall(r"^ +command: (\[.*\])", COMPOSE, re.M)]
    ]
    return [*listed, *(shlex.split(words) for words in told if words)]


@pytest.mark.skipif(not IN_CHECKOUT, reason="the image is built from a checkout, and this is none")
def test_what_is_copied_is_there_and_not_ignored() -> None:
    kept = (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [shlex.split(step)[:-1] for step in steps("COPY") if "--from" not in step]
    assert copied
    for source in (source for each in copied for source in each):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in kept, source


@pytest.mark.skipif(not IN_CHECKOUT, reason="the image is built from a checkout, and this is none")
def test_the_wheel_is_built_from_all_that_it_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = [
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        project["project"]["readme"],
        *project["project"]["license-files"],
        "pyproject.toml",
    ]
    copied = {source for step in steps("COPY") for source in shlex.split(step)}
    assert set(needed) <= copied
    assert project["project"]["scripts"].keys() >= set(json.loads(steps("ENTRYPOINT")[0]))


def test_the_copy_of_the_wheel_comes_from_a_stage_that_makes_it() -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.M)
    [taken] = re.findall(r"--from=(\S+) (\S+)", DOCKERFILE)
    assert taken[0] in stages
    assert f"--wheel-dir {taken[1]} " in DOCKERFILE


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_every_call_of_the_command_is_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    names = [word for word in words if re.fullmatch("[a-z]+", word)]
    assert main([*[word for word in words if "://" not in word], "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: archiver {' '.join(names)} ")


def test_the_programs_of_the_image_are_debians() -> None:
    if not Path("/etc/debian_version").exists():
        pytest.skip("this is no Debian, as the image is")
    programs = {shlex.split(part)[0] for step in steps("RUN") for part in step.split("&&")}
    assert programs == {"pip", "rm", "useradd", "install"}
    for program in programs - {"pip"}:
        assert shutil.which(program, path="/usr/bin:/usr/sbin:/bin:/sbin"), program


def test_the_paths_and_settings_of_the_compose_file() -> None:
    [context] = re.findall(r"^ +context: (\S+)", COMPOSE, re.M)
    [dockerfile] = re.findall(r"^ +dockerfile: (\S+)", COMPOSE, re.M)
    assert (FOLDER / context).resolve() == ROOT
    assert (ROOT / dockerfile) == FOLDER / "Dockerfile"
    for path in re.findall(r"(?:-f|examples/containers/compose.yaml) (\S+\.yaml)", COMPOSE + DOCKERFILE):
        assert (ROOT / path).exists(), path
    [inside] = re.findall(r"- archive:(\S+)", COMPOSE)
    assert f"ARCHIVER_DATA_DIR={inside}" in DOCKERFILE
    assert steps("VOLUME") == [inside]
    known = {variable(setting.name) for setting in SETTINGS}
    assert set(re.findall(r"\b(ARCHIVER_[A-Z_]+)", COMPOSE + DOCKERFILE)) <= known


def test_docker_reads_the_compose_file() -> None:
    version = ["docker", "compose", "version"]
    if not shutil.which("docker") or subprocess.run(version, capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        ["docker", "compose", "-f", str(FOLDER / "compose.yaml"), "config", "--quiet"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "ARCHIVER_CONTACT": "me@example.org"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
