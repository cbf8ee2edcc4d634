"""Requests made of addresses: a GET, or for the address of a POST one with its form."""

from __future__ import annotations

from typing import Any

from scrapy import Request

from archiver.posted import FORM_TYPE, split_posted

CONTENT_TYPE = f"{FORM_TYPE}; charset=UTF-8"


def request_to(address: str, **how: Any) -> Request:
    """The request that an address stands for; ``how`` is Scrapy's."""
    posted = split_posted(address)
    if posted is None:
        return Request(address, **how)
    return Request(posted[0], method="POST", body=posted[1], headers={"Content-Type": CONTENT_TYPE}, **how)
