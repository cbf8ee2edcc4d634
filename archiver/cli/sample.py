"""``archiver sample``: ids of articles drawn by site and year, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from archiver.amounts import count, plain
from archiver.cli.articles import chosen, filter_options, mention_undated
from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.store import sampling
from archiver.store.database import open_reader
from archiver.store.sites import check_sites

COLUMNS = ("id", "site", "year", "weight")


@click.command()
@click.argument("size", metavar="N", type=click.IntRange(1))
@click.option("--seed", type=int, default=sampling.SEED, show_default=True, help="Another is another sample.")
@filter_options
@click.option("--query", metavar="Q", help="Only what a search finds.")
@click.option("--no-duplicates", is_flag=True, help="Of articles with the same text only the first.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def sample(
    settings: Settings,
    size: int,
    seed: int,
    sites: tuple[str, ...],
    since: str | None,
    until: str | None,
    query: str | None,
    no_duplicates: bool,
    form: Any,
) -> None:
    """Draw N articles by site and year of publication, in proportion; articles without a date are a year too.

    The same articles and seed give the same sample on any machine. weight is how many articles each one
    stands for: those of its site and year by those drawn of them. docs/corpus.md says how it is drawn.
    archiver export --sample N --seed S writes the same articles.

    \b
    archiver sample 200 --seed 1
    archiver sample 200 --seed 1 --from 2015 --no-duplicates --jsonl
    """
    db = open_reader(settings.home.database)
    wanted = chosen(sites, since, until, query)
    check_sites(db, sites)
    mention_undated(db, wanted)
    db.execute("BEGIN")  # counted and drawn of one state of the archive
    found = sampling.sample(db, wanted, size=size, seed=seed, no_duplicates=no_duplicates)
    emit(_rows(found), COLUMNS, form=form or "auto")
    if settings.verbosity >= 0:
        drawn = sum(len(stratum.ids) for stratum in found)
        say(f"{plain(drawn)} of {count(sum(stratum.of for stratum in found), 'article')}, seed {seed}")


def _rows(found: Iterable[sampling.Stratum]) -> Iterator[dict[str, Any]]:
    for stratum in found:
        for identity in stratum.ids:
            weight = round(stratum.of / len(stratum.ids), 4)
            yield {"id": identity, "site": stratum.site, "year": stratum.year, "weight": weight}
