"""One judged adverse event as FHIR R4 AdverseEvent.

Knows: the elements of AdverseEvent we own. Does not know: who judged it, who may be written, merging, delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety.event_statement import AdverseEventStatement
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.adverse_event_codes import (
    GRADE_EXTENSION,
    GRADES,
    NCI_THESAURUS,
    OUTCOME_SYSTEM,
    RELATEDNESS,
    SERIOUSNESS_SYSTEM,
    AdverseEventActuality,
    AdverseEventOutcome,
    AdverseEventSeriousness,
)
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import is_logical_id, literal_reference

OUTCOMES: Final[Mapping[str, AdverseEventOutcome]] = {
    "recovered": AdverseEventOutcome.RESOLVED,
    "recovering": AdverseEventOutcome.RECOVERING,
    "recovered-with-sequelae": AdverseEventOutcome.RESOLVED_WITH_SEQUELAE,
    "not-recovered": AdverseEventOutcome.ONGOING,
    "fatal": AdverseEventOutcome.FATAL,
    "unknown": AdverseEventOutcome.UNKNOWN,
}
"""A person's word on what became of an event -> R4's code."""


def build_adverse_event(event: AdverseEventStatement) -> dict[str, Any]:
    """Write one judged adverse event down with the elements we own.

    Carries its identifier as a tag too, because R4 servers cannot search AdverseEvent by identifier. Writes no
    severity: mild, moderate and severe are not grades.

    Args:
        event: What should stand at the hospital.

    Returns:
        FHIR JSON to be sent as it is; the grade stands in the extension `ae-grade`.

    Raises:
        InvariantError: A grade, outcome or word on relatedness is none of the list, or an id or reference is
            malformed.

    Source:
        http://hl7.org/fhir/R4/adverseevent.html and adverseevent.html#search; clinical rules H.4.

    >>> event = AdverseEventStatement(
    ...     identifier=("https://example.org/events", "AE-1"), title="Sepsis", codings=(), patient="12",
    ...     study="ResearchStudy/3", recorded="2026-03-12T09:00:00+01:00", serious=True, outcome="recovering")
    >>> build_adverse_event(event)["outcome"]["coding"][0]["code"]
    'recovering'
    """
    if not is_logical_id(event.patient):
        raise InvariantError("the patient of an outgoing AdverseEvent has no FHIR id")
    body = dict(_elements(event))
    validate_outgoing(body)
    return body


def _elements(event: AdverseEventStatement) -> Iterator[tuple[str, Any]]:
    system, value = event.identifier
    yield "resourceType", "AdverseEvent"
    yield "meta", {"tag": [{"system": system, "code": value}]}
    if event.grade is not None:
        yield "extension", [{"url": GRADE_EXTENSION, "valueCodeableConcept": _graded(event.grade)}]
    yield "identifier", {"system": system, "value": value}
    yield "actuality", AdverseEventActuality.ACTUAL.value
    if event.category is not None:
        yield "category", [{"text": event.category}]
    yield "event", _named(event.title, event.codings)
    yield "subject", {"reference": f"Patient/{event.patient}"}
    if event.onset is not None:
        yield "date", event.onset
    if event.detected is not None:
        yield "detected", event.detected
    yield "recordedDate", event.recorded
    if event.conditions:
        yield "resultingCondition", [_refer(each, "Condition") for each in event.conditions]
    serious = AdverseEventSeriousness.SERIOUS if event.serious else AdverseEventSeriousness.NON_SERIOUS
    yield "seriousness", _coded(SERIOUSNESS_SYSTEM, serious.value)
    yield "outcome", _coded(OUTCOME_SYSTEM, _outcome(event.outcome).value)
    if event.suspects:
        yield "suspectEntity", [_suspect(each) for each in event.suspects]
    yield "study", [_study(event.study)]


def _outcome(word: str) -> AdverseEventOutcome:
    if word not in OUTCOMES:
        raise InvariantError("the outcome of an outgoing AdverseEvent is no word of the list")
    return OUTCOMES[word]


def _graded(grade: int) -> dict[str, Any]:
    if grade not in GRADES:
        raise InvariantError("the grade of an outgoing AdverseEvent is none from 1 to 5")
    return _coded(NCI_THESAURUS, *GRADES[grade])


def _suspect(suspect: Suspect) -> dict[str, Any]:
    entity: dict[str, Any] = {"instance": _refer(suspect.reference, "MedicationAdministration")}
    if suspect.relatedness is not None:
        if suspect.relatedness not in RELATEDNESS:
            raise InvariantError("the relatedness of an outgoing AdverseEvent is no word of the list")
        entity["causality"] = [{"assessment": _coded(NCI_THESAURUS, *RELATEDNESS[suspect.relatedness])}]
    return entity


def _study(study: str | tuple[str, str]) -> dict[str, Any]:
    if isinstance(study, tuple):
        system, value = study
        return {"identifier": {"system": system, "value": value}}
    if not study.startswith("ResearchStudy?identifier="):
        literal_reference(study, resource_type="ResearchStudy")
    return {"reference": study}


def _refer(reference: str, resource_type: str) -> dict[str, str]:
    return {"reference": literal_reference(reference, resource_type=resource_type)}


def _named(title: str, codings: tuple[Coding, ...]) -> dict[str, Any]:
    named = [{"system": coding.system, "code": coding.code, "display": coding.display} for coding in codings]
    coded = [{key: text for key, text in each.items() if text is not None} for each in named]
    return {**({"coding": coded} if coded else {}), "text": title}


def _coded(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    shown = {"display": display} if display is not None else {}
    return {"coding": [{"system": system, "code": code, **shown}]}
