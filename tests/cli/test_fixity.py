"""The chain of manifests: other people's tools check it, and no change of a file goes unseen."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from archiver.warc.manifest import Move, add_manifest, digest_of, manifests
from tests.conftest import run_archiver

pytestmark = pytest.mark.xdist_group("fixity")  # one archive for all


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An archive of three nights."""
    home = Home(tmp_path_factory.mktemp("three"))
    with DemoServer() as server:
        run_archiver(home.root, "sites", "add", server.news_url, "--name", "demo", "--delay", "0")
        for _ in range(3):
            assert run_archiver(home.root, "crawl", "--full", "--delay", "0").returncode == 0
    return home


@pytest.fixture
def home(three: Home, tmp_path: Path) -> Home:
    shutil.copytree(three.root, tmp_path / "data")
    return Home(tmp_path / "data")


def found(home: Home) -> tuple[int, list[str]]:
    ended = run_archiver(home.root, "verify", "--fixity", "--json")
    assert "Traceback" not in ended.stderr
    return ended.returncode, [f["code"] for f in json.loads(ended.stdout)]


def files(home: Home) -> list[Path]:
    return sorted(home.archive("demo").glob("*.warc.gz"))


def chain(home: Home) -> list[Path]:
    return [manifest.path for manifest in manifests(home.collection("demo"))]


def test_each_night_adds_a_manifest_that_sha256sum_checks(home: Home) -> None:
    assert found(home) == (0, [])
    assert len(chain(home)) == len(files(home)) == 3
    for path in chain(home):
        subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet", path], cwd=home.collection("demo"), check=True
        )
    heads = [
        json.loads(p.read_text())["sites"][0]["head"] for p in sorted(home.root.glob("runs/*/report.json"))
    ]
    assert heads == [f"sha256:{digest_of(path)}" for path in chain(home)]


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def forge(home: Home) -> None:
    """Changes the first file and writes every manifest anew, so that the chain is whole again."""
    import gzip

    with files(home)[0].open("ab") as file:
        file.write(gzip.compress(b""))
    names = [path.name for path in files(home)]
    shutil.rmtree(home.collection("demo") / "manifests")
    for name in names:
        add_manifest(home.collection("demo"), {name: digest_of(home.archive("demo") / name)})


