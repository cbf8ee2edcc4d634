"""``archiver demo``: a small real news site on loopback, archived with the code that archives any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.cli.main import Settings
from archiver.cli.output import printable
from archiver.errors import ArchiverError, UsageError
from archiver.home import Home
from archiver.model import Article
from archiver.store.articles import articles
from archiver.store.captures import capture
from archiver.store.database import open_reader
from archiver.store.filter import Filter

if TYPE_CHECKING:
    from rich.console import Console

MARKER = ".demo"
SITE = "demo"
LINES = 22


@click.command()
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Where the archive goes.")
@click.pass_obj
def demo(settings: Settings, keep: Path | None) -> None:
    """Archive a small news site that is served on this machine, and show what came out.

    The archive goes to the folder demo in the data directory, or to DIR; a demo that is
    there already is replaced. Nothing leaves this machine.

    \b
    archiver demo
    archiver demo --keep /tmp/demo
    """
    from rich.console import Console

    from archiver.demo import DemoServer

    home = Home(_folder(keep or settings.config.data_dir / "demo"))
    console = Console(highlight=False, soft_wrap=False)
    with DemoServer() as server:
        console.print(f"A small Swedish consultancy's site is served at {server.news_url}")
        _run(console, home, "sites", "add", server.news_url, "--name", SITE, "--delay", "0")
        _run(console, home, "crawl", "--delay", "0")
    _run(console, home, "-q", "export", "--format", "jsonl", "-o", str(home.root / "articles.jsonl"))
    _show(console, home)


def _folder(folder: Path) -> Path:
    """An empty folder for the demo; only what an earlier demo left is removed."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", hint="name a folder with --keep")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise UsageError(f"{folder} is not empty and holds no demo", hint="name another with --keep")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("archiver demo may replace this folder\n", "utf-8")
    return folder


def _command() -> str:
    """How a person types the command here: by name where it is on the path, else by its place."""
    found = shutil.which("archiver")
    own = Path(sys.argv[0]).absolute()
    if found is not None and Path(found).absolute() == own:
        return "archiver"
    if own.name != "archiver":
        return "python -m archiver"
    try:
        return str(own.relative_to(Path.cwd()))
    except ValueError:
        return str(own)


def _run(console: Console, home: Home, *words: str) -> None:
    """Run one command as a person would, each in a process of its own, and show its line."""
    where = os.path.relpath(home.root)
    console.print(f"\n[bold]$ {_command()} --data-dir {where} {' '.join(words)}[/bold]", soft_wrap=True)
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "--data-dir", str(home.root), *words], check=False
    )
    if done.returncode:
        raise ArchiverError(f"the demo's command ended with exit code {done.returncode}")


def _show(console: Console, home: Home) -> None:
    db = open_reader(home.database)
    found = sorted(articles(db, Filter()), key=lambda a: a.date_published or "", reverse=True)
    if not found:
        raise ArchiverError("the demo found no article", hint="archiver doctor may say why")
    _table(console, found)
    _side_by_side(console, home, max(found, key=lambda a: (a.versions or 0, min(len(a.body), 1500))))
    _files(console, home)
    _next(console, home, found[0])


def _table(console: Console, found: list[Article]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"\n{len(found)} articles", title_justify="left", box=None, pad_edge=False)
    for name in ("published", "title", "authors", "words"):
        table.add_column(name, justify="right" if name == "words" else "left", no_wrap=name != "title")
    for article in found:
        table.add_row(
            (article.date_published or "no date")[:10],
            Text(printable(article.title or "untitled")),
            Text(printable(", ".join(article.authors))),
            str(len(article.body.split())),
        )
    console.print(table)


def _side_by_side(console: Console, home: Home, article: Article) -> None:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    raw, clean = _raw_text(home, article), article.body_markdown
    grid = Table.grid(expand=True, padding=(0, 1))
    width = max(20, console.width // 2 - 6)
    for _ in range(2):
        grid.add_column(ratio=1)
    grid.add_row(
        Panel(Text(_first_lines(raw, width)), title="the page, as text", border_style="dim"),
        Panel(
            Text(_first_lines(f"{article.title}\n\n{clean}", width)),
            title="the article",
            border_style="green",
        ),
    )
    console.print(grid)
    console.print(f"[dim]{article.url}[/dim]", soft_wrap=True)


def _raw_text(home: Home, article: Article) -> str:
    """The visible text of the page as captured, read back from the WARC file."""
    from bs4 import BeautifulSoup

    from archiver.extract.decode import decode
    from archiver.warc.reader import read_page

    db = open_reader(home.database)
    found = capture(db, (article.capture or {})["warc_record_id"])
    if found is None:
        return ""
    original = capture(db, found.refers_to) if found.refers_to else None
    page = read_page(home.archive(article.site or ""), found, original=original)
    soup = BeautifulSoup(decode(page.body, page.content_type).text, "lxml")
    for hidden in soup(["script", "style", "head"]):
        hidden.extract()
    return "\n".join(soup.stripped_strings)


def _first_lines(text: str, width: int) -> str:
    import textwrap

    lines = [
        part
        for line in printable(text).splitlines()
        for part in (textwrap.wrap(line, width) or [""])
    ]  # fmt: skip
    return "\n".join(lines[:LINES] + (["…"] if len(lines) > LINES else []))


def _files(console: Console, home: Home) -> None:
    console.print("\n[bold]Files written[/bold]")
    for path in sorted(home.root.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix not in (".db-shm", ".db-wal"):
            size = f"{path.stat().st_size:>10,}"
            console.print(f"{size}  {os.path.relpath(path)}", soft_wrap=True)


def _next(console: Console, home: Home, article: Article) -> None:
    archive = f"{_command()} --data-dir {os.path.relpath(home.root)}"
    console.print("\n[bold]Try next[/bold]")
    for words in (
        f"{archive} search upphandling",
        f"{archive} show {article.id} --evidence",
        f"{archive} export --format markdown -o {os.path.relpath(home.root / 'articles')}",
        f"sqlite3 {os.path.relpath(home.database)} 'SELECT * FROM articles_by_month'",
        f"{archive} serve   (the same in a browser)",
        f"{_command()} sites add https://www.example.se/nyheter/   (a site of your choice)",
    ):
        console.print(f"  {words}", soft_wrap=True, markup=False)
