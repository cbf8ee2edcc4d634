"""A disk whose power fails: what a program did to its files, taken down by strace, and done again in part.

``record`` runs a command and gives the log of its writes, syncs and renames. ``replay`` does what a
disk would hold that lost power before the n-th of them.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
    "link,linkat,mkdir,mkdirat"
)
_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_SHARED_MEMORY = "-shm"  # which SQLite makes again


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing done to a file: what, on which path, and with what."""

    call: str
    path: Path
    data: bytes = b""
    offset: int | None = None  # None appends
    target: Path | None = None


def can_record() -> bool:
    """True where strace is there and may trace."""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True
        ).returncode
        == 0
    )


def record(command: Sequence[str], folder: Path, log: Path) -> list[Step]:
    """Runs a command to its end; what it did below ``folder``, in order."""
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-xx", "-s", "9999999", "-z", "-e", f"trace={CALLS}", "-o", log, *command],
        check=True, capture_output=True,
    )  # fmt: skip
    steps = []
    for line in log.read_text("ascii", "replace").splitlines():
        if (found := _LINE.match(line)) and (step := _step(found[1], found[2])) is not None:
            paths = [step.path, *([step.target] if step.target else [])]
            is_here = all(folder in path.parents or path == folder for path in paths)
            if is_here and not step.path.name.endswith(_SHARED_MEMORY):
                steps.append(step)
    return steps


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*|[^>]*)>")


def _step(call: str, words: str) -> Step | None:
    """The step in one line of the log; None where it changes nothing."""
    texts = [_bytes(found) for found in _TEXT.findall(words)]
    handle = _HANDLE.search(words)
    path = _path(handle[1]) if handle else None
    if call in ("write", "pwrite64") and path is not None and texts:
        offset = int(words.rsplit(",", 1)[-1], 0) if call == "pwrite64" else None
        return Step(call="write", path=path, data=texts[0], offset=offset)
    if call in ("fsync", "fdatasync") and path is not None:
        return Step(call="sync", path=path)
    if call == "ftruncate" and path is not None:
        return Step(call="truncate", path=path, offset=int(words.rsplit(",", 1)[-1], 0))
    names = [Path(text.decode()) for text in texts]
    if call == "openat" and names and ("O_CREAT" in words or "O_TRUNC" in words):
        return Step(call="empty" if "O_TRUNC" in words else "create", path=names[0])
    if call.startswith(("rename", "link")) and len(names) == 2:
        return Step(call="rename" if call.startswith("rename") else "link", path=names[0], target=names[1])
    if call.startswith(("unlink", "mkdir")) and names:
        return Step(call=call.removesuffix("at"), path=names[0])
    return None


def _path(text: str) -> Path:
    return Path(_bytes(text).decode() if text.startswith("\\x") else text)


@dataclass
class _File:
    """A file's content now, and as it was when it was last synced."""

    now: bytearray
    synced: bytes
    waiting: list[Step] = field(default_factory=list)


def replay(folder: Path, origin: Path, steps: Sequence[Step], *, power: str, seed: int = 0) -> None:
    """Brings ``folder``, a copy of what was there before, to what the disk holds after these steps.

    ``origin`` is the folder that the steps name. ``power`` "kept" loses nothing that was written;
    "lost" all that was not synced, by file; "torn" keeps the first part of it, cut anywhere.
    """
    dice = random.Random(seed)
    files: dict[Path, _File] = {}

    def at(path: Path) -> _File:
        if path not in files:
            here = folder / path.relative_to(origin)
            content = here.read_bytes() if here.is_file() else b""
            files[path] = _File(bytearray(content), content)
        return files[path]

    for step in steps:
        _apply(step, at, files, folder / step.path.relative_to(origin))
    for path, file in files.items():
        here = folder / path.relative_to(origin)
        here.parent.mkdir(parents=True, exist_ok=True)
        content = bytes(file.now)
        if power == "lost":
            content = file.synced
        elif power == "torn" and content != file.synced and content.startswith(file.synced):
            content = content[: dice.randint(len(file.synced), len(content))]
        here.write_bytes(content)


def _apply(step: Step, at: Callable[[Path], _File], files: dict[Path, _File], here: Path) -> None:
    if step.call == "write":
        file = at(step.path)
        begin = len(file.now) if step.offset is None else step.offset
        if begin > len(file.now):
            file.now += bytes(begin - len(file.now))
        file.now[begin : begin + len(step.data)] = step.data
    elif step.call == "truncate":
        file = at(step.path)
        size = step.offset or 0
        del file.now[size:]
        file.now += bytes(size - len(file.now))
    elif step.call == "empty":
        at(step.path).now.clear()
    elif step.call == "create":
        at(step.path)
    elif step.call == "sync" and (step.path in files or here.is_file()):
        file = at(step.path)
        file.synced = bytes(file.now)
    elif step.call in ("rename", "link") and step.target is not None:
        moved = at(step.path)
        files[step.target] = _File(bytearray(moved.now), moved.synced)
        if step.call == "rename":
            _forget(step.path, files, here)
    elif step.call == "unlink":
        _forget(step.path, files, here)
    elif step.call == "mkdir":
        here.mkdir(parents=True, exist_ok=True)


def _forget(path: Path, files: dict[Path, _File], here: Path) -> None:
    files.pop(path, None)
    here.unlink(missing_ok=True)
