"""Trains the block judge of ``archiver/extract`` from a folder of labelled pages.

    python -m training.train_judge FOLDER            # cross-validated by site, then written
    python -m training.train_judge FOLDER --dry-run  # only how many lines are judged wrongly
    python -m training.held_out FOLDER               # bodies of sites never seen, with FOLDER's score.py

FOLDER holds ``pages.jsonl``, an object a page: ``id``, ``url``, ``file`` (gzipped bytes, relative),
``domain`` and either ``body`` (the article's text, a block a line) or ``must_have`` and ``must_not``
(pieces of text that belong to it and that do not). Pages with ``body_doubt`` are left out, those
with ``gold_bias`` weigh less. Needs numpy and lightgbm, which nothing else here does. Sites are
dealt to folds by a hash of their domain, so that no site is learned and judged at once.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy

from archiver.extract.article import candidates_of
from archiver.extract.candidates import NAMES
from archiver.model import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archiver.extract.document import Block

WORD = re.compile(r"\w+")
FOLDS = 5
ROUNDS = 110
STOPS = ((10, 1.6), (20, 1.4), (30, 1.2), (45, 0.9), (60, 0.7), (80, 0.45))
"""After so many trees a score beyond so much is final: some of a thousand lines would turn."""
THRESHOLD = 0.43  # of the probability; below one half, as a lost line costs more than a kept one
PARAMETERS = {
    "objective": "binary", "num_leaves": 16, "max_depth": 10, "learning_rate": 0.1, "min_data_in_leaf": 30,
    "feature_fraction": 0.3, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 10, "seed": 4,
    "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbose": -1,
}  # fmt: skip
Array = Any  # of numpy


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The labelled lines of all pages: rows, labels, weights, and each line's fold."""

    rows: Array
    labels: Array
    weights: Array
    folds: Array


def site_number(domain: str) -> int:
    """A number of a site that is the same for all of its hosts and subdomains."""
    name = ".".join(domain.split(".")[-2:])
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16)


def shingles(words: Sequence[str]) -> list[tuple[str, ...]]:
    """All runs of four words; the words themselves where there are fewer."""
    return [tuple(words[i : i + 4]) for i in range(max(len(words) - 3, 1))] if words else []


def labels_by_body(body: str, blocks: Sequence[Block]) -> Iterator[int | None]:
    """1 for a line whose runs of words the body holds, 0 for others and second copies, None for unclear."""
    left = Counter(shingles(WORD.findall(body)))
    lines = {tuple(WORD.findall(line)) for line in body.split("\n")}
    text = f" {' '.join(WORD.findall(body))} "
    for block in blocks:
        words = WORD.findall(block.text)
        if len(words) >= 4:
            runs = shingles(words)
            held = sum(left[run] > 0 for run in runs) * 2 >= len(runs)
            if held:
                left.subtract(runs)
            yield int(held)
        elif not words:
            yield None
        elif tuple(words) in lines:
            yield 1
        else:
            loose = len(words) > 1 and block.kind not in ("heading", "item")
            yield None if loose and f" {' '.join(words)} " in text else 0


