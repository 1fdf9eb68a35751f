"""Plan what should stand at the hospital: the study once, each subject's participation and treatment plan.

Knows: which element comes from where, what is already written or waiting. Does not know: how it is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from fhir_adapter.domain.care_plan import CarePlanRule
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.dosing.plan_statement import PlanHeading, derive_plan_statement
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.domain.participation import FINAL_STATUSES
from fhir_adapter.domain.plan_status import DRAFT
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.source import HospitalId
from fhir_adapter.domain.writeback import Body, WriteIntent, WriteReceipt
from fhir_adapter.domain.writeback_list import kept_entries
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.store import Outbox
from fhir_adapter.r4.build_care_plan import build_care_plan, keep_unplanned, restate_plan
from fhir_adapter.r4.build_research_study import build_research_study
from fhir_adapter.r4.build_research_subject import build_research_subject
from fhir_adapter.r4.outgoing_reference import conditional_reference

STUDY = "ResearchStudy"
SUBJECT = "ResearchSubject"
CARE_PLAN = "CarePlan"
ADVERSE_EVENT = "AdverseEvent"
STUDY_BOUND = frozenset({SUBJECT, CARE_PLAN, ADVERSE_EVENT})
"""Resources that refer to the study and wait until it stands at the hospital."""
Key = tuple[str, tuple[str, str]]
"""Resource type and identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A resource about a subject as it should stand, and on what ground."""

    key: Key
    body: Body
    record: str | None
    by: str | None = None
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlanner:
    """Plans writes for one hospital and trial.

    Attributes:
        waiting: Key -> the intent still to be delivered.
        writes_events: True where the hospital allows judged adverse events to be written.
        receipts: Those looked up before; nothing is delivered while a planner is in use.
    """

    trial: Trial
    hospital: HospitalId
    outbox: Outbox
    waiting: Mapping[Key, WriteIntent]
    writes_events: bool = False
    receipts: dict[Key, WriteReceipt | None] = field(default_factory=dict, compare=False, repr=False)

    def plan(
        self, row: SubjectRow, *, record: str | None, by: str | None = None, override: tuple[str, ...] = ()
    ) -> tuple[WriteIntent, ...]:
        """Plan the writes of one subject.

        Nothing is planned for a subject without status, and nothing automatic once consent is withdrawn or the
        patient died.

        Args:
            row: Where the subject stands.
            record: 0..1; evidence digest of the record participation rests on.
            by: 0..1; the person whose decision this carries out.
            override: 0..*; elements in which that person decided for ours.

        Returns:
            0..*; the study first where it is not there yet; empty where the hospital has all of it already or
            the same is waiting to be delivered.
        """
        if row.status is None or ((row.withdrawn or row.deceased) and by is None):
            return ()
        key = (SUBJECT, (self.trial.subject_system, row.subject))
        body = build_research_subject(self._statement(row))
        return self._plan_bound(row, _Wanted(key=key, body=body, record=record, by=by, override=override))

    def plan_care_plan(
        self,
        row: SubjectRow,
        treatment: TreatmentRecord | None,
        *,
        record: str | None = None,
        by: str | None = None,
        override: tuple[str, ...] = (),
    ) -> tuple[WriteIntent, ...]:
        """Plan the write of one subject's treatment plan.

        Nothing is planned for a subject without status or without a dated plan, and nothing automatic once
        participation has ended, consent is withdrawn or the patient died: then a person's decision restates the
        plan as it stands at the hospital.

        Args:
            row: Where the subject and its plan stand.
            treatment: 0..1; the subject's treatment record.
            record: 0..1; its evidence digest.
            by: 0..1; the person whose decision this carries out.
            override: 0..*; elements in which that person decided for ours.

        Returns:
            0..*; the study first where it is not there yet; empty where the hospital has the same plan already,
            or it is waiting to be delivered.

        Source:
            design contracts, Who is written, who decides: CarePlan; review PUT-13.
        """
        rule = self.trial.care_plan
        if rule is None or row.status is None:
            return ()
        key = (CARE_PLAN, (rule.system, row.subject))
        body = self._plan_body(row, treatment, rule, key)
        if body is None and by is not None and (last := self._last_plan(row, key)) is not None:
            body = restate_plan(last, row.plan_status or DRAFT)
        if body is None:
            return ()
        return self._plan_bound(row, _Wanted(key=key, body=body, record=record, by=by, override=override))

    def plan_event(
        self, row: SubjectRow, body: Body, *, record: str | None, by: str, override: tuple[str, ...] = ()
    ) -> tuple[WriteIntent, ...]:
        """Plan the write of one adverse event that a named person judged.

        Nothing is planned for a subject without status, and nothing once consent is withdrawn.

        Args:
            row: Where the subject stands.
            body: The AdverseEvent as built; its identifier names it.
            record: 0..1; evidence digest of the safety record it rests on.
            by: The person who judged it.
            override: 0..*; elements in which a person decided for ours.

        Returns:
            0..*; the study first where it is not there yet; empty where the hospital has the same already, or it
            is waiting to be delivered.

        Source:
            clinical review PUT-13: after a withdrawal no clinical data are written.
        """
        if row.status is None or row.withdrawn:
            return ()
        identifier = body["identifier"]["system"], body["identifier"]["value"]
        wanted = _Wanted(key=(ADVERSE_EVENT, identifier), body=body, record=record, by=by, override=override)
        return self._plan_bound(row, wanted)

    def study_reference(self) -> str:
        """Refer to the study until its id at the hospital is known."""
        identity = self.trial.study
        return conditional_reference(STUDY, (identity.identifier_system, identity.identifier_value))

    def _plan_body(
        self, row: SubjectRow, treatment: TreatmentRecord | None, rule: CarePlanRule, key: Key
    ) -> Body | None:
        """Build the plan anew; None where it is closed, or has no dates."""
        regimen = self.trial.regimen
        if _is_closed(row) or treatment is None or regimen is None:
            return None
        heading = PlanHeading(
            identifier=key[1], status=row.plan_status or DRAFT, patient=row.patient, study=self.study_reference()
        )
        statement = derive_plan_statement(treatment, regimen, rule, heading)
        if statement is None:
            return None
        body, receipt = build_care_plan(statement), self._receipt(key)
        if receipt is None:
            return body
        return keep_unplanned(body, receipt.owned, kept_entries("activity", receipt.kept))

    def _last_plan(self, row: SubjectRow, key: Key) -> Body | None:
        """Give the plan as last planned; as last delivered where nothing new may be written about the patient."""
        waiting, receipt = self.waiting.get(key), self._receipt(key)
        if waiting is not None and not (row.withdrawn or row.deceased):
            return waiting.body
        return receipt.owned if receipt is not None else None

    def _plan_bound(self, row: SubjectRow, wanted: _Wanted) -> tuple[WriteIntent, ...]:
        """Plan something that refers to the study, after the study."""
        study = self._plan_study()
        if not wanted.override and self._stands(wanted.key, wanted.body):
            return study
        by, override = self._decided(wanted)
        intent = WriteIntent(
            id=self._intent_id(wanted.key, wanted.body, override),
            subject=row.subject,
            resource_type=wanted.key[0],
            identifier=wanted.key[1],
            body=wanted.body,
            record=wanted.record,
            depends_on=tuple(each.id for each in study),
            by=by,
            override=override,
        )
        return *study, intent

    def _decided(self, wanted: _Wanted) -> tuple[str | None, tuple[str, ...]]:
        """A decision not delivered yet goes with what replaces it: who decided, and where for ours."""
        waiting = self.waiting.get(wanted.key)
        if waiting is None:
            return wanted.by, wanted.override
        return wanted.by or waiting.by, tuple(dict.fromkeys((*waiting.override, *wanted.override)))

    def _plan_study(self) -> tuple[WriteIntent, ...]:
        identity = self.trial.study
        key = (STUDY, (identity.identifier_system, identity.identifier_value))
        body = build_research_study(identity)
        if self._stands(key, body):
            waiting = self.waiting.get(key)
            return (waiting,) if waiting is not None else ()
        intent = WriteIntent(
            id=self._intent_id(key, body, ()), subject=None, resource_type=STUDY, identifier=key[1], body=body
        )
        return (intent,)

    def _statement(self, row: SubjectRow) -> ParticipationStatement:
        return ParticipationStatement(
            identifier=(self.trial.subject_system, row.subject),
            status=row.status or "",
            patient=row.patient,
            study=self.study_reference(),
            since=_day(row.since),
            until=_day(row.until),
            consent=row.consent,
            actual_arm=row.arm,
        )

    def _stands(self, key: Key, body: Body) -> bool:
        """Say whether the same is waiting, or was the last thing delivered."""
        waiting = self.waiting.get(key)
        if waiting is not None:
            return waiting.body == body
        receipt = self._receipt(key)
        return receipt is not None and receipt.owned == body

    def _receipt(self, key: Key) -> WriteReceipt | None:
        if key not in self.receipts:
            self.receipts[key] = self.outbox.receipt(self.hospital, *key)
        return self.receipts[key]

    def _intent_id(self, key: Key, body: Body, override: tuple[str, ...]) -> str:
        """Equal content after the same delivery is one intent; the same content later again is another."""
        receipt = self._receipt(key)
        last = receipt.intent if receipt is not None else ""
        return digest_of(self.hospital, self.trial.id, *key, body, list(override), last)


def open_planner(
    outbox: Outbox, trial: Trial, hospital: HospitalId, *, writes_events: bool = False
) -> WritePlanner:
    """Look up what is waiting to be delivered, once for a whole run.

    Args:
        outbox: Keeps intents and receipts.
        trial: The trial.
        hospital: The hospital.
        writes_events: True where the hospital allows judged adverse events to be written.

    Returns:
        A planner.
    """
    waiting = {(intent.resource_type, intent.identifier): intent for intent in outbox.pending(trial.id, hospital)}
    return WritePlanner(
        trial=trial, hospital=hospital, outbox=outbox, waiting=waiting, writes_events=writes_events
    )


def _is_closed(row: SubjectRow) -> bool:
    return row.status in FINAL_STATUSES or row.withdrawn or row.deceased


def _day(text: str | None) -> FhirDateTime | None:
    return FhirDateTime(text, Precision.DAY, date.fromisoformat(text)) if text is not None else None
