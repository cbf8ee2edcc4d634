"""Twisted's reactor, imported late: importing it installs one, and Scrapy chooses which."""

from __future__ import annotations

from typing import Any


def running_reactor() -> Any:
    """The reactor of this process; untyped, as its methods are found at run time."""
    from twisted.internet import reactor

    return reactor
