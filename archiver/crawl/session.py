"""The crawl session of one site: bytes into WARC files first, then rows, in that order.

Exchanges come in from the download handler, visits from the spider. Both gather in a
batch; a commit syncs the WARC file and then stores captures, links, new addresses and
acknowledgements in one transaction. Whatever a crash leaves between the two is whole
records that no row knows, and the next session adopts them before it leases anything.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from archiver.address import host_of
from archiver.crawl.conditional import VALIDATORS, Validators, original_from, validators
from archiver.crawl.counts import Counts
from archiver.crawl.dead_ends import denied
from archiver.crawl.describing import SOFTWARE, CrawlOptions, in_use, provenance, warcinfo
from archiver.crawl.doubts import Doubts
from archiver.crawl.fleeting import NOT_STATED, Fleeting
from archiver.crawl.going_on import acknowledge
from archiver.crawl.items import Visit
from archiver.crawl.outage import Outages
from archiver.crawl.outcome import PAGE_LIMIT, coverage_of, failed_before
from archiver.crawl.reading import MAX_HOPS
from archiver.crawl.recovery import recover
from archiver.crawl.skipping import SKIPPED, is_skipped
from archiver.crawl.targets import seeds
from archiver.errors import DamagedError, StorageError
from archiver.home import Home
from archiver.instants import now
from archiver.model import Capture, Page, Target
from archiver.originals import page_of
from archiver.posted import is_posted
from archiver.replay.access import hide_from_replay
from archiver.site import Site
from archiver.store.captures import (
    captures_of_crawl,
    last_profile,
    original_of,
    save_captures,
    save_links,
)
from archiver.store.crawls import RAN_AFTER, Coverage, begun, save_coverage, start_crawl
from archiver.store.database import open_database, transaction
from archiver.store.failures import cut_off, has_few_failing, unmet, waited_in_vain
from archiver.store.frontier import LISTINGS, Frontier
from archiver.store.sites import save_site
from archiver.store.suppressions import HIDDEN
from archiver.store.validators import lying_validators
from archiver.suppressions import read_suppressions
from archiver.warc.cdxj import merge_index
from archiver.warc.file import existing
from archiver.warc.manifest import attest
from archiver.warc.places import located
from archiver.warc.writer import Original, WarcWriter

if TYPE_CHECKING:
    from scrapy.http import Request

    from archiver.warc.exchange import Exchange

LEASE = 16
COMMIT_VISITS = 64
COMMIT_NAMED = 20_000
COMMIT_SECONDS = 1.0


class CrawlSession:
    """Everything that one crawl of one site stores. Used from one thread only."""

    def __init__(
        self, home: Home, site: Site, options: CrawlOptions, *, clock: Callable[[], datetime] = now
    ) -> None:
        self.home = home
        self.site = site
        self.options = options
        self.clock = clock
        self.counts = Counts()
        self.error: StorageError | None = None
        self.on_error: Callable[[str], None] = lambda reason: None
        self.db = open_database(home.database)
        self.suppressions = read_suppressions(home)
        self.frontier = Frontier(self.db, site.name, crawl=options.crawl)
        self.writer = WarcWriter(
            home.archive(site.name),
            site=site.name,
            crawl=options.crawl,
            info=warcinfo(options, site),
            clock=clock,
            closed=self._attest,
            original=self._original,
        )
        self.is_closed = False
        self.stopped: str | None = None  # why nothing more is asked for, though addresses wait
        self.doubts = Doubts(self.db, site.name)
        self.fleeting = Fleeting(self.frontier, site, home.archive(site.name))
        self.damaged: list[str] = []  # what recovery found, for the report
        self.outages = Outages(site.host_names, options.patience)
        self._is_lied_to = False  # by validators that never differ
        self._described = False
        self._leased: deque[Target] = deque()
        self._held: dict[str, list[Capture]] = {}
        self._captures: list[Capture] = []
        self._visits: list[Visit] = []
        self._named = 0  # links and addresses of these visits
        self._recent: dict[str, Original] = {}
        self._skipped: set[str] = set()  # of which nothing is kept, as they ask for that
        self._last_commit = time.monotonic()

    # -- beginning and end

    def begin(self) -> None:
        """Adopt what a crash left, give back its leases, and make due what is due."""
        with transaction(self.db):
            save_site(self.db, self.site)
            crawl, command = self.options.crawl, self.options.command
            later = start_crawl(self.db, crawl, command=command, at=self.clock(), software=SOFTWARE)
        recover(self.home, self.db, self.site, self.frontier, self.damaged.append)
        self._is_lied_to = lying_validators(self.db, self.site.name) is not None
        self.outages.remember(waited_in_vain(self.db, self.site.name))
        with transaction(self.db):
            self.frontier.give_back()
            begin = begun(self.options.crawl) or self.clock()
            again = "everything"
            if not self.options.full:
                again = self.frontier.due_again(begin, every_page=self.site.crawl.follow == "all")
            self.counts.goes_on = again == "nothing"
            self.frontier.again(again, begin)
            self.frontier.wait_to_be_led(again, (target.url for target in seeds(self.site)))
            self.frontier.keep_to(target.url for target in seeds(self.site))
        self.writer.add_info("asked-again", again)
        if later:
            self.writer.add_info(RAN_AFTER, " ".join(later))

    def stop(self, reason: str) -> None:
        """Ask for nothing more; what waits is for the next crawl."""
        self.stopped = self.stopped or reason

    def close(self, reason: str) -> Coverage:
        """Store what is left, write the outcome, close the WARC file and index it."""
        reason = self.stopped or self.outages.lost or reason
        self._captures += [capture for captures in self._held.values() for capture in captures]
        self._held.clear()
        self.is_closed = True
        if self.error is None:
            self.commit_or_fail()  # what is counted next are rows
        coverage = self._coverage(reason)
        try:
            if self.error is None:
                self._finish(coverage)
        except StorageError as error:
            self.error = error
            coverage = self._coverage(reason)
        finally:
            self.writer.close()
            self.db.close()
        return coverage

    def _finish(self, coverage: Coverage) -> None:
        """The outcome comes last: what has ended is whole, and the next crawl does not look at it again."""
        self.commit()
        if self._described:
            self._describe("outcome", msgspec.json.encode(coverage))
            self.writer.sync()
        self.writer.close()
        if self.suppressions:
            hide_from_replay(self.home, self.db, self.suppressions, [self.site.name])  # it may be new
        merge_index(
            self.home.index(self.site.name), captures_of_crawl(self.db, self.site.name, self.options.crawl)
        )
        with transaction(self.db):
            self.frontier.give_back()
            save_coverage(self.db, coverage)

    def _coverage(self, reason: str) -> Coverage:
        waiting = 0 if self.error else sum(self.frontier.counts().get(s, 0) for s in ("pending", "leased"))
        if not self.error:
            self.counts.few_fail = has_few_failing(self.db, self.site.name)
            self.counts.cut_off = cut_off(self.db, self.site.name, hops=MAX_HOPS)
            self.counts.unmet = unmet(self.db, self.site.name)
            self.counts.lost_listings += denied(self.home, self.db, self.site)
        return coverage_of(
            self.counts,
            self.site,
            self.options.crawl,
            waiting=waiting,
            error=self.error,
            stopped=self.stopped,
            reason=PAGE_LIMIT if self._at_limit() else reason,
        )

    # -- addresses

    def seed(self, targets: Iterable[Target]) -> None:
        """Make start addresses known; those that are known as such already stay as they are."""
        with transaction(self.db):
            self.frontier.begin_with(target for target in targets if self.frontier.unseen(target.url))

    def has_targets(self) -> bool:
        """True while an address is waiting that this crawl may still ask for."""
        if self.error or self.stopped or self._at_limit():
            return False
        named = any(v.follow or v.again or v.always for v in self._visits)
        return bool(self._leased or named) or self.frontier.waiting(without=self.outages.left)

    def is_waiting(self) -> bool:
        """True where nothing is left to be done now but to wait for a host that cannot be reached."""
        out, left = self.outages.out, self.outages.left
        begun = (*self.fleeting.under_way, *(target.url for target in self._leased))
        idle = not self._visits and all(host_of(url) in out | left for url in begun)
        return bool(out) and idle and not self.frontier.waiting(without=out | left)

    def next_target(self) -> Target | None:
        """Lease the next address, or None where there is none or the limit is reached."""
        if self.error or self.stopped or self._at_limit():
            return None
        without, away, hears = self.outages.shunned, self.outages.out, self.counts.hears
        while True:
            while not self._leased:
                self.commit()
                with transaction(self.db):
                    leased = self.frontier.lease(LEASE, without=without, away=away, answered=hears)
                    self._leased.extend(t for t in leased if not self._is_hidden(t))
                if not leased:
                    return None
            target = self._leased[0]
            if host_of(target.url) in without:
                with transaction(self.db):
                    self.frontier.put_back(self._leased.popleft().url)
                continue
            if self.is_held(target):
                return None
            self._leased.popleft()
            if self.fleeting.address(target) is not None:
                self._asked += 1
                self.fleeting.sent(target)
                return target
            self.settle(Visit(target=target, state="given up", reason=NOT_STATED))

    def is_held(self, target: Target | None = None) -> bool:
        """True where what is next waits for the page that says what it is to be asked for with."""
        target = target or (self._leased[0] if self._leased else None)
        begin = self.fleeting.begin(target) if target is not None else None
        if begin is not None and any(visit.target.url == begin for visit in self._visits):
            self.commit()
        return begin is not None and self.fleeting.is_under_way(begin)

    def validators(self, target: Target) -> Validators | None:
        """What to ask for an address with, so that only another page is sent; None to ask for it whole."""
        if self.options.full or self._is_lied_to or is_posted(target.url):
            return None
        if not self.frontier.came_whole(target.url):
            return None
        if target.role in LISTINGS and last_profile(self.db, self.site.name, target.url) != self.site.digest:
            return None  # a 304 would have it be what another profile read
        known = validators(self.db, self.site.name, target.url, on=self.clock().date())
        archive = self.home.archive(self.site.name)
        return known if known and existing(located(archive, known.original.filename)).exists() else None

    def page_of(self, capture: Capture) -> Page:
        """The page that a 304 stands for; its ``fault`` says so where it cannot be read any more."""
        archive, limit = self.home.archive(self.site.name), self.site.crawl.max_bytes
        try:
            return page_of(self.db, archive, capture, limit=limit)
        except DamagedError as error:
            return Page(url=capture.url, body=b"", fault=error.message)

    def _is_hidden(self, target: Target) -> bool:
        """Gives up an address that is suppressed: it is not asked for again."""
        if not self.suppressions.hides(target.url):
            return False
        self.frontier.settle(target.url, "given up", HIDDEN, None)
        return True

    _asked = 0

    def _at_limit(self) -> bool:
        limit = min(self.options.limit or self.site.crawl.max_pages, self.site.crawl.max_pages)
        return self._asked >= limit

    # -- exchanges and visits

    def sink(self, exchange: Exchange, request: Request) -> Capture | None:
        """Append one exchange to the WARC file; its row follows with the next commit."""
        target: Target | None = request.meta.get("target")
        if target is not None and is_skipped(self.db, exchange, target, self.site):
            self.counts.exchanges += 1
            self._skipped.add(target.url)
            return None
        try:
            if not self._described:
                for what, block in in_use(self.db, self.site):
                    self._describe(what, block)
                self._described = True
            known: Validators | None = request.meta.get(VALIDATORS)
            capture = self.writer.write(
                exchange,
                metadata=provenance(self.db, self.site, target),
                not_modified=original_from(known.original) if known else None,
            )
        except StorageError as error:
            self.fail(error)
            raise
        self.counts.exchanges += 1
        self.counts.waits.append(max((self.clock() - exchange.began).total_seconds(), 0.0))
        if capture is None:
            return None
        self.counts.new_bytes += capture.length
        self._remember(capture)
        if target is None:
            self._captures.append(capture)
        else:
            self._held.setdefault(target.url, []).append(capture)
        return capture

    def settle(self, visit: Visit) -> None:
        """Take what became of an address; it is stored with the next commit."""
        self.fleeting.settled(visit.target)
        if visit.target.url in self._skipped:
            # Its links are followed; without a capture there is nothing that they could be kept with.
            visit = replace(visit, state="given up", reason=SKIPPED, links=())
        self._captures += self._held.pop(visit.target.url, [])
        self._visits.append(visit)
        lasting = failed_before(self.db, self.site.name, visit, crawl=self.options.crawl)
        self.counts.count(visit, lasting=lasting)
        self._named += len(visit.links) + len(visit.follow)
        if len(self._visits) >= COMMIT_VISITS or self._named >= COMMIT_NAMED:
            self.commit_or_fail()

    def commit_if_due(self) -> None:
        """Commit where the last one is a while ago."""
        if time.monotonic() - self._last_commit >= COMMIT_SECONDS:
            self.commit_or_fail()

    def commit_or_fail(self) -> None:
        """Commit; a disk that refuses ends the crawl, and what was stored stays whole."""
        try:
            self.commit()
        except StorageError as error:
            self.fail(error)

    def commit(self) -> None:
        """Sync the WARC file, then store all that was gathered in one transaction."""
        self._last_commit = time.monotonic()
        if not self._captures and not self._visits:
            return
        self.writer.sync()
        captures, visits = self._captures, self._visits
        with transaction(self.db):
            save_captures(self.db, captures)
            save_links(self.db, self.site.name, (link for visit in visits for link in visit.links))
            for visit in visits:
                acknowledge(self.db, self.frontier, visit, crawl=self.options.crawl)
        self._captures, self._visits, self._named = [], [], 0
        self._recent.clear()

    def fail(self, error: StorageError) -> None:
        """End the crawl because the disk refuses."""
        if self.error is None:
            self.error = error
            self.on_error("storage")

    # -- what the WARC files say of the crawl itself

    def _describe(self, what: str, block: bytes) -> None:
        self.writer.write_metadata(
            target=f"urn:nyhetsarkiv:{what}:{self.site.name}", content_type="application/json", block=block
        )

    def _attest(self, filename: str) -> None:
        """A file that became whole goes into the chain of manifests."""
        if self.error is None:  # where the disk refuses, the next crawl adds what is missing
            path = self.home.archive(self.site.name) / filename
            attest(self.home.collection(self.site.name), [path])

    # -- the digest index

    def _remember(self, capture: Capture) -> None:
        is_whole = capture.payload_digest and not capture.truncated
        if capture.warc_type == "response" and is_whole and not is_posted(capture.url):
            self._recent.setdefault(str(capture.payload_digest), original_from(capture))

    def _original(self, digest: str) -> Original | None:
        known = self._recent.get(digest)
        if known is None:
            found = original_of(self.db, self.site.name, digest)
            known = original_from(found) if found else None
        return known
