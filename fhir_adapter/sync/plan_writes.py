"""Plan what should stand at the hospital: the study once, and each subject's participation.

Knows: which element comes from where, what is already written or waiting. Does not know: how it is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.source import HospitalId
from fhir_adapter.domain.writeback import Body, WriteIntent, WriteReceipt
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.store import Outbox
from fhir_adapter.r4.build_research_study import build_research_study
from fhir_adapter.r4.build_research_subject import build_research_subject
from fhir_adapter.r4.outgoing_reference import conditional_reference

STUDY = "ResearchStudy"
SUBJECT = "ResearchSubject"
Key = tuple[str, tuple[str, str]]
"""Resource type and identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlanner:
    """Plans writes for one hospital and trial.

    Attributes:
        waiting: Key -> the intent still to be delivered.
        receipts: Those looked up before; nothing is delivered while a planner is in use.
    """

    trial: Trial
    hospital: HospitalId
    outbox: Outbox
    waiting: Mapping[Key, WriteIntent]
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
        study = self._plan_study()
        body = build_research_subject(self._statement(row))
        key = (SUBJECT, (self.trial.subject_system, row.subject))
        if not override and self._stands(key, body):
            return study
        subject = WriteIntent(
            id=self._intent_id(key, body, override),
            subject=row.subject,
            resource_type=SUBJECT,
            identifier=key[1],
            body=body,
            record=record,
            depends_on=tuple(intent.id for intent in study),
            by=by,
            override=override,
        )
        return *study, subject

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
        identity = self.trial.study
        return ParticipationStatement(
            identifier=(self.trial.subject_system, row.subject),
            status=row.status or "",
            patient=row.patient,
            study=conditional_reference(STUDY, (identity.identifier_system, identity.identifier_value)),
            since=_day(row.since),
            until=_day(row.until),
            consent=row.consent,
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


def open_planner(outbox: Outbox, trial: Trial, hospital: HospitalId) -> WritePlanner:
    """Look up what is waiting to be delivered, once for a whole run.

    Args:
        outbox: Keeps intents and receipts.
        trial: The trial.
        hospital: The hospital.

    Returns:
        A planner.
    """
    waiting = {(intent.resource_type, intent.identifier): intent for intent in outbox.pending(trial.id, hospital)}
    return WritePlanner(trial=trial, hospital=hospital, outbox=outbox, waiting=waiting)


def _day(text: str | None) -> FhirDateTime | None:
    return FhirDateTime(text, Precision.DAY, date.fromisoformat(text)) if text is not None else None
