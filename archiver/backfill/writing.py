"""The files of a backfill: each exchange with a web archive as it was, and the record derived from it.

A derived record is a ``response`` with the address, the date and the answer of the site;
``WARC-Source-URI`` names the memento and ``WARC-Creation-Date`` says when it was got, as pywb's recorder
has it. A ``metadata`` record beside it names the exchange and says how the digests compare.
"""

from __future__ import annotations

from datetime import datetime

from archiver.backfill.memento import Memento
from archiver.backfill.wire import Answer
from archiver.model import Capture
from archiver.warc.capture import SOURCE_FIELD, capture_of
from archiver.warc.exchange import parse_response
from archiver.warc.places import called
from archiver.warc.record import FIELDS_TYPE, RESPONSE_TYPE, is_compressed, sha256, warc_date, warc_fields
from archiver.warc.writer import WarcWriter

CREATED_FIELD = "WARC-Creation-Date"


class MementoWriter(WarcWriter):
    """Writes what a backfill exchanges and derives into the site's second collection."""

    def describe(self, target: str, block: bytes) -> datetime:
        """Writes a metadata record about the backfill itself, in JSON; its date."""
        moment = self._clock()
        with self._whole() as file:
            self._append(file, self._fields("metadata", moment, target, "application/json"), [block])
        return moment

    def keep(
        self, answer: Answer, memento: Memento | None = None, stated: str | None = None
    ) -> Capture | None:
        """Writes an exchange, and the capture that is derived from it, whole or not at all.

        ``stated`` is the digest that the archive's list gives. None where nothing is derived.
        """
        message = parse_response(answer.exchange.response)
        with self._whole() as file:
            response = None
            if not message.is_empty:
                response = self._write_response(file, answer.exchange, message, None)
            request = self._write_request(file, answer.exchange, response)
            if memento is None:
                return None
            fields = self._fields("response", memento.moment, memento.url, RESPONSE_TYPE)
            fields += [
                (SOURCE_FIELD, answer.url),
                (CREATED_FIELD, warc_date(answer.exchange.began)),
                ("WARC-Payload-Digest", sha256([memento.body])),
            ]
            fields += [("WARC-Truncated", memento.truncated)] if memento.truncated else []
            coded = parse_response(memento.head)
            stored = is_compressed(coded.codings, coded.header("content-type")) and len(memento.body) > 64
            derived = self._append(file, fields, [memento.head, memento.body], stored=stored)
            about = {
                "derived-from": response.id if response else request,
                "memento": answer.url,
                "digest-stated": stated or "none",
                "digest": memento.digest,
            }
            beside = self._fields("metadata", memento.moment, memento.url, FIELDS_TYPE)
            self._append(file, [*beside, ("WARC-Refers-To", derived.id)], [warc_fields(about.items())])
            name = called(self._archive / file.name, self._site)
            return capture_of(derived, site=self._site, crawl=self._crawl, filename=name, source="backfill")
