"""One subject's participation as FHIR R4 ResearchSubject.

Knows: the elements of ResearchSubject we own. Does not know: who may be written, merging, delivery.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import is_logical_id, literal_reference


def build_research_subject(participation: ParticipationStatement) -> dict[str, Any]:
    """Write one subject's participation down with the elements we own.

    Does not say why the subject is eligible or not: R4 has no place for criteria.

    Args:
        participation: What should stand at the hospital.

    Returns:
        FHIR JSON to be sent as it is: identifier, status, study, individual; period, consent and actualArm
        where known.

    Raises:
        InvariantError: The status is not an R4 code, or an id or reference is malformed.

    Source:
        http://hl7.org/fhir/R4/researchsubject.html; clinical rules H.1.

    >>> participation = ParticipationStatement(
    ...     identifier=("https://example.org/subjects", "S-7"), status="candidate", patient="12",
    ...     study="ResearchStudy/3")
    >>> build_research_subject(participation)["individual"]
    {'reference': 'Patient/12'}
    """
    if not is_logical_id(participation.patient):
        raise InvariantError("the patient of an outgoing ResearchSubject has no FHIR id")
    if not participation.study.startswith("ResearchStudy?identifier="):
        literal_reference(participation.study, resource_type="ResearchStudy")
    system, value = participation.identifier
    body: dict[str, Any] = {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": system, "value": value}],
        "status": participation.status,
    }
    ends = {"start": participation.since, "end": participation.until}
    period = {key: moment.text for key, moment in ends.items() if moment is not None}
    if period:
        body["period"] = period
    body["study"] = {"reference": participation.study}
    body["individual"] = {"reference": f"Patient/{participation.patient}"}
    if participation.actual_arm is not None:
        body["actualArm"] = participation.actual_arm
    if participation.consent is not None:
        body["consent"] = {"reference": literal_reference(participation.consent, resource_type="Consent")}
    validate_outgoing(body)
    return body
