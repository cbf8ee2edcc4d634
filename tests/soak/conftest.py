"""The archive of a healthy site, as tests of nights have it."""

from tests.nightly.conftest import archive, before

__all__ = ["archive", "before"]
