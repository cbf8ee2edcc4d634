"""What may not be shown is not shown by pywb, and all else is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from archiver.errors import ConfigurationError, StorageError
from archiver.home import Home
from archiver.replay.access import (
    AccessRule,
    access_file,
    access_text,
    read_access_rules,
    rules_for_prefix,
    rules_for_url,
    write_access_rules,
)
from archiver.warc.surt import urlkey
from tests.replay.conftest import pywb
from tests.replay.test_timemap import archive

SITE = "https://www.example.com"
PATHS = (
    "/", "/nyheter", "/nyheter/", "/nyheter/en/", "/nyheter/en/?sida=2", "/nyheter/en/bild.png", "/nyheter/ett/",
    "/nyhetsbrev/", "/press/?id=1", "/press/", "/privat/a/", "/privat/b/", "/%C3%A5r/",
)  # fmt: skip
EXCLUDED = {"/nyheter/en/", "/privat/a/", "/privat/b/", "/%C3%A5r/"}
BLOCKED = {"/press/"}


def rules() -> list[AccessRule]:
    return [
        *rules_for_url(f"{SITE}/nyheter/en/"),
        *rules_for_url("http://example.com/press", access="block"),
        *rules_for_prefix(f"{SITE}/privat/"),
        *rules_for_url(f"{SITE}/år/"),
    ]


def test_pywb_shows_all_but_what_is_hidden(tools: Path, tmp_path: Path) -> None:
    home = archive(Home(tmp_path), "s", *(SITE + path for path in PATHS), nights=1)
    archive(home, "other", f"{SITE}/nyheter/en/", nights=1)
    with pywb(tools, home.root) as replay:

        def statuses() -> dict[str, int]:
            return {path: replay.get(f"/s/20260102120000id_/{SITE}{path}").status for path in PATHS}

        assert set(statuses().values()) == {200}
        for site in home.archived():
            write_access_rules(home.collection(site), rules())
        expected = {path: 404 if path in EXCLUDED else 451 if path in BLOCKED else 200 for path in PATHS}
        assert statuses() == expected
        for form in ("id_", "mp_"):
            assert replay.get(f"/s/{form}/{SITE}/nyheter/en/").status == 404
        assert replay.get(f"/other/20260102120000id_/{SITE}/nyheter/en/").status == 404
        assert b"/nyheter/en/>" not in replay.get(f"/s/timemap/link/{SITE}/nyheter/en/").body
        write_access_rules(home.collection("s"), [])
        assert set(statuses().values()) == {200}


def test_a_folder_is_hidden_with_what_lies_in_it_alone(tools: Path, tmp_path: Path) -> None:
    home = archive(Home(tmp_path), "s", *(SITE + path for path in PATHS), nights=1)
    write_access_rules(home.collection("s"), rules_for_prefix(f"{SITE}/nyheter/"))
    with pywb(tools, home.root) as replay:
        hidden = {p for p in PATHS if replay.get(f"/s/20260102120000id_/{SITE}{p}").status == 404}
        assert hidden == {p for p in PATHS if p.startswith("/nyheter")}
        write_access_rules(home.collection("s"), rules_for_prefix(f"{SITE}/"))
        assert {replay.get(f"/s/20260102120000id_/{SITE}{p}").status for p in PATHS} == {404}


def test_pywb_takes_the_file_as_valid(tools: Path, tmp_path: Path) -> None:
    home = archive(Home(tmp_path), "s", SITE + "/", nights=1)
    write_access_rules(home.collection("s"), rules())
    before = access_file(home.collection("s")).read_bytes()
    words = [str(tools / "wb-manager"), "acl"]
    for more in (["validate", "s"], ["match", "s", f"{SITE}/nyheter/en/"]):
        done = subprocess.run(
            [*words, *more], cwd=home.root, capture_output=True, text=True, check=True, timeout=60
        )
        assert "Error" not in done.stdout
    assert '"access": "exclude"' in done.stdout
    assert access_file(home.collection("s")).read_bytes() == before


def test_rules_are_written_once_a_key_and_in_descending_order(tmp_path: Path) -> None:
    block = rules_for_url(f"{SITE}/a", access="block")
    hide = rules_for_url("http://example.com/A/")
    text = access_text([*hide, *block, *rules_for_prefix(f"{SITE}/a")])
    assert text.splitlines() == [
        'com,example)/a### - {"access": "exclude", "url": "http://example.com/A/"}',
        'com,example)/a - {"access": "exclude", "url": "https://www.example.com/a"}',
    ]
    home = Home(tmp_path)
    home.archive("s").mkdir(parents=True)
    write_access_rules(home.collection("s"), [*rules(), *rules()])
    found = read_access_rules(home.collection("s"))
    said = {path: found.of(urlkey(SITE + path)) for path in PATHS}
    assert said == {
        path: "exclude" if path in EXCLUDED else "block" if path in BLOCKED else "allow" for path in PATHS
    }
    assert not read_access_rules(home.collection("none"))


def test_rules_of_others_are_read_as_pywb_reads_them(tools: Path, tmp_path: Path) -> None:
    home = archive(Home(tmp_path), "s", *(SITE + path for path in PATHS), nights=1)
    for words in (["*,", "block"], ["com,example)/nyhet", "exclude"], ["com,example)/nyheter/e", "allow"]):
        subprocess.run(
            [tools / "wb-manager", "acl", "add", "s", *words], cwd=home.root, check=True, capture_output=True
        )
    rules = read_access_rules(home.collection("s"))
    codes = {"allow": 200, "block": 451, "exclude": 404}
    with pywb(tools, home.root) as replay:
        for path in PATHS:
            status = replay.get(f"/s/20260102120000id_/{SITE}{path}").status
            assert status == codes[rules.of(urlkey(SITE + path))], path
    assert {rules.of(urlkey(SITE + path)) for path in PATHS} == set(codes)


@pytest.mark.parametrize("line", ["x", "a - {}", "a - 1", "a - {", 'a - {"access": 1}', "\x00"])
def test_a_line_that_is_no_rule_is_said(tmp_path: Path, line: str) -> None:
    home = Home(tmp_path)
    path = access_file(home.collection("s"))
    path.parent.mkdir(parents=True)
    path.write_text(f'com,example)/ - {{"access": "block"}}\n{line}\n', "utf-8")
    with pytest.raises(ConfigurationError, match="line 2 is no rule"):
        read_access_rules(home.collection("s"))


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.archive("s").mkdir(parents=True)
    (home.collection("s") / "acl").write_text("in the way")
    with pytest.raises(StorageError):
        write_access_rules(home.collection("s"), rules())
