"""Our own FHIR R4 ResearchSubject, read back.

Knows: the elements we own. Does not know: what others added, which survives elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.datetimes import parse_moment
from fhir_adapter.r4.participation_codes import ResearchSubjectStatus


class _RefusedError(Exception):
    """Carries a rejection out of the element it was found in."""

    def __init__(self, reason: RejectionReason, element: str, detail: str = "") -> None:
        super().__init__(reason.value)
        self.rejection = Rejection(reason=reason, path=_path(element), detail=detail)


def read_research_subject(
    body: Mapping[str, Any], *, identifier_system: str
) -> ParticipationStatement | Rejection:
    """Read what a ResearchSubject of ours says about participation.

    Does not follow references, and does not judge whether the status may follow the one before.

    Args:
        body: FHIR JSON as a server or folder holds it.
        identifier_system: Our identifier system; identifiers of other systems are others' business.

    Returns:
        The statement, or why it cannot be understood, with the FHIRPath of the element.

    Source:
        http://hl7.org/fhir/R4/researchsubject.html
    """
    try:
        return _statement(body, identifier_system)
    except _RefusedError as refused:
        return refused.rejection


def _statement(body: Mapping[str, Any], identifier_system: str) -> ParticipationStatement:
    if body.get("resourceType") != "ResearchSubject":
        raise _RefusedError(RejectionReason.INVALID_RESOURCE, "", "type")
    if "implicitRules" in body:
        raise _RefusedError(RejectionReason.IMPLICIT_RULES, "implicitRules")
    if "modifierExtension" in body:
        raise _RefusedError(RejectionReason.MODIFIER_EXTENSION, "modifierExtension")
    status = body.get("status")
    if status not in list(ResearchSubjectStatus):
        raise _RefusedError(RejectionReason.UNKNOWN_STATUS, "status")
    return ParticipationStatement(
        identifier=(identifier_system, _identifier_value(body, identifier_system)),
        status=str(status),
        patient=_reference(body, "individual", ("Patient/",)).removeprefix("Patient/"),
        study=_reference(body, "study", ("ResearchStudy/", "ResearchStudy?identifier=", "urn:uuid:")),
        since=_moment(body, "start"),
        until=_moment(body, "end"),
        consent=_reference(body, "consent", ("Consent/",)) if "consent" in body else None,
        actual_arm=_arm(body),
    )


def _identifier_value(body: Mapping[str, Any], system: str) -> str:
    identifiers = body.get("identifier")
    listed = identifiers if isinstance(identifiers, list) else []
    ours = [item for item in listed if isinstance(item, Mapping) and item.get("system") == system]
    value = ours[0].get("value") if len(ours) == 1 else None
    if not isinstance(value, str):
        raise _RefusedError(RejectionReason.INVALID_RESOURCE, "identifier", "several" if ours[1:] else "absent")
    return value


def _reference(body: Mapping[str, Any], element: str, starts: tuple[str, ...]) -> str:
    holder = body.get(element)
    reference = holder.get("reference") if isinstance(holder, Mapping) else None
    if not isinstance(reference, str) or not reference.startswith(starts):
        raise _RefusedError(RejectionReason.INVALID_RESOURCE, element, "reference")
    return reference


def _moment(body: Mapping[str, Any], side: str) -> FhirDateTime | None:
    period = body.get("period", {})
    text = period.get(side) if isinstance(period, Mapping) else ""
    if text is None:
        return None
    moment = parse_moment(text) if isinstance(text, str) else parse_moment("")
    if not isinstance(moment, FhirDateTime):
        raise _RefusedError(moment.reason, f"period.{side}", moment.detail)
    return moment


def _arm(body: Mapping[str, Any]) -> str | None:
    arm = body.get("actualArm")
    if arm is not None and not isinstance(arm, str):
        raise _RefusedError(RejectionReason.INVALID_RESOURCE, "actualArm")
    return arm


def _path(element: str) -> str:
    return f"ResearchSubject.{element}" if element else "ResearchSubject"
