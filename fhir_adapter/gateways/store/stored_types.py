"""The domain types the store keeps, each with its codec.

Knows: which types are stored and which of their fields stand in columns. Does not know: tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.safety_model.records import GradedResult, SafetyRecord
from fhir_adapter.domain.source import Completeness, Rejection
from fhir_adapter.domain.writeback import WriteIntent, WriteReceipt
from fhir_adapter.gateways.store.codec import Codec
from fhir_adapter.ports.rows import AuditEntry, RunRow, SubjectRow

# Source and path are the fact's key: they stand in columns.
FACTS: Mapping[str, Codec[Any]] = {
    kind.__name__: Codec[Any](kind, leave_out=("source", "path")) for kind in get_args(Fact)
}
READINGS = Codec[Reading](Reading)
REJECTIONS = Codec[Rejection](Rejection)
MOMENTS = Codec[FhirDateTime](FhirDateTime)
REFERENCES = Codec[tuple[str, ...]](tuple[str, ...])
RECEIPTS_OF_TYPE = Codec[Completeness](Completeness)
RECORDS = Codec[EligibilityRecord](EligibilityRecord)
TREATMENTS = Codec[TreatmentRecord](TreatmentRecord)
# Graded results stand in a column of their own; in records written before it was, with the rest.
SAFETY_RECORDS = Codec[SafetyRecord](SafetyRecord, leave_out=("results",))
WHOLE_SAFETY_RECORDS = Codec[SafetyRecord](SafetyRecord)
RESULTS = Codec[tuple[GradedResult, ...]](tuple[GradedResult, ...])
ITEMS = Codec[ReviewItem](ReviewItem)
DECISIONS = Codec[Decision](Decision)
ESCALATION_DECISIONS = Codec[EscalationDecision](EscalationDecision)
AUDIT = Codec[AuditEntry](AuditEntry)
INTENTS = Codec[WriteIntent](WriteIntent)
RECEIPTS = Codec[WriteReceipt](WriteReceipt)
# What stands in columns of the subject table.
SUBJECT_COLUMNS = (
    "subject",
    "trial",
    "hospital",
    "person",
    "patient",
    "scope",
    "status",
    "moved",
    "screening_number",
    "touched",
)
SUBJECTS = Codec[SubjectRow](SubjectRow, leave_out=SUBJECT_COLUMNS)
RUNS = Codec[RunRow](RunRow)
