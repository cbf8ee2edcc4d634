"""The command: it serves until it is told to end, and says in a line what keeps it from that."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.store.database import open_database
from archiver.store.metadata import datasette_configuration, write_metadata
from archiver.web import served
from archiver.web.application import application
from tests.conftest import Archiver, run_archiver
from tests.replay.conftest import free_port
from tests.unprivileged import as_nobody, readable_copy
from tests.web.conftest import Library, serving

pytestmark = pytest.mark.xdist_group("web")


ENDLESS = "WITH+RECURSIVE+n(i)+AS+(SELECT+1+UNION+ALL+SELECT+i%2B1+FROM+n)+SELECT+count(*)+FROM+n"


def start(home: Path, port: int, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(home), "serve", "--port", str(port), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_command_serves_until_it_is_interrupted(
    library: Library, sent: signal.Signals, code: int
) -> None:
    port = free_port()
    before = sorted(library.home.root.rglob("*"))
    with start(library.home.root, port) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == f"http://127.0.0.1:{port}/\n"
        assert "Ctrl-C" in process.stderr.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as response:
            assert b"13</span> articles" in response.read()
        # A reader who keeps the line open, and one whose query never ends by itself.
        with (
            socket.create_connection(("127.0.0.1", port)),
            socket.create_connection(("127.0.0.1", port)) as asked,
        ):
            asked.sendall(f"GET /archiver.json?sql={ENDLESS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.3)
            began = time.monotonic()
            process.send_signal(sent)
            assert process.wait(20) == code
            assert time.monotonic() - began < 2.9
        assert process.stderr.read().strip() in ("", "interrupted")
        assert process.stdout.read() == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
    kept = [path for path in sorted(library.home.root.rglob("*")) if not path.name.endswith(("-wal", "-shm"))]
    assert kept == [path for path in before if not path.name.endswith(("-wal", "-shm"))]


def test_a_port_that_is_taken_is_one_clear_error(library: Library) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_archiver(library.home.root, "serve", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 2
    assert "Address already in use" in done.stderr
    assert "--port" in done.stderr


def test_a_host_that_is_none_is_said(library: Library) -> None:
    done = run_archiver(library.home.root, "serve", "--host", "no such host")
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr
    assert run_archiver(library.home.root, "serve", "--replay", "javascript:x").returncode == 2


def test_without_an_archive_there_is_nothing_to_serve(archiver: Archiver) -> None:
    done = archiver("serve")
    assert done.returncode == 2
    assert "there is no archive here yet" in done.stderr


def test_metadata_that_cannot_be_read_is_said(library_copy: Library) -> None:
    library_copy.home.metadata.write_text("{")
    done = run_archiver(library_copy.home.root, "serve")
    assert done.returncode == 78
    assert "metadata.yaml" in done.stderr
    assert done.stderr.count("\n") == 2
    for said in (b"- a list", b"\xff", b"a: b: c", b"!!python/object/apply:os.system [x]"):
        library_copy.home.metadata.write_bytes(said)
        with pytest.raises(ConfigurationError, match=r"metadata\.yaml"):
            application(library_copy.home, host="127.0.0.1", replay="http://127.0.0.1:8080")


def test_metadata_of_ones_own_names_the_pages(library_copy: Library) -> None:
    library_copy.home.metadata.write_text("title: <b>Arkivet</b>\n")
    with serving(library_copy.home) as shown:
        assert "&lt;b&gt;Arkivet&lt;/b&gt;</a>" in shown.get("/").text


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it has threads when it forks
def test_an_archive_that_may_not_be_written_to_is_served(library: Library) -> None:
    with readable_copy(library.home.root) as copy:

        def look() -> int:
            datasette = application(Home(copy), host="127.0.0.1", replay="http://127.0.0.1:8080")
            got = asyncio.run(datasette.client.get("/"))
            return 0 if got.status_code == 200 and "13</span> articles" in got.text else 1

        assert look() == 0  # and everything is imported
        assert as_nobody(look) == 0


def test_a_database_that_is_replaced_is_read_from_then_on(library_copy: Library, tmp_path: Path) -> None:
    with serving(library_copy.home) as shown:
        assert "13</span> articles" in shown.get("/").text
        new = Home(tmp_path / "new").prepare()
        open_database(new.database).close()
        for suffix in ("-wal", "-shm"):
            library_copy.home.database.with_name(f"archiver.db{suffix}").unlink(missing_ok=True)
        shutil.move(new.database, library_copy.home.database)
        assert "Nothing is archived yet" in shown.get("/").text
        library_copy.home.database.unlink()
        gone = shown.get("/")
        assert gone.status == 503


def test_a_crawl_may_go_on_meanwhile(library_copy: Library) -> None:
    with serving(library_copy.home) as shown:
        assert shown.get("/").status == 200
        done = run_archiver(library_copy.home.root, "derive")
        assert done.returncode == 0, done.stderr
        assert shown.get("/").status == 200


def test_what_describes_the_tables_is_of_this_version_unless_somebody_edited_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_metadata(home)
    current = home.metadata.read_text("utf-8")
    stamp, _, text = current.partition("\n")
    older = text.replace("News archive", "Old news")
    digest = hashlib.sha256(older.encode()).hexdigest()
    home.metadata.write_text(f"{stamp.rpartition(':')[0]}:{digest}\n{older}", "utf-8")
    home.configuration.write_text("settings: {}\n", "utf-8")
    write_metadata(home)
    assert home.metadata.read_text("utf-8") == current
    assert home.configuration.read_text("utf-8") == "settings: {}\n"
    edited = current.replace("News archive", "Our archive")
    home.metadata.write_text(edited, "utf-8")
    write_metadata(home)
    assert home.metadata.read_text("utf-8") == edited


def test_the_configuration_for_the_next_datasette_lies_beside_the_database(library: Library) -> None:
    import json

    stamp, _, text = (library.home.root / "datasette.yaml").read_text("utf-8").partition("\n")
    assert stamp.startswith("# Written by archiver")
    configured = json.loads(text)
    assert configured == datasette_configuration()
    tables = configured["databases"]["archiver"]["tables"]
    assert tables["suppressions"]["allow"] is False
    assert tables["searchable"]["fts_table"] == "articles_fts"
    assert tables["frontier"]["hidden"] is True


def test_what_takes_too_long_is_ended(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SECONDS", 0.05)
    datasette = application(library.home, host="127.0.0.1", replay="http://127.0.0.1:8080")
    query = urllib.parse.unquote_plus(ENDLESS)
    with pytest.raises(served.TooLong, match="ask for less"):
        asyncio.run(datasette.ask(lambda db: db.execute(query).fetchone()))
    assert asyncio.run(datasette.ask(lambda db: db.execute("SELECT 1").fetchone()[0])) == 1
    datasette.executor.shutdown()
    datasette.get_database("archiver").close()
