"""pywb's access list: which addresses it does not show.

``collections/<site>/acl/access-rules.aclj`` is read by pywb as it is, also while it runs. A line
is a urlkey, a dash and an object with ``access``: *exclude* hides a capture as if it were not there
(404), *block* says that it may not be shown (451). A key with ``###`` behind it stands for itself
alone, one without for all that begin with it; pywb wants them in descending order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archiver.errors import StorageError
from archiver.home import Home, write_atomically
from archiver.warc.surt import urlkey

Access = Literal["exclude", "block"]

_EXACT = "###"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRule:
    """One rule: a urlkey, for itself alone or for all keys that begin with it."""

    key: str
    url: str
    exact: bool = True
    access: Access = "exclude"

    def matches(self, key: str) -> bool:
        """True where the rule speaks of this urlkey."""
        return key == self.key if self.exact else key.startswith(self.key)


def rules_for_url(url: str, *, access: Access = "exclude") -> list[AccessRule]:
    """The rule for one address, under any scheme and with or without ``www.``, as urlkeys have it."""
    return [AccessRule(key=urlkey(url), url=url, access=access)]


def rules_for_prefix(prefix: str, *, access: Access = "exclude") -> list[AccessRule]:
    """The rules for every address that begins so.

    A prefix that ends in a slash is a folder: ``/news/`` covers ``/news`` and what lies below it,
    and not ``/newsletter``.
    """
    key = urlkey(prefix)
    if not prefix.endswith("/") or key.endswith("/"):
        return [AccessRule(key=key, url=prefix, exact=False, access=access)]
    return [
        AccessRule(key=key, url=prefix, access=access),
        AccessRule(key=key + "/", url=prefix, exact=False, access=access),
        AccessRule(key=key + "?", url=prefix, exact=False, access=access),
    ]


def access_file(collection: Path) -> Path:
    """Where pywb looks for the rules of a collection."""
    return collection / "acl" / "access-rules.aclj"


def write_access_rules(home: Home, rules: Iterable[AccessRule]) -> None:
    """Make these the rules of every collection, replacing those that were; none removes the file.

    Raises StorageError where the disk refuses.
    """
    text = access_text(rules)
    for collection in sorted(path for path in home.collections.glob("*") if path.is_dir()):
        path = access_file(collection)
        try:
            if not text:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_text("utf-8") != text:
                path.parent.mkdir(exist_ok=True)
                write_atomically(path, text)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror or error}") from None


def access_text(rules: Iterable[AccessRule]) -> str:
    """The rules as pywb reads them; of two rules for one key the stricter, *exclude*, stays."""
    lines: dict[str, str] = {}
    for rule in sorted(rules, key=lambda rule: rule.access == "exclude"):
        key = rule.key + _EXACT if rule.exact else rule.key
        lines[key] = json.dumps({"access": rule.access, "url": rule.url})
    return "".join(f"{key} - {lines[key]}\n" for key in sorted(lines, key=str.encode, reverse=True))


def read_access_rules(collection: Path) -> Iterator[AccessRule]:
    """The rules of a collection, as they were written. Raises OSError, ValueError."""
    path = access_file(collection)
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        key, _, said = line.split(" ", 2)
        values = json.loads(said)
        exact = key.endswith(_EXACT)
        yield AccessRule(
            key=key.removesuffix(_EXACT), url=values.get("url", ""), exact=exact, access=values["access"]
        )
