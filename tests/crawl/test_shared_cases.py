"""The 21 answers of the shared server, over http and https, exact in a crawl's WARC file."""

from __future__ import annotations

import runpy
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crawl.test_wire import crawl, orders_for
from tests.servers.exact import ExactServer, cases, self_signed


def test_our_own_cases_are_the_shared_ones_and_more(shared: Path) -> None:
    theirs = runpy.run_path(str(shared / "prototypes" / "fidelity_server.py"))["R"]
    assert len(theirs) == 21
    assert theirs.keys() <= cases().keys()


def test_every_answer_has_a_payload_of_its_own() -> None:
    payloads = Counter(answer.final.partition(b"\r\n\r\n")[2] for answer in cases().values())
    del payloads[b""]  # 204, 304, HEAD and those that end before a body
    assert payloads.most_common(1)[0][1] == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_is_exact(shared: Path, tmp_path: Path, scheme: str) -> None:
    theirs = runpy.run_path(str(shared / "prototypes" / "fidelity_server.py"))["R"]
    answers = {path: replace(cases()[path], wire=wire) for path, wire in theirs.items()}
    certificate = self_signed(tmp_path / "server.pem") if scheme == "https" else None
    with ExactServer(certificate=certificate, answers=answers) as server:
        done = crawl(tmp_path / "archive", orders_for(server))
    assert len(done.files) == 1
    for path, answer in answers.items():
        found = done.records[server.base + path]
        # The redirect leads to /plain, which is asked for itself, too.
        assert len(found["request"]) == 1 + (path == "/plain"), path
        assert all(request in server.received[path] for _, request in found["request"]), path
        if not answer.wire:
            assert found.keys() == {"request"}
            continue
        for headers, block in found[answer.record]:
            assert headers.get("WARC-Truncated") == answer.truncated, path
            if answer.truncated == "length":
                assert block and answer.final.startswith(block), path
            else:
                assert block == answer.final, path
