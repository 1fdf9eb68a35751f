"""The trial itself as FHIR R4 ResearchStudy.

Knows: the elements of ResearchStudy we own. Does not know: when it is written.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.protocol import StudyIdentity
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.participation_codes import ResearchStudyPhase

PHASE_SYSTEM = "http://terminology.hl7.org/CodeSystem/research-study-phase"


def build_research_study(study: StudyIdentity) -> dict[str, Any]:
    """Write the study down with the elements we own.

    Does not carry arms, sites or sponsors: the hospital may add them, and they survive our updates.

    Args:
        study: The study's identity in the trial's definitions.

    Returns:
        FHIR JSON to be sent as it is: identifier, title, status, phase.

    Raises:
        InvariantError: Status or phase is not an R4 code.

    Source:
        http://hl7.org/fhir/R4/researchstudy.html; clinical rules H.2.

    >>> study = StudyIdentity(
    ...     identifier_system="https://clinicaltrials.gov", identifier_value="NCT00000000",
    ...     title="A trial", status="active", phase="phase-1-phase-2")
    >>> build_research_study(study)["status"]
    'active'
    """
    body: dict[str, Any] = {
        "resourceType": "ResearchStudy",
        "identifier": [{"system": study.identifier_system, "value": study.identifier_value}],
        "title": study.title,
        "status": study.status,
        "phase": {"coding": [{"system": PHASE_SYSTEM, "code": study.phase}]},
    }
    validate_outgoing(body, more_codes={"ResearchStudy.phase.coding.code": ResearchStudyPhase})
    return body
