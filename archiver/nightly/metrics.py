"""The figures of the last night, in the text format of Prometheus.

The node exporter reads such a file from the folder that its ``--collector.textfile.directory`` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.disk import write_atomically
from archiver.errors import StorageError


@dataclass(frozen=True, kw_only=True)
class SiteFigures:
    """What one site came to: how its night ended, all its articles, pages and failures of the night.

    None where its profile could not be read.
    """

    site: str
    state: str
    articles: int | None
    pages: int | None
    failures: int | None


@dataclass(frozen=True, kw_only=True)
class NightFigures:
    """What one night came to; ``sites`` is None where it could not begin."""

    ended: datetime
    seconds: float
    exit_code: int
    sites: Sequence[SiteFigures] | None


def metrics_text(night: NightFigures, *, before: str = "") -> str:
    """The file: every metric with its HELP and TYPE, a line a site.

    Of a night that could not begin the sites' figures are those of the file ``before``.
    """
    lines = [
        *_metric("last_run_timestamp_seconds", "When the last night ended.", night.ended.timestamp()),
        *_metric("last_run_duration_seconds", "How long the last night took.", night.seconds),
        *_metric(
            "last_run_exit_code", "Exit code of the last night; 3 where a site is unhealthy.", night.exit_code
        ),
        *(_OF_SITES.findall(before) if night.sites is None else _sites(night.sites)),
    ]
    return "\n".join(lines) + "\n"


def write_metrics(path: Path, night: NightFigures) -> str | None:
    """Write the file in one step, so that nobody reads half of it; what went wrong, or None.

    A night does not fail for want of its figures.
    """
    try:
        before = path.read_text("utf-8", "replace") if path.is_file() else ""
        write_atomically(path, metrics_text(night, before=before))
    except OSError as error:
        return f"{path}: {error.strerror or error}"
    except StorageError as error:
        return error.message
    return None


_OF_SITES = re.compile(r"^(?:# (?:HELP|TYPE) )?archiver_site_.*$", re.M)


def _sites(sites: Sequence[SiteFigures]) -> Iterator[str]:
    yield from _site_metric("articles", "Articles of a site.", {s.site: s.articles for s in sites})
    yield from _site_metric("pages", "Pages captured last night.", {s.site: s.pages for s in sites})
    yield from _site_metric(
        "failures", "Requests that failed last night.", {s.site: s.failures for s in sites}
    )
    yield from _states(sites)


def _metric(name: str, about: str, value: float) -> Iterator[str]:
    yield from _head(name, about)
    yield f"archiver_{name} {value}"


def _site_metric(name: str, about: str, values: Mapping[str, int | None]) -> Iterator[str]:
    known = {site: value for site, value in values.items() if value is not None}
    if known:
        yield from _head(f"site_{name}", about)
    for site, value in known.items():
        yield f"archiver_site_{name}{{site={_label(site)}}} {value}"


def _states(sites: Sequence[SiteFigures]) -> Iterator[str]:
    if sites:
        yield from _head("site_state", "How the last night of a site ended; 1 under the state it has.")
    for site in sites:
        yield f"archiver_site_state{{site={_label(site.site)},state={_label(site.state)}}} 1"


def _head(name: str, about: str) -> Iterator[str]:
    yield f"# HELP archiver_{name} {about}"
    yield f"# TYPE archiver_{name} gauge"


def _label(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
