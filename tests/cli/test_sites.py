"""``archiver sites`` and ``status``: profiles added, listed, tried and removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from tests.cli.test_commands import run
from tests.conftest import run_archiver


def test_sites_list_show_and_remove(demo_home: Home, tmp_path: Path) -> None:
    (row,) = json.loads(run(demo_home, "sites", "list", "--json").stdout)
    assert row["site"] == "demo"
    assert row["listings"] == 3
    assert "[[listings]]" in run(demo_home, "sites", "show", "demo").stdout
    assert json.loads(run(demo_home, "sites", "show", "demo", "--json").stdout)["language"] == "sv"
    copy = Home(tmp_path / "copy").prepare()
    copy.profile("demo").write_bytes(demo_home.profile("demo").read_bytes())
    assert run(copy, "sites", "remove", "demo").returncode == 0
    assert json.loads(run(copy, "sites", "list", "--json").stdout) == []
    again = run(copy, "sites", "remove", "demo")
    assert (again.returncode, "unknown site 'demo'" in again.stderr) == (2, True)
    copy.profile("demo").write_text("start_urls = 3")
    assert run(copy, "sites", "remove", "demo").returncode == 0, "one that cannot be read, too"


def test_sites_expect_says_what_was_learned(demo_home: Home, tmp_path: Path) -> None:
    rows = json.loads(run(demo_home, "sites", "expect", "demo", "--json").stdout)
    found = {row["expectation"]: row for row in rows}
    assert found["with_title_min"]["learned"] == 1.0
    assert 0.4 < found["with_author_min"]["learned"] < 0.6
    assert found["silent_days_max"]["learned"] > 60
    assert found["days with articles a week"]["learned"] > 0
    listings = [row for row in rows if row["expectation"] == "listing_entries_min"]
    assert len(listings) == 3
    assert all(row["learned"] == row["last_night"] > 0 and row["about"] for row in listings)
    assert all(row["profile"] is None for row in rows)
    shutil.copytree(demo_home.root, tmp_path / "copy")
    profile = Home(tmp_path / "copy").profile("demo")
    profile.write_text(profile.read_text("utf-8") + "\n[expect]\nsilent_days_max = 9\n", "utf-8")
    rows = json.loads(run(Home(tmp_path / "copy"), "sites", "expect", "demo", "--json").stdout)
    assert [row["profile"] for row in rows if row["expectation"] == "silent_days_max"] == [9]


def test_sites_check_shows_fields_with_evidence(demo_home: Home) -> None:
    before = sorted(path for path in demo_home.root.rglob("*.warc*"))
    done = run(demo_home, "sites", "check", "demo", "--pages", "4", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("kind         article") >= 3
    assert "date_published" in done.stdout
    assert "nothing looks wrong" in done.stderr
    assert sorted(path for path in demo_home.root.rglob("*.warc*")) == before


def test_many_sites_are_added_from_a_list(demo_server: object, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    url = demo_server.news_url  # type: ignore[attr-defined]
    table.write_text(
        f"url;name;publisher;org_number\n{url};one;Ett AB;556000-0001\nhttp://127.0.0.1:1/;two;;\n"
    )
    home = Home(tmp_path / "data")
    done = run(home, "sites", "add", "--from", str(table), "--delay", "0")
    assert done.returncode == 3
    assert "127.0.0.1:1" in done.stderr
    (row,) = json.loads(run(home, "sites", "list", "--json").stdout)
    shown = json.loads(run(home, "sites", "show", "one", "--json").stdout)
    assert row["site"] == "one"
    assert shown["publisher"] == "Ett AB"
    assert shown["metadata"] == {"org_number": "556000-0001"}


def test_a_list_that_is_added_twice_adds_nothing(demo_server: DemoServer, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text(f"url,name\n{demo_server.news_url},one\n{demo_server.url}/,\n")
    home = Home(tmp_path / "data")
    assert run(home, "sites", "add", "--from", str(table), "--delay", "0").returncode == 0
    names = home.site_names()
    before = [home.profile(name).read_bytes() for name in names]
    table.write_text(table.read_text() + f"{demo_server.news_url},three\n")
    again = run(home, "sites", "add", "--from", str(table), "--delay", "0")
    assert again.returncode == 0, again.stderr
    assert f"{demo_server.news_url}: is there already, as one; left out" in again.stderr
    assert f"{demo_server.url}/: is there already, as " in again.stderr
    assert home.site_names() == sorted([*names, "three"])
    assert [home.profile(name).read_bytes() for name in names] == before
    alone = run(home, "sites", "add", demo_server.news_url, "--name", "one")
    assert alone.returncode == 2 and "is there already" in alone.stderr


@pytest.mark.parametrize("broken", ["start_urls = 3", "\udcff", "folder"])
def test_a_broken_profile_hides_no_other(demo_home: Home, tmp_path: Path, broken: str) -> None:
    home = Home(tmp_path)
    shutil.copytree(demo_home.sites, home.sites)
    if broken == "folder":
        home.profile("broken").mkdir()
    else:
        home.profile("broken").write_text(broken, "utf-8", "surrogateescape")
    done = run(home, "sites", "list", "--json")
    assert done.returncode == 78
    assert [row["site"] for row in json.loads(done.stdout)] == ["demo"]
    assert done.stderr.startswith(f"archiver: {home.profile('broken')}: ")


def test_sites_check_shows_what_a_rule_changes(demo_home: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "data").prepare()
    rule = '\n[[layouts]]\ndrop = ["p"]\n'
    home.profile("demo").write_text(demo_home.profile("demo").read_text("utf-8") + rule, "utf-8")
    done = run(home, "sites", "check", "demo", "--pages", "3", "--delay", "0")
    assert "rules change body" in done.stdout
    assert "    - " in done.stdout
    pages = json.loads(run(home, "sites", "check", "demo", "--pages", "3", "--delay", "0", "--json").stdout)
    assert any(d["field"] == "body" and d["without"] for page in pages["pages"] for d in page["rules"])


def test_status_knows_sites_that_were_never_crawled_and_broken_profiles(
    demo_home: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path / "data").prepare()
    assert run(home, "status").returncode == 2
    home.profile("new").write_text('start_urls = ["https://www.example.se/"]', "utf-8")
    home.profile("bad").write_text("nonsense = 1", "utf-8")
    done = run(home, "status", "--json")
    assert done.returncode == 1
    assert {row["site"]: row["last_state"] for row in json.loads(done.stdout)} == {
        "bad": "bad profile",
        "new": "never crawled",
    }
    home.profile("bad").unlink()
    assert run(home, "status").returncode == 0
    late = run(home, "status", "--max-age", "36h")
    assert late.returncode == 1
    assert "new: not observed within 36h" in late.stderr


def test_sites_check_tells_of_a_selector_that_is_nowhere(demo_home: Home, tmp_path: Path) -> None:
    profile = demo_home.profile("demo").read_text("utf-8")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "demo.toml").write_text(
        profile + '\n[[layouts]]\ntitle = "h1"\ndate = ".no-such-day"\n', "utf-8"
    )
    done = run_archiver(tmp_path, "sites", "check", "demo", "--pages", "2", "--delay", "0")
    assert done.returncode == 3, done.stderr
    assert "finding: layout date matched no page: " in done.stderr
    assert "(.no-such-day)" in done.stderr
    assert "layout title" not in done.stderr


def test_a_site_is_renamed_and_the_rest_of_its_profile_stays(tmp_path: Path) -> None:
    home = Home(tmp_path / "data").prepare()
    profile = home.profile("ex")
    text = '# mine\nstart_urls = ["http://127.0.0.1:1/"]  # news\n\n[metadata]\ndisplay_name = "not this"\n'
    profile.write_text(text, "utf-8")
    for name in ('Exempel "Ö" AB', "Ex"):
        done = run(home, "sites", "rename", "ex", name)
        assert done.returncode == 0, done.stderr
        shown = json.loads(run(home, "sites", "show", "ex", "--json").stdout)
        assert (shown["display_name"], shown["metadata"]["display_name"]) == (name, "not this")
        assert profile.read_text("utf-8").endswith(text)
    for words, code in ((("ex", " \n"), 2), (("no", "No"), 2)):
        assert run(home, "sites", "rename", *words).returncode == code
    profile.write_text('display_name = """\nLong"""\n' + text, "utf-8")
    done = run(home, "sites", "rename", "ex", "Short")
    assert (done.returncode, "write display_name yourself" in done.stderr) == (78, True)
    assert profile.read_text("utf-8").startswith('display_name = """')
