"""What can be wrong with a WARC file: one name a kind of damage, and what to do about it.

A *defect* is damage, or a break of ISO 28500:2017. Where only a rule of this house is broken,
which the files of others need not keep, it is a *note*; in our own files that is a defect too.
"""

from __future__ import annotations

from dataclasses import dataclass

_AGAIN = "take the file from a second copy; what it holds elsewhere is untouched"
_MENDED = "take the file from a second copy; without one, archiver repair keeps the records that are whole"
_REPAIR = "archiver repair sets it aside and keeps every byte"
_ORIGIN = "the program that wrote the file is at fault; keep it as it is, and capture the page again"
_PARTNER = (
    "damage took the other record, repair set it aside, or it lies in another file; this one is whole,"
    " and a second copy may have both"
)
OF_OTHERS = "nothing; another program wrote it so, and the standard allows it"
"""What to do where a rule of this house is broken in files of others, and there is no remedy."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: what it means, what to do, and whether it is a rule of this house alone."""

    what: str
    hint: str
    house: bool = False

    def remedy(self, *, is_own: bool) -> str:
        """What to do, in a file of ours or of others."""
        return OF_OTHERS if self.house and not is_own and self.hint == _ORIGIN else self.hint


KINDS: dict[str, Kind] = {
    # the file
    "unreadable": Kind("the file cannot be read", "look at its owner, its rights and the disk"),
    "not-warc": Kind("the file holds no WARC record", "it belongs into no archive; move it elsewhere"),
    "zip-file": Kind("a zip file, such as a WACZ, and no WARC", "unzip it, then verify archive/*.warc.gz"),
    "empty-file": Kind("the file is empty", "delete it", house=True),
    "torn-tail": Kind("the file ends inside a record", _REPAIR),
    "gzip-damage": Kind("a gzip member cannot be taken apart", _MENDED),
    "junk": Kind("bytes that are no record", _REPAIR),
    "empty-member": Kind("a gzip member holds nothing", "archiver repair takes it out", house=True),
    "one-member": Kind(
        "one gzip member holds many records, so none can be read alone",
        "archiver import copies and compresses it record by record",
        house=True,
    ),
    "no-warcinfo": Kind("no warcinfo record comes first", _ORIGIN, house=True),
    # a record's frame
    "bad-version": Kind("the first line of a record names no version of WARC", _ORIGIN),
    "endless-head": Kind("the header of a record does not end", _ORIGIN),
    "bare-lf": Kind("header lines end with LF alone", _ORIGIN),
    "bad-field": Kind("a header line has no colon", _ORIGIN),
    "repeated-field": Kind("a field stands twice that may stand once", _ORIGIN),
    "no-content-length": Kind("Content-Length is missing or no number", _ORIGIN),
    "wrong-length": Kind("Content-Length and the length of the block differ", _AGAIN),
    "too-large": Kind(
        "the record is larger than is read; its digests were not looked at", "nothing", house=True
    ),
    # its fields
    "no-type": Kind("WARC-Type is missing", _ORIGIN),
    "unknown-type": Kind("WARC-Type is none of the standard", _ORIGIN),
    "no-record-id": Kind("WARC-Record-ID is missing", _ORIGIN),
    "bad-record-id": Kind("WARC-Record-ID is no URI in angle brackets", _ORIGIN),
    "duplicate-record-id": Kind("two records have one WARC-Record-ID", _ORIGIN),
    "no-date": Kind("WARC-Date is missing", _ORIGIN),
    "bad-date": Kind("WARC-Date is no date of the standard", _ORIGIN),
    "future-date": Kind("WARC-Date lies in the future", "look at the clock of the machine that wrote it"),
    "no-target-uri": Kind("WARC-Target-URI is missing", _ORIGIN),
    "bad-target-uri": Kind("WARC-Target-URI is no URI", _ORIGIN),
    "no-content-type": Kind("Content-Type is missing, though there is a block", _ORIGIN, house=True),
    "bad-ip-address": Kind("WARC-IP-Address is no address", _ORIGIN),
    "no-profile": Kind("a revisit does not say what it found", _ORIGIN),
    "unknown-profile": Kind("the profile of a revisit is not known here", _ORIGIN, house=True),
    "no-refers-to": Kind("a revisit does not name its original", _ORIGIN, house=True),
    "dangling-concurrent-to": Kind("WARC-Concurrent-To names no record of the file", _PARTNER, house=True),
    "dangling-warcinfo-id": Kind("WARC-Warcinfo-ID names no record of the file", _PARTNER, house=True),
    # its digests
    "no-block-digest": Kind("there is no digest of the block", _ORIGIN, house=True),
    "no-payload-digest": Kind("there is no digest of the payload", _ORIGIN, house=True),
    "bad-digest": Kind("a digest is written in no form that is known", _ORIGIN, house=True),
    "weak-digest": Kind("a digest is not SHA-256 in hex", _ORIGIN, house=True),
    "block-digest": Kind("the block is not the one that its digest was taken of", _AGAIN),
    "payload-digest": Kind("the payload is not the one that its digest was taken of", _AGAIN),
    "framed-digest": Kind(
        "the digest of the payload is over the chunk framing too", "nothing; many programs do so", house=True
    ),
    "odd-digest": Kind(
        "the digest of the payload is that of something else, though the block is whole", _ORIGIN, house=True
    ),
    # its message
    "no-status-line": Kind("an HTTP response has no status line", _ORIGIN),
    "no-request-line": Kind("an HTTP request has no request line", _ORIGIN),
    "decoded-body": Kind("Content-Encoding names a coding that the body is not in", _ORIGIN),
    "unapplied-coding": Kind(
        "the server named a Content-Encoding and applied none", "nothing; the body is as it came"
    ),
}

NEVER_DEFECTS = frozenset(("unapplied-coding",))
"""What a server may do, so that an exact capture has it too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something wrong at a place of one file: the kind, and the byte at which the record begins.

    ``detail`` says what was expected and what came, ``record`` is the record id where it is known.
    ``is_foreign`` is True of a record that others wrote, which an import took over.
    """

    code: str
    offset: int
    detail: str = ""
    record: str | None = None
    is_foreign: bool = False
