"""Every kind of damage is found and named; whole files, ours and those of others, show no defect."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from archiver.warc import frames as framing
from archiver.warc.findings import KINDS, Fault
from archiver.warc.verify import Seen, check_file
from tests.warc.exchanges import answer, exchange, writer
from tests.warc.members import CHUNKED, LATER, Member, all_packed, codes, members, packed, plain


def test_a_whole_file_of_ours_shows_nothing(whole: Path) -> None:
    seen = Seen()
    assert codes(whole, seen) == []
    assert seen.is_own
    assert seen.records == len(members(whole)) == 20


def first_with(records: Sequence[Member], *words: bytes) -> int:
    return next(n for n, m in enumerate(records) if all(word in m.record for word in words))


def replaced(pattern: bytes, by: bytes, *words: bytes) -> Callable[[list[Member]], bytes]:
    """Damage: one record with a pattern replaced, packed again."""

    def damage(records: list[Member]) -> bytes:
        n = first_with(records, *(words or (b"Type: response", b"200 OK")))
        changed = re.sub(pattern, by, records[n].record, count=1)
        assert changed != records[n].record
        return b"".join(packed(changed) if k == n else member.packed for k, member in enumerate(records))

    return damage


def swapped(change: Callable[[bytes], bytes], *, repack: bool = True) -> Callable[[list[Member]], bytes]:
    """Damage: the bytes of the first response changed, of its content or of its member."""

    def damage(records: list[Member]) -> bytes:
        n = first_with(records, b"Type: response")
        new = packed(change(records[n].record)) if repack else change(records[n].packed)
        return b"".join(new if k == n else member.packed for k, member in enumerate(records))

    return damage


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


LINE = rb"[^\r]*\r\n"
DAMAGES: dict[str, tuple[set[str], Callable[[list[Member]], bytes]]] = {
    "a bit of the body": ({"block-digest", "payload-digest"}, swapped(lambda r: flipped(r, -50))),
    "a bit of the member": ({"gzip-damage"}, swapped(lambda m: flipped(m, len(m) // 2), repack=False)),
    "a torn tail": ({"torn-tail"}, lambda r: all_packed(r)[:-20]),
    "a length too short": (
        {"wrong-length"},
        replaced(rb"Content-Length: \d+\r\n\r\nHTTP", b"Content-Length: 40\r\n\r\nHTTP"),
    ),
    "a length too long": (
        {"wrong-length"},
        replaced(rb"Content-Length: \d+\r\n\r\nHTTP", b"Content-Length: 99999\r\n\r\nHTTP"),
    ),
    "a length that claims 10 GB": (
        {"wrong-length"},
        replaced(rb"Content-Length: \d+\r\n\r\nHTTP", b"Content-Length: 10000000000\r\n\r\nHTTP"),
    ),
    "no length": ({"no-content-length"}, replaced(rb"Content-Length: \d+\r\n(?=\r\nHTTP)", b"")),
    "one member for all": ({"one-member"}, lambda r: packed(b"".join(m.record for m in r))),
    "no date": ({"no-date"}, replaced(rb"WARC-Date: " + LINE, b"")),
    "no record id": ({"no-record-id", "dangling-concurrent-to"}, replaced(rb"WARC-Record-ID: " + LINE, b"")),
    "a date of another form": (
        {"bad-date"}, replaced(rb"WARC-Date: " + LINE, b"WARC-Date: 23/11/2026 08:00\r\n"),
    ),
    "a day that is none": (
        {"bad-date"}, replaced(rb"WARC-Date: " + LINE, b"WARC-Date: 2026-02-30T08:00:00Z\r\n"),
    ),
    "a date to come": (
        {"future-date"}, replaced(rb"WARC-Date: " + LINE, b"WARC-Date: 2036-02-03T08:00:00Z\r\n"),
    ),
    "a record twice": (
        {"duplicate-record-id"}, lambda r: b"".join(m.packed for m in [*r[:2], *r[1:]]),
    ),
    "line feeds alone": ({"bare-lf"}, swapped(lambda r: r.replace(b"\r\n", b"\n", 8))),
    "line feeds alone to the end": (
        {"bare-lf"}, swapped(lambda r: r.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\n\n" + r.partition(b"\r\n\r\n")[2]),
    ),
    "no target": ({"no-target-uri"}, replaced(rb"WARC-Target-URI: " + LINE, b"")),
    "a target that is none": (
        {"bad-target-uri"}, replaced(rb"WARC-Target-URI: " + LINE, b"WARC-Target-URI: /nyheter och mer\r\n"),
    ),
    "a request to nothing": (
        {"dangling-concurrent-to"},
        replaced(rb"(WARC-Concurrent-To: <urn:uuid:)[^>]+", rb"\g<1>00000000-0000-0000-0000-000000000000", b"Type: request"),
    ),
    "another file's warcinfo": (
        {"dangling-warcinfo-id"},
        replaced(rb"(WARC-Warcinfo-ID: <urn:uuid:)[^>]+", rb"\g<1>00000000-0000-0000-0000-000000000000"),
    ),
    "a revisit without profile": (
        {"no-profile"}, replaced(rb"WARC-Profile: " + LINE, b"", b"Type: revisit", b"identical"),
    ),
    "a revisit of nothing": (
        {"no-refers-to"}, replaced(rb"WARC-Refers-To: " + LINE, b"", b"Type: revisit", b"identical"),
    ),
    "a broken status line": (
        {"no-status-line", "block-digest", "wrong-length"}, replaced(rb"HTTP/1.1 200 OK\r\n", b"200\r\n"),
    ),
    "a broken request line": (
        {"no-request-line", "block-digest", "wrong-length"}, replaced(rb"GET /Nyheter", b"/Nyheter", b"Type: request"),
    ),
    "no warcinfo": ({"no-warcinfo", "dangling-warcinfo-id"}, lambda r: all_packed(r[1:])),
    "an unknown type": ({"unknown-type"}, replaced(rb"Type: response", b"Type: respons")),
    "no type": ({"no-type"}, replaced(rb"WARC-Type: " + LINE, b"")),
    "an unknown version": ({"bad-version"}, replaced(rb"\AWARC/1.1", b"WARC/9.9")),
    "a line without colon": ({"bad-field"}, replaced(rb"WARC-IP-Address: ", b"WARC-IP-Address ")),
    "a field twice": ({"repeated-field"}, replaced(rb"(WARC-Type: " + LINE + rb")", rb"\1\1")),
    "an id that is none": (
        {"bad-record-id", "dangling-concurrent-to"}, replaced(rb"WARC-Record-ID: <urn:uuid:([^>]+)>", rb"WARC-Record-ID: \1"),
    ),
    "an address that is none": (
        {"bad-ip-address"}, replaced(rb"WARC-IP-Address: " + LINE, b"WARC-IP-Address: www.example.com\r\n"),
    ),
    "no type of the block": ({"no-content-type"}, replaced(rb"Content-Type: application/http" + LINE, b"")),
    "no digest of the block": ({"no-block-digest"}, replaced(rb"WARC-Block-Digest: " + LINE, b"")),
    "no digest of the payload": ({"no-payload-digest"}, replaced(rb"WARC-Payload-Digest: " + LINE, b"")),
    "a digest of no form": (
        {"bad-digest"}, replaced(rb"WARC-Block-Digest: " + LINE, b"WARC-Block-Digest: crc32:00\r\n"),
    ),
    "junk between two members": (
        {"junk"}, lambda r: r[0].packed + b"\0" * 700 + all_packed(r[1:]),
    ),
    "junk before the first": ({"junk"}, lambda r: b"junk" + all_packed(r)),
    "junk at the end": ({"junk"}, lambda r: all_packed(r) + b"junk"),
    "a member that holds nothing": (
        {"empty-member"}, lambda r: r[0].packed + packed(b"") + all_packed(r[1:]),
    ),
    "a member that holds nothing, at the end": ({"empty-member"}, lambda r: all_packed(r) + packed(b"")),
    "a header that does not end": (
        {"endless-head"}, swapped(lambda r: r[:30] + b"x" * 100_000_000 + r[30:]),
    ),
    "a body that was decoded": (
        {"decoded-body", "no-block-digest", "no-payload-digest"},
        swapped(
            lambda r: re.sub(rb"WARC-(Block|Payload)-Digest: " + LINE, b"", r).replace(
                b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: gzip".ljust(38)
            )
        ),
    ),
    "nothing": ({"empty-file"}, lambda r: b""),
    "something else": ({"not-warc"}, lambda r: b"%PDF-1.7 a paper"),
    "an archive of another kind": ({"zip-file"}, lambda r: b"PK\x03\x04" + r[0].packed),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_the_rest_is_read(whole: Path, tmp_path: Path, name: str) -> None:
    expected, damage = DAMAGES[name]
    records = members(whole)
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(damage(records))
    seen = Seen()
    found = codes(broken, seen)
    assert expected <= {*found}
    assert {*found} <= expected | {"dangling-concurrent-to", "block-digest", "payload-digest"}
    if broken.stat().st_size > 100 and name not in (
        "a torn tail",
        "no warcinfo",
        "an archive of another kind",
    ):
        assert seen.records >= len(records) - 1


def test_every_fault_is_described_and_names_its_place(whole: Path, tmp_path: Path) -> None:
    records = members(whole)
    n = first_with(records, b"Type: response")
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(replaced(rb"WARC-Date: " + LINE, b"")(records))
    [fault] = check_file(broken, now=LATER)
    assert fault == Fault(
        code="no-date", offset=sum(len(m.packed) for m in records[:n]),
        record=re.findall(rb"<urn:[^>]+>", records[n].record)[0].decode(),
    )  # fmt: skip
    assert {code for expected, _ in DAMAGES.values() for code in expected} <= {*KINDS}


@pytest.mark.parametrize(
    ("code", "is_own", "words"),
    [
        ("weak-digest", False, "another program wrote it so"),
        ("weak-digest", True, "capture the page again"),
        ("bad-date", False, "capture the page again"),
        ("one-member", False, "archiver import copies"),
        ("gzip-damage", True, "archiver repair keeps"),
        ("dangling-concurrent-to", True, "this one is whole"),
        ("dangling-concurrent-to", False, "this one is whole"),
    ],
)
def test_what_to_do_depends_on_who_wrote_the_file(code: str, is_own: bool, words: str) -> None:
    from archiver.verify.findings import finding

    assert words in finding(Fault(code=code, offset=0), Path("x.warc.gz"), is_own=is_own).hint


def test_a_plain_file_is_read_record_by_record(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    first, second = plain(answer(b"one")), plain(answer(b"two"))
    path.write_bytes(first + second)
    found = [f for f in framing.frames(path) if isinstance(f, framing.Frame)]
    assert [(f.offset, f.length) for f in found] == [(0, len(first)), (len(first), len(second))]
    path.write_bytes(first + second[:-30])
    assert "torn-tail" in codes(path)
    path.write_bytes(first.replace(b"one", b"onetwo") + second)
    assert "wrong-length" in codes(path)


def test_a_digest_over_the_framing_is_told_from_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "chunked.warc"
    framed = CHUNKED.partition(b"\r\n\r\n")[2]
    path.write_bytes(plain(CHUNKED, WARC_Payload_Digest=f"sha1:{hashlib.sha1(framed).hexdigest()}"))
    assert "framed-digest" in codes(path)
    path.write_bytes(plain(CHUNKED, WARC_Payload_Digest=f"sha1:{hashlib.sha1(b'other').hexdigest()}"))
    assert "payload-digest" in codes(path)


def test_a_server_that_announces_a_coding_and_applies_none_is_no_defect(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    warc.write(exchange(answer(b"plain text", b"Content-Encoding: gzip")))
    warc.close()
    [path] = tmp_path.iterdir()
    assert codes(path) == ["unapplied-coding"]


MENDED = ("a bit of the member", "a torn tail", "one member for all", "junk between two members", "junk before the first", "junk at the end")  # fmt: skip


@pytest.mark.parametrize("name", MENDED)
def test_what_is_mended_keeps_every_byte(whole: Path, tmp_path: Path, name: str) -> None:
    from archiver.warc.mend import mend

    broken = tmp_path / "broken.warc.gz"
    records = members(whole)
    broken.write_bytes(DAMAGES[name][1](records))
    before = broken.read_bytes()
    kept = mend(broken, now=LATER)
    assert kept is not None
    assert before in (kept.read_bytes(), broken.read_bytes() + kept.read_bytes())
    left = [m.record for m in members(broken)]
    assert [m.record for m in records if m.record in left] == left
    assert len(left) >= len(records) - 1
    assert {*codes(broken)} <= {"dangling-concurrent-to"}
    assert mend(broken, now=LATER) is None
