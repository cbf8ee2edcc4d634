"""How like a site's known articles a page is laid out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTICLE, OTHER, LISTING = 1, 2, 3  # what a page is known to be; 0 where nothing is
LEAST = 6  # known articles without which nothing is said
FAMILIES = {"under": "address", "shape": "address", "query": "address", "main": "frame", "body": "frame"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How like a site's known articles a page is laid out; ``odd`` are the families that differ."""

    score: float
    known: int
    odd: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layouts:
    """On how many pages known as articles, and on how many known as none, each feature is."""

    articles: dict[str, int]
    known: int
    others: dict[str, int]
    known_others: int

    def likeness(self, features: Sequence[str]) -> Likeness:
        """What these features say of a page.

        Each family of features (class names of ``article``, shape of the address …) has one say:
        what articles always have and this page has not, what this page has and articles never.
        """
        if self.known < LEAST:
            return Likeness(score=0.0, known=self.known, odd=())
        says: dict[str, float] = {}
        own = set(features)
        for name in sorted(own):
            _say(says, name, self._said(name))
        for name, count in sorted(self.articles.items()):
            if count >= 0.93 * self.known and name not in own:
                _say(says, name, -1.0)
        odd = tuple(sorted(f for f, v in says.items() if v <= -0.8))
        return Likeness(score=sum(says.values()), known=self.known, odd=odd)

    def _said(self, name: str) -> float:
        with_it = self.articles.get(name, 0)
        if with_it <= 0.02 * self.known and self.known >= 10:
            return -1.0
        odds = math.log((with_it + 0.5) / (self.known + 1))
        odds -= math.log((self.others.get(name, 0) + 0.5) / (self.known_others + 1))
        return max(-1.0, min(0.6, 0.4 * odds))


def _say(says: dict[str, float], name: str, value: float) -> None:
    """Keeps the strongest say of a family, a contradiction before an agreement."""
    family = name.partition(":")[0].partition(".")[0]
    family = FAMILIES.get(family, family)
    before = says.get(family)
    if before is None or value < before < 0 or (before >= 0 and (value > before or value < -0.5)):
        says[family] = value
