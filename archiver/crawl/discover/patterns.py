"""Learns which addresses are articles from those known to be, in the language of the profile.

A pattern is only made where it says something: a folder, a year, an ending, a key of the
query. Articles at the root beside other pages have none, and none is invented.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from archiver.crawl.discover.addresses import is_chrome_address
from archiver.crawl.discover.words import shared_start
from archiver.site import Articles, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIN_SUPPORT = 2
MAX_ALTERNATIVES = 8
MAX_EXCLUDES = 10
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d).*")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga)(?:=|\Z)", re.I)
_ENDING = re.compile(r"\.[a-z]{2,5}\Z", re.I)

Shape = tuple[str, ...]


def learn_patterns(articles: Iterable[str], others: Iterable[str] = ()) -> Articles:
    """Patterns that match the article addresses and, where that can be had, none of the others.

    ``others`` are addresses known to be no articles: menus, listings, their pages, tags.
    Empty where no honest pattern exists.
    """
    known = sorted({_target(u) for u in articles if not is_chrome_address(u) and "*" not in u})
    negative = sorted({_target(u) for u in others} - set(known))
    include: list[str] = []
    exclude: list[str] = []
    for group in _groups(known):
        if len(group) < max(MIN_SUPPORT, len(known) * 0.02):
            continue
        for pattern in _patterns(group, negative):
            wrong = [target for target in negative if compile_pattern(pattern).match(target)]
            if not _says_something(pattern) or len(wrong) > min(MAX_EXCLUDES, max(2, len(group) // 4)):
                continue
            include.append(pattern)
            exclude += wrong
    return Articles(include=tuple(dict.fromkeys(include)), exclude=tuple(dict.fromkeys(exclude)))


def _target(url: str) -> str:
    """Path and query, without what only says where a reader came from."""
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair))
    return (parts.path or "/") + ("?" + query if query else "")


def _groups(targets: Sequence[str]) -> list[list[str]]:
    """Targets of one depth, ending, first folder and set of query keys together; most first."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for target in targets:
        path, _, query = target.partition("?")
        shape = _shape(path)
        keys = tuple(sorted(k for k, _ in parse_qsl(query, keep_blank_values=True)))
        first = path if keys else shape[0] if len(shape) > 1 else ""
        groups[len(shape), _ending(path), first, keys].append(target)
    found = sorted(groups.values(), key=len, reverse=True)
    return found[:MAX_ALTERNATIVES]


def _shape(path: str) -> Shape:
    """The segments of a path: a year and what follows it in its segment becomes ``20*``."""
    segments = path.strip("/").split("/")
    return (*(_YEAR.sub(r"\1*", s) for s in segments[:-1]), segments[-1])


def _ending(path: str) -> str:
    """``/``, a file's ending, or nothing."""
    if path.endswith("/"):
        return "/"
    found = _ENDING.search(path)
    return found[0] if found else ""


def _patterns(group: Sequence[str], negative: Sequence[str]) -> list[str]:
    """One pattern for the group; where it matches others, one for each second folder instead."""
    general = _pattern(group)
    if not any(compile_pattern(general).match(target) for target in negative):
        return [general]
    split: dict[str, list[str]] = defaultdict(list)
    for target in group:
        shape = _shape(target.partition("?")[0])
        split[shape[1] if len(shape) > 2 else ""].append(target)
    return [
        _pattern(part)
        for part in sorted(split.values(), key=len, reverse=True)[:MAX_ALTERNATIVES]
        if len(part) >= MIN_SUPPORT
    ]


def _pattern(group: Sequence[str]) -> str:
    path, _, query = group[0].partition("?")
    if query:
        return _query_pattern(group)
    shapes = [_shape(target) for target in group]
    columns = [sorted({shape[i] for shape in shapes}) for i in range(len(shapes[0]))]
    folders = [column[0] if len(column) == 1 else "*" for column in columns[:-1]]
    for n, folder in enumerate(folders):
        if "20*" in folders[:n] and re.fullmatch(r"\d{1,2}", folder):
            folders[n] = "*"  # a month or a day that all happen to share
    ending = _ending(path)
    last = ("" if folders else _prefix(columns[-1])) + "*" + ("" if ending == "/" else ending)
    return "/" + "/".join([*folders, last]) + ("/" if ending == "/" else "")


def _query_pattern(group: Sequence[str]) -> str:
    """Addresses told apart by their query alone: ``/nyhet.aspx?id=*``."""
    path = group[0].partition("?")[0]
    pairs = [parse_qsl(target.partition("?")[2], keep_blank_values=True) for target in group]
    values = [dict(found) for found in pairs]
    fixed = {k: v for k, v in pairs[0] if len(group) > 2 and len({found.get(k) for found in values}) == 1}
    return path + "?" + "&".join(f"{k}={fixed.get(k, '*')}" for k, _ in pairs[0])


def _prefix(names: Sequence[str]) -> str:
    """A beginning that all names share and that ends at a separator: ``nyhet-``; else nothing."""
    shared = shared_start(names)
    cut = max(shared.rfind("-"), shared.rfind("_")) + 1
    return shared[:cut] if len(names) >= 4 and cut >= 4 and not re.search(r"\d", shared[:cut]) else ""


def _says_something(pattern: str) -> bool:
    """False for a pattern that holds for any page of some depth, such as ``/*/``."""
    path, _, query = pattern.partition("?")
    return bool(query) or bool(re.search(r"\w", re.sub(r"\.\w+\Z", "", path.replace("*", ""))))
