"""RFC 3161 time stamps of manifests: they prove to others that a manifest was there at a time.

A time stamp lies beside its manifest, with ``.tsr`` behind the name, and the certificate of the
authority that gave it in ``tsa.pem`` in the same folder. OpenSSL checks it, as a program.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from archiver.warc.findings import Fault
from archiver.warc.manifest import Manifest

STAMP = ".tsr"
AUTHORITY = "tsa.pem"
SECONDS = 30


def check_stamps(chain: Iterable[Manifest]) -> Iterator[tuple[Path, Fault]]:
    """What is wrong with the time stamps beside these manifests, where there are any."""
    for manifest in chain:
        stamp = manifest.path.with_name(manifest.path.name + STAMP)
        if stamp.exists() and (fault := _fault(manifest.path, stamp)) is not None:
            yield stamp, fault


def _fault(manifest: Path, stamp: Path) -> Fault | None:
    authority = manifest.with_name(AUTHORITY)
    if shutil.which("openssl") is None:
        return Fault(code="stamp-unchecked", offset=0, detail="openssl is not installed")
    if not authority.exists():
        return Fault(code="stamp-unchecked", offset=0, detail=f"there is no {authority}")
    command = [
        "openssl",
        "ts",
        "-verify",
        "-data",
        str(manifest),
        "-in",
        str(stamp),
        "-CAfile",
        str(authority),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Fault(code="stamp-unchecked", offset=0, detail=f"openssl: {error}")
    if done.returncode == 0:
        return None
    said = [line for line in done.stderr.splitlines() if ":error:" in line] or done.stderr.splitlines()
    reason = said[0].split(":")[5:6] if said and ":error:" in said[0] else said[:1]
    return Fault(code="stamp-wrong", offset=0, detail=f"openssl: {''.join(reason) or 'not verified'}")
