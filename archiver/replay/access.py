"""pywb's access list: which addresses it does not show.

``collections/<site>/acl/access-rules.aclj`` is read by pywb as it is, also while it runs. A line
is a urlkey, a dash and an object with ``access``: *exclude* hides a capture as if it were not there
(404), *block* says that it may not be shown (451). A key with ``###`` behind it stands for itself
alone, one without for all that begin with it; pywb wants them in descending order.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archiver.disk import refusal, write_atomically
from archiver.errors import ArchiverError, ConfigurationError
from archiver.home import Home
from archiver.posted import key_text
from archiver.store.captures import asks_for_no_archive, captured_urls, was_ever_asked
from archiver.suppressions import Suppression, Suppressions
from archiver.warc.surt import urlkey

Access = Literal["exclude", "block", "allow"]

_EXACT = "###"
_ANY = "*,"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRule:
    """One rule: a urlkey, for itself alone or for all keys that begin with it."""

    key: str
    url: str
    exact: bool = True
    access: Access = "exclude"


class AccessRules:
    """The rules of a collection, asked as pywb asks them: the longest key that fits decides."""

    def __init__(self, rules: Iterable[AccessRule]) -> None:
        self._exact: dict[str, Access] = {}
        self._prefix: dict[str, Access] = {}
        for rule in rules:
            (self._exact if rule.exact else self._prefix)[rule.key] = rule.access

    def __bool__(self) -> bool:
        return bool(self._exact or self._prefix)

    def of(self, key: str) -> Access:
        """What may be done with captures under this urlkey."""
        if key in self._exact:
            return self._exact[key]
        beginnings = (key[:end] for end in range(len(key), 0, -1))
        longest = next((begin for begin in beginnings if begin in self._prefix), _ANY)
        return self._prefix.get(longest, "allow")


def rules_for_url(url: str, *, access: Access = "exclude") -> list[AccessRule]:
    """The rule for one address, under any scheme and with or without ``www.``, as urlkeys have it."""
    return [AccessRule(key=urlkey(key_text(url)), url=url, access=access)]


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


def rules_of(decisions: Iterable[Suppression]) -> list[AccessRule]:
    """The rules for what is suppressed: every address that a decision names, or its prefix."""
    rules: list[AccessRule] = []
    for decision in decisions:
        for url in (*decision.urls, *((decision.target,) if decision.kind == "url" else ())):
            rules += rules_for_url(url)
        if decision.kind == "prefix":
            rules += rules_for_prefix(decision.target[:-1])
    return rules


def hide_from_replay(
    home: Home, db: sqlite3.Connection, decisions: Suppressions, sites: Iterable[str] | None = None
) -> None:
    """Have pywb show nothing of these sites, or of any, that is suppressed, whatever address it came from.

    Nor what asks that no archive shows it, unless the site's profile ignores that. Tracking parameters make
    no difference to a decision, and another key in an index. Raises StorageError where the disk refuses.
    """
    of_all = rules_of(decisions)
    known = AccessRules(of_all)
    for site in home.archived() if sites is None else sites:
        hidden = (url for url in captured_urls(db, site) if decisions.hides(url)) if decisions else ()
        others = (
            rule
            for url in hidden
            if known.of(urlkey(key_text(url))) != "exclude"
            for rule in rules_for_url(url)
        )
        withheld = asks_for_no_archive(db, site) if _heeds_noarchive(home, site) else ()
        asked = (rule for url in withheld for rule in rules_for_url(url))
        write_access_rules(home.collection(site), [*of_all, *others, *asked])


def hide_what_asks(home: Home, db: sqlite3.Connection, decisions: Suppressions, site: str) -> None:
    """The same for one site whose captures were derived, where a page of it ever asked for it."""
    if was_ever_asked(db, site):
        hide_from_replay(home, db, decisions, [site])


def _heeds_noarchive(home: Home, site: str) -> bool:
    """What the site's profile says; where it has none, or a broken one, the stricter."""
    with suppress(ArchiverError):
        return home.site(site).crawl.noarchive != "ignore"
    return True


def access_file(collection: Path) -> Path:
    """Where pywb looks for the rules of a collection."""
    return collection / "acl" / "access-rules.aclj"


def write_access_rules(collection: Path, rules: Iterable[AccessRule]) -> None:
    """Make these the rules of a collection, replacing those that were; none removes the file.

    Raises StorageError where the disk refuses.
    """
    text, path = access_text(rules), access_file(collection)
    try:
        if not text:
            path.unlink(missing_ok=True)
        elif not path.exists() or path.read_text("utf-8") != text:
            write_atomically(path, text)
    except OSError as error:
        raise refusal(path, error) from None


def access_text(rules: Iterable[AccessRule]) -> str:
    """The rules as pywb reads them; of two rules for one key the stricter, *exclude*, stays."""
    lines: dict[str, str] = {}
    for rule in sorted(rules, key=lambda rule: rule.access == "exclude"):
        key = rule.key + _EXACT if rule.exact else rule.key
        lines[key] = json.dumps({"access": rule.access, "url": rule.url})
    return "".join(f"{key} - {lines[key]}\n" for key in sorted(lines, key=str.encode, reverse=True))


def read_access_rules(collection: Path) -> AccessRules:
    """The rules of a collection, whoever wrote them. Raises ConfigurationError where a line is none."""
    path = access_file(collection)
    if not path.exists():
        return AccessRules(())
    rules = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        try:
            rules.append(_rule(line))
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ConfigurationError(
                f"{path}: line {number} is no rule", hint="correct it, or delete the file"
            ) from None
    return AccessRules(rules)


def _rule(line: str) -> AccessRule:
    key, _, said = line.split(" ", 2)
    values = json.loads(said)
    access: Access = values["access"]
    # pywb has a kind of "allow" that sets aside an embargo; an archive of ours has none.
    if access.startswith("allow"):
        access = "allow"
    exact = key.endswith(_EXACT)
    return AccessRule(key=key.removesuffix(_EXACT), url=values.get("url", ""), exact=exact, access=access)
