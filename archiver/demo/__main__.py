"""``python -m archiver.demo``: serves the demo site until it is interrupted."""

from __future__ import annotations

import argparse
import contextlib

from archiver.demo.server import DemoServer


def main() -> None:
    """Serve, and print the address of the news page."""
    parser = argparse.ArgumentParser(prog="python -m archiver.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--changed", action="store_true", help="the site as it is on the second night")
    options = parser.parse_args()
    with DemoServer(port=options.port, changed=options.changed) as server:
        print(server.news_url, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.wait()


if __name__ == "__main__":
    main()
