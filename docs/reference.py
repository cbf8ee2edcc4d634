"""Writes what of the docs follows from the code: pages of commands, database, questions, findings; pictures.

python docs/reference.py           writes them
python docs/reference.py --check   says whether they are up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import diagram
import picture

from archiver.cli.main import archiver
from archiver.store.described import described
from archiver.store.descriptors import markdown
from archiver.store.questions import Question, questions
from archiver.verify.findings import KINDS, NEVER

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/reference.py; `make format` writes it again. -->"


def commands_page() -> str:
    """Every command with its help, as the command prints it."""
    parts = ["# Commands", NOTE, _CONVENTIONS, "```\n" + _help(archiver, "archiver") + "\n```"]
    context = click.Context(archiver, info_name="archiver")
    for name in archiver.list_commands(context):
        command = archiver.get_command(context, name)
        assert command is not None
        parts += _sections(command, f"archiver {name}")
    return "\n\n".join(parts) + "\n"


_CONVENTIONS = """Data goes to stdout, everything else to stderr. On a terminal it is a table, in a pipe TSV
with a header line; `--json` is one document, `--jsonl` a row a line. Dates are `YYYY[-MM[-DD]]`.

| exit code | meaning |
|---|---|
| 0 | done, also when nothing was new |
| 1 | a defect was found (`status`, `doctor`), the disk is full, or a crash |
| 2 | usage; an unknown site or article; a URL that is none |
| 3 | finished, some site is unhealthy |
| 4 | every site failed |
| 75 | another run holds the lock |
| 78 | bad configuration or profile, an unusable data directory, a database from a newer version |
| 130, 143 | interrupted; everything stored so far is whole |"""


def _sections(command: click.Command, name: str) -> list[str]:
    parts = [f"## {name}", "```\n" + _help(command, name) + "\n```"]
    if isinstance(command, click.Group):
        for sub in sorted(command.commands):
            parts += _sections(command.commands[sub], f"{name} {sub}")
    return parts


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, max_content_width=96, terminal_width=96)
    return command.get_help(context).rstrip()


_DATABASE = """`data/archiver.db` is one SQLite file. It can be deleted: `archiver rebuild` makes it again.
How to open it with sqlite3, sqlite-utils, pandas, R and DuckDB: [querying.md](querying.md); ten questions
with their SQL: [questions.md](questions.md); duplicates, languages, words and nights: [corpus.md](corpus.md).

![The tables and views, and what refers to what](database.svg)

What everything means is said in one place of the source, and reaches whoever asks: this page, Datasette's
`metadata.yaml`, and the table `descriptions` inside the database itself, because a file that is passed on has
no page beside it, and every tool reads a table. (Comments inside the statements of the schema would be read
by `.schema` alone, and to put them into an older database one would have to write over its schema.)
`archiver schema --format sql` prints the schema with comments, `csvw` and `table-schema` describe the tables
as CSV files, `mermaid` is a diagram for other tools.

Types are those of the values: `json` is a text that holds a list or an object, days and instants are texts
that sort. Bold columns are the primary key."""


def database_page() -> str:
    """Every table, view and column."""
    return "\n\n".join(["# Database", NOTE, _DATABASE, markdown(described())])


_QUESTIONS = """Each of these is one `SELECT` for any reader of SQLite; in Datasette they are canned queries,
behind the names in code. Where `:word` or `:day` stands, a tool asks for a value, or it is given:

    sqlite3 -header -column data/archiver.db ".param set :word klimat" ".read topic.sql"
"""


def questions_page() -> str:
    """The questions with their SQL."""
    return "\n\n".join(["# Ten questions", NOTE, _QUESTIONS.rstrip(), *map(_question, questions())]) + "\n"


def _question(question: Question) -> str:
    example = "".join(f" Try `:{name}` = `{value}`." for name, value in question.example.items())
    why = f"{question.why}{example}"
    return f"## {question.title}\n\n`{question.name}` · {why}\n\n```sql\n{question.sql}\n```"


_FINDINGS = """`archiver verify` checks every WARC file of the archive, each against the standard and against
its rows and its index; with `--fixity` also against the manifests, with `--derive` whether deriving
again gives the same articles. `archiver verify FILE…` checks files by themselves, whoever wrote them.

A *defect* is damage, or a break of ISO 28500:2017; the exit code is 1 where there is one. A *note*
breaks a rule of this archive that the files of others need not keep. In an archive home, and in
files that this software wrote, a broken rule of the house is a defect too; what is marked *never*
stays a note there as well. Where the program that wrote a file is at fault, and the standard allows what it
did, there is nothing to do. Records that `archiver import` took over are held to the standard alone.

Reading goes on behind any damage, at the next record that can be found. A record that is larger than
1 GiB is told of and not looked at. `archiver repair` mends what is marked with its name, and keeps
every byte: what it takes out lies beside the file.

    archiver verify || archiver repair && archiver verify"""


def findings_page() -> str:
    """Every kind of finding, what it means and what to do about it."""
    rows = ["| finding | in files of others | what is wrong | what to do |", "|---|---|---|---|"]
    for code, kind in KINDS.items():
        level = "never a defect" if code in NEVER else "note" if kind.house else "defect"
        rows.append(f"| `{code}` | {level} | {kind.what} | {kind.hint} |")
    return "\n\n".join(["# Findings of verify", NOTE, _FINDINGS, "\n".join(rows)]) + "\n"


PAGES = {
    "commands.md": commands_page,
    "database.md": database_page,
    "findings.md": findings_page,
    "questions.md": questions_page,
    "database.svg": diagram.svg,
    "extraction.svg": picture.svg,
}


def main() -> int:
    """Write the pages, or check them."""
    stale = [name for name, page in PAGES.items() if _read(DOCS / name) != page()]
    if "--check" not in sys.argv:
        for name in stale:
            (DOCS / name).write_text(PAGES[name](), "utf-8")
        return 0
    for name in stale:
        print(f"docs/{name} is not up to date; run make format")
    return 1 if stale else 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
