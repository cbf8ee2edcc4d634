"""The errors that a person is meant to read: one root, with what came and what to do."""

from __future__ import annotations


class ArchiverError(Exception):
    """Something that the person at the command can act on.

    ``message`` is one line: what is wrong and where. ``hint`` says what to do next.
    ``site`` and ``url`` name what it is about, where it is about one of them.
    ``exit_code`` is the code of INTERFACE that the command ends with.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        site: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.site = site
        self.url = url


class UsageError(ArchiverError):
    """The call names something that is not there: an unknown site or article, no URL."""

    exit_code = 2


class ConfigurationError(ArchiverError):
    """A profile, a setting, a data directory or a database that cannot be used as it is."""

    exit_code = 78


class LockedError(ArchiverError):
    """Another run holds the lock of this archive."""

    exit_code = 75


class StorageError(ArchiverError):
    """The disk refused: full, read-only or gone. What was stored before is whole."""

    exit_code = 1


class DamagedError(ArchiverError):
    """Stored bytes are not what they must be: a torn record, a digest that differs."""

    exit_code = 1
