"""A small invented trial at an invented hospital, for tests of use cases: six criteria, five people.

Its resources go through the real reader and the real rules; only the outside world is a fake.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.codes import CodeMeaning, ConceptId, Terminology
from fhir_adapter.domain.criterion import Criterion, Kind, Mode
from fhir_adapter.domain.operators import (
    Age,
    AgeAt,
    Attested,
    Compare,
    ConsentSigned,
    ConsentWithdrawn,
    HasCondition,
    SignatureRule,
)
from fhir_adapter.domain.protocol import (
    AnchorRule,
    AttestationLink,
    LinkType,
    ParticipationRule,
    StudyIdentity,
    Trial,
)
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import AgeWindow, FindingQuery, Limit, Operator, Window, WindowUnit
from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.domain.statements import SignerRole
from fhir_adapter.ports.hospital import HospitalTraits, Person
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.sync.subject_ids import SubjectIds

Json = dict[str, Any]
ZONE = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 3, 11, 9, 30, tzinfo=ZONE)
SNOMED, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
LEUKAEMIA, HAEMOGLOBIN = ConceptId("leukaemia"), ConceptId("haemoglobin")
TRIAL, HOSPITAL = TrialId("tiny"), HospitalId("ward")
SUBJECTS = "https://trial.example/subjects"
DIGEST = "reading-1"

GRAPH = {
    "potential-candidate": ("candidate", "screening", "not-registered"),
    "candidate": ("screening", "not-registered"),
    "screening": ("eligible", "ineligible", "withdrawn"),
    "ineligible": ("screening",),
    "eligible": ("pending-on-study", "not-registered", "withdrawn"),
    "pending-on-study": ("on-study", "not-registered", "withdrawn"),
    "not-registered": (),
    "on-study": ("on-study-intervention", "off-study"),
    "on-study-intervention": ("on-study-observation", "follow-up", "off-study"),
    "on-study-observation": ("follow-up", "off-study"),
    "follow-up": ("off-study",),
    "off-study": (),
    "withdrawn": (),
}
"""The arrows of the clinical rules, H.1."""

PARTICIPATION = ParticipationRule(
    graph=GRAPH,
    automatic=("potential-candidate", "candidate", "screening"),
    prescreen_parts=("diagnosis",),
    consent_criterion="I1",
    consent_due_ages=(14, 18),
)
SIGNATURES = (
    SignatureRule(14, (SignerRole.REPRESENTATIVE,)),
    SignatureRule(18, (SignerRole.PATIENT, SignerRole.REPRESENTATIVE)),
    SignatureRule(None, (SignerRole.PATIENT,)),
)


def _criterion(name: str, kind: Kind, rule: Any, mode: Mode = Mode.AUTO) -> Criterion:
    return Criterion(id=name, kind=kind, mode=mode, text=f"text of {name}", source="invented", rule=rule)


def make_trial(*, least_haemoglobin: str = "80", digest: str = "definitions-1") -> Trial:
    """The trial; the limit and the digest change together in tests of changed definitions."""
    window = (AgeWindow(None, Window(14, WindowUnit.DAY)),)
    haemoglobin = Compare(
        query=FindingQuery(concepts=(HAEMOGLOBIN,), windows=window),
        limit=Limit(Operator.GREATER_OR_EQUAL, Decimal(least_haemoglobin), "g/L"),
        label="haemoglobin high enough",
    )
    return Trial(
        id=TRIAL,
        study=StudyIdentity(
            identifier_system="https://registry.example",
            identifier_value="TINY-1",
            title="A tiny trial",
            status="active",
            phase="phase-1-phase-2",
        ),
        subject_system=SUBJECTS,
        criteria=(
            _criterion("AGE", Kind.INCLUSION, Age(at_least=1, below=26, at=AgeAt.CONSENT, label="age")),
            _criterion("I1", Kind.INCLUSION, ConsentSigned(rules=SIGNATURES, label="consent"), Mode.ASSIST),
            _criterion(
                "I2", Kind.INCLUSION, HasCondition(concepts=(LEUKAEMIA,), part="diagnosis", label="leukaemia")
            ),
            _criterion("I7", Kind.INCLUSION, haemoglobin),
            _criterion("I4", Kind.INCLUSION, Attested(link_id="I4", label="donor at hand"), Mode.ATTEST),
            _criterion("E1", Kind.EXCLUSION, ConsentWithdrawn(label="consent withdrawn")),
        ),
        anchor=AnchorRule(first_drugs=(), plan_link="planned-day-0", offset_days=-14, search_days_before=7),
        participation=PARTICIPATION,
        links={
            "I4": AttestationLink(link_id="I4", type=LinkType.BOOLEAN, text="a donor is at hand"),
            "E1": AttestationLink(link_id="E1", type=LinkType.BOOLEAN, text="consent was withdrawn"),
            "planned-day-0": AttestationLink(link_id="planned-day-0", type=LinkType.DATE, text="planned day 0"),
            "dose-level": AttestationLink(link_id="dose-level", type=LinkType.INTEGER, text="dose level"),
            "donor-type": AttestationLink(
                link_id="donor-type", type=LinkType.CODE, text="donor", values=("haploidentical", "related")
            ),
        },
        settings={},
        questionnaires=(),
        resource_types=("Patient", "Observation", "Condition", "Consent"),
        needed=frozenset({LEUKAEMIA, HAEMOGLOBIN}),
        prescreen_concepts=(LEUKAEMIA,),
        withdrawal_criterion="E1",
        digest=digest,
    )


def make_traits(**changes: Any) -> HospitalTraits:
    """The hospital: writes are enabled, five people are listed."""
    people = {
        "weber": Person(id="weber", name="Dr. Ada Weber", roles=("pi",)),
        "lang": Person(id="lang", name="Dr. Ben Lang", roles=("investigator",)),
        "kurz": Person(id="kurz", name="Cleo Kurz", roles=("coordinator",)),
        "data": Person(id="data", name="Dan Data", roles=("data-manager",)),
        "guest": Person(id="guest", name="Gil Guest", roles=("observer",)),
    }
    traits = HospitalTraits(
        id=HOSPITAL,
        title="Ward",
        zone=ZONE,
        zone_name="Europe/Berlin",
        writes_enabled=True,
        people=people,
        consent_policies=(),
    )
    return replace(traits, **changes)


TERMINOLOGY = Terminology(
    systems=frozenset({SNOMED, LOINC}),
    meanings={
        (SNOMED, "93143009"): CodeMeaning(concepts=(LEUKAEMIA,)),
        (LOINC, "718-7"): CodeMeaning(concepts=(HAEMOGLOBIN,), unit_rule="haemoglobin"),
    },
)
UNIT_RULE = UnitRule(
    id="haemoglobin", standard="g/L", factors={"g/L": Fraction(1), "g/dL": Fraction(10)}, offsets={}
)


def make_context(trial: Trial | None = None, *, read_at: datetime = AS_OF) -> ReadingContext:
    """What the reader knows."""
    trial = trial or make_trial()
    return ReadingContext(
        traits=make_traits(),
        terminology=TERMINOLOGY,
        unit_rules={"haemoglobin": UNIT_RULE},
        needed=frozenset(trial.needed),
        resource_types=frozenset(trial.resource_types),
        read_at=read_at,
        reading_digest=DIGEST,
        links=trial.links,
    )


IDS = SubjectIds(TRIAL, HOSPITAL, b"a secret of the ward")


def _meta(version: str, updated: str) -> Json:
    return {"meta": {"versionId": version, "lastUpdated": updated}}


def patient(name: str, *, birth: str | None = "2014-05-01", version: str = "1", **more: Any) -> Json:
    """A patient; `more` goes into the resource as it is."""
    body: Json = {"resourceType": "Patient", "id": name, **_meta(version, f"2026-03-0{version}T08:00:00+01:00")}
    body["identifier"] = [{"system": "https://ward.example/mrn", "value": f"mrn-{name}"}]
    return body | ({"birthDate": birth} if birth else {}) | {"gender": "female"} | more


def condition(name: str, *, status: str = "active", verification: str = "confirmed", version: str = "1") -> Json:
    """A confirmed leukaemia."""
    system = "http://terminology.hl7.org/CodeSystem"
    return {
        "resourceType": "Condition",
        "id": f"{name}-leukaemia",
        **_meta(version, f"2026-03-0{version}T08:00:00+01:00"),
        "clinicalStatus": {"coding": [{"system": f"{system}/condition-clinical", "code": status}]},
        "verificationStatus": {"coding": [{"system": f"{system}/condition-ver-status", "code": verification}]},
        "code": {"coding": [{"system": SNOMED, "code": "93143009"}]},
        "subject": {"reference": f"Patient/{name}"},
        "onsetDateTime": "2025-11-02",
    }


def haemoglobin(
    name: str, value: str = "101", *, day: str = "2026-03-05", version: str = "1", unit: str = "g/L", **more: Any
) -> Json:
    """A haemoglobin result."""
    return {
        "resourceType": "Observation",
        "id": f"{name}-hb",
        **_meta(version, f"2026-03-0{version}T09:00:00+01:00"),
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "718-7"}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectiveDateTime": f"{day}T08:00:00+01:00",
        "valueQuantity": {"value": int(value), "unit": unit, "system": UCUM, "code": unit},
        **more,
    }


def consent(
    name: str,
    *,
    signed: str = "2026-02-01T10:00:00+01:00",
    status: str = "active",
    by: Sequence[str] = ("RelatedPerson/mother",),
    version: str = "1",
    number: str = "",
) -> Json:
    """A research consent, by default signed by a parent."""
    terms = "http://terminology.hl7.org/CodeSystem"
    return {
        "resourceType": "Consent",
        "id": f"{name}-consent{number}",
        **_meta(version, f"2026-03-0{version}T10:00:00+01:00"),
        "status": status,
        "scope": {"coding": [{"system": f"{terms}/consentscope", "code": "research"}]},
        "category": [{"coding": [{"system": f"{terms}/consentcategorycodes", "code": "research"}]}],
        "patient": {"reference": f"Patient/{name}"},
        "dateTime": signed,
        "performer": [{"reference": reference} for reference in by],
        "policyRule": {"coding": [{"code": "OPTIN"}]},
    }


def whole_patient(name: str, **more: Any) -> list[Json]:
    """A patient of whom every criterion but the attested one is met."""
    return [patient(name, **more), condition(name), haemoglobin(name), consent(name)]


def written(resource: Json) -> bytes:
    """The resource as bytes."""
    return json.dumps(resource).encode()
