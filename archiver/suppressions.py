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


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One decision: what is hidden, why, and since when (UTC, as text with ``Z``).

    ``target`` is an address, the beginning of addresses with ``*`` behind it, or the id of an
    article. ``urls`` are the other addresses that the same articles had when it was decided.
    """

    target: str
    kind: Kind
    reason: str
    added: str
    urls: tuple[str, ...] = field(default=())


class Suppressions:
    """All decisions in force, and whether they hide an address or an article."""

    def __init__(self, decisions: Iterable[Suppression] = ()) -> None:
        self.all = list(decisions)
        self._urls = {
            _key(url): s for s in self.all for url in (*s.urls, *((s.target,) if s.kind == "url" else ()))
        }
        self._prefixes = [(_key(s.target[:-1]), s) for s in self.all if s.kind == "prefix"]
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
        """The decision that hides this address, or None. Schemes and ``www.`` make no difference."""
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


def kind_of(target: str) -> Kind:
    """What a target is, by its form."""
    if target.endswith("*"):
        return "prefix"
    return "article" if re.fullmatch(r"[0-9a-f]{16}", target) else "url"


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
    found = []
    try:
        for number, line in enumerate(lines_in(path), 1):
            if line.strip():
                found.append(_decision(json.loads(line), number))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(
            f"{path}: {error}", hint="mend the file; nothing is shown, crawled or derived until then"
        ) from None
    return Suppressions(found)


def write_suppressions(home: Home, decisions: Iterable[Suppression]) -> None:
    """Replaces the file in one step. Raises StorageError where the disk refuses."""
    lines = (json.dumps(asdict(decision), ensure_ascii=False) + "\n" for decision in decisions)
    write_atomically(suppressions_file(home), "".join(lines))


def _decision(found: dict[str, object], number: int) -> Suppression:
    target, reason, added = (str(found[name]) for name in ("target", "reason", "added"))
    urls = found.get("urls") or []
    if not target or not isinstance(urls, list):
        raise ValueError(f"line {number} is no suppression")
    return Suppression(
        target=target, kind=kind_of(target), reason=reason, added=added, urls=tuple(map(str, urls))
    )


def _key(url: str) -> str:
    """An address as it is compared: plain, without scheme and ``www.``, the host in lower case."""
    host, slash, path = _SCHEME.sub("", plain_address(url)).partition("/")
    return host.lower() + slash + path
