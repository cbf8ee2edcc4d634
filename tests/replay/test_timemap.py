"""TimeMaps name what pywb plays, in the form of RFC 7089."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.home import Home
from archiver.replay.access import rules_for_url, write_access_rules
from archiver.replay.timemap import json_format, link_format, time_map
from archiver.warc.cdxj import lines_of, merge_index
from archiver.warc.surt import urlkey
from tests.conftest import run_archiver
from tests.replay.conftest import pywb
from tests.warc.exchanges import NOON, answer, exchange, writer

URL = "https://www.example.com/nyheter/"
LINK = re.compile(r"<([^>]*)>((?:; [a-z]+=\"[^\"]*\")*)")


def archive(home: Home, site: str, *urls: str, nights: int = 3) -> Home:
    for night in range(nights):
        warc = writer(home.archive(site), site=site, crawl=f"{night}")
        found = [
            warc.write(
                exchange(answer(f"{url}{night}".encode()), url=url, began=NOON + timedelta(days=night))
            )
            for url in urls
        ]
        warc.close()
        merge_index(home.index(site), [c for c in found if c])
    return home


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """The links of a document in link-format; what is no link would be left over."""
    found = LINK.findall(text)
    assert re.sub(r"[\s,]", "", LINK.sub("", text)) == ""
    return [(uri, dict(re.findall(r'; ([a-z]+)="([^"]*)"', said))) for uri, said in found]


def test_what_a_timemap_says(tmp_path: Path) -> None:
    home = archive(Home(tmp_path), "s", URL, URL + "annat/")
    text = "\n".join(link_format(time_map(home, URL, base="http://127.0.0.1:9/")))
    original, timegate, own, first, between, last = links(text)
    assert original == (URL, {"rel": "original"})
    assert timegate == (f"http://127.0.0.1:9/s/{URL}", {"rel": "timegate"})
    assert own == (
        f"http://127.0.0.1:9/s/timemap/link/{URL}",
        {
            "rel": "self",
            "type": "application/link-format",
            "from": "Fri, 02 Jan 2026 12:00:00 GMT",
            "until": "Sun, 04 Jan 2026 12:00:00 GMT",
        },
    )
    assert first == (
        f"http://127.0.0.1:9/s/20260102120000mp_/{URL}",
        {"rel": "first memento", "datetime": "Fri, 02 Jan 2026 12:00:00 GMT"},
    )
    assert (between[1]["rel"], last[1]["rel"]) == ("memento", "last memento")
    only = archive(Home(tmp_path / "one"), "s", URL, nights=1)
    assert links("\n".join(link_format(time_map(only, URL))))[-1][1]["rel"] == "first last memento"


@pytest.mark.xdist_group("nights")
def test_pywb_names_the_same_mementos_and_plays_them(tools: Path, nights: Home) -> None:
    url = re.findall(r'"url": "([^"]+/nyheter/)"', nights.index("demo").read_text("utf-8"))[0]
    with pywb(tools, nights.root) as replay:
        done = run_archiver(nights.root, "timemap", url, "--base", replay.base)
        assert done.returncode == 0, done.stderr
        ours = links(done.stdout)
        theirs = links(replay.get(f"/demo/timemap/link/{url}").body.decode())

        def mementos(found: list[tuple[str, dict[str, str]]]) -> list[tuple[str, str]]:
            return [(uri, said["datetime"]) for uri, said in found if "memento" in said["rel"].split()]

        assert len(mementos(ours)) == 3
        assert mementos(ours) == mementos(theirs)
        roles = {said["rel"]: uri for uri, said in theirs if "memento" not in said["rel"].split()}
        assert {said["rel"]: uri for uri, said in ours if "memento" not in said["rel"].split()} == roles
        for uri, date in mementos(ours):
            played = replay.get(uri.removeprefix(replay.base))
            assert played.status == 200
            assert played.headers["Memento-Datetime"] == date
    said = json.loads(run_archiver(nights.root, "timemap", url, "--json").stdout)
    assert [m["uri"].partition("/demo/")[2] for m in said["mementos"]["list"]] == [
        uri.partition("/demo/")[2] for uri, _ in mementos(ours)
    ]


def test_a_timemap_of_nothing_is_refused(tmp_path: Path) -> None:
    home = archive(Home(tmp_path / "a"), "s", URL)
    for words, said in (
        (["https://www.example.com/annat"], "there is no capture of"),
        (["nyheter"], "is no address"),
        ([URL, "--site", "x"], "unknown site 'x' (known: s)"),
        ([URL, "--base", "localhost"], "is no address"),
    ):
        done = run_archiver(home.root, "timemap", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
    assert "no archive here yet" in run_archiver(tmp_path / "b", "timemap", URL).stderr
    for site in home.archived():
        write_access_rules(home.collection(site), rules_for_url(URL))
    with pytest.raises(UsageError, match="there is no capture"):
        time_map(home, URL)


def test_where_two_sites_have_an_address_one_must_be_chosen(tmp_path: Path) -> None:
    home = archive(archive(Home(tmp_path), "a", URL), "b", URL)
    with pytest.raises(UsageError, match=r"2 sites have captures of .*: a, b"):
        time_map(home, URL)
    assert time_map(home, URL, site="b").timegate == f"http://127.0.0.1:8080/b/{URL}"


def test_no_address_breaks_out_of_its_link(tmp_path: Path) -> None:
    url = 'https://www.example.com/å>; rel="original",<http://evil.example/"'.replace(" ", "")
    home = archive(Home(tmp_path), "s", url, nights=1)
    found = time_map(home, url)
    assert next(uri for uri, _ in links("\n".join(link_format(found)))).startswith(
        "https://www.example.com/%C3%A5%3E;rel=%22original%22,%3Chttp://evil"
    )
    assert all(text.isascii() for text in link_format(found))
    assert parsedate_to_datetime("Fri, 02 Jan 2026 12:00:00 GMT") == found.mementos[0].at
    assert json_format(found)["mementos"]["first"]["datetime"] == "2026-01-02T12:00:00Z"


@pytest.mark.parametrize("number", [0, 1, 40, 3000])
def test_lines_are_found_in_an_index_of_any_size(tmp_path: Path, number: int) -> None:
    urls = [f"https://www.example.com/{n}/" for n in range(number)]
    lines = sorted(f'{urlkey(url)} 20260102120000 {{"url": "{url}"}}\n' for url in urls for _ in range(2))
    index = tmp_path / "index.cdxj"
    index.write_text("".join(lines), "utf-8")
    for url in {*urls[:3], *urls[-3:], *urls[:: max(1, number // 50)]}:
        key = urlkey(url)
        wanted = [line.encode().rstrip() for line in lines if line.startswith(key + " ")]
        assert list(lines_of(index, key)) == wanted != []
    for key in ("", "com,example)/", "com,example)/1x", "zz)/", "a"):
        assert list(lines_of(index, key)) == []


@pytest.mark.parametrize(
    "rest", ["", "x", "20260102120000", "20260102120000 {", "20260102120000 []", "2026 {}"]
)
def test_a_damaged_index_is_said(tmp_path: Path, rest: str) -> None:
    home = archive(Home(tmp_path), "s", URL, nights=1)
    with home.index("s").open("a") as file:
        file.write(f"{urlkey(URL)} {rest}\n")
    done = run_archiver(home.root, "timemap", URL)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{home.index('s')}: a line is damaged" in done.stderr