def labels_by_pieces(page: dict[str, Any], blocks: Sequence[Block]) -> Iterator[int | None]:
    """1 for a line with a piece that must be there, 0 for one with a piece that must not, else None."""
    have, other = ([" ".join(t.split()) for t in page.get(k) or []] for k in ("must_have", "must_not"))
    for block in blocks:
        text = " ".join(block.text.split())
        yield next(
            (
                value
                for value, pieces in ((1, have), (0, other))
                if any(p in text or (len(text) > 30 and text in p) for p in pieces)
            ),
            None,
        )


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], Page]]:
    """Each label of a folder with its page."""
    for line in (folder / "pages.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        body = gzip.decompress((folder / label["file"]).read_bytes())
        yield label, Page(url=label["url"] or "http://example.org/page", body=body)


def fold_of(label: dict[str, Any]) -> int:
    """The fold of a page's site."""
    return site_number(label.get("domain") or "") % FOLDS


def read_lines(folder: Path) -> Lines:
    """The doubtful lines of every labelled page of a folder, as far as their label is known."""
    rows: list[Any] = []
    labels: list[int] = []
    weights: list[float] = []
    folds: list[int] = []
    for label, page in labelled(folder):
        text = label.get("body") or ""
        if label.get("body_doubt") or not (text or label.get("must_have") or label.get("must_not")):
            continue
        found = candidates_of(page)
        blocks = [block for block, _ in found]
        given = labels_by_body(text, blocks) if text else labels_by_pieces(label, blocks)
        whole = len(WORD.findall(text))
        for (block, row), value in zip(found, given, strict=True):
            if value is not None:
                rows.append(row)
                labels.append(value)
                weights.append(_weight(label, len(WORD.findall(block.text)), whole))
                folds.append(fold_of(label))
    return Lines(
        rows=numpy.array(rows, dtype=numpy.float32),
        labels=numpy.array(labels),
        weights=numpy.array(weights),
        folds=numpy.array(folds),
    )


def _weight(label: dict[str, Any], size: int, whole: int) -> float:
    """What a line weighs: its share of the article; pieces by their length alone.

    A power below one, as a long article's page would teach little with its many short lines.
    """
    if not label.get("body"):
        return float((size + 10) ** 0.35) * 1.7
    return (0.4 if label.get("gold_bias") else 1.0) * float(((size + 3) * 100 / (whole + 100) + 0.3) ** 0.7)


def trained(lines: Lines, chosen: Array) -> Any:
    """A booster on the chosen lines."""
    data = lightgbm.Dataset(lines.rows[chosen], lines.labels[chosen], weight=lines.weights[chosen])
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def as_numbers(booster: Any) -> dict[str, Any]:
    """A booster as the numbers that ``archiver.extract.judge`` reads; its score is zero at the threshold."""
    trees = [_tree(t["tree_structure"]) for t in booster.dump_model()["tree_info"]]
    bias = -float(numpy.log(THRESHOLD / (1 - THRESHOLD)))
    return {"names": list(NAMES), "bias": round(bias, 4), "stops": STOPS, "trees": trees}


def _tree(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 3)
    threshold = node["threshold"]
    fork = (node["split_feature"], float(f"{threshold:.3g}" if abs(threshold) < 1 else f"{threshold:.4g}"))
    return [*fork, _tree(node["left_child"]), _tree(node["right_child"])]


def weighed_error(lines: Lines, scores: Array, chosen: Array) -> float:
    """The share of the weight of the chosen lines that is judged wrongly."""
    wrong = (scores[chosen] > THRESHOLD) != (lines.labels[chosen] == 1)
    return float(lines.weights[chosen][wrong].sum() / lines.weights[chosen].sum())


def main() -> None:
    """Trains, says how well sites never seen are judged, and writes the numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("archiver/extract/judge.json"))
    parser.add_argument("--leave-out", type=int, metavar="FOLD", help="train without one fold of the sites")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    given = parser.parse_args()
    lines = read_lines(given.folder)
    scores = numpy.zeros(len(lines.labels))
    for fold in range(FOLDS if given.leave_out is None else 0):
        own = lines.folds == fold
        scores[own] = trained(lines, ~own).predict(lines.rows[own])
        print(f"fold {fold}: {own.sum()} lines, {weighed_error(lines, scores, own):.4f} of the weight wrong")
    if not given.dry_run:
        numbers = as_numbers(
            trained(lines, lines.folds != (-1 if given.leave_out is None else given.leave_out))
        )
        given.out.write_text(json.dumps(numbers, separators=(",", ":")) + "\n", "utf-8")
        print(f"{given.out}: {given.out.stat().st_size} bytes, {len(numbers['trees'])} trees")


if __name__ == "__main__":
    main()
