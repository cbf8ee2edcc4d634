"""Our own instants: aware, UTC, written as ISO 8601 with microseconds and ``Z``."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)


def to_text(instant: datetime) -> str:
    """ISO 8601 with microseconds and ``Z``; texts sort as the instants do."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The instant in an ISO 8601 text. Raises ValueError where it is none."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def new_crawl_id() -> str:
    """The id of a crawl that starts now: ``YYYYMMDDTHHMMSSZ-xxxx``."""
    return f"{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
