"""What is usual: shares in the nights of the past, and whether tonight's are out of all proportion.

Nothing here knows what it counts. A share is a pair: how many were bad, of how many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Share = tuple[int, int]

CHANCE = 2e-5  # less likely than this is no chance
LEAST = 3  # bad ones, without which nothing is said
KNOWN = 20  # of which a share is learned
WINDOW = 40  # the newest that are looked at together
MOST = 0.9  # that neighbours are taken to depend on each other
ALLOWED = 0.98  # of the nights are usual; the others were odd, and nobody was told


def is_new_extreme(past: Iterable[Share], tonight: Share) -> bool:
    """True where so many are bad tonight that the past has had nothing near it.

    At least three and half of them, and half of the way from what was usual to all.
    """
    bad, of = tonight
    if bad < LEAST:
        return False
    return bad / of >= max(0.5, (1 + usual(past)) / 2)


def usual(past: Iterable[Share]) -> float:
    """The share that almost no night of the past went beyond; nights of one or two do not count."""
    shares = sorted(bad / of for bad, of in past if of >= LEAST)
    return shares[int(ALLOWED * (len(shares) - 1))] if shares else 0.0


def newest_unlikely(past: Iterable[Share], newest: Iterable[Share]) -> Share | None:
    """The newest bad ones that are no chance, as a share; None where there are none.

    ``past`` are the nights from which to learn, in their order, ``newest`` those up to this one, the
    newest first, each thing counted once. A run must be unlikely, and worse than any as long before.
    """
    runs = [(bad, of) for bad, of in _runs(newest) if bad >= LEAST]
    if not runs:
        return None
    nights = [night for night in past if night[1]]
    while nights and 2 * nights[-1][0] >= nights[-1][1]:  # it may belong to the run that is judged
        nights.pop()
    if sum(of for _, of in nights) < KNOWN:
        return None
    rate = _rate(nights)
    counts = _independent(nights, rate)
    for bad, of in runs:
        chance = _tail(int(bad * counts), max(1, round(of * counts)), rate)
        if chance < CHANCE and bad / of > _worst(nights, of):
            return bad, of
    return None


def _rate(nights: Sequence[Share]) -> float:
    """The share of bad ones to be expected; the years that a first night brings weigh as one long run."""
    weights = [min(1.0, WINDOW / of) for _, of in nights]
    known = sum(of * weight for (_, of), weight in zip(nights, weights, strict=True))
    wrong = sum(bad * weight for (bad, _), weight in zip(nights, weights, strict=True))
    return (wrong + 1) / (known + 2)


def _runs(newest: Iterable[Share]) -> Iterator[Share]:
    """Runs of the newest that end in a bad one, from the shortest; none once the newest few are good."""
    bad = of = 0
    for night in newest:
        bad, of = bad + night[0], of + night[1]
        if of > WINDOW or (of >= LEAST and not bad):
            return
        if night[0]:
            yield bad, of


def _independent(nights: Sequence[Share], rate: float) -> float:
    """How much one counts of a row: bad ones may come in bursts, and then a burst counts as few.

    From how often a bad night of a few follows another one, the correlation r of neighbours; n of them
    are worth n (1 - r) / (1 + r).
    """
    small = [night for night in nights if night[1] <= WINDOW]
    after = [b for a, b in pairwise(small) if 2 * a[0] >= a[1]]
    stays = (sum(bad for bad, _ in after) + rate) / (sum(of for _, of in after) + 1)
    together = min(MOST, max(0.0, (stays - rate) / (1 - rate)))
    return (1 - together) / (1 + together)


def _tail(bad: int, of: int, rate: float) -> float:
    """The probability of so many or more."""
    return sum(math.comb(of, n) * rate**n * (1 - rate) ** (of - n) for n in range(bad, of + 1))


def _worst(nights: Sequence[Share], length: int) -> float:
    """The worst share of any run of nights with at least so many; a night of very many is no run."""
    worst = 0.0
    for start in range(len(nights)):
        bad = of = 0
        for night in nights[start:]:
            bad, of = bad + night[0], of + night[1]
            if of >= length:
                worst = max(worst, bad / of) if of <= 2 * length + LEAST else worst
                break
    return worst
