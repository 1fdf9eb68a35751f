"""Read a hospital's resources once, page by page, into the fact store.

Knows: which readings concern the run, how they are counted, what still has to be fetched. Does not know: FHIR
JSON, how a source is queried, any rule of the trial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.patient_links import same_people
from fhir_adapter.domain.source import Exclusion, HospitalId, ResourceVersion
from fhir_adapter.events import Event, log
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.source import HospitalSource, ReadPlan, ScopeReceipt, SourcePage
from fhir_adapter.ports.store import FactStore
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from fhir_adapter.sync.completeness import UNREADABLE, Receipts
from fhir_adapter.sync.counts import Tally, check_balance
from fhir_adapter.sync.repeats import Repeats
from fhir_adapter.sync.scope import RunScope

AFTER_WITHDRAWAL = ("Patient", "Consent")
"""What is still read of a patient who withdrew consent. Source: clinical review PUT-13."""

SELECTIVE_KIND = "server"
"""Only a server gives what it is asked for; any other source gives everything it holds, once."""

FETCH_AT_ONCE = 100

PageReader = Callable[[SourcePage], Callable[[bytes | memoryview], Reading]]
"""Given a page, gives the function that reads its resources."""


def open_reader(context: ReadingContext) -> PageReader:
    """Bind the reader of FHIR R4 to a hospital and trial.

    Args:
        context: What reading depends on.

    Returns:
        A reader of pages.
    """

    def open_page(page: SourcePage) -> Callable[[bytes | memoryview], Reading]:
        where = PageContext(base=page.base, references=page.references, patient=page.patient)
        return lambda raw: read_resource(raw, context, where)

    return open_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRequest:
    """What one extraction is for.

    Attributes:
        resource_types: Types the trial rests on.
        reading_digest: Digest of terminology, concept map and reader.
        scope: The patients.
        merges: Gives the merged records in force, as they are known by then.
        progress: Told the number of resources after each page.
    """

    run: str
    hospital: HospitalId
    resource_types: tuple[str, ...]
    reading_digest: str
    scope: RunScope
    merges: Callable[[], Mapping[str, str]]
    progress: Callable[[int], None] = field(default=lambda _count: None)

    @property
    def types(self) -> tuple[str, ...]:
        """Types to read: Patient always is one, because merges and identity rest on it."""
        return tuple(dict.fromkeys(("Patient", *self.resource_types)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What one extraction gave.

    Attributes:
        tallies: Resource type -> counts; balanced.
        patients: Everybody who was read, records merged with those chosen included.
        new: Versions that were not on record before.
    """

    tallies: dict[str, Tally]
    patients: frozenset[str]
    new: int


def run_extract(
    source: HospitalSource, facts: FactStore, open_page: PageReader, clock: Clock, request: ExtractRequest
) -> Extracted:
    """Read everything the plan asks for; each page is saved in one transaction.

    Does not derive anything and moves no cursor. A crash leaves whole pages behind; reading again adds nothing
    twice.

    Args:
        source: The hospital.
        facts: Where facts are kept.
        open_page: Reads resources.
        clock: The time facts are saved at.
        request: What is read, and of whom.

    Returns:
        Balanced counts per type, and who was read.

    Raises:
        InvariantError: The counts do not balance.
        TransportError: The source failed.

    Source:
        design architecture, steps 1 to 3; design contracts, Facts, versions, counts.
    """
    extraction = _Extraction(source, facts, open_page, clock, request)
    patients = request.scope.patients
    extraction.read(patients, everybody=request.scope.everybody)
    while extra := same_people(patients, request.merges()) - patients:
        extraction.read(extra, everybody=False, again=True)
        patients |= extra
    extraction.hydrate()
    check_balance(extraction.tallies)
    extraction.save_receipts(patients)
    return Extracted(tallies=extraction.tallies, patients=patients, new=extraction.new)


