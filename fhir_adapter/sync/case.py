"""One subject's case: everything a proposal is made from.

Knows: facts, record, items and decisions of one subject. Does not know: where they are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.anchor import Anchor, find_anchor
from fhir_adapter.domain.answering import QUESTIONS, is_accepted
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import EligibilityRecord, Verdict
from fhir_adapter.domain.renewal import Renewal
from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.statements import ConsentStatement
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.ports.rows import RecordHead, SubjectRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One subject at one moment.

    Attributes:
        row: Where the subject stands.
        head: 0..1; what the newest record on file says of itself.
        frozen: 0..1; that record, where a person accepted it.
        record: The record derived now.
        timeline: The facts it was derived from.
        items: 0..*; every review item ever opened for the subject.
        decisions: 0..*; every decision about the subject.
        merged: 0..*; subject ids of records merged into this one, and whether they stand at the hospital.
        corrected: 0..*; references of the frozen record's evidence that no longer say what they said.
        renewal: Where renewed consent stands.
        as_of: Clinical time.
        now: When this is done.
        treatment: 0..1; the treatment record derived now, or as it stands once consent is withdrawn.
        treatment_head: 0..1; what the newest treatment record on file says of itself.
        safety: 0..1; the safety record derived now, or as it stands once consent is withdrawn.
        safety_head: 0..1; what the newest safety record on file says of itself.
        safety_standing: 0..1; that record, without its graded results.
    """

    trial: Trial
    row: SubjectRow
    head: RecordHead | None
    frozen: EligibilityRecord | None
    record: EligibilityRecord
    timeline: Timeline
    items: tuple[ReviewItem, ...]
    decisions: tuple[Decision, ...]
    merged: Mapping[SubjectId, bool]
    corrected: tuple[str, ...]
    renewal: Renewal
    as_of: datetime
    now: datetime
    zone: tzinfo
    treatment: TreatmentRecord | None = None
    treatment_head: RecordHead | None = None
    safety: SafetyRecord | None = None
    safety_head: RecordHead | None = None
    safety_standing: SafetyRecord | None = None

    @property
    def today(self) -> date:
        """The calendar day of as_of at the hospital."""
        return self.as_of.astimezone(self.zone).date()

    @property
    def anchor(self) -> Anchor:
        """The moment eligibility is judged for."""
        return find_anchor(self.timeline, self.trial.anchor, as_of=self.as_of, zone=self.zone)

    @property
    def is_frozen(self) -> bool:
        """A person accepted the verdict on file."""
        return self.frozen is not None

    def evidence_of(self, criterion: str) -> tuple[str, ...]:
        """Give the references one criterion rests on, as derived now."""
        found = (result.evidence for result in self.record.criteria if result.id == criterion)
        return tuple(dict.fromkeys(evidence.reference for each in found for evidence in each))

    def answer_to(self, item: str, kind: ItemKind) -> bool | None:
        """Say how a person answered an item: True = accepted, None = not answered."""
        answers = [
            is_accepted(kind, decision.values)
            for decision in self.decisions
            if decision.item == item and QUESTIONS[kind].field in decision.values
        ]
        return answers[-1] if answers else None

    def valid_consent(self) -> ConsentStatement | None:
        """Give the consent that makes the consent criterion PASS; the latest signed of several."""
        criterion = self.trial.participation.consent_criterion
        passed = any(result.id == criterion and result.verdict is Verdict.PASS for result in self.record.criteria)
        if not passed:
            return None
        cited = set(self.evidence_of(criterion))
        consents = [consent for consent in self.timeline.consents if consent.source.reference in cited]
        return consents[-1] if consents else None
