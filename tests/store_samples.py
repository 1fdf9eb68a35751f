"""Valid, synthetic things to store, with defaults for everything a test does not care about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.facts import Demographics, Fact, Finding, Reading
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import (
    Amount,
    Answer,
    Computation,
    CriterionResult,
    Eligibility,
    EligibilityRecord,
    Evidence,
    Verdict,
)
from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.domain.source import (
    HospitalId,
    PersonKey,
    Rejection,
    RejectionReason,
    ResourceVersion,
    SubjectId,
    TrialId,
)
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.writeback import WriteIntent, WriteReceipt
from fhir_adapter.ports.rows import AuditEntry, RunRow, SubjectRow
from fhir_adapter.ports.source import ScopeKind
from fhir_adapter.ports.store import Store

HOSPITAL = HospitalId("north")
OTHER_HOSPITAL = HospitalId("south")
TRIAL = TrialId("trial-1")
SUBJECT = SubjectId("S-0000000001")
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=timezone(timedelta(hours=1)))
LATER = NOON + timedelta(hours=2)
IDENTIFIER = ("https://hospital.example/mrn", "MRN-CANARY-77")
BIRTH_DATE = "2012-07-19"


def moment(text: str) -> FhirDateTime:
    if "T" in text:
        instant = datetime.fromisoformat(text)
        return FhirDateTime(text, Precision.TIME, instant.date(), instant)
    return FhirDateTime(text, Precision.DAY, date.fromisoformat(text))


def version(kind: str = "Observation", resource_id: str = "o1", **given: Any) -> ResourceVersion:
    values: dict[str, Any] = {
        "hospital": HOSPITAL,
        "type": kind,
        "id": resource_id,
        "version": "1",
        "last_updated": moment("2026-03-01T10:00:00+01:00"),
        "content": "c1",
    }
    return ResourceVersion(**(values | given))


def finding(source: ResourceVersion | None = None, **given: Any) -> Finding:
    values: dict[str, Any] = {
        "source": source or version(),
        "path": "Observation.value",
        "concepts": (ConceptId("creatinine"),),
        "codings": (Coding("http://loinc.org", "2160-0", "Creatinine"),),
        "status": "final",
        "category": "laboratory",
        "effective": Effective(moment("2026-02-28T08:15:00+01:00")),
        "reported": Quantity(Decimal("0.50"), "mg/dL"),
        "standard": Quantity(Decimal("0.50"), "mg/dL"),
    }
    return Finding(**(values | given))


def exposure(source: ResourceVersion, medication: str) -> Exposure:
    return Exposure(
        source=source,
        path="MedicationAdministration",
        concepts=(),
        codings=(),
        status="completed",
        medication_reference=medication,
        effective=Effective(moment("2026-02-01")),
    )


def product(resource_id: str = "m1", **given: Any) -> Reading:
    source = version("Medication", resource_id, **given)
    fact = Product(source=source, path="Medication.code", concepts=(ConceptId("prednisone"),), codings=())
    return Reading(source=source, patient=None, facts=(fact,))


def cell_product(resource_id: str = "b1", **given: Any) -> Reading:
    """A reading of a bag of cells collected from a person at the same hospital."""
    source = version("BiologicallyDerivedProduct", resource_id, **given)
    fact = CellProduct(
        source=source,
        path="BiologicallyDerivedProduct",
        reference=source.reference,
        concepts=(ConceptId("nk-cells"),),
        codings=(Coding("https://hospital.example/products", "NK"),),
        category="cells",
        donor="Patient/donor-77",
        lots=(("https://hospital.example/lots", "LOT-1"),),
        measures=((ConceptId("viability"), Quantity(Decimal("92.50"), "%")),),
    )
    return Reading(source=source, patient=None, facts=(fact,))


def reading(patient: str | None = "p1", *, facts: tuple[Fact, ...] | None = None, **given: Any) -> Reading:
    """A reading of an Observation with one finding, unless told otherwise."""
    kept = {
        name: given.pop(name) for name in ("rejections", "excluded_by", "retracts", "references") if name in given
    }
    source = given.pop("source", None) or version(**given)
    if facts is None:
        facts = () if kept else (finding(source),)
    return Reading(source=source, patient=patient, facts=facts, **kept)


def demographics(patient: str = "p1", **given: Any) -> Reading:
    """A reading of a Patient; `links` and the version's fields may be given."""
    links = given.pop("links", ())
    source = version("Patient", patient, **given)
    fact = Demographics(
        source=source,
        path="Patient",
        birth_date=moment(BIRTH_DATE),
        gender="female",
        deceased=None,
        identifiers=(IDENTIFIER,),
        links=links,
    )
    return Reading(source=source, patient=patient, facts=(fact,))


def rejection(reason: RejectionReason = RejectionReason.UNKNOWN_UNIT, **given: Any) -> Rejection:
    return Rejection(reason=reason, path=given.pop("path", "Observation.valueQuantity.code"), **given)


