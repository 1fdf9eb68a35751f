"""Our own FHIR R4 AdverseEvent, read back.

Knows: the elements we own. Does not know: what others added, which survives elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety.event_statement import AdverseEventStatement
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.adverse_event_codes import (
    GRADE_EXTENSION,
    GRADE_OF,
    NCI_THESAURUS,
    OUTCOME_SYSTEM,
    RELATEDNESS,
    SERIOUSNESS,
    SERIOUSNESS_SYSTEM,
    AdverseEventActuality,
)
from fhir_adapter.r4.build_adverse_event import OUTCOMES
from fhir_adapter.r4.read_own import RefusedError, check_own, own_reference

_TYPE: Final = "AdverseEvent"
_STUDIES = ("ResearchStudy/", "ResearchStudy?identifier=", "urn:uuid:")
_WORDS: Final = {code.value: word for word, code in OUTCOMES.items()}
_RELATED: Final = {code: word for word, (code, _) in RELATEDNESS.items()}


def read_own_adverse_event(
    body: Mapping[str, Any], *, identifier_system: str
) -> AdverseEventStatement | Rejection:
    """Read what an AdverseEvent of ours says.

    Does not follow references, and does not judge whether the event is right.

    Args:
        body: FHIR JSON as a server or folder holds it.
        identifier_system: Our identifier system.

    Returns:
        The statement, or why it cannot be understood, with the FHIRPath of the element.

    Source:
        http://hl7.org/fhir/R4/adverseevent.html
    """
    try:
        return _statement(body, identifier_system)
    except RefusedError as refused:
        return refused.rejection


def _statement(body: Mapping[str, Any], system: str) -> AdverseEventStatement:
    check_own(body, _TYPE)
    if body.get("actuality") != AdverseEventActuality.ACTUAL.value:
        raise RefusedError(RejectionReason.UNKNOWN_STATUS, f"{_TYPE}.actuality")
    event = _mapping(body.get("event"))
    patient = own_reference(body.get("subject"), ("Patient/",), f"{_TYPE}.subject")
    categories = _listed(body.get("category"))
    return AdverseEventStatement(
        identifier=_identifier(body, system),
        title=_text(event.get("text"), f"{_TYPE}.event.text"),
        codings=tuple(
            Coding(
                *(_perhaps(each.get(key), f"{_TYPE}.event.coding.{key}") for key in ("system", "code", "display"))
            )
            for each in _listed(event.get("coding"))
        ),
        category=_perhaps(categories[0].get("text"), f"{_TYPE}.category.text") if categories else None,
        patient=patient.removeprefix("Patient/"),
        study=_study(body),
        onset=_perhaps(body.get("date"), f"{_TYPE}.date"),
        detected=_perhaps(body.get("detected"), f"{_TYPE}.detected"),
        recorded=_text(body.get("recordedDate"), f"{_TYPE}.recordedDate"),
        grade=_grade(body),
        serious=SERIOUSNESS[_code(body, "seriousness", SERIOUSNESS_SYSTEM, SERIOUSNESS)],
        outcome=_WORDS[_code(body, "outcome", OUTCOME_SYSTEM, _WORDS)],
        suspects=tuple(_suspects(body)),
        conditions=tuple(
            own_reference(each, ("Condition/",), f"{_TYPE}.resultingCondition")
            for each in _listed(body.get("resultingCondition"))
        ),
    )


def _identifier(body: Mapping[str, Any], system: str) -> tuple[str, str]:
    identifier = _mapping(body.get("identifier"))
    value = identifier.get("value")
    if identifier.get("system") != system or not isinstance(value, str):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, f"{_TYPE}.identifier", "absent")
    return system, value


def _grade(body: Mapping[str, Any]) -> int | None:
    stated = [each for each in _listed(body.get("extension")) if each.get("url") == GRADE_EXTENSION]
    if not stated:
        return None
    codings = _listed(_mapping(stated[0].get("valueCodeableConcept")).get("coding"))
    grades = {GRADE_OF.get((str(each.get("system")), str(each.get("code")))) for each in codings} - {None}
    if len(grades) != 1 or len(stated) > 1:
        raise RefusedError(RejectionReason.UNMAPPED_CODE, f"{_TYPE}.extension.value", "grade")
    return grades.pop()


def _code(body: Mapping[str, Any], element: str, system: str, known: Mapping[str, Any]) -> str:
    codings = _listed(_mapping(body.get(element)).get("coding"))
    codes = {str(each.get("code")) for each in codings if each.get("system") == system}
    if len(codes) != 1 or not codes <= set(known):
        raise RefusedError(RejectionReason.UNKNOWN_STATUS, f"{_TYPE}.{element}")
    return codes.pop()


def _suspects(body: Mapping[str, Any]) -> Iterator[Suspect]:
    for place, entity in enumerate(_listed(body.get("suspectEntity"))):
        path = f"{_TYPE}.suspectEntity[{place}]"
        reference = own_reference(entity.get("instance"), ("MedicationAdministration/",), f"{path}.instance")
        yield Suspect(reference=reference, relatedness=_relatedness(entity, path))


def _relatedness(entity: Mapping[str, Any], path: str) -> str | None:
    causality = _listed(entity.get("causality"))
    if not causality:
        return None
    codings = _listed(_mapping(causality[0].get("assessment")).get("coding"))
    words = {_RELATED.get(str(each.get("code"))) for each in codings if each.get("system") == NCI_THESAURUS}
    if len(causality) > 1 or len(words) != 1 or None in words:
        raise RefusedError(RejectionReason.UNMAPPED_CODE, f"{path}.causality", "causality")
    return words.pop()


def _study(body: Mapping[str, Any]) -> str | tuple[str, str]:
    studies = _listed(body.get("study"))
    first = studies[0] if studies else {}
    identifier = _mapping(first.get("identifier"))
    system, value = identifier.get("system"), identifier.get("value")
    if isinstance(system, str) and isinstance(value, str) and "reference" not in first:
        return system, value
    return own_reference(first, _STUDIES, f"{_TYPE}.study")


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(text: Any, path: str) -> str:
    if not isinstance(text, str):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, path)
    return text


def _perhaps(text: Any, path: str) -> str | None:
    return _text(text, path) if text is not None else None
