"""References of a page made absolute."""

from __future__ import annotations

from archiver.extract.links import absolute
from tests.extract.pages import HOST


def test_absolute():
    base = HOST + "/a/b?c=d"
    assert absolute("/x#y", base) == HOST + "/x"
    assert absolute("x", base) == HOST + "/a/x"
    assert absolute("/a/../x", base) == HOST + "/x"
    assert absolute(" https://q.example/ ", base) == "https://q.example/"
    assert absolute("ftp://q.example/", base) is None
