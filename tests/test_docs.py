"""The docs say what the code does."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.cli.main import COMMANDS
from archiver.home import Home
from archiver.store.database import open_database
from archiver.store.descriptions import TABLES
from tests.conftest import run_archiver

ROOT = Path(__file__).resolve().parents[1]


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_picture_is_svg_with_kept_and_stripped_blocks() -> None:
    from lxml import etree

    root = etree.parse(ROOT / "docs" / "extraction.svg").getroot()
    texts = [el.text or "" for el in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("body: paragraph") for text in texts)
    assert any(re.search(r"on \d+ of \d+ pages", text) for text in texts)


def test_the_diagram_shows_every_table_and_view_for_readers() -> None:
    from lxml import etree

    from archiver.store.described import described
    from docs.diagram import GROUPS, LEFT_OUT

    root = etree.parse(ROOT / "docs" / "database.svg").getroot()
    texts = {el.text or "" for el in root.iter("{http://www.w3.org/2000/svg}text")}
    tables = {table.name for table in described() if not table.is_index}
    drawn = {name for names in GROUPS.values() for name in names}
    assert drawn == tables - LEFT_OUT
    assert drawn <= texts
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 20


EXAMPLES = re.findall(r"```(sh|python|r)\n(.*?)```", (ROOT / "docs" / "querying.md").read_text("utf-8"), re.S)


def program(language: str, text: str) -> list[str]:
    """What runs an example; empty where its tool is not installed."""
    if language == "python":
        needed = "; ".join(re.findall(r"^import \w+", text, re.M))
        for python in (sys.executable, str(ROOT / ".venv-tools" / "bin" / "python")):
            if (
                Path(python).exists()
                and not subprocess.run([python, "-c", needed], capture_output=True).returncode
            ):
                return [python, "-c"]
        return []
    if language == "r":
        has_r = (
            shutil.which("Rscript", path=PATH)
            and not subprocess.run(
                ["Rscript", "-e", "library(DBI); library(RSQLite)"], capture_output=True, check=False
            ).returncode
        )
        return ["Rscript", "-e"] if has_r else []
    return ["sh", "-ec"] if shutil.which(text.split()[0], path=PATH) else []


PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_of_querying_run(demo_home: Home, tmp_path: Path, number: int) -> None:
    language, text = EXAMPLES[number]
    if not (words := program(language, text)):
        pytest.skip(f"what runs this is not installed: {text.split(maxsplit=1)[0]}")
    (tmp_path / "data").symlink_to(demo_home.root)
    if "articles.parquet" in text and language == "python":
        run_archiver(demo_home.root, "export", "--format", "parquet", "-o", f"{tmp_path}/articles.parquet")
    done = subprocess.run(
        [*words, text], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": PATH, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    made = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.csv"))
    assert done.stdout + made or "export" in text


def test_every_table_view_and_column_is_described() -> None:
    db = open_database(Path(":memory:"))
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    names = {row[0] for row in db.execute(query)}
    ours = {
        n
        for n in names
        if not n.startswith(("_", "sqlite_")) and not re.match(r"(articles|vocabulary)_fts_", n)
    }
    assert ours == set(TABLES)
    for name, (_, columns) in TABLES.items():
        columns_of = db.execute(f"PRAGMA table_xinfo([{name}])").fetchall()
        found = {row[1] for row in columns_of if row[6] != 1}  # 1 are those that SQLite itself adds
        assert found == set(columns), name
    db.close()


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_commands_that_the_readme_names_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\s*(?:\$ )?(?:\S*/)?archiver(?: --data-dir \S+| -q)* ([a-z]+)", readme, re.M))
    assert named
    assert named <= set(COMMANDS)
    for target in re.findall(r"(?:`|^    )make ([a-z-]+)", readme, re.M):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.M), target


def test_the_profile_in_the_docs_is_a_profile() -> None:
    import tomllib

    from archiver.site import parse_site

    page = (ROOT / "docs" / "profiles.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    site = parse_site(tomllib.loads(example), source="docs/profiles.md")
    assert site.layouts[0].drop


def test_the_readme_names_every_file_of_an_archive(demo_home: Home) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [listing] = re.findall(r"^    data/\n((?:      .*\n)+)", readme, re.M)
    names = [line.split()[0] for line in listing.splitlines()]
    shapes = [re.escape(n).replace("<site>", "demo").replace("<crawl>", "[^/]+") for n in names]
    files = (path for path in demo_home.root.rglob("*") if path.is_file() and path.name != ".lock")
    for path in files:
        name = str(path.relative_to(demo_home.root))
        assert any(re.match(f"{shape}(-wal|-shm)?", name) for shape in shapes), name


def test_sql_in_the_readme_runs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    db = open_database(Path(":memory:"))
    for query in re.findall(r'sqlite3 \S+ "([^"]+)"', readme):
        try:
            db.execute(query)
        except sqlite3.OperationalError as error:
            raise AssertionError(query) from error
    db.close()
