"""Suppressions: what is hidden on request, in ``suppressions.jsonl`` beside the database.

They are decisions of people and no captures, so they lie in a file of their own, which a rebuild
reads: an object a line. The bytes stay in the WARC files; what is hidden is what is made of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from archiver.address import plain_address
from archiver.bounded import lines_in
from archiver.disk import write_atomically
from archiver.errors import ConfigurationError
from archiver.home import Home

Kind = Literal["url", "prefix", "article"]
_SCHEME = re.compile(r"https?://(?:www\.)?", re.I)
# Bytes of a line: a decision about a whole site names the address of each of its articles.
LONGEST = 1 << 25
# A letter, a digit, or one of -._~ in hex.
_ESCAPED = re.compile(r"%(2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])")


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One decision: what is hidden, why, and since when (UTC, as text with ``Z``).

    ``target`` is an address, the beginning of addresses with ``*`` behind it, or the id of an
    article. ``urls`` are the other addresses that the same articles had when it was decided,
    ``articles`` their ids.
    """

    target: str
    kind: Kind
    reason: str
    added: str
    urls: tuple[str, ...] = field(default=())
    articles: tuple[str, ...] = field(default=())


class Suppressions:
    """All decisions in force, and whether they hide an address or an article."""

    def __init__(self, decisions: Iterable[Suppression] = ()) -> None:
        self.all = list(decisions)
        self._urls = {
            _key(url): s for s in self.all for url in (*s.urls, *((s.target,) if s.kind == "url" else ()))
        }
        self._prefixes = [(_prefix_key(s.target[:-1]), s) for s in self.all if s.kind == "prefix"]
        self._articles = {s.target: s for s in self.all if s.kind == "article"}

    def __iter__(self) -> Iterator[Suppression]:
        return iter(self.all)

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """The decisions as rows of the table ``suppressions``."""
        return [(s.target, s.kind, s.reason, s.added) for s in self.all]

    def of_address(self, url: str) -> Suppression | None:
        """The decision that hides this address, or None.

        Schemes, ``www.``, a fragment and a slash at the end make no difference.
        """
        if not self.all:
            return None
        key = _key(url)
        return self._urls.get(key) or next((s for p, s in self._prefixes if key.startswith(p)), None)

    def hides(self, url: str) -> bool:
        """True for an address that a decision hides."""
        return self.of_address(url) is not None

    def of_article(self, identity: str) -> Suppression | None:
        """The decision that hides the article of this id by its id, or None."""
        return self._articles.get(identity)

    def behind(self, reference: str) -> Suppression | None:
        """The decision by which an article with this id or address was hidden, or None."""
        named = (s for s in self.all if reference in s.articles)
        return self.of_article(reference) or self.of_address(reference) or next(named, None)

    def with_target(self, target: str) -> Suppression | None:
        """The decision with this target, however its address is spelt, or None."""
        key = key_of(target)
        return next((s for s in self.all if key_of(s.target) == key), None)


def kind_of(target: str) -> Kind:
    """What a target is, by its form."""
    if target.endswith("*"):
        return "prefix"
    return "article" if re.fullmatch(r"[0-9a-f]{16}", target) else "url"


def key_of(target: str) -> str:
    """A target as it is compared: spellings of one address are one."""
    return _key(target) if kind_of(target) == "url" else target


def suppressions_file(home: Home) -> Path:
    """Where the decisions of an archive stand, whether there are any or not."""
    return home.root / "suppressions.jsonl"


def read_suppressions(home: Home) -> Suppressions:
    """The decisions in force. Raises ConfigurationError where the file cannot be read.

    A file that cannot be read must not be taken for none: what was to be hidden would be shown.
    """
    path = suppressions_file(home)
    if not path.exists():
        return Suppressions()
    try:
        lines = [(n, line) for n, line in enumerate(lines_in(path, LONGEST), 1) if line.strip()]
    except OSError as error:
        raise _unreadable(f"{path}: {error}") from None
    return Suppressions(_decision(path, number, line) for number, line in lines)


def write_suppressions(home: Home, decisions: Iterable[Suppression]) -> None:
    """Replaces the file in one step.

    Raises StorageError where the disk refuses, ConfigurationError for a decision that is too long to be read.
    """
    lines = [json.dumps(asdict(decision), ensure_ascii=False) + "\n" for decision in decisions]
    for line in lines:
        if len(line.encode()) >= LONGEST:
            raise ConfigurationError(
                f"this decision names more addresses than a line of {LONGEST >> 20} MB holds",
                hint="hide the site in parts, by longer beginnings of its addresses",
            )
    write_atomically(suppressions_file(home), "".join(lines))


def _decision(path: Path, number: int, line: bytes) -> Suppression:
    try:
        found = json.loads(line)
        target, reason, added = (str(found[name]) for name in ("target", "reason", "added"))
        urls, articles = (found.get(name) or [] for name in ("urls", "articles"))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _unreadable(f"{path}: line {number} is no suppression") from None
    if not target or not isinstance(urls, list) or not isinstance(articles, list):
        raise _unreadable(f"{path}: line {number} is no suppression")
    return Suppression(
        target=target,
        kind=kind_of(target),
        reason=reason,
        added=added,
        urls=tuple(map(str, urls)),
        articles=tuple(map(str, articles)),
    )


def _unreadable(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        hint="correct it by hand, an object with target, reason and added a line, or take the file from a"
        " backup; until then nothing is crawled, imported, derived or rebuilt",
    )


def _key(url: str) -> str:
    """An address as it is compared: its beginning as below, with one slash at the end of its path."""
    path, mark, query = _beginning(url).partition("?")
    return path.rstrip("/") + "/" + mark + query


def _prefix_key(beginning: str) -> str:
    """What the keys of all addresses begin with that begin so; the slash before a query is theirs, too."""
    return _key(beginning) if "?" in beginning else _beginning(beginning)


def _beginning(url: str) -> str:
    """A beginning of keys: plain, without scheme and ``www.``, in lower case, as the keys of an index are.

    What need not be escaped is not (RFC 3986, section 6.2.2.2).
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), _SCHEME.sub("", plain_address(url))).lower()
