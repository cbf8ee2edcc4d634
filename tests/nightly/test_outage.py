"""Nights on which the line is down or a server is away: nothing is lost, all is said."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Archiver, run_archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import coverage, news
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

PATIENCE = "ARCHIVER_NIGHTLY_PATIENCE"


def started(*module: str, home: Path, patience: str, delay: str = "0") -> subprocess.Popen[str]:
    """A night that has begun."""
    words = ["-m", *module, "--data-dir", str(home), "nightly", "--delay", delay]
    env = {**os.environ, PATIENCE: patience}
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, env=env)


def test_a_night_waits_until_names_resolve_again(tmp_path: Path) -> None:
    home, down = tmp_path / "data", tmp_path / "resolver is down"
    down.touch()
    with RawServer(news(3), host="localhost") as server:
        write_profile(home, server)
        with started("tests.unresolved", str(down), home=home, patience="60s") as night:
            time.sleep(3)
            assert night.poll() is None
            assert server.log == []
            down.unlink()
            stdout, _ = night.communicate(timeout=60)
    assert night.returncode == 0, stdout
    assert coverage(home)[0][2:] == ("complete", None)
    assert rows(home, "SELECT count(*) FROM articles") == [(3,)]


def test_a_server_that_goes_away_is_waited_for_and_loses_nothing(tmp_path: Path) -> None:
    home = tmp_path / "data"
    first = RawServer(news(12))
    is_away = threading.Event()

    def last(number: int) -> bytes:
        is_away.set()
        return answer(article("Nytt /nyheter/5/"))

    first.pages["/nyheter/5/"] = last
    with first:
        write_profile(home, first)
        night = started("archiver", home=home, patience="60s", delay="0.1")
        assert is_away.wait(60)
    asked = len(first.log)
    assert asked < 14
    time.sleep(2)
    with night, RawServer(news(12), port=first.port) as second:
        stdout, _ = night.communicate(timeout=90)
        assert night.returncode == 0, stdout
        assert not {each.target for each in first.log[:-1]} & {each.target for each in second.log}
    assert rows(home, "SELECT count(*) FROM articles") == [(12,)]
    assert coverage(home)[0][2:] == ("complete", None)


def test_what_stays_away_is_left_alone_and_asked_for_in_the_next_night(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(40)) as first:
        write_profile(home, first)
        assert archiver("crawl", "--limit", "2", "--delay", "0").returncode == 0
    began = time.monotonic()
    done = archiver("nightly", "--delay", "0", env={PATIENCE: "2s"})
    assert 2 < time.monotonic() - began < 40
    assert done.returncode == 4
    assert "connection: refused" in done.stdout
    began = time.monotonic()
    again = archiver("nightly", "--delay", "0", env={PATIENCE: "10h"}, days=1)
    assert again.returncode == 4
    assert time.monotonic() - began < 40, "what was waited for in vain is not waited for every night"
    with RawServer(news(40), port=first.port) as second:
        assert archiver("nightly", "--delay", "0", days=2).returncode == 0
        assert second.times("/nyheter/39/") == 1
    assert rows(home, "SELECT count(*) FROM articles") == [(40,)]
    assert rows(home, "SELECT count(*) FROM article_states WHERE state <> 'live'") == [(0,)]


def test_a_night_that_waits_can_be_stopped(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer({}) as server:
        write_profile(home, server)
    done = run_archiver(home, "nightly", "--delay", "0", "--budget", "2s")
    assert done.returncode == 4
    assert "connection: refused" in done.stdout
    other = tmp_path / "other"
    write_profile(other, server)
    with started("archiver", home=other, patience="1h") as night:
        while not list(other.glob("runs/*/log")):
            time.sleep(0.1)
        time.sleep(1)
        night.send_signal(signal.SIGTERM)
        stdout, _ = night.communicate(timeout=20)
    assert night.returncode == 143, stdout


@pytest.mark.parametrize("span", ["an hour", "1"])
def test_a_patience_that_is_no_span_is_one_error(archiver: Archiver, span: str) -> None:
    done = archiver("nightly", env={PATIENCE: span})
    assert done.returncode == 78
    assert f"nightly.patience '{span}' is no span of time (from the environment)" in done.stderr


@pytest.mark.soak  # SQLite waits for half a minute
def test_who_reads_the_database_stops_no_night_and_who_writes_to_it_is_named(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(3)) as server:
        write_profile(home, server)
        assert archiver("crawl", "--limit", "1", "--delay", "0").returncode == 0
        with closing(sqlite3.connect(home / "archiver.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM captures").fetchone()
            assert archiver("nightly", "--delay", "0").returncode == 0
            other.execute("ROLLBACK")
            other.execute("BEGIN IMMEDIATE")
            done = archiver("nightly", "--delay", "0")
            other.execute("ROLLBACK")
        assert done.returncode == 1
        assert "database is locked\n  another program is writing to it" in done.stderr
        assert archiver("nightly", "--delay", "0").returncode == 0
    assert rows(home, "SELECT count(*) FROM articles") == [(3,)]


def of_two_hosts(home: Path, here: RawServer, away: RawServer) -> None:
    """A site of two hosts, one of whose listings is gone."""
    urls = [f"{away.url}/nyheter/", f"{here.url}/nyheter/", f"{here.url}/borta/"]
    hosts = "".join(f'[[hosts]]\nhost = "127.0.0.1:{server.port}"\n' for server in (here, away))
    path = write_profile(home, here, more=hosts)
    path.write_text(path.read_text("utf-8").replace(f'["{here.url}/nyheter/"]', str(urls)), "utf-8")


@pytest.mark.soak  # most of it is waiting
def test_a_host_that_is_away_holds_up_no_other_and_is_waited_for_once(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer({}) as away:
        pass
    with RawServer(news(5)) as here:
        of_two_hosts(home, here, away)
        began = time.monotonic()
        done = archiver("nightly", "--delay", "0", env={PATIENCE: "20s"})
        assert time.monotonic() - began > 20
        assert done.returncode == 3, done.stdout
        assert {f"/nyheter/{number}/" for number in range(5)} < {asked.target for asked in here.log}
        assert max(asked.at for asked in here.log) - began < 20, "the other host waits for nothing"
        began = time.monotonic()
        archiver("nightly", "--delay", "0", env={PATIENCE: "10h"}, days=1)
        assert time.monotonic() - began < 40, "it was waited for in vain"
        archiver("nightly", "--delay", "0", env={PATIENCE: "10h"}, days=2)
        assert time.monotonic() - began < 80, "and is not waited for before it has answered"
        with RawServer(news(7), port=away.port) as back:
            archiver("nightly", "--delay", "0", days=3)
            assert back.times("/nyheter/6/") == 1


@pytest.mark.soak  # most of it is waiting
def test_a_host_that_has_answered_is_waited_for(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(2) | {"/nyheter/": answer(listing(["/nyheter/0/"])), "/nyheter/0/": b""}) as server:
        write_profile(home, server)
        archiver("nightly", "--delay", "0")
    assert "connection: " in str(rows(home, "SELECT reason FROM frontier"))
    began = time.monotonic()
    archiver("nightly", "--delay", "0", env={PATIENCE: "3s"}, days=1)
    assert time.monotonic() - began > 3


def test_sites_that_are_away_hold_no_place_of_others(tmp_path: Path) -> None:
    home, away = tmp_path / "data", []
    for number in range(5):
        with RawServer({}) as server:
            away.append(server)
        write_profile(home, server, name=f"a{number}")
    with RawServer(news(3)) as good:
        write_profile(home, good, name="good")
        shared = write_profile(home, good, name="shared")  # its own host is away, the other that of a site
        hosts = "".join(f'[[hosts]]\nhost = "127.0.0.1:{s.port}"\n' for s in (away[0], good))
        shared.write_text(f'start_urls = ["{away[0].url}/nyheter/"]\n{hosts}', "utf-8")
        shared.rename(shared.with_name("a.toml"))
        began = time.monotonic()
        done = run_archiver(home, "nightly", "--delay", "0", env={PATIENCE: "8s"})
        assert min(asked.at for asked in good.log) - began < 8
    assert done.returncode == 3, done.stdout
    assert "good: 3 new" in done.stdout
