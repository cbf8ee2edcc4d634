"""The command ``archiver``: its global options, its commands, and how errors are said.

Commands are imported when they are called: ``archiver search`` never imports Scrapy.
"""

from __future__ import annotations

import importlib
import os
import shlex
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import click

from archiver import __version__
from archiver.cli.streams import silence_stdout, take_closed_streams
from archiver.config import Config, load_config
from archiver.errors import ArchiverError
from archiver.home import Home

COMMANDS = {
    "backfill": "archiver.cli.backfill:backfill",
    "cite": "archiver.cli.cite:cite",
    "crawl": "archiver.cli.crawl:crawl",
    "demo": "archiver.cli.demo:demo",
    "derive": "archiver.cli.derive:derive",
    "doctor": "archiver.cli.doctor:doctor",
    "export": "archiver.cli.export:export",
    "extract": "archiver.cli.extract:extract",
    "gone": "archiver.cli.gone:gone",
    "history": "archiver.cli.articles:history",
    "import": "archiver.cli.imports:import_files",
    "nightly": "archiver.cli.nightly:nightly",
    "pack": "archiver.cli.pack:pack",
    "rebuild": "archiver.cli.derive:rebuild",
    "repair": "archiver.cli.repair:repair",
    "replay": "archiver.cli.replay:replay",
    "sample": "archiver.cli.sample:sample",
    "schedule": "archiver.cli.schedule:schedule",
    "schema": "archiver.cli.schema:schema",
    "search": "archiver.cli.articles:search",
    "serve": "archiver.cli.serve:serve",
    "show": "archiver.cli.articles:show",
    "sites": "archiver.cli.sites:sites",
    "status": "archiver.cli.status:status",
    "suppress": "archiver.cli.suppress:suppress",
    "timemap": "archiver.cli.timemap:timemap",
    "verify": "archiver.cli.verify:verify",
}


@dataclass(frozen=True)
class Settings:
    """What every command is given: the configuration, and how much to say."""

    config: Config
    verbosity: int

    @property
    def home(self) -> Home:
        """The archive home, which may not exist yet. Raises ConfigurationError for no folder."""
        return Home(self.config.data_dir).check()


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        import difflib

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", metavar="DIR", help="The archive home. [default: ./data]")
@click.option("--config", "config_file", metavar="FILE", type=click.Path(path_type=Path), help="Settings.")
@click.option("-v", "--verbose", count=True, help="Say more; a traceback where something fails.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--no-color", is_flag=True, help="No colours.")
@click.version_option(__version__, prog_name="archiver")
@click.pass_context
def archiver(
    ctx: click.Context,
    data_dir: str | None,
    config_file: Path | None,
    verbose: int,
    quiet: bool,
    no_color: bool,
) -> None:
    """Archive news sites exactly, and get clean, citable articles out.

    \b
    A first look:   archiver demo
    A real site:    archiver sites add https://www.example.se/nyheter/
                    archiver crawl
                    archiver search digitalisering
    """
    if no_color:
        os.environ["NO_COLOR"] = "1"
    config = load_config({"data_dir": data_dir}, environ=os.environ, file=config_file, folder=Path.cwd())
    ctx.obj = Settings(config, -1 if quiet else verbose)


def run(argv: list[str] | None = None) -> None:
    """Run the command line and exit with the code that INTERFACE promises."""
    try:
        code = main(argv)
    except KeyboardInterrupt:
        code = 130  # it came when another had ended the command already
    sys.exit(code)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit code. Errors are one line and a hint on stderr."""
    take_closed_streams()
    words = sys.argv[1:] if argv is None else argv
    verbose = any(word in ("-v", "-vv", "--verbose") for word in words)
    code = _run(words, verbose=verbose)
    try:
        if not sys.stdout.closed:
            sys.stdout.flush()
    except OSError as error:
        silence_stdout()
        # Whoever read our output may have seen enough; any other reason is worth a word.
        if not code and not isinstance(error, BrokenPipeError):
            print(f"archiver: standard output: {error.strerror}", file=sys.stderr)
            return 1
    return code


def _run(words: list[str], *, verbose: bool) -> int:
    try:
        code = archiver.main(args=words, prog_name="archiver", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit:
        # click ends with 1 where whoever read our output has seen enough, and leaves a
        # standard output that swallows the rest; that is no failure.
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            return 0
        raise
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return 130
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        silence_stdout()
        return 0
    except ArchiverError as error:
        from archiver.cli.output import say_error

        say_error(error)
        if verbose:
            traceback.print_exc()
        return error.exit_code
    except Exception as error:
        if verbose:
            traceback.print_exc()
        elif isinstance(error, OSError):
            print(f"archiver: {_place(error)}{error.strerror or error}", file=sys.stderr)
        else:
            print(f"archiver: {type(error).__name__}: {error}", file=sys.stderr)
            print(f"  this is a defect; archiver -v {shlex.join(words)} shows where", file=sys.stderr)
        return 1


def _place(error: OSError) -> str:
    return f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
