"""The command line as a person meets it: what is printed where, and with which exit code."""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from archiver.amounts import count
from archiver.cli.main import archiver, main
from archiver.home import Home
from tests.conftest import run_archiver
from tests.servers.news import write_profile
from tests.servers.raw import RawServer


def run(home: Home, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    done = run_archiver(home.root, *words, **options)  # type: ignore[arg-type]
    assert "Traceback" not in done.stderr
    return done


def test_search_prints_tsv_in_a_pipe(demo_home: Home) -> None:
    done = run(demo_home, "search", "upphandling")
    header, *lines = done.stdout.splitlines()
    assert header.split("\t") == ["id", "site", "date_published", "title", "url", "snippet"]
    assert lines
    assert all(len(line.split("\t")) == 6 for line in lines)
    assert done.stderr == ""


def test_search_prints_json_on_request(demo_home: Home) -> None:
    hits = json.loads(run(demo_home, "search", "upphandling", "--json", "--limit", "2").stdout)
    assert len(hits) == 2
    lines = run(demo_home, "search", "upphandling", "--jsonl", "--limit", "2").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [hit["id"] for hit in hits]


def test_a_search_by_day_says_what_it_leaves_out(demo_home: Home) -> None:
    done = run(demo_home, "search", "vi", "--from", "2020", "--to", "2020-12", "--json")
    assert all(hit["date_published"].startswith("2020") for hit in json.loads(done.stdout))
    assert "1 article without a date left out" in done.stderr
    narrow = run(demo_home, "search", "upphandling", "--from", "2020", "--to", "2020", "--json")
    assert narrow.stderr == ""  # the one without a date says nothing of it


def test_show_by_id_and_by_address(demo_home: Home) -> None:
    (hit,) = json.loads(run(demo_home, "search", "upphandling", "--json", "--limit", "1").stdout)
    by_id = run(demo_home, "show", hit["id"], "--evidence")
    by_url = run(demo_home, "show", hit["url"], "--evidence")
    assert by_id.returncode == by_url.returncode == 0
    assert by_id.stdout == by_url.stdout
    assert "Evidence" in by_id.stdout
    assert "urn:uuid" in by_id.stdout


def test_a_difference_is_lines_for_a_person_and_words_for_a_program(demo_home: Home, tmp_path: Path) -> None:
    shutil.copytree(demo_home.root, tmp_path / "data")
    home = Home(tmp_path / "data")
    with closing(sqlite3.connect(home.database)) as db:
        [reference] = db.execute("SELECT article_id FROM article_versions LIMIT 1").fetchone()
        db.execute(
            "INSERT INTO article_versions SELECT article_id, 2, 'Omskriven överskrift', body || char(10) || 'Ett tillägg.',"
            " body_markdown, authors, date_published, date_modified, first_seen, last_seen, capture, captures"
            " FROM article_versions WHERE article_id = ?",
            (reference,),
        )
        db.commit()
    lines = run(home, "show", reference, "--diff", "1", "2").stdout
    assert "+Ett tillägg." in lines.splitlines()
    assert lines.splitlines()[2].endswith("-] {+Omskriven överskrift+}")
    assert "\x1b" not in lines
    told = json.loads(run(home, "show", reference, "--diff", "1", "2", "--json").stdout)
    assert (told["id"], told["from"], told["to"]) == (reference, 1, 2)
    title, text = told["changes"]
    assert (title["field"], title["added"]) == ("title", ["Omskriven överskrift"])
    assert text == {"field": "text", "removed": [], "added": ["Ett tillägg."]}
    same = run(home, "show", reference, "--diff", "1", "1")
    assert (same.stdout, same.stderr) == ("", "versions 1 and 1 have the same title, text and date\n")
    assert json.loads(run(home, "show", reference, "--diff", "1", "1", "--json").stdout)["changes"] == []
    assert "there is no version 3" in run(home, "show", reference, "--diff", "1", "3").stderr


def test_evidence_prints_a_command_that_cuts_the_record_out(demo_home: Home) -> None:
    (hit,) = json.loads(run(demo_home, "search", "upphandling", "--json", "--limit", "1").stdout)
    shown = run(demo_home, "show", hit["id"], "--evidence").stdout
    command = next(line for line in shown.splitlines() if "cut it out:" in line).split(": ", 1)[1]
    record = subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout
    assert record.startswith(b"WARC/1.1\r\n")
    assert hit["url"].encode() in record


def test_history_and_status(demo_home: Home) -> None:
    (hit,) = json.loads(run(demo_home, "search", "upphandling", "--json", "--limit", "1").stdout)
    (version,) = json.loads(run(demo_home, "history", hit["id"], "--json").stdout)
    assert version["changed"] == "first seen"
    (site,) = json.loads(run(demo_home, "status", "--json").stdout)
    assert (site["site"], site["last_state"], site["waiting"]) == ("demo", "complete", 0)
    assert run(demo_home, "status", "--max-age", "36h").returncode == 0
    assert run(demo_home, "status", "--max-age", "0m").returncode == 1
    assert run(demo_home, "status", "--max-age", "soon").returncode == 2


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_export_to_a_file_is_what_it_is_on_stdout(demo_home: Home, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    assert run(demo_home, "export", "--format", form, "-o", str(path)).returncode == 0
    printed = run(demo_home, "export", "--format", form).stdout
    read = path.read_bytes().decode()
    assert printed.replace("\r\n", "\n") == read.replace("\r\n", "\n")
    count = len(read.splitlines()) if form == "jsonl" else len(list(csv.reader(io.StringIO(read)))) - 1
    assert count == 50
    again = tmp_path / "again"
    run(demo_home, "export", "--format", form, "-o", str(again))
    assert again.read_bytes() == path.read_bytes()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_an_exported_article_traces_back_to_its_record(demo_home: Home) -> None:
    line = run(demo_home, "export", "--format", "jsonl", "--query", "upphandling").stdout.splitlines()[0]
    article = json.loads(line)
    assert article["capture"]["warc_record_id"] in article["captures"]
    assert article["capture"]["payload_digest"].startswith("sha256:")
    assert (demo_home.archive("demo") / article["capture"]["filename"]).exists()
    assert article["chrome_model"].startswith("sha256:")
    assert article["profile"].startswith("sha256:")
    assert {"title", "date_published"} <= set(article["evidence"])


def test_markdown_is_a_folder(demo_home: Home, tmp_path: Path) -> None:
    assert run(demo_home, "export", "--format", "markdown").returncode == 2
    folder = tmp_path / "articles"
    assert run(demo_home, "export", "--format", "markdown", "-o", str(folder)).returncode == 0
    assert len(list(folder.glob("demo/*.md"))) == 50
    assert run(demo_home, "export", "--format", "markdown", "-o", str(folder)).returncode == 2


def test_an_export_that_cannot_be_written_leaves_nothing(demo_home: Home, tmp_path: Path) -> None:
    done = run(demo_home, "export", "--format", "jsonl", "-o", str(tmp_path / "none" / "x.jsonl"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_derive_again_changes_nothing(demo_home: Home) -> None:
    (row,) = json.loads(run(demo_home, "derive", "--dry-run", "--json").stdout)
    assert (row["new"], row["changed"], row["removed"], row["same"]) == (0, 0, 0, 50)


def test_doctor_finds_nothing_wrong(demo_home: Home) -> None:
    done = run(demo_home, "doctor", "--json")
    rows = json.loads(done.stdout)
    assert [row for row in rows if row["verdict"].startswith("wrong")] == []
    assert done.returncode == 0
    assert {"spider news", "spider columns", "profile demo", "database", "clock", "lock"} <= {
        row["what"] for row in rows
    }


def test_a_reading_command_imports_no_scrapy(demo_home: Home) -> None:
    program = (
        "import sys; from archiver.cli.main import main;"
        f"main(['--data-dir', {str(demo_home.root)!r}, 'search', 'vi']);"
        "heavy = {'scrapy', 'twisted', 'pandas', 'sqlite_utils', 'lxml', 'feedparser', 'rich', 'warcio', 'datasette'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("serch", "x"), 2, "Did you mean 'search'?"),
        (("show", "0000000000000000"), 2, "no article"),
        (("search", "x", "--from", "yesterday"), 2, "YYYY"),
        (("search", "x", "--site", "none"), 2, "unknown site"),
        (("search", "x", "--from", "2021", "--to", "2020-12"), 2, "--from 2021 is later than --to 2020-12"),
        (("export", "--format", "jsonl", "--site", "none"), 2, "unknown site"),
        (("export", "--format", "xml"), 2, "xml"),
        (("export", "--format", "csv", "--query", "()"), 2, "names no word"),
        (("sites", "show", "none"), 2, "known: demo"),
        (("crawl", "none"), 2, "unknown site"),
        (("sites", "show", "../../etc/passwd"), 2, "unknown site"),
    ],
)
def test_wrong_words_are_one_error(demo_home: Home, words: tuple[str, ...], code: int, said: str) -> None:
    done = run(demo_home, *words)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, and the groups, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


def examples(command: click.Command) -> list[list[str]]:
    """The calls of ``archiver`` among the examples in a command's help, as words."""
    shown = [text for text in inspect.cleandoc(command.help or "").split("\n\n") if text.startswith("\b")]
    calls = re.findall(
        r"""(?:^|[*&|] +)(archiver (?:'[^']*'|"[^"]*"|[^&|#('"\n])+)""", "\n".join(shown), re.M
    )
    return [shlex.split(call) for call in calls]


@pytest.mark.parametrize(
    ("words", "command"),
    [*commands(archiver)],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_every_help_has_an_example_that_the_command_understands(
    words: tuple[str, ...], command: click.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    found = examples(command)
    assert any(set(words) <= set(example) for example in found)
    for _, *example in found:
        assert main([*example, "--help"]) == 0, example
    assert main([*words, "--help"]) == 0
    assert len(capsys.readouterr().out) > 200


def test_rebuild_never_loses_a_database(demo_home: Home, tmp_path: Path) -> None:
    import shutil
    import sqlite3

    home = Home(tmp_path / "copy")
    shutil.copytree(demo_home.root, home.root)
    with sqlite3.connect(home.database) as db:
        db.execute("CREATE TABLE precious (x)")
    db.close()
    for _ in range(2):
        assert run(home, "rebuild").returncode == 0
    kept = sorted(home.root.glob("archiver.db.before-rebuild-*"))
    assert len(kept) == 2
    with sqlite3.connect(kept[0]) as db:
        db.execute("SELECT * FROM precious")
    db.close()
    with sqlite3.connect(home.database) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    newer = run(home, "rebuild")
    assert newer.returncode == 78
    assert "newer version" in newer.stderr
    assert run(Home(tmp_path / "nowhere"), "rebuild").returncode == 2
    assert not (tmp_path / "nowhere").exists()


def test_what_a_deleted_database_left_beside_it_is_no_part_of_the_next(demo_copy: Path) -> None:
    database = demo_copy / "archiver.db"
    with closing(sqlite3.connect(database)) as db:
        db.execute("UPDATE articles SET title = 'of the old one'")
        db.commit()
        log = (demo_copy / "archiver.db-wal").read_bytes()
        assert log
    database.unlink()
    (demo_copy / "archiver.db-wal").write_bytes(log)
    done = run_archiver(demo_copy, "rebuild")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM articles WHERE title = 'of the old one'").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (50,)


def test_a_demo_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run_archiver(tmp_path / "data", "demo", "--keep", str(tmp_path / "file"))
    assert done.returncode == 2
    assert f"{tmp_path / 'file'} is a file" in done.stderr
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_number_agrees_with_its_noun() -> None:
    assert [count(n, "article") for n in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]
    assert [count(n, "older address") for n in (1, 2)] == ["1 older address", "2 older addresses"]


def test_status_tells_a_crawl_that_runs_from_one_that_was_cut_off(tmp_path: Path) -> None:
    def late(number: int) -> bytes:
        time.sleep(20)
        return b""

    with RawServer({"/nyheter/": late}) as server:
        write_profile(tmp_path, server)
        words = [sys.executable, "-m", "archiver", "--data-dir", str(tmp_path), "crawl", "--delay", "0"]
        crawl = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            while not server.times("/nyheter/"):
                time.sleep(0.05)
            running = run_archiver(tmp_path, "status")
        finally:
            crawl.kill()
            crawl.wait()
    assert (running.returncode, "running" in running.stdout) == (0, True)
    cut = run_archiver(tmp_path, "status")
    assert cut.returncode == 1
    assert "s: the crawl did not come to its end; archiver crawl goes on" in cut.stderr
