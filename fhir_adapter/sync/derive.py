"""Derive records from stored facts, for the subjects for whom anything may have changed.

Knows: who is due, what is loaded, what is saved. Does not know: how a criterion is judged, what follows from
a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_adapter.domain.dosing.donor import find_donor_reference
from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.freeze import find_corrections
from fhir_adapter.domain.participation import FINAL_STATUSES
from fhir_adapter.domain.patient_links import merged_into, surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.renewal import assess_renewal, signature_rule
from fhir_adapter.domain.review import ItemState, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.timeline import Timeline, build_timeline
from fhir_adapter.events import Event, log
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.rows import Derivation, RecordHead, SubjectRow
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.derived import Derived
from fhir_adapter.sync.merges import known_merges
from fhir_adapter.sync.plan_writes import WritePlanner, open_planner
from fhir_adapter.sync.propose import is_empty, propose
from fhir_adapter.sync.questions import DERIVED_KINDS
from fhir_adapter.sync.safeguarding import safeguard, tell_reactions
from fhir_adapter.sync.subject_ids import SubjectIds
from fhir_adapter.sync.treating import Treating


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveRequest:
    """What one derivation is for.

    Attributes:
        as_of: Clinical time, aware.
        known_at: 0..1; knowledge time; given = nothing is saved, because the store knows more by now.
        everyone: True: every subject, due or not.
        only: 0..1; if given, nobody else is looked at.
    """

    run: str
    trial: Trial
    traits: HospitalTraits
    ids: SubjectIds
    reading_digest: str
    as_of: datetime
    known_at: datetime | None = None
    everyone: bool = False
    only: frozenset[SubjectId] | None = None


def run_derive(store: Store, clock: Clock, request: DeriveRequest) -> Derived:
    """Derive every subject who is due; save what changed, one transaction per subject.

    Args:
        store: Facts and records.
        clock: The time records are saved at.
        request: For which trial, hospital and moments.

    Returns:
        Counts, and the records derived.

    Source:
        design architecture, steps 4 to 6; design contracts, Time: re-derive.
    """
    return Deriving(store, clock, request).run()


def assess_all(store: Store, clock: Clock, request: DeriveRequest) -> dict[SubjectId, Case]:
    """Derive every subject's records as they would be now, and save nothing.

    Args:
        store: Facts and records.
        clock: The time now.
        request: For which trial, hospital and moments.

    Returns:
        Subject -> case; frozen verdicts are not regarded.
    """
    deriving = Deriving(store, clock, request)
    return {row.subject: deriving.assess(row) for row in deriving.current_rows()}


class Deriving:
    """One derivation: what is looked up once for all subjects."""

    def __init__(self, store: Store, clock: Clock, request: DeriveRequest) -> None:
        """Look up merges, heads, items and what waits to be written."""
        self.store = store
        self.clock = clock
        self.request = request
        self.merges = known_merges(store, request.ids)
        self.heads = store.records.record_heads(request.trial.id, request.traits.id)
        self.treatment_heads = store.records.treatment_heads(request.trial.id, request.traits.id)
        self.safety_heads = store.records.safety_heads(request.trial.id, request.traits.id)
        self.treating = Treating(
            records=store.records,
            stopped_dose=request.traits.stopped_dose,
            donor=self._load_donor,
            reactions=tell_reactions,
        )
        self.rows = store.records.subjects(request.trial.id, request.traits.id)
        # A donor has no participation of their own: any patient without a status may be one.
        self.is_donor_touched = any(row.touched and row.status is None for row in self.rows)
        self.planner: WritePlanner = open_planner(
            store.outbox,
            request.trial,
            request.traits.id,
            writes_events=request.traits.adverse_events_written,
        )
        self.items: dict[SubjectId, list[ReviewItem]] = {}
        for item in store.records.review_items(request.trial.id, open_only=False):
            self.items.setdefault(item.subject, []).append(item)

    def run(self) -> Derived:
        """Derive everybody who is due."""
        derived, only = Derived(), self.request.only
        for row in self.rows:
            if only is not None and row.subject not in only:
                continue
            if self.is_merged_away(row):
                self._close(row)
            elif self._is_due(row, self.heads.get(row.subject)):
                self._derive(row, derived)
            else:
                derived.counts.unchanged += 1
                derived.treatments.unchanged += row.subject in self.treatment_heads
                derived.safety.unchanged += row.subject in self.safety_heads
        return derived

    def current_rows(self) -> tuple[SubjectRow, ...]:
        """Give the subjects no other record carries on for."""
        return tuple(row for row in self.rows if not self.is_merged_away(row))

    def is_merged_away(self, row: SubjectRow) -> bool:
        """Say whether another record of the same person carries on for this one."""
        return surviving(row.patient, self.merges) != row.patient

    def assess(self, row: SubjectRow) -> Case:
        """Derive one subject's records now and put beside them what a proposal needs."""
        request, timeline = self.request, self.load(row)
        zone, trial = request.traits.zone, request.trial
        head = self.heads.get(row.subject)
        frozen = self._frozen(row) if head is not None and head.frozen else None
        record = derive_eligibility(timeline, trial, subject=row.subject, as_of=request.as_of, zone=zone)
        case = Case(
            trial=trial,
            row=row,
            head=head,
            frozen=frozen,
            record=record,
            timeline=timeline,
            items=tuple(self.items.get(row.subject, ())),
            decisions=self.store.records.decisions(row.subject),
            merged=self._merged(row),
            corrected=find_corrections(frozen, timeline) if frozen is not None else (),
            renewal=assess_renewal(
                trial.participation,
                timeline,
                signature_rule(trial),
                request.as_of.astimezone(zone).date(),
                zone,
            ),
            as_of=request.as_of,
            now=self.clock.now(),
            zone=zone,
            treatment_head=self.treatment_heads.get(row.subject),
            safety_head=self.safety_heads.get(row.subject),
            safety_standing=self._safety_standing(row),
        )
        case = replace(case, treatment=self.treating.derive(case))
        return replace(case, safety=safeguard(case))

    def load(self, row: SubjectRow) -> Timeline:
        """Give a subject's facts, those of merged records included."""
        return self._load(row.patient)

    def _load(self, whose: str) -> Timeline:
        """Give a person's facts; the surviving Patient alone says who it is."""
        facts, request = self.store.facts, self.request
        readings: dict[tuple[str, str, str, str], Reading] = {}
        receipts: list[Completeness] = []
        patients = (whose, *merged_into(whose, self.merges))
        persons = facts.persons(request.traits.id, patients)
        for patient in patients:
            person = persons[patient]
            receipts += facts.load_completeness(person, known_at=request.known_at)
            for reading in facts.load_readings(
                person, reading_digest=request.reading_digest, known_at=request.known_at
            ):
                source = reading.source
                if source.type != "Patient" or source.id == whose:
                    readings[source.type, source.id, source.version, source.content] = reading
        return build_timeline(tuple(readings.values()), receipts)

    def _load_donor(self, case: Case) -> Timeline | None:
        """Give the facts of the donor a case names, where the store knows that patient; never the subject's."""
        regimen = case.trial.regimen
        reference = find_donor_reference(case.timeline, regimen) if regimen is not None else None
        kind, _, name = (reference or "").partition("/")
        donor = surviving(name, self.merges)
        is_known = kind == "Patient" and bool(self.store.facts.known_persons(self.request.traits.id, [donor]))
        return self._load(donor) if is_known and donor != case.row.patient else None

    def _safety_standing(self, row: SubjectRow) -> SafetyRecord | None:
        """Give the safety record on file; heads tell whether there is one."""
        if row.subject not in self.safety_heads:
            return None
        stored = self.store.records.latest_safety(row.subject, with_results=False)
        return stored.record if stored is not None else None

    def _frozen(self, row: SubjectRow) -> EligibilityRecord | None:
        stored = self.store.records.latest_record(row.subject)
        return stored.record if stored is not None else None

    def _derive(self, row: SubjectRow, derived: Derived) -> None:
        case = self.assess(row)
        derived.records[row.subject] = case.record
        derivation = propose(case, self.planner)
        derived.counts.count(is_new=derivation.record is not None, is_first=case.head is None)
        if case.treatment is not None:
            is_first = case.treatment_head is None
            derived.treatments.count(is_new=derivation.treatment is not None, is_first=is_first)
        if case.safety is not None:
            derived.safety.count(is_new=derivation.safety is not None, is_first=case.safety_head is None)
        changed = any(each is not None for each in (derivation.record, derivation.treatment, derivation.safety))
        log(Event.SUBJECT_DERIVED, run=self.request.run, subject=row.subject, changed=changed)
        if self.request.known_at is None and (row.touched or not is_empty(derivation, row)):
            self.store.records.commit(self.request.run, derivation, at=case.now)

    def _is_due(self, row: SubjectRow, head: RecordHead | None) -> bool:
        request = self.request
        if head is None or row.touched or request.everyone or merged_into(row.patient, self.merges):
            return True
        if head.definitions_digest != request.trial.digest and not head.frozen:
            return True
        if row.recheck_on is not None and request.as_of.astimezone(request.traits.zone).date() >= row.recheck_on:
            return True
        if not row.withdrawn and self._is_treatment_due(row, head):
            return True
        return not head.frozen and self._is_over(head)

    def _is_treatment_due(self, row: SubjectRow, head: RecordHead) -> bool:
        """Say whether treatment may have changed by time, definitions or its donor; a frozen verdict is no bar."""
        treatment, digest = self.treatment_heads.get(row.subject), self.request.trial.digest
        safety = self.safety_heads.get(row.subject)
        if safety is not None and (safety.definitions_digest != digest or self._is_over(safety)):
            return True
        if treatment is None:  # whether these definitions would give one, a frozen record cannot tell
            is_open = row.status is not None and row.status not in FINAL_STATUSES
            return head.frozen and is_open and head.definitions_digest != digest
        if treatment.definitions_digest != digest or self.is_donor_touched:
            return True
        return self._is_over(treatment)

    def _is_over(self, head: RecordHead) -> bool:
        """Say whether a record may have changed by the passing of time alone."""
        return head.valid_until is not None and self.request.as_of >= head.valid_until

    def _merged(self, row: SubjectRow) -> Mapping[SubjectId, bool]:
        """Give the subjects merged into this one, and whether they stand at the hospital."""
        merged = {self.request.ids.subject(patient) for patient in merged_into(row.patient, self.merges)}
        known = {other.subject for other in self.rows if other.status is not None} if merged else set()
        return {subject: subject in known for subject in merged}

    def _close(self, row: SubjectRow) -> None:
        """Withdraw the questions about a record that another one carries on for."""
        waiting = tuple(
            item.id
            for item in self.items.get(row.subject, ())
            if item.state is ItemState.OPEN and item.kind in DERIVED_KINDS
        )
        if (waiting or row.touched) and self.request.known_at is None:
            derivation = Derivation(row=row, record=None, replaced=waiting)
            self.store.records.commit(self.request.run, derivation, at=self.clock.now())