CHANGES: dict[str, tuple[str, Callable[[Home], object]]] = {
    "a file lost a record": ("file-changed", lambda h: edit(files(h)[1], lambda b: b[: len(b) // 2])),
    "a file is gone": ("attested-missing", lambda h: files(h)[1].unlink()),
    "a manifest was edited": ("chain-broken", lambda h: edit(chain(h)[0], lambda b: b.replace(b"0", b"1", 1))),
    "the newest manifest was edited": (
        "head-unknown", lambda h: edit(chain(h)[2], lambda b: b + b"0" * 64 + b"  archive/x.warc.gz\n"),
    ),
    "a manifest is gone": ("chain-broken", lambda h: chain(h)[1].unlink()),
    "the newest manifest is gone": ("head-unknown", lambda h: chain(h)[2].unlink()),
    "a manifest is no text": ("manifest-damage", lambda h: edit(chain(h)[2], lambda b: b"\0" * 90)),
    "a folder is gone": ("attested-missing", lambda h: shutil.rmtree(h.archive("demo"))),
    "all collections are gone": ("head-unknown", lambda h: shutil.rmtree(h.collections)),
    "a report is none": ("unreadable", lambda h: edit(next(h.root.glob("runs/*/report.json")), lambda b: b[:99])),
    "all manifests were written anew": ("head-unknown", forge),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_does_not_go_unseen(home: Home, name: str) -> None:
    code, change = CHANGES[name]
    change(home)
    status, codes = found(home)
    assert status == 1
    assert code in codes


def test_a_head_that_was_kept_elsewhere_proves_what_is_here(home: Home) -> None:
    heads = [f"sha256:{digest_of(path)}" for path in chain(home)]
    named = [word for head in heads for word in ("--head", head)]
    assert run_archiver(home.root, "verify", "--fixity", *named).returncode == 0
    forge(home)
    shutil.rmtree(home.root / "runs")
    done = run_archiver(home.root, "verify", "--fixity", *named)
    assert done.returncode == 1
    assert all(f"{head} was kept" in done.stdout for head in heads)
    for words in (("--fixity", "--head", heads[0][:-1]), ("--head", heads[0])):
        assert run_archiver(home.root, "verify", *words).returncode == 2


def test_a_file_that_no_manifest_names_gets_one_by_the_next_crawl(home: Home) -> None:
    chain(home)[2].unlink()
    for report in sorted(home.root.glob("runs/*"))[2:]:
        shutil.rmtree(report)
    assert found(home) == (0, ["not-attested"])
    with DemoServer() as server:
        profile = home.profile("demo")
        old = profile.read_text("utf-8")
        import re

        profile.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{server.port}", old), "utf-8")
        run_archiver(home.root, "crawl", "--delay", "0", "--limit", "3")
    assert found(home)[1] == []


def test_a_file_that_became_a_part_of_another_keeps_its_proof(tmp_path: Path) -> None:
    from archiver.verify.fixity import check_fixity

    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("a.warc.gz", "b.warc.gz"):
        (archive / name).write_bytes(name.encode() * 100)
        add_manifest(tmp_path, {name: digest_of(archive / name)})
    whole = b"".join((archive / name).read_bytes() for name in ("a.warc.gz", "b.warc.gz"))
    (archive / "c.warc.gz").write_bytes(whole)
    moves = [
        Move(file=f"{n}.warc.gz", into="c.warc.gz", offset=900 * k, length=900) for k, n in enumerate("ab")
    ]
    add_manifest(tmp_path, {"c.warc.gz": digest_of(archive / "c.warc.gz")}, moves=moves)
    (archive / "a.warc.gz").unlink()
    (archive / "b.warc.gz").unlink()
    assert list(check_fixity(tmp_path, {})) == []
    (archive / "c.warc.gz").write_bytes(whole[:-1] + b"!")
    assert [fault.code for _, fault in check_fixity(tmp_path, {})] == ["file-changed", "file-changed"]


AUTHORITY = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Time Stamps
[ca]
basicConstraints = CA:true
keyUsage = keyCertSign, cRLSign
[stamps]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def authority(folder: Path) -> Callable[[Path], Path]:
    """A time stamping authority of its own; what it gives stamps a file."""
    folder.mkdir()
    (folder / "conf").write_text(AUTHORITY)
    (folder / "serial").write_text("01")

    def openssl(*words: object) -> None:
        subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "tsa.pem", "-days", "9",
            "-config", "conf", "-extensions", "ca", "-subj", "/CN=Root")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "csr", "-config", "conf")
    openssl("x509", "-req", "-in", "csr", "-CA", "tsa.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9",
            "-out", "cert", "-extfile", "conf", "-extensions", "stamps")  # fmt: skip

    def stamp(path: Path) -> Path:
        given = path.with_name(path.name + ".tsr")
        openssl("ts", "-query", "-data", path, "-sha256", "-cert", "-out", "query")
        openssl("ts", "-reply", "-config", "conf", "-queryfile", "query", "-signer", "cert", "-inkey", "key",
                "-out", given)  # fmt: skip
        return given

    return stamp


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_a_time_stamp_beside_a_manifest_is_checked(home: Home, tmp_path: Path) -> None:
    stamp = authority(tmp_path / "authority")
    newest = chain(home)[-1]
    given = stamp(newest)
    assert found(home) == (0, ["stamp-unchecked"])
    shutil.copy(tmp_path / "authority" / "tsa.pem", newest.parent)
    assert found(home) == (0, [])
    shutil.copy(stamp(chain(home)[0]), given)
    status, codes = found(home)
    assert (status, codes) == (1, ["stamp-wrong"])
    given.write_bytes(b"no stamp")
    assert found(home)[1] == ["stamp-wrong"]


@pytest.mark.parametrize("damage", ["a torn tail", "junk between records"])
def test_a_file_that_was_mended_is_attested_anew_and_not_in_silence(home: Home, damage: str) -> None:
    edit(files(home)[1], (lambda b: b[:-9]) if damage == "a torn tail" else (lambda b: b + b"junk"))
    assert "file-changed" in found(home)[1]
    assert run_archiver(home.root, "repair").returncode == 0
    status, codes = found(home)
    assert "file-changed" not in codes
    if damage == "a torn tail":
        assert "replaced" in codes
    else:
        assert (status, codes) == (0, []), "what it was before the junk came is what it is again"
