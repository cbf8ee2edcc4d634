"""One run at a time: the lock of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from filelock import FileLock, Timeout

from archiver.errors import ConfigurationError, LockedError
from archiver.home import Home


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the archive's lock. Raises LockedError at once where another run has it.

    The operating system frees the lock when its holder dies, however it dies.
    """
    lock = FileLock(home.lock, is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            f"{home.root}: another run is working on this archive",
            hint="wait for it; archiver status shows what is there already",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{home.lock}: {error.strerror or error}",
            hint="the data directory must be writable; choose another with --data-dir",
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def locked_if_free(home: Home) -> Iterator[bool]:
    """Hold the archive's lock where nobody has it; False where another run does.

    True also where the home can only be read, as nothing can work there.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(home))
        except LockedError:
            yield False
            return
        except ConfigurationError:
            pass
        yield True
