"""Every exchange of a real crawl is on disk as it was on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from archiver.crawl import wire
from archiver.errors import ConfigurationError
from archiver.warc.reader import captures_in
from tests.servers.exact import CONTINUE, HINTS, Answer, ExactServer, cases, self_signed, sized

pytestmark = pytest.mark.xdist_group("wire")  # one recording for all

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 2 << 20


@dataclass
class Crawl:
    """What a crawl printed, what it left on disk, read with a reader that is not ours."""

    output: list[dict[str, Any]]
    errors: str
    files: list[Path]
    records: dict[str, dict[str, list[tuple[Any, bytes]]]] = field(default_factory=dict)

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [entry for entry in self.output if entry["kind"] == kind]


def crawl(archive: Path, requests: list[dict[str, Any]], **orders: Any) -> Crawl:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawl.exact_crawl"],
        input=json.dumps({"archive": str(archive), "requests": requests, **orders}),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    files = sorted(archive.iterdir()) if archive.exists() else []
    result = Crawl([json.loads(text) for text in done.stdout.splitlines()], done.stderr, files)
    for path in files:
        _read(path, result.records)
    return result


def _read(path: Path, records: dict[str, dict[str, list[tuple[Any, bytes]]]]) -> None:
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            by_type = records.setdefault(record.headers.get("WARC-Target-URI", ""), defaultdict(list))
            by_type[record.headers["WARC-Type"]].append((dict(record.headers), record.reader.read()))


def orders_for(server: ExactServer) -> list[dict[str, Any]]:
    requests = []
    for path in server.answers:
        meta: dict[str, Any] = {"download_maxsize": LIMIT} if path.startswith("/toolong") else {}
        if path == "/stall":
            meta["download_timeout"] = 1.5
        if path != "/robots.txt" and path != "/target":
            method = "HEAD" if path == "/head" else "GET"
            requests.append({"url": server.base + path, "method": method, "meta": meta})
    return requests


@pytest.fixture(scope="module", params=["http", "https"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(request.param)
    certificate = self_signed(folder / "server.pem") if request.param == "https" else None
    with ExactServer(certificate=certificate) as server:
        yield server, crawl(folder / "archive", orders_for(server))


def test_the_crawl_reports_no_error_of_its_own(hostile: Any) -> None:
    _, done = hostile
    assert done.errors == ""


@pytest.mark.parametrize("path", [p for p in cases() if p not in ("/empty", "/only100")])
def test_response_is_what_the_server_sent(hostile: Any, path: str) -> None:
    server, done = hostile
    answer: Answer = server.answers[path]
    [(headers, block)] = done.records[server.base + path][answer.record]
    if path.startswith("/toolong"):
        assert block and answer.final.startswith(block)
        assert len(block) < len(answer.final)
    else:
        assert block == answer.final
    # A TLS connection that ends without a farewell is common, and no sign of loss.
    forgiven = path == "/reset" and server.certificate
    assert headers.get("WARC-Truncated") == (None if forgiven else answer.truncated)


@pytest.mark.parametrize("path", list(cases()))
def test_request_is_what_the_server_received(hostile: Any, path: str) -> None:
    server, done = hostile
    stored = [block for _, block in done.records[server.base + path]["request"]]
    assert len(stored) == 1
    assert stored[0] in server.received[path]


def test_interim_responses_are_kept_in_records_of_their_own(hostile: Any) -> None:
    server, done = hostile
    for path, interim in {"/100": CONTINUE, "/103": HINTS + CONTINUE, "/only100": CONTINUE}.items():
        [(headers, block)] = done.records["urn:interim:" + server.base + path]["metadata"]
        assert block == interim
        assert headers["Content-Type"] == "application/http;msgtype=response"


def test_request_stands_alone_where_nothing_was_answered(hostile: Any) -> None:
    server, done = hostile
    for path in ("/empty", "/only100"):
        found = done.records[server.base + path]
        assert "response" not in found and "revisit" not in found
        assert "WARC-Concurrent-To" not in found["request"][0][0]


def test_pairs_share_date_address_and_warcinfo(hostile: Any) -> None:
    server, done = hostile
    [(info, _)] = done.records[""]["warcinfo"]
    for path, answer in server.answers.items():
        found = done.records[server.base + path]
        for response, _ in found.get(answer.record, []):
            request = found["request"][0][0]
            assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
            assert request["WARC-Date"] == response["WARC-Date"]
            assert response["WARC-IP-Address"] == "127.0.0.1"
            assert response["WARC-Warcinfo-ID"] == info["WARC-Record-ID"]


def test_each_download_ends_in_one_exchange(hostile: Any) -> None:
    server, done = hostile
    urls = [entry["url"] for entry in done.said("exchange")]
    assert sorted(urls) == sorted(server.base + path for path in server.answers)
    ended = done.said("seen") + done.said("failed")
    assert len(ended) == len(orders_for(server))
    assert all(entry["record"] for entry in done.said("seen") if not entry["url"].endswith("/head"))


def test_large_responses_are_spooled(hostile: Any) -> None:
    server, done = hostile
    kinds = {entry["url"]: entry["type"] for entry in done.said("exchange")}
    assert kinds[server.base + "/spooled"] == "mmap"
    assert kinds[server.base + "/toolong-nolen"] == "mmap"
    assert kinds[server.base + "/plain"] == "bytes"


def test_captures_read_back_are_those_that_were_returned(hostile: Any) -> None:
    _, done = hostile
    returned = [entry["capture"] for entry in done.said("exchange") if entry["capture"]]
    rebuilt = [c for path in done.files for c in captures_in(path, site="exact")]
    assert [json.loads(json.dumps(asdict(c), default=str)) for c in rebuilt] == returned
    assert not any(c.url.endswith("/head") for c in rebuilt)


def test_a_request_that_twisted_sends_again_is_one_exchange(tmp_path: Path) -> None:
    kept = Answer(wire=sized(b"svar"), then="hang up next time")
    with ExactServer(answers={"/kept": kept, "/again": Answer(wire=sized(b"igen")), "/404": kept}) as server:
        urls = [{"url": server.base + path} for path in ("/kept", "/again")]
        done = crawl(tmp_path / "archive", urls, robots=False, concurrency=1)
    assert [entry["url"] for entry in done.said("exchange")] == [u["url"] for u in urls]
    found = done.records[server.base + "/again"]
    assert found["response"][0][1] == sized(b"igen")
    assert [block for _, block in found["request"]] == server.received["/again"]


def test_an_answer_from_a_cache_is_no_capture(tmp_path: Path) -> None:
    cache = {"HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": str(tmp_path / "cache")}
    with ExactServer() as server:
        asked = [{"url": server.base + "/plain"}]
        first = crawl(tmp_path / "first", asked, robots=False, settings=cache)
        second = crawl(tmp_path / "second", asked, robots=False, settings=cache)
        assert len(server.received["/plain"]) == 1
    assert len(first.records[server.base + "/plain"]["response"]) == 1
    [cached] = second.said("seen")
    assert (cached["flags"], cached["record"]) == (["cached"], None)
    assert second.files == []


def test_connection_to_a_private_address_is_refused(tmp_path: Path) -> None:
    with ExactServer() as server:
        hosts = ("127.0.0.1", "127.0.0.2", "127.1", "[::ffff:127.0.0.1]", "LOCALHOST")
        requests = [{"url": f"http://{host}:{server.port}/plain"} for host in hosts]
        done = crawl(
            tmp_path / "archive", requests, robots=False, allowed=[f"localhost:{server.port}", "127.0.0.2"]
        )
        assert len(server.received["/plain"]) == len(done.said("exchange")) == len(done.said("seen")) == 1
    refused = {entry["url"]: entry for entry in done.said("failed")}
    assert sorted(refused) == sorted(order["url"] for order in requests[:4])
    assert {entry["error"] for entry in refused.values()} == {"PrivateAddressError"}
    assert "127.1 is at 127.0.0.1" in refused[requests[2]["url"]]["message"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_is_judged_by_its_address(tmp_path: Path, scheme: str) -> None:
    with ExactServer() as server:
        url = f"{scheme}://localhost:{server.port}/plain"
        done = crawl(tmp_path / "archive", [{"url": url}], robots=False, allowed=[])
        assert not server.received
    [refused] = done.said("failed")
    assert refused["error"] == "PrivateAddressError"
    assert refused["message"].startswith("localhost is at 127.0.0.1")
    assert done.files == []


def test_behind_a_proxy_the_host_as_written_is_judged(tmp_path: Path) -> None:
    with ExactServer() as server:
        meta = {"proxy": server.base}
        urls = ["http://news.example/plain", "http://10.0.0.1/plain"]
        requests = [{"url": url, "meta": meta} for url in urls]
        done = crawl(tmp_path / "archive", requests, robots=False, allowed=[])
    [refused] = done.said("failed")
    assert (refused["url"], refused["error"]) == (urls[1], "PrivateAddressError")
    [(headers, block)] = done.records[urls[0]]["request"]
    assert block.startswith(b"GET http://news.example/plain HTTP/1.1\r\n")
    assert "WARC-IP-Address" not in headers


def test_a_head_without_end_is_cut_off(tmp_path: Path) -> None:
    endless = Answer(wire=b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 100_000)
    with ExactServer(answers={"/endless": endless, "/404": endless}) as server:
        done = crawl(tmp_path / "archive", [{"url": server.base + "/endless"}], robots=False)
    [(headers, block)] = done.records[server.base + "/endless"]["response"]
    assert headers["WARC-Truncated"] == "length"
    assert endless.wire.startswith(block) and len(block) < 500_000


def test_a_changed_scrapy_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    wire.check_private_classes()

    def download_request(self: Any, request: Any, spider: Any) -> None: ...

    monkeypatch.setattr(wire.HTTP11DownloadHandler, "download_request", download_request)
    with pytest.raises(ConfigurationError, match=r"HTTP11DownloadHandler\.download_request"):
        wire.check_private_classes()
