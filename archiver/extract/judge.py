"""The block judge: small trees, learned elsewhere, that say how sure a line is to be article text.

The numbers stand in ``judge.json`` (made by ``training/train_judge.py``, which names no site) and
are turned into one Python function when first needed; no learning library takes part.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from archiver.extract.candidates import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from archiver.extract.candidates import Row

WEIGHTS = "judge.json"


@cache
def judge() -> Callable[[Row], float]:
    """The function from a row of ``candidates`` to a score; above zero the line is text."""
    return compiled(json.loads(files("archiver.extract").joinpath(WEIGHTS).read_text("utf-8")))


def compiled(model: dict[str, Any]) -> Callable[[Row], float]:
    """A model as a function: the trees as conditional expressions, most lines decided by the first ones.

    ``model`` holds ``names`` of the features it was trained on, ``trees`` (a leaf is a number, a
    fork ``[feature, threshold, at most, above]``), ``bias``, and ``stops``: pairs of a number of
    trees and a margin beyond which the score after them is final. Raises ValueError for features
    of another kind.
    """
    if tuple(model["names"]) != NAMES:
        raise ValueError("the judge was trained on other features")
    trees = model["trees"]
    stops = {int(after): float(margin) for after, margin in model["stops"]}
    names = ", ".join(f"x{n}" for n in range(len(NAMES)))
    lines = ["def score(x):", f" {names} = x", f" s = {float(model['bias'])!r}"]
    for number, tree in enumerate(trees, 1):
        lines.append(f" s += {_expression(tree)}")
        if (margin := stops.get(number)) is not None:
            lines.append(f" if not {-margin!r} < s < {margin!r}: return s")
    lines.append(" return s")
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)  # noqa: S102 - numbers of our own file, each made a number by _expression
    found: Callable[[Row], float] = space["score"]
    return found


def _expression(tree: Any) -> str:
    if isinstance(tree, (int, float)):
        return repr(float(tree))
    feature, threshold, low, high = tree
    return f"({_expression(low)} if x{int(feature)} <= {float(threshold)!r} else {_expression(high)})"
