"""Our own instants: aware, UTC, written as ISO 8601 with microseconds and ``Z``."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime


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
    """The id of a crawl that starts now: ``YYYYMMDDTHHMMSSZ-xxxx``, the latter in 1/65536 of the second.

    Ids sort as the crawls began, also within a second.
    """
    at = now()
    return f"{at:%Y%m%dT%H%M%SZ}-{(at.microsecond << 16) // 1_000_000:04x}"


def is_day_of(key: str, on: date, *, out_of: int) -> bool:
    """True on one day out of so many, on another one each time.

    Which one depends on the key alone; who comes on one weekday only meets it, too.
    """
    run, day = divmod(on.toordinal(), out_of)
    digest = hashlib.sha256(f"{run} {key}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") % out_of == day
