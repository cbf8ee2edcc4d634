"""What may be shown: the decisions in ``suppressions.jsonl`` and the rules that pywb goes by.

Both are read again when they change. The rows of what is hidden are gone already; what is asked here is
whether a capture's bytes may go out, and whether a decision was made a moment ago.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, Literal, TypeVar

from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.model import Capture
from archiver.posted import key_text
from archiver.replay.access import access_file, read_access_rules
from archiver.suppressions import Suppressions, read_suppressions, suppressions_file
from archiver.warc.surt import urlkey

Refusal = Literal["hidden", "blocked"]
Content = TypeVar("Content")


class _File(Generic[Content]):
    """What a file says, read again when it changed."""

    def __init__(self, path: Path, read: Callable[[], Content]) -> None:
        self._path = path
        self._read = read
        self._known: tuple[tuple[int, int] | None, Content] | None = None
        self._lock = threading.Lock()

    def content(self) -> Content:
        with self._lock:
            state = self._state()
            if self._known is None or self._known[0] != state:
                self._known = (state, self._read())
            return self._known[1]

    def _state(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino


class Shown:
    """What of an archive may be shown, by the rules of the moment."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._decisions = _File(suppressions_file(home), lambda: read_suppressions(home))
        self._rules = {site: self._of(site) for site in home.archived()}

    def _of(self, site: str) -> _File[Callable[[str], str]]:
        collection = self._home.collection(site)
        return _File(access_file(collection), lambda: read_access_rules(collection).of)

    @property
    def decisions(self) -> Suppressions:
        """What is hidden on request. Raises ConfigurationError where the file cannot be read."""
        return self._decisions.content()

    def refusal(self, capture: Capture) -> Refusal | None:
        """Why the bytes of a capture may not go out, None where they may. Raises ConfigurationError."""
        rules = self._rules.setdefault(capture.site, self._of(capture.site)).content()
        access = rules(urlkey(key_text(capture.url)))
        if access == "exclude" or self.decisions.hides(capture.url):
            return "hidden"
        return "blocked" if access == "block" else None

    def hides_article(self, identity: str, addresses: Iterable[str]) -> bool:
        """True where a decision hides an article, although its rows may be there still."""
        decisions = self.decisions
        return bool(decisions) and (
            decisions.of_article(identity) is not None or any(map(decisions.hides, addresses))
        )


def check_honoured(db: sqlite3.Connection, decisions: Suppressions) -> None:
    """Raises ConfigurationError where a decision was written that the rows do not know yet.

    Datasette shows rows as they are, so that nothing is served before they honour what people decided.
    """
    known = {row[0] for row in db.execute("SELECT target FROM suppressions")}
    missing = [decision.target for decision in decisions if decision.target not in known]
    if missing:
        raise ConfigurationError(
            f"suppressions.jsonl hides {missing[0]}, and the rows of the database do not know it yet",
            hint="archiver derive takes it out of them",
        )
