"""The Prometheus file: the exposition format, whole at any moment."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.nightly.metrics import NightFigures, SiteFigures, metrics_text, write_metrics

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[0-9.e+]+)')


def night(*sites: SiteFigures, exit_code: int = 3) -> NightFigures:
    ended = datetime(2026, 11, 26, 3, 41, 2, 500000, tzinfo=UTC)
    return NightFigures(ended=ended, seconds=2471.25, exit_code=exit_code, sites=sites)


FIGURES = night(
    SiteFigures(site="sherpa", state="complete", articles=812, pages=41, failures=0),
    SiteFigures(site='a"b\\c\nd', state="failed", articles=0, pages=1, failures=7),
)


def test_every_sample_has_help_and_type_before_it() -> None:
    described, typed, samples = set[str](), set[str](), dict[str, str]()
    for line in metrics_text(FIGURES).splitlines():
        if line.startswith("# HELP "):
            described.add(line.split()[2])
        elif line.startswith("# TYPE "):
            assert line.split()[3] == "gauge"
            typed.add(line.split()[2])
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            assert found[1] in described & typed
            samples[line.rpartition(" ")[0]] = found[3]
    assert float(samples["archiver_last_run_timestamp_seconds"]) == FIGURES.ended.timestamp()
    assert samples["archiver_last_run_duration_seconds"] == "2471.25"
    assert samples["archiver_last_run_exit_code"] == "3"
    assert samples['archiver_site_articles{site="sherpa"}'] == "812"
    assert samples['archiver_site_failures{site="a\\"b\\\\c\\nd"}'] == "7"
    assert samples['archiver_site_state{site="sherpa",state="complete"}'] == "1"


def test_promtool_finds_nothing_to_say() -> None:
    if not (promtool := shutil.which("promtool")):
        pytest.skip("promtool is not installed")
    done = subprocess.run([promtool, "check", "metrics"], input=metrics_text(FIGURES), text=True, check=False)
    assert done.returncode == 0


def test_a_night_without_sites() -> None:
    text = metrics_text(night())
    assert "archiver_site" not in text
    assert text.endswith("\n")


def test_of_a_night_that_could_not_begin_the_sites_keep_their_figures(tmp_path: Path) -> None:
    path = tmp_path / "archiver.prom"
    assert write_metrics(path, FIGURES) is None
    before = path.read_text()
    began = replace(FIGURES, exit_code=1, sites=None)
    assert write_metrics(path, began) is None
    assert path.read_text() == before.replace("exit_code 3", "exit_code 1")
    path.unlink()
    assert write_metrics(path, began) is None
    assert "archiver_site" not in path.read_text()


def test_the_file_is_replaced_and_no_other_is_left(tmp_path: Path) -> None:
    path = tmp_path / "textfile" / "archiver.prom"
    assert write_metrics(path, FIGURES) is None
    assert write_metrics(path, night(exit_code=0)) is None
    assert "archiver_last_run_exit_code 0\n" in path.read_text()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = write_metrics(tmp_path / "file" / "archiver.prom", FIGURES)
    assert said
    assert "archiver.prom" in said or "file" in said
