"""``archiver export``: every format from the command, whole or not there, and the same again."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest

from archiver.export.formats import FILES
from archiver.home import Home
from archiver.reservations import TDM_FILE
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer


def run(home: Path, *words: str, code: int = 0, **environ: str) -> str:
    done = run_archiver(home, "export", *words, env=environ)
    assert done.returncode == code, done.stderr
    return done.stderr


@pytest.mark.parametrize("form", ["parquet", "atom", "wacz"])
def test_the_same_export_twice_is_the_same_file(demo_home: Home, tmp_path: Path, form: str) -> None:
    filters = ("--site", "demo", "--from", "2000", "--query", "a* OR d*")
    paths = [tmp_path / f"{n}.x" for n in (1, 2)]
    for path in paths:
        run(demo_home.root, "--format", form, *filters, "-o", str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes() != b""


def test_bytes_on_stdout_are_those_of_the_file(demo_home: Home, tmp_path: Path) -> None:
    run(demo_home.root, "--format", "parquet", "-o", str(tmp_path / "a"))
    words = ("--data-dir", str(demo_home.root), "export", "--format", "parquet")
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-m", "archiver", *words], stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "a").read_bytes()


def test_a_whole_site_is_the_same_wacz_again(demo_home: Home, tmp_path: Path) -> None:
    for name in ("one.wacz", "two.wacz"):
        run(demo_home.root, "--format", "wacz", "-o", str(tmp_path / name))
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.wacz") as file:
        made = json.loads(file.read("datapackage.json"))
        assert len({entry.date_time for entry in file.infolist()}) == 1
    newest = max(json.loads(line)["capture"]["warc_date"] for line in lines(demo_home, "jsonl"))
    assert made["created"][:16] >= newest[:16]


def lines(home: Home, form: str, *words: str) -> list[str]:
    return run_archiver(home.root, "export", "--format", form, *words).stdout.splitlines()


@pytest.mark.parametrize("form", [name for name, form in FILES.items() if form.is_table])
def test_a_descriptor_lies_beside_a_table(demo_home: Home, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    run(demo_home.root, "--format", form, "-o", str(path))
    assert {each.name for each in tmp_path.iterdir()} == {path.name, f"{path.name}.datapackage.json"}
    made = json.loads((tmp_path / f"{path.name}.datapackage.json").read_text("utf-8"))
    (resource,) = made["resources"]
    data = path.read_bytes()
    assert (resource["path"], resource["bytes"]) == (path.name, len(data))
    assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    if form != "parquet":
        assert resource["rows"] == len(lines(demo_home, "jsonl"))


def test_what_is_no_table_has_no_descriptor(demo_home: Home, tmp_path: Path) -> None:
    for form in ("tei", "bibtex"):
        run(demo_home.root, "--format", form, "-o", str(tmp_path / form))
    assert {each.name for each in tmp_path.iterdir()} == {"tei", "bibtex"}


def test_mementos_have_an_address_where_one_is_configured(demo_home: Home, tmp_path: Path) -> None:
    (item, *_) = json.loads("\n".join(lines(demo_home, "csl-json")))
    assert "archive_location" not in item
    path = tmp_path / "a.json"
    run(
        demo_home.root,
        "--format",
        "csl-json",
        "-o",
        str(path),
        ARCHIVER_ARCHIVE_BASE_URL="https://a.example.org/",
    )
    (item, *_) = json.loads(path.read_text("utf-8"))
    assert item["archive_location"].startswith("https://a.example.org/demo/20")
    said = run(demo_home.root, "--format", "ris", code=78, ARCHIVER_ARCHIVE_BASE_URL="http://localhost:8080")
    assert "archive.base_url" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a format or a dataset"),
        (("--format", "csv", "--dataset", "d"), "name a format or a dataset"),
        (("--dataset", "d", "-o", "x"), "a folder of its own"),
        (("--format", "jsonl", "--no-formulas"), "--no-formulas is for"),
        (("--format", "jsonl", "--with-reserved"), "--with-reserved is for"),
        (("--format", "tei", "--query", "nosuchword"), "nothing to put into"),
        (("--dataset", "d", "--query", "nosuchword"), "nothing to publish"),
        (("--format", "markdown"), "folder of files"),
    ],
)
def test_what_does_not_go_together(
    demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in run(demo_home.root, *words, code=2)
    assert not list(tmp_path.iterdir())


def test_a_dataset_is_there_as_a_whole_or_not_at_all(demo_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "d"
    said = run(demo_home.root, "--dataset", str(path), ARCHIVER_OPERATOR="Arkivet")
    assert f"articles in {path}" in said and "nobody is named" not in said
    run(demo_home.root, "--dataset", str(tmp_path / "e"), ARCHIVER_OPERATOR="Arkivet")
    for each in path.rglob("*.*"):
        assert each.read_bytes() == (tmp_path / "e" / each.relative_to(path)).read_bytes()
    assert "not an empty folder" in run(demo_home.root, "--dataset", str(path), code=2)
    assert "nobody is named" in run(demo_home.root, "--dataset", str(tmp_path / "f"))
    run(demo_home.root, "--dataset", str(tmp_path / "none" / "g"), code=1)
    assert {each.name for each in tmp_path.iterdir()} == {"d", "e", "f"}


@pytest.fixture
def reserving() -> RawServer:
    """A site of six articles, of which four reserve something, each by another way, and one listing that does."""
    names = ("fri", "huvud", "meta", "noarchive", "gammal", "bort")
    server = RawServer()
    server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names), "tdm-reservation: 1")
    for name in names:
        server.pages[f"/nyheter/{name}/"] = answer(article(name))
    server.pages["/nyheter/huvud/"] = answer(article("huvud"), "tdm-reservation: 1")
    meta = "<head><meta name='tdm-reservation' content='1'>"
    server.pages["/nyheter/meta/"] = answer(article("meta").replace("<head>", meta))
    server.pages["/nyheter/gammal/"] = answer(article("gammal"), "tdm-reservation: 1")
    server.pages["/nyheter/noarchive/"] = answer(article("noarchive"), "X-Robots-Tag: noarchive")
    return server


def titles(folder: Path) -> list[str]:
    rows = duckdb.sql(f"SELECT title FROM '{folder}/articles.parquet' ORDER BY title").fetchall()
    text = (folder / "articles.jsonl").read_text("utf-8")
    assert sorted(json.loads(line)["title"] for line in text.splitlines()) == [row[0] for row in rows]
    return [row[0] for row in rows]


def test_what_a_site_reserves_is_left_out_and_counted(tmp_path: Path, reserving: RawServer) -> None:
    home = tmp_path / "data"
    with reserving as server:
        write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        # Only what the newest page says counts.
        server.pages["/nyheter/gammal/"] = answer(article("gammal"), "tdm-reservation: 0")
        assert run_archiver(home, "crawl", "--delay", "0", "--full").returncode == 0
        address = f"{server.url}/nyheter/bort/"
    assert run_archiver(home, "suppress", "add", address, "--reason", "asked for").returncode == 0
    said = run(home, "--dataset", str(tmp_path / "a"))
    assert titles(tmp_path / "a") == ["fri", "gammal"]
    assert "2 articles reserved by their sites left out" in said
    assert "1 page that ask for it and 1 address are hidden" in said
    readme = (tmp_path / "a" / "README.md").read_text("utf-8")
    assert "- 2 articles whose site reserves text and data mining (TDMRep)" in readme
    assert "- 0 articles whose page asks not to be archived (noarchive)" in readme
    assert "- 1 page of these sites that ask not to be archived, whatever is on them" in readme
    assert "- 1 address hidden on request" in readme
    assert "huvud" not in readme and "bort" not in readme

    # Only of what is meant is it counted, and a person may have the reserved ones, and says so.
    run(home, "--dataset", str(tmp_path / "b"), "--query", "meta OR fri")
    assert titles(tmp_path / "b") == ["fri"]
    assert "- 1 article whose site reserves" in (tmp_path / "b" / "README.md").read_text("utf-8")
    said = run(home, "--dataset", str(tmp_path / "c"), "--with-reserved")
    assert titles(tmp_path / "c") == ["fri", "gammal", "huvud", "meta"]
    assert "2 articles reserved by their sites are in it" in said

    # A profile that ignores noarchive makes an article of the page, which a dataset leaves out all the same.
    write_profile(home, reserving, more="[crawl]\nnoarchive = 'ignore'\n")
    assert run_archiver(home, "derive").returncode == 0
    run(home, "--dataset", str(tmp_path / "d"))
    assert titles(tmp_path / "d") == ["fri", "gammal"]
    assert "- 1 article whose page asks not to be archived" in (tmp_path / "d" / "README.md").read_text(
        "utf-8"
    )


def test_what_the_newest_file_of_a_server_says_counts(tmp_path: Path) -> None:
    home, names = tmp_path / "data", ("fri", "borta", "egen")
    server = RawServer()
    server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
    for name in names:
        server.pages[f"/nyheter/{name}/"] = answer(article(name), *["tdm-reservation: 0"] * (name == "egen"))
    with server:
        write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        # The site begins to reserve all of it, also what is no longer there to be asked for again.
        server.pages[TDM_FILE] = answer('[{"location": "/", "tdm-reservation": 1}]', kind="application/json")
        server.pages["/nyheter/fri/"] = answer(article("fri"), "tdm-reservation: 0")
        for name in ("borta", "egen"):
            server.pages[f"/nyheter/{name}/"] = answer("nej", status="404 Not Found")
        assert run_archiver(home, "crawl", "--delay", "0", "--full", days=8).returncode == 0
        run(home, "--dataset", str(tmp_path / "b"))
    assert titles(tmp_path / "b") == ["egen", "fri"]
