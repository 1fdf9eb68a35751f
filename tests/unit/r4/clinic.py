"""An invented hospital for the readers' tests: a few codes, a zone that is not UTC, one questionnaire."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.codes import CodeMeaning, ConceptId, Terminology
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.protocol import AttestationLink, LinkType
from fhir_adapter.domain.source import HospitalId, Rejection, RejectionReason
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import READERS, read_resource

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
LOCAL = "https://clinic.example/codes"
SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
QUESTIONNAIRE = "https://trial.example/Questionnaire/eligibility"

STEROID = ConceptId("steroid")
CELLS = ConceptId("cells")
INTRAVENOUS = ConceptId("intravenous")
LEUKAEMIA = ConceptId("leukaemia")
TRANSPLANT = ConceptId("transplant")
MARROW = ConceptId("marrow")
FOLLOW_UP = ConceptId("follow-up")
SAMPLES = ConceptId("samples")


def _meaning(*concepts: ConceptId) -> CodeMeaning:
    return CodeMeaning(concepts=concepts)


TERMINOLOGY = Terminology(
    systems=frozenset({SNOMED, RXNORM, ATC, LOCAL}),
    substance_systems=frozenset({ATC}),
    meanings={
        (RXNORM, "8640"): _meaning(STEROID),
        (RXNORM, "3002"): _meaning(ConceptId("not-asked-for")),
        (LOCAL, "NK"): _meaning(CELLS),
        (SNOMED, "47625008"): _meaning(INTRAVENOUS),
        (SNOMED, "91855006"): _meaning(LEUKAEMIA),
        (SNOMED, "234336002"): _meaning(TRANSPLANT),
        (SNOMED, "14016003"): _meaning(MARROW),
        (LOCAL, "FU"): _meaning(FOLLOW_UP),
        (LOCAL, "SAMPLES"): _meaning(SAMPLES),
        (SCOPES, "research"): _meaning(ConceptId("research-scope")),
        (LOCAL, "STUDY"): _meaning(ConceptId("research-scope")),
    },
    unmatched=frozenset({(LOCAL, "ZZ")}),
    local_systems=frozenset({LOCAL}),
)
LINKS = {
    "E3": AttestationLink(link_id="E3", type=LinkType.BOOLEAN, text="excluded"),
    "I10": AttestationLink(link_id="I10", type=LinkType.BOOLEAN, text="holds"),
    "day-0": AttestationLink(link_id="day-0", type=LinkType.DATE, text="planned day"),
    "level": AttestationLink(link_id="level", type=LinkType.INTEGER, text="level"),
    "donor": AttestationLink(
        link_id="donor", type=LinkType.CODE, text="donor", values=("haploidentical", "matched-related")
    ),
}
CONTEXT = ReadingContext(
    traits=HospitalTraits(
        id=HospitalId("clinic"),
        title="Clinic",
        zone=ZoneInfo("America/Chicago"),
        zone_name="America/Chicago",
        base_urls=("https://clinic.example/fhir",),
    ),
    terminology=TERMINOLOGY,
    unit_rules={},
    needed=frozenset({STEROID, CELLS, LEUKAEMIA, TRANSPLANT, FOLLOW_UP, SAMPLES}),
    resource_types=frozenset(resource_type for resource_type, _ in READERS.values()),
    read_at=datetime(2026, 3, 2, 15, 30, tzinfo=ZoneInfo("America/Chicago")),
    reading_digest="d",
    questionnaires=(QUESTIONNAIRE,),
    links=LINKS,
)
MODIFIER = [{"url": "https://clinic.example/negated", "valueBoolean": True}]


def read(resource: dict[str, Any], page: PageContext | None = None) -> Reading:
    """Read one resource as the invented hospital would send it."""
    return read_resource(json.dumps(resource).encode(), CONTEXT, page or PageContext())


def changed(resource: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Change some elements; None removes one."""
    return {key: value for key, value in {**resource, **changes}.items() if value is not None}


def coded(system: str, code: str) -> dict[str, Any]:
    """Write a CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code}]}


def day(text: str) -> FhirDateTime:
    """Give a full date as read."""
    return FhirDateTime(text, Precision.DAY, date.fromisoformat(text))


def on(text: str) -> Effective:
    """Give a full date as the moment something was true."""
    return Effective(day(text))


def utc(text: str) -> FhirDateTime:
    """Give a time written in UTC with `Z`, as read."""
    instant = datetime.fromisoformat(text)
    return FhirDateTime(text, Precision.TIME, instant.date(), instant.astimezone(UTC))


def causes(reading: Reading) -> list[tuple[RejectionReason, str, str]]:
    """Reason, path and detail of each rejection."""
    return [(rejection.reason, rejection.path, rejection.detail) for rejection in reading.rejections]


def only(reading: Reading) -> Rejection:
    """Give the only rejection of a reading without facts."""
    assert reading.facts == ()
    assert reading.excluded_by is None
    (rejection,) = reading.rejections
    return rejection
