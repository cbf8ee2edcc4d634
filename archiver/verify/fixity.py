"""Fixity: every closed file is what it was, by a chain of manifests whose heads stand in the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from archiver.home import Home
from archiver.model import Finding
from archiver.reports import heads
from archiver.verify.files import Tally
from archiver.verify.findings import finding
from archiver.verify.timestamps import check_stamps
from archiver.warc.findings import Fault
from archiver.warc.manifest import FOLDER, Manifest, Move, digest_of, manifests
from archiver.warc.places import located, places
from archiver.warc.reader import records_with_origin

ARCHIVE = "archive/"

Placed = tuple[Path, Fault]


def verify_fixity(
    home: Home, sites: Iterable[str], *, kept: Iterable[str] = (), tally: Tally
) -> Iterator[Finding]:
    """What is no longer as its manifest says, site by site, those too that only a report names.

    ``kept`` are heads that were kept elsewhere: each is that of a chain that is here, or a finding.
    """
    damaged = list[Path]()
    reported = heads(home, damaged.append)
    for path in damaged:
        fault = Fault(code="unreadable", offset=0, detail="it is no report, so that its heads are not known")
        yield tally.count(finding(fault, path, is_own=True))
    own = {collection.name for site in sites for collection in home.collections_of(site)}
    for site in sorted({*own, *reported}):
        for path, fault in check_fixity(home.collection(site), reported.get(site, {})):
            yield tally.count(finding(fault, path, is_own=True))
        for path, fault in _elsewhere(home.archive(site)):
            yield tally.count(finding(fault, path, is_own=True))
    for digest in sorted(set(kept) - _digests(home) if kept else ()):
        fault = Fault(code="head-unknown", offset=0, detail=f"{digest} was kept")
        yield tally.count(finding(fault, home.collections, is_own=True))


def _digests(home: Home) -> set[str]:
    """The digests of all manifests that can be read."""
    found = set[str]()
    for collection in (each for site in home.archived() for each in home.collections_of(site)):
        with suppress(OSError):
            found |= {f"sha256:{manifest.digest}" for manifest in manifests(collection)}
    return found


def _elsewhere(archive: Path) -> Iterator[Placed]:
    """The files that imports left in their place, and that are not what they were then."""
    if not places(archive):
        return
    for path in sorted(archive.glob("*.warc.gz")):
        imports = (origin.imported for origin, _ in records_with_origin(path) if origin.imported)
        for imported in imports:
            if (place := imported.place()) is None:
                continue
            there = located(archive, place[0])
            try:
                found = digest_of(there)
            except OSError:
                continue  # verify itself says that it is missing
            if found != imported.sha256:
                detail = f"{path.name} says {imported.sha256}, it is {found}"
                yield there, Fault(code="file-changed", offset=0, detail=detail)


def check_fixity(collection: Path, named: Mapping[str, str]) -> Iterator[Placed]:
    """What of a collection is not as its manifests say; ``named`` are the heads, by crawl."""
    try:
        chain = list(manifests(collection))
        moves = {move.file: move for manifest in chain for move in manifest.moves}
    except (OSError, ValueError, TypeError) as error:
        yield collection / FOLDER, Fault(code="unreadable", offset=0, detail=str(error))
        return
    yield from _chain(collection, chain)
    known = {f"sha256:{manifest.digest}" for manifest in chain}
    for crawl, head in named.items():
        if head not in known:
            detail = f"crawl {crawl} ended with {head}"
            yield collection / FOLDER, Fault(code="head-unknown", offset=0, detail=detail)
    yield from _files(collection, chain, moves)
    yield from check_stamps(chain)


def _chain(collection: Path, chain: list[Manifest]) -> Iterator[Placed]:
    """Every manifest but the first names the one before it, by its digest; none is missing."""
    before: Manifest | None = None
    for number, manifest in enumerate(chain, 1):
        for line, (text, digest) in enumerate(manifest.entries, 1):
            if not digest:
                detail = f"line {line}: {text[:80]}"
                yield manifest.path, Fault(code="manifest-damage", offset=0, detail=detail)
        if int(manifest.path.name.partition("-")[0]) != number:
            yield manifest.path, Fault(code="chain-broken", offset=0, detail=f"it should be number {number}")
            return
        if before and (f"{FOLDER}/{before.path.name}", before.digest) not in manifest.entries[:1]:
            detail = f"its first line is not {before.digest}, the digest of {before.path.name}"
            yield manifest.path, Fault(code="chain-broken", offset=0, detail=detail)
        before = manifest


def _files(collection: Path, chain: list[Manifest], moves: Mapping[str, Move]) -> Iterator[Placed]:
    latest: dict[str, tuple[str, Path]] = {}
    for manifest in chain:
        for name, digest in manifest.entries:
            if not digest or _is_manifest(name):
                continue
            if name in latest and latest[name][0] != digest:
                detail = f"{name}, which was {latest[name][0]}, is {digest} since {manifest.path.name}"
                yield collection / name, Fault(code="replaced", offset=0, detail=detail)
            latest[name] = digest, manifest.path
    for name, (digest, path) in latest.items():
        if (fault := _file(collection, name, digest, path.name, moves)) is not None:
            yield collection / name, fault
    for path in sorted((collection / "archive").glob("*.warc*")):
        if path.name.endswith((".warc", ".warc.gz")) and ARCHIVE + path.name not in latest:
            yield path, Fault(code="not-attested", offset=0)


def _is_manifest(name: str) -> bool:
    return name.startswith(FOLDER + "/") and name.endswith("-manifest-sha256.txt")


def _file(collection: Path, name: str, digest: str, attested: str, moves: Mapping[str, Move]) -> Fault | None:
    """What is wrong with one file, None where it is what it was, by itself or as a part of another."""
    path, offset, length = collection / name, 0, None
    while not path.exists() and (move := moves.get(path.name)) is not None:
        path = path.with_name(move.into)
        offset, length = offset + move.offset, move.length if length is None else length
    try:
        found = digest_of(path, offset=offset, length=length)
    except FileNotFoundError:
        return Fault(code="attested-missing", offset=0, detail=f"{attested} names it")
    except OSError as error:
        return Fault(code="unreadable", offset=0, detail=error.strerror or str(error))
    if found != digest:
        return Fault(code="file-changed", offset=0, detail=f"{attested} says {digest}, it is {found}")
    return None
