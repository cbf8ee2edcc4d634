"""What the spiders yield: what became of an address, and what its page names."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.model import Capture, Link, State, Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """An address that was asked for: its capture, its state, and what to do next.

    ``links`` are kept for the dataset, ``follow`` are new addresses for the frontier.
    All of it is stored in one transaction. ``capture`` is None where nothing came back.
    ``older`` are addresses that the page dates before the day that the crawl is bounded by.
    ``lists`` are what continues a list, whatever it was taken for before; ``pages`` are those of
    ``follow`` that continue it without end; of a list's pages that are known, ``again`` are asked for
    where this one brings news, ``always`` in any case.
    """

    target: Target
    state: State
    reason: str | None = None
    capture: Capture | None = None
    links: tuple[Link, ...] = ()
    follow: tuple[Target, ...] = ()
    older: frozenset[str] = frozenset()
    lists: tuple[Target, ...] = ()
    pages: frozenset[str] = frozenset()
    again: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeds:
    """Addresses to begin with: start pages and listings."""

    targets: tuple[Target, ...]
