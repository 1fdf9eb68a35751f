"""ResearchStudy: the identity of the trial in FHIR R4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.protocol import StudyIdentity
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.build_research_study import build_research_study

STUDY = StudyIdentity(
    identifier_system="https://clinicaltrials.gov",
    identifier_value="NCT00000000",
    title="An invented trial",
    status="active",
    phase="phase-1-phase-2",
)


def test_the_study_carries_identifier_title_status_and_phase() -> None:
    assert build_research_study(STUDY) == {
        "resourceType": "ResearchStudy",
        "identifier": [{"system": "https://clinicaltrials.gov", "value": "NCT00000000"}],
        "title": "An invented trial",
        "status": "active",
        "phase": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/research-study-phase",
                    "code": "phase-1-phase-2",
                }
            ]
        },
    }


@pytest.mark.parametrize(
    "status",
    [
        "active",
        "administratively-completed",
        "approved",
        "closed-to-accrual",
        "closed-to-accrual-and-intervention",
        "completed",
        "disapproved",
        "in-review",
        "temporarily-closed-to-accrual",
        "temporarily-closed-to-accrual-and-intervention",
        "withdrawn",
    ],
)
def test_every_r4_study_status_can_be_written(status: str) -> None:
    assert build_research_study(replace(STUDY, status=status))["status"] == status


@pytest.mark.parametrize("status", ["recruiting", "bogus", "retired", ""])
def test_a_status_r4_does_not_know_is_refused(status: str) -> None:
    with pytest.raises(InvariantError, match=r"ResearchStudy"):
        build_research_study(replace(STUDY, status=status))


@pytest.mark.parametrize("phase", ["phase-1/phase-2", "1", "phase-5"])
def test_a_phase_without_a_code_is_refused(phase: str) -> None:
    with pytest.raises(InvariantError, match=r"ResearchStudy\.phase\.coding\.code"):
        build_research_study(replace(STUDY, phase=phase))


def test_the_refusal_names_no_content() -> None:
    with pytest.raises(InvariantError) as refusal:
        build_research_study(replace(STUDY, status="canary-status", title="canary-title"))
    assert "canary" not in str(refusal.value)