class _Extraction:
    """The state of one extraction."""

    def __init__(
        self,
        source: HospitalSource,
        facts: FactStore,
        open_page: PageReader,
        clock: Clock,
        request: ExtractRequest,
    ) -> None:
        self.source = source
        self.facts = facts
        self.open_page = open_page
        self.clock = clock
        self.request = request
        self.is_selective = source.describe().kind == SELECTIVE_KIND
        self.withdrawn = request.scope.withdrawn
        self.patients: frozenset[str] | None = None
        self.known: frozenset[str] = frozenset()
        self.is_again = False
        self.tallies: dict[str, Tally] = {}
        self.receipts = Receipts()
        self.repeats = Repeats(facts, request.reading_digest)
        self.wanted: set[str] = set()
        self.seen: set[str] = set()
        self.new = 0
        self.received = 0

    def read(self, patients: frozenset[str], *, everybody: bool, again: bool = False) -> None:
        """Read every page about these patients; `again` = the source was read before, for others."""
        self.patients = None if everybody else patients
        self.known |= patients
        self.is_again = again and not self.is_selective  # the others were counted the first time
        for plan in self._plans(patients, everybody=everybody):
            for item in self.source.pages(plan):
                if isinstance(item, ScopeReceipt):
                    self.receipts.add_receipt(item)
                else:
                    self._take(item)

    def _plans(self, patients: frozenset[str], *, everybody: bool) -> Iterator[ReadPlan]:
        types = self.request.types
        closed = patients & self.withdrawn if self.is_selective else frozenset[str]()
        everyone = everybody and not closed
        if everyone or patients - closed:
            yield ReadPlan(resource_types=types, patients=None if everyone else tuple(sorted(patients - closed)))
        if closed:
            yield ReadPlan(resource_types=AFTER_WITHDRAWAL, patients=tuple(sorted(closed)))

    def _take(self, page: SourcePage) -> None:
        """Read, count and save one page in one transaction."""
        read = self.open_page(page)
        kept = [reading for raw in page.resources if (reading := self._sort(read(raw), page)) is not None]
        self.receipts.add_issues(page)
        if kept:
            now = self.clock.now()
            saved = self.facts.save_readings(
                self.request.run, kept, reading_digest=self.request.reading_digest, at=now, origin=page.origin
            )
            self.new += saved.new
        self.repeats.saved()
        self.received += len(kept)
        log(Event.PAGE_READ, run=self.request.run, resources=len(kept))
        self.request.progress(self.received)

    def _sort(self, reading: Reading, page: SourcePage) -> Reading | None:
        """Decide whether a reading concerns the run, and count it."""
        source, patient = reading.source, reading.patient
        if patient is None:
            if self.is_again:
                return None
        elif self.patients is not None and patient not in self.patients:
            if self.is_again:
                return None
            if reading.excluded_by is not Exclusion.TYPE_NOT_READ:
                reading = _left_out(reading, Exclusion.OTHER_PATIENT)
        elif patient in self.withdrawn and source.type not in AFTER_WITHDRAWAL:
            reading = _left_out(reading, Exclusion.CONSENT_WITHDRAWN)
        if reading.excluded_by is None and self.repeats.is_repeat(source):
            reading = _left_out(reading, Exclusion.DUPLICATE)
        self._note(reading, source, page)
        return reading

    def _note(self, reading: Reading, source: ResourceVersion, page: SourcePage) -> None:
        kind = source.type
        if kind == UNREADABLE and page.resource_type is not None:
            kind = page.resource_type  # what cannot be read is of the type its file or query promised
        tally = self.tallies.get(kind)
        if tally is None:
            tally = self.tallies[kind] = Tally()
        tally.count(reading)
        if reading.rejections and not reading.facts:
            self.receipts.add_rejection(kind, reading.patient or page.patient)
        if self.is_selective:
            self.seen.add(source.reference)
            self.wanted.update(reading.references)

    def hydrate(self) -> None:
        """Fetch what pages referred to and did not bring, each reference at most once."""
        asked: set[str] = set()
        self.patients, self.is_again = (None if self.request.scope.everybody else self.known), False
        while missing := sorted(self.wanted - self.seen - asked):
            batch = missing[:FETCH_AT_ONCE]
            asked.update(batch)
            for page in self.source.fetch(batch):
                self._take(page)

    def save_receipts(self, patients: frozenset[str]) -> None:
        """Save what was read completely, of everybody at once."""
        run, now = self.request.run, self.clock.now()
        types = self.request.types
        receipts = {
            patient: self.receipts.completeness(
                patient,
                AFTER_WITHDRAWAL if patient in self.withdrawn else types,
                run=run,
                read_at=now.isoformat(),
            )
            for patient in sorted(patients)
        }
        for kind, count in self.receipts.issue_counts().items():
            log(Event.SOURCE_ISSUE, run=run, kind=kind, count=count)
        self.facts.save_completeness(run, self.request.hospital, receipts, at=now)


def _left_out(reading: Reading, rule: Exclusion) -> Reading:
    """Keep nothing of a reading but whose it is and why it is left out."""
    return Reading(
        source=reading.source,
        patient=reading.patient,
        excluded_by=rule,
        retracts=reading.retracts and rule is Exclusion.OTHER_PATIENT,
    )
