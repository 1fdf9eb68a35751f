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
from fhir_adapter.r4.read_own import RefusedError, check_own, own_identifier, own_reference

_TYPE = "ResearchSubject"
_STUDIES = ("ResearchStudy/", "ResearchStudy?identifier=", "urn:uuid:")


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
    except RefusedError as refused:
        return refused.rejection


def _statement(body: Mapping[str, Any], identifier_system: str) -> ParticipationStatement:
    check_own(body, _TYPE)
    status = body.get("status")
    if status not in list(ResearchSubjectStatus):
        raise RefusedError(RejectionReason.UNKNOWN_STATUS, f"{_TYPE}.status")
    return ParticipationStatement(
        identifier=own_identifier(body, identifier_system, _TYPE),
        status=str(status),
        patient=_reference(body, "individual", ("Patient/",)).removeprefix("Patient/"),
        study=_reference(body, "study", _STUDIES),
        since=_moment(body, "start"),
        until=_moment(body, "end"),
        consent=_reference(body, "consent", ("Consent/",)) if "consent" in body else None,
        actual_arm=_arm(body),
    )


def _reference(body: Mapping[str, Any], element: str, starts: tuple[str, ...]) -> str:
    return own_reference(body.get(element), starts, f"{_TYPE}.{element}")


def _moment(body: Mapping[str, Any], side: str) -> FhirDateTime | None:
    period = body.get("period", {})
    text = period.get(side) if isinstance(period, Mapping) else ""
    if text is None:
        return None
    moment = parse_moment(text) if isinstance(text, str) else parse_moment("")
    if not isinstance(moment, FhirDateTime):
        raise RefusedError(moment.reason, f"{_TYPE}.period.{side}", moment.detail)
    return moment


def _arm(body: Mapping[str, Any]) -> str | None:
    arm = body.get("actualArm")
    if arm is not None and not isinstance(arm, str):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, f"{_TYPE}.actualArm")
    return arm
