"""A night as an archivist has it: all sites, one report, the truth about what was not observed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from archiver.home import Home
from tests.conftest import Archiver, run_archiver
from tests.crawl.test_crawl import rows
from tests.nightly.conftest import Monitor
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer


def news(count: int) -> dict[str, bytes]:
    """A news page and its articles."""
    paths = [f"/nyheter/{number}/" for number in range(count)]
    pages = {path: answer(article(f"Nytt {path}")) for path in paths}
    return {"/nyheter/": answer(listing(paths)), **pages}


def coverage(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "SELECT site, night, state, reason FROM coverage ORDER BY site, night, crawl")


def test_a_night_over_several_sites_is_one_report(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(8)) as good, RawServer({}) as bad:
        write_profile(home, good, name="good")
        write_profile(home, bad, name="bad")
        (home / "sites" / "broken.toml").write_text("start_urls = 3")
        done = archiver("nightly", "--delay", "0")
    assert done.returncode == 3
    head, text = done.stdout.split("\n", 1)
    assert re.fullmatch(r"night of \d{4}-\d\d-\d\d: 2 of 3 sites need you", head)
    assert "8 new articles, 0 changed; 9 pages" in text
    assert "bad: failed – not found (404), as http://127.0.0.1:" in text
    assert "/nyheter/\n  look closer: archiver sites check bad" in text
    assert "broken: failed" in text
    assert "good: 8 new, 0 changed, 8 in all" in text
    [page] = home.glob("runs/*/report.html")
    assert f"with plots: {page}" in text
    report = json.loads(page.with_name("report.json").read_text("utf-8"))
    assert report["exit_code"] == 3
    assert report["command"] == "nightly"
    [row] = [row for row in report["sites"] if row["site"] == "good"]
    assert row["statuses"] == {"200": 9, "404": 2}, "robots.txt and tdmrep.json are not there"
    assert 0 <= row["latency_ms"]["median"] <= row["latency_ms"]["p95"]
    assert [row[2] for row in coverage(home)] == ["failed", "complete"]


@pytest.mark.parametrize(
    ("pause", "hold"),
    [
        pytest.param(0.02, 4, id="close together, which may be one"),
        pytest.param(1.0, 60, id="when it waits for a server"),
    ],
)
def test_a_second_signal_ends_a_night_at_once(tmp_path: Path, pause: float, hold: int) -> None:
    def held(number: int) -> bytes:
        time.sleep(hold)
        return answer(article("Sent"))

    home = tmp_path / "data"
    with RawServer(news(5) | {"/nyheter/3/": held}) as server:
        write_profile(home, server)
        with start(home) as night:
            while server.times("/nyheter/3/") == 0:
                time.sleep(0.05)
            night.send_signal(signal.SIGTERM)
            time.sleep(pause)
            night.send_signal(signal.SIGTERM)
            night.communicate(timeout=30)
        assert night.returncode == 143
    with RawServer(news(5), port=server.port):
        assert run_archiver(home, "nightly", "--delay", "0").returncode == 0, "the lock is free"


def test_what_is_gone_is_told_in_the_morning(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(4)) as server:
        write_profile(home, server)
        assert "archiver gone" not in archiver("nightly", "--delay", "0").stdout
        server.pages["/nyheter/2/"] = answer("", status="410 Gone")
        night = archiver("nightly", "--delay", "0", days=1)
        after = archiver("nightly", "--delay", "0", days=2)
    assert "s: 0 new, 0 changed, 4 in all; 1 gone: archiver gone --site s\n" in night.stdout
    assert "archiver gone" not in after.stdout


def test_a_profile_that_was_spoilt_is_a_night_on_which_the_site_failed(
    archiver: Archiver, tmp_path: Path
) -> None:
    home, figures = tmp_path / "data", tmp_path / "archiver.prom"
    with RawServer(news(2)) as server:
        for name in ("good", "spoilt"):
            write_profile(home, server, name=name)
        assert archiver("nightly", "--delay", "0").returncode == 0
        (home / "sites" / "spoilt.toml").write_text("start_urls = 3")
        done = archiver("nightly", "--delay", "0", env={"ARCHIVER_NIGHTLY_TEXTFILE": str(figures)}, days=1)
        assert done.returncode == 3
        write_profile(home, server, name="spoilt")
        done = archiver("nightly", "--delay", "0", days=2)
        assert (done.returncode, "not run" in done.stdout) == (0, False)
    told = [row[2:] for row in coverage(home) if row[0] == "spoilt"]
    assert told == [("complete", None), ("failed", "the profile cannot be read"), ("complete", None)]
    assert 'archiver_site_state{site="spoilt",state="failed"} 1' in figures.read_text()


def test_a_profile_that_is_gone_is_told_of_until_somebody_says_that_it_is_meant(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(2)) as server:
        for name in ("good", "lost"):
            write_profile(home, server, name=name)
        assert archiver("nightly", "--delay", "0").returncode == 0
        (home / "sites" / "lost.toml").unlink()
        night = archiver("nightly", "--delay", "0", days=1)
        status = archiver("status", days=1)
        meant = archiver("sites", "remove", "lost")
        after = archiver("nightly", "--delay", "0", days=2)
    assert night.returncode == 3
    assert f"{home / 'sites' / 'lost.toml'}: the profile is gone" in night.stdout
    assert "archiver sites remove lost" in night.stdout
    assert [row[2:] for row in coverage(home) if row[0] == "lost"] == [
        ("complete", None),
        ("failed", "the profile is gone"),
    ]
    assert (status.returncode, "lost: bad profile" in status.stderr) == (1, True)
    assert (meant.returncode, after.returncode) == (0, 0), meant.stderr
    assert "lost" not in after.stdout + archiver("status", days=2).stdout


def test_a_night_that_saves_says_how_much(archiver: Archiver, demo_copy: Path) -> None:
    done = archiver("nightly", "--delay", "0", "--json")
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)["sites"]
    assert row["articles_new"] == row["articles_changed"] == 0
    assert row["unchanged"] == sum(row["statuses"].values()) == row["exchanges"]
    assert row["bytes_saved"] > row["bytes_stored"] > 0
    quiet = archiver("-q", "nightly", "--delay", "0")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_nights_that_were_not_run_are_known_as_such(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(4)) as server:
        write_profile(home, server)
        assert archiver("nightly", "--delay", "0").returncode == 0
        done = archiver("nightly", "--delay", "0", days=4)
        again = archiver("crawl", "--delay", "0", days=4)
        nights = coverage(home)
        quiet = archiver("-q", "nightly", "--delay", "0", days=6)
        assert (quiet.returncode, "not run since the last crawl: " in quiet.stdout) == (0, True)
    assert again.returncode == 0
    assert [row[2] for row in nights] == ["complete", *["not run"] * 3, "complete", "complete"]
    assert {row[3] for row in nights[1:4]} == {"no crawl ran"}
    missed = ", ".join(str(row[1]) for row in nights[1:4])
    assert f"not run since the last crawl: {missed}\n" in done.stdout
    assert "complete" in archiver("status").stdout
    page = min(path for path in home.glob("runs/*/report.html") if missed[:10] in path.read_text("utf-8"))
    assert page.read_text("utf-8").count("not run") >= 3


def test_a_rebuild_knows_the_nights_that_were_not_run(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(4)) as server:
        profile = write_profile(home, server, more="[crawl]\nevery = 9\n")
        for _ in range(3):
            assert archiver("nightly", "--delay", "0").returncode == 0
        assert server.times("/nyheter/") == 1
    before = [coverage(home), rows(home, "SELECT * FROM frontier ORDER BY url")]
    assert [row[2:] for row in before[0]] == [("complete", None), *[("not run", "not due")] * 2]
    assert profile.exists()
    (home / "archiver.db").unlink()
    assert archiver("rebuild").returncode == 0
    assert [coverage(home), rows(home, "SELECT * FROM frontier ORDER BY url")] == before


def test_every_site_that_was_asked_failed_whatever_was_not_due(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(2)) as rare, RawServer({}) as gone:
        write_profile(home, rare, name="rare", more="[crawl]\nevery = 9\n")
        assert archiver("nightly", "--delay", "0").returncode == 0
        write_profile(home, gone, name="gone")
        assert archiver("nightly", "--delay", "0").returncode == 4


def test_a_site_that_is_not_due_is_left_alone(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(2)) as server:
        write_profile(home, server, more="[crawl]\nevery = 3\n")
        assert archiver("nightly", "--delay", "0").returncode == 0
        asked = len(server.log)
        done = archiver("nightly", "--delay", "0")
        assert len(server.log) == asked
        assert done.returncode == 0
        assert "no site was due" in done.stdout
        assert "s: not run – not due" in done.stdout
        assert archiver("nightly", "--delay", "0", days=3).returncode == 0
        assert len(server.log) > asked


def test_a_night_ends_when_its_time_is_over_and_the_next_goes_on(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    config = tmp_path / "archiver.toml"
    config.write_text("sites_at_once = 1\n[nightly]\nbudget = '3s'\n")

    def slow(page: bytes, number: int) -> bytes:
        time.sleep(0.6)
        return page

    pages = {path: partial(slow, page) for path, page in news(12).items()}
    with RawServer(pages) as first, RawServer(news(3)) as second:
        write_profile(home, first, name="a")
        write_profile(home, second, name="b")
        done = archiver("--config", str(config), "nightly", "--delay", "0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert [row[2:] for row in coverage(home)] == [("partial", "time budget"), ("not run", "time budget")]
        assert "b: not run – time budget" in done.stdout
        assert second.log == []
        done = archiver("--config", str(config), "nightly", "--delay", "0", "--budget", "60s")
        assert done.returncode == 0, done.stdout + done.stderr
        assert max(first.times(f"/nyheter/{number}/") for number in range(12)) == 1
        assert first.log[-1].at > second.log[-1].at, "what was left out comes first"
    assert rows(home, "SELECT count(*) FROM captures WHERE url LIKE '%/nyheter/_%/'") == [(15,)]


def test_a_site_that_time_never_suffices_for_is_said(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"

    def slow(number: int) -> bytes:
        time.sleep(2)
        return news(3)["/nyheter/"]

    with RawServer(news(3) | {"/nyheter/": slow}) as server:
        write_profile(home, server)
        for night in range(3):
            done = archiver("nightly", "--delay", "0", "--budget", "1s", days=night)
            assert done.returncode == (3 if night == 2 else 0), done.stdout
    assert "s: partial – the time ended before it was seen whole, 3 nights in a row" in done.stdout


def test_a_monitor_and_a_file_of_figures_are_told(tmp_path: Path, monitor: tuple[str, type[Monitor]]) -> None:
    home, figures, (url, heard) = tmp_path / "data", tmp_path / "archiver.prom", monitor
    env = {"ARCHIVER_NIGHTLY_PING_URL": url, "ARCHIVER_NIGHTLY_TEXTFILE": str(figures)}
    with RawServer(news(2)) as server:
        write_profile(home, server)
        assert run_archiver(home, "nightly", "--delay", "0", env=env).returncode == 0
        server.pages.clear()
        assert run_archiver(home, "nightly", "--delay", "0", env=env).returncode == 4
    assert 'archiver_site_articles{site="s"} 2' in figures.read_text()
    assert "archiver_last_run_exit_code 4" in figures.read_text()
    home.joinpath("sites", "s.toml").write_text("start_urls = 3")
    assert run_archiver(home, "nightly", env=env).returncode == 78
    assert [path.removeprefix("/ping/5f2a") for path, _ in heard.heard] == [
        "/start",
        "",
        "/start",
        "/4",
        "/78",
    ]
    assert b"the site is healthy" in heard.heard[1][1]
    assert "archiver_last_run_exit_code 78" in figures.read_text()


def start(home: Path, days: int = 0) -> subprocess.Popen[str]:
    words = ["-m", "tests.later", str(days), "--data-dir", str(home), "nightly", "--delay", "0.2"]
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_everything_whole(
    archiver: Archiver, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    home, goes_on = tmp_path / "data", threading.Event()

    def held(number: int) -> bytes:
        goes_on.wait(60)
        return answer(article("Nytt"))

    with RawServer(news(30) | {"/nyheter/3/": held}) as server:
        write_profile(home, server)
        with start(home) as night:
            while server.times("/nyheter/3/") == 0:
                time.sleep(0.05)
            busy = archiver("nightly")
            assert busy.returncode == 75
            night.send_signal(sent)
            time.sleep(0.2)
            goes_on.set()
            stdout, stderr = night.communicate(timeout=60)
        assert night.returncode == code, stderr
        assert "interrupted; everything stored so far is whole, and the next night goes on" in stdout
        assert "s: partial – interrupted" not in stdout, (
            "that it was stopped is nothing that is wrong with the site"
        )
        assert "need you" not in stdout and "needs you" not in stdout
        assert [row[2:] for row in coverage(home)] == [("partial", "interrupted")]
        assert json.loads(archiver("verify", "--fixity", "--json").stdout) == []
        assert archiver("nightly", "--delay", "0").returncode == 0
    assert rows(home, "SELECT count(*) FROM articles") == [(30,)]
    assert max(server.times(f"/nyheter/{number}/") for number in range(30)) == 1


def test_a_night_that_was_killed_is_known_the_night_after(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"

    def slow_at_second(number: int) -> bytes:
        time.sleep(2 if number == 2 else 0)
        return answer(listing(["/nyheter/0/"]))

    with RawServer(news(1) | {"/nyheter/": slow_at_second}) as server:
        write_profile(home, server)
        assert archiver("nightly", "--delay", "0").returncode == 0
        with start(home, days=3) as night:
            while server.times("/nyheter/") < 2:
                time.sleep(0.02)
            night.kill()
            night.communicate(timeout=60)
        assert archiver("nightly", "--delay", "0", days=4).returncode == 0
    assert [row[2:] for row in coverage(home)] == [
        ("complete", None), ("not run", "no crawl ran"), ("not run", "no crawl ran"),
        ("not run", "the crawl was cut off"), ("complete", None),
    ]  # fmt: skip


def test_a_first_night_that_was_killed_is_known_too(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"

    def slow(number: int) -> bytes:
        time.sleep(3 if number == 1 else 0)
        return answer(article("Nytt"))

    with RawServer(news(4) | {"/nyheter/3/": slow}) as server:
        write_profile(home, server)
        with start(home) as night:
            while server.times("/nyheter/3/") == 0:
                time.sleep(0.02)
            time.sleep(1.5)  # what came before is stored
            night.kill()
            night.communicate(timeout=60)
        assert archiver("nightly", "--delay", "0", days=2).returncode == 0
    assert [row[2:] for row in coverage(home)] == [
        ("not run", "the crawl was cut off"), ("not run", "no crawl ran"), ("complete", None),
    ]  # fmt: skip


def test_a_span_that_is_none_is_one_error(archiver: Archiver, tmp_path: Path) -> None:
    done = archiver("nightly", "--budget", "six hours")
    assert done.returncode == 2
    assert "--budget 'six hours' is no span of time" in done.stderr
    assert not Home(tmp_path / "data").database.exists()
    done = archiver("nightly", env={"ARCHIVER_NIGHTLY_BUDGET": "6"})
    assert done.returncode == 78
    assert "nightly.budget '6' is no span of time (from the environment)" in done.stderr