def attestation(link_id: str = "E5", **given: Any) -> Reading:
    source = version("Attestation", given.pop("id", "a1"), last_updated=None)
    fact = Attestation(
        source=source,
        path="Attestation",
        link_id=link_id,
        value=given.pop("value", True),
        author="lee",
        authored=moment("2026-03-10T09:00:00+01:00"),
    )
    return Reading(source=source, patient=None, facts=(fact,))


def record(as_of: datetime = NOON, *, digest: str = "e1", **given: Any) -> EligibilityRecord:
    shown = Evidence(
        reference="Observation/o1",
        version="1",
        last_updated="2026-03-01T10:00:00+01:00",
        path="Observation.value",
        reported=Amount("0.50", "mg/dL"),
        standard=Amount("0.50", "mg/dL"),
        effective="2026-02-28T08:15:00+01:00",
    )
    answer = Answer(truth=Truth.MET, label="creatinine clearance", evidence=(shown,))
    result = CriterionResult(
        id="I5",
        kind=Kind.INCLUSION,
        mode=Mode.AUTO,
        verdict=Verdict.PASS,
        unknown_reason=None,
        next_fact=None,
        parts=(answer,),
        evidence=given.pop("evidence", (shown,)),
        computations=(
            Computation(
                formula="bedside Schwartz",
                source="Schwartz 2009",
                inputs=(("height", Amount("142", "cm")),),
                result=Amount("117.3", "mL/min/{1.73_m2}"),
            ),
        ),
    )
    values: dict[str, Any] = {
        "subject": SUBJECT,
        "trial": TRIAL,
        "as_of": as_of,
        "anchor": as_of,
        "anchor_source": "as-of",
        "verdict": Eligibility.ELIGIBLE,
        "criteria": (result,),
        "valid_until": datetime(2026, 3, 14, 23, 0, tzinfo=UTC),
        "definitions_digest": "d1",
        "evidence_digest": digest,
    }
    return EligibilityRecord(**(values | given))


def subject_row(person: PersonKey, subject: SubjectId = SUBJECT, **given: Any) -> SubjectRow:
    values: dict[str, Any] = {
        "subject": subject,
        "trial": TRIAL,
        "hospital": HOSPITAL,
        "person": person,
        "patient": "p1",
        "scope": ScopeKind.ROSTER,
    }
    return SubjectRow(**(values | given))


def keep_subject(store: Store, subject: SubjectId = SUBJECT, patient: str = "p1", **given: Any) -> SubjectRow:
    """Make a subject known to a store and give its row as the store gives it."""
    hospital = given.get("hospital", HOSPITAL)
    person = store.facts.persons(hospital, [patient])[patient]
    store.records.ensure_subjects([subject_row(person, subject, patient=patient, **given)], at=NOON)
    return next(row for row in store.records.subjects(given.get("trial", TRIAL)) if row.subject == subject)


def intent(intent_id: str = "w1", **given: Any) -> WriteIntent:
    values: dict[str, Any] = {
        "id": intent_id,
        "subject": SUBJECT,
        "resource_type": "ResearchSubject",
        "identifier": ("https://trial.example/subject", SUBJECT),
        "body": {"resourceType": "ResearchSubject", "status": "candidate", "weight": Decimal("1.50")},
        "record": "e1",
    }
    return WriteIntent(**(values | given))


def receipt(wanted: WriteIntent, *, version: str = "1") -> WriteReceipt:
    return WriteReceipt(
        intent=wanted.id,
        subject=wanted.subject,
        resource_type=wanted.resource_type,
        identifier=wanted.identifier,
        resource_id="rs1",
        version=version,
        etag=f'W/"{version}"',
        body={**wanted.body, "id": "rs1"},
        owned=wanted.body,
    )


def item(item_id: str = "R-1", **given: Any) -> ReviewItem:
    values: dict[str, Any] = {
        "id": item_id,
        "kind": ItemKind.ELIGIBILITY,
        "trial": TRIAL,
        "subject": SUBJECT,
        "asked": "ELIGIBLE",
        "digest": "e1",
        "opened_at": NOON,
        "details": {"unknown": "0"},
    }
    return ReviewItem(**(values | given))


def decision(item_id: str = "R-1", **given: Any) -> Decision:
    values: dict[str, Any] = {
        "item": item_id,
        "subject": SUBJECT,
        "values": {"verdict": "accepted"},
        "by": "lee",
        "reason": "agreed on the morning round",
        "at": LATER,
        "seen": "e1",
    }
    return Decision(**(values | given))


def audit(action: str = "status", **given: Any) -> AuditEntry:
    values: dict[str, Any] = {"at": NOON, "who": "fhir-adapter", "action": action, "subject": SUBJECT}
    return AuditEntry(**(values | given))


def run_row(run_id: str = "r1", **given: Any) -> RunRow:
    values: dict[str, Any] = {
        "id": run_id,
        "command": "sync",
        "hospital": HOSPITAL,
        "trial": TRIAL,
        "started": NOON,
    }
    return RunRow(**(values | given))
