"""Pings: the right address each time, within the deadline, and never an error."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from archiver.nightly.ping import LARGEST_BODY, ping, ping_address
from tests.nightly.conftest import Monitor


@pytest.mark.parametrize(
    ("url", "what", "address"),
    [
        ("https://hc.example.org/5f2a", "start", "https://hc.example.org/5f2a/start"),
        ("https://hc.example.org/5f2a", "0", "https://hc.example.org/5f2a"),
        ("https://hc.example.org/5f2a/", "3", "https://hc.example.org/5f2a/3"),
        ("https://hc.example.org/5f2a?rid=1", "75", "https://hc.example.org/5f2a/75?rid=1"),
    ],
)
def test_addresses(url: str, what: str, address: str) -> None:
    assert ping_address(url, what) == address


def test_a_night_is_told_from_start_to_end(monitor: tuple[str, type[Monitor]]) -> None:
    url, handler = monitor
    assert [ping(url, "start"), ping(url, "3", body="gävle: ö"), ping(url, "0")] == [None] * 3
    assert handler.heard == [
        ("/ping/5f2a/start", b""),
        ("/ping/5f2a/3", "gävle: ö".encode()),
        ("/ping/5f2a", b""),
    ]
    assert ping(url, "1", body="x" * (LARGEST_BODY + 9)) is None
    assert len(handler.heard[-1][1]) == LARGEST_BODY


def test_a_proxy_of_the_environment_is_ignored(
    monitor: tuple[str, type[Monitor]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    assert ping(monitor[0], "0") is None


def test_what_goes_wrong_is_a_line_that_keeps_the_secret(monitor: tuple[str, type[Monitor]]) -> None:
    url, handler = monitor
    handler.status = 404
    assert ping(url, "0") == "127.0.0.1: answered 404"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = ping(f"http://127.0.0.1:{port}/5f2a", "0")
    assert said
    assert "refused" in said
    assert "5f2a" not in said


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "hc.example.org/x", "http://[::1", "http://127.0.0.1:x/"]
)
def test_what_is_no_address_is_said(url: str) -> None:
    assert ping(url, "start")


def test_a_server_that_drips_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 20:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        said = ping(f"http://127.0.0.1:{server.getsockname()[1]}/x", "start", timeout=0.3)
        assert said == "127.0.0.1: no answer within 0.3 seconds"
        assert time.monotonic() - began < 1
        thread.join()
        time.sleep(0.1)  # the ping's own thread sees the end of it
