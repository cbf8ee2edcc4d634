"""What a person should know of a site after a night, and what its findings are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archiver.site import HealthCode

MEANINGS: dict[HealthCode, str] = {
    "silence": "no new article for longer than the site's rhythm lets expect",
    "wall": "pages are challenges, walls of consent, logins or empty shells",
    "errors": "pages answer with 4xx or 5xx, or not at all",
    "refused": "half of what is named as articles never gave one, and answers with errors or walls",
    "unread": "what feeds and listings name newly gives no articles",
    "no-date": "articles lack the date that they had, or that new ones used to have",
    "no-title": "the same of titles",
    "no-author": "the same of authors",
    "short-body": "bodies are less than half of what they were, or new ones shorter than almost all before",
    "layout": "fields are found at places where they never were",
    "listing-empty": "a listing names nothing, or far less than it did",
    "listing-moved": "a listing redirects to another page, which names little of what it named",
    "passed-over": "a listing names addresses where articles stand that no pattern of the profile takes",
    "listing-frozen": "a listing does not name what is new, or does not change any more",
    "flood": "many more new articles than ever in a night",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFinding:
    """One thing, in a line; ``url`` is the page that shows it, ``hint`` the command to look closer."""

    code: HealthCode
    severity: Literal["note", "warning", "error"]
    message: str
    url: str | None = None
    hint: str | None = None

    @property
    def line(self) -> str:
        """The finding as a report says it among the problems of a site."""
        return f"{self.message} ({self.code})"
