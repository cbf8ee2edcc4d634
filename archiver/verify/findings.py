"""What verify says: a finding a line, with its name, its place and what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

from archiver.model import Finding
from archiver.warc.findings import KINDS as OF_FILES
from archiver.warc.findings import NEVER_DEFECTS, Fault, Kind

_RECOVER = "the next archiver crawl of the site adopts it; archiver rebuild brings all of them back"
_REBUILD = "archiver rebuild makes the rows again from the WARC files"
_INDEX = "archiver repair writes the index again"
_LOST = "take the file from a second copy; archiver rebuild makes rows of what is there"

_SECOND = "compare it with a second copy; somebody or some disk has changed it"

OF_ARCHIVES: dict[str, Kind] = {
    "unfinished-pack": Kind("a packing was cut off", "archiver pack finishes it; nothing is lost"),
    "no-database": Kind(
        "the database is missing, and there are WARC files", "archiver rebuild makes it again from them"
    ),
    "bad-database": Kind(
        "the database cannot be read", "archiver rebuild makes it again from the WARC files"
    ),
    "file-missing": Kind("rows name a WARC file that is not there", _LOST),
    "record-without-row": Kind("a capture that no row knows", _RECOVER),
    "row-without-record": Kind("a row names a record that its file does not hold", _LOST),
    "row-differs": Kind("a row says something else than its record", _REBUILD),
    "lost-original": Kind("a revisit names an original that no row knows", _LOST),
    "no-index": Kind("the index is missing", _INDEX),
    "index-damage": Kind("a line of the index cannot be read", _INDEX),
    "index-unsorted": Kind("the index is not sorted, so that readers miss lines", _INDEX),
    "index-misses": Kind("a capture stands in no line of the index", _INDEX),
    "index-differs": Kind("a line of the index is that of no capture", _INDEX),
    "file-changed": Kind("a file is not what it was when it was closed", _SECOND),
    "attested-missing": Kind("a file that was closed is not there", _SECOND),
    "replaced": Kind("a file was written anew", "compare it with the copy that repair kept beside it"),
    "not-attested": Kind("no manifest names a closed file", "the next archiver crawl of the site adds one"),
    "manifest-damage": Kind("a line of a manifest cannot be read", _SECOND),
    "chain-broken": Kind("the manifests do not follow from one another", _SECOND),
    "head-unknown": Kind("a report names a head that no manifest has", _SECOND),
    "stamp-wrong": Kind("the time stamp is not one of this manifest", _SECOND),
    "stamp-unchecked": Kind(
        "a time stamp was not checked",
        "install openssl, put the authority's certificate beside it as tsa.pem",
    ),
    "derived-differs": Kind("deriving again gives another row", _REBUILD),
    "stale": Kind("articles of another extractor", "archiver derive brings them up to date"),
}

KINDS = OF_FILES | OF_ARCHIVES
IN_IMPORTS = frozenset(("lost-original",))
"""What is as it came in the files of others, and no loss of ours."""

NEVER = NEVER_DEFECTS | {
    "stale", "replaced", "not-attested", "unfinished-pack", "stamp-unchecked",
}  # fmt: skip


def finding(fault: Fault, path: Path, *, is_own: bool) -> Finding:
    """What a fault in a file means; in our own files every broken rule of this house is a defect.

    Records that an import took over are those of others, also where they lie in a file of ours.
    """
    kind = KINDS[fault.code]
    is_own = is_own and not fault.is_foreign
    is_note = fault.code in NEVER or (kind.house and not is_own)
    is_note = is_note or (fault.is_foreign and fault.code in IN_IMPORTS)
    return Finding(
        code=fault.code,
        level="note" if is_note else "defect",
        file=os.fsencode(path).decode("utf-8", "replace"),
        offset=fault.offset,
        record=fault.record,
        message=f"{kind.what}: {fault.detail}" if fault.detail else kind.what,
        hint=kind.remedy(is_own=is_own),
    )
