"""What it costs to check a file of a crawl: its records, their digests, the messages in them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from archiver.warc.verify import Seen, check_file
from bench.figure import Figure

ROUNDS = 7
AIM = 50.0  # 20,000 records a second


def verify_figure(home: Path, what: str) -> Figure:
    """CPU of one record in the archive at ``home``, by the cheapest of some rounds through its files."""
    files = sorted(home.glob("collections/*/archive/*.warc.gz"))
    seconds, records = min(_check(files) for _ in range(ROUNDS))
    size = sum(path.stat().st_size for path in files) / records
    return Figure(
        name=f"archiver verify, {what}",
        value=seconds / records * 1e6,
        unit="CPU µs a record",
        aim=AIM,
        note=f"{records} records of {size:.0f} bytes, {records / seconds:,.0f} records a second",
    )


def _check(files: list[Path]) -> tuple[float, int]:
    """CPU seconds for all files, and how many records they hold. Ends where there is a finding."""
    now, records = datetime.now(UTC), 0
    began = time.process_time()
    for path in files:
        seen = Seen()
        for fault in check_file(path, now=now, seen=seen):
            raise SystemExit(f"{path}: {fault.code} at {fault.offset}: {fault.detail}")
        records += seen.records
    return time.process_time() - began, records
