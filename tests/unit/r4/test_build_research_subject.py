"""ResearchSubject: exactly the elements we own, and nothing FHIR R4 does not allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.build_research_subject import build_research_subject
from fhir_adapter.r4.outgoing_reference import conditional_reference
from fhir_adapter.r4.read_research_subject import read_research_subject

SYSTEM = "https://example.org/subjects"
R4_STATUSES = [
    "candidate",
    "eligible",
    "follow-up",
    "ineligible",
    "not-registered",
    "off-study",
    "on-study",
    "on-study-intervention",
    "on-study-observation",
    "pending-on-study",
    "potential-candidate",
    "screening",
    "withdrawn",
]
SINCE = FhirDateTime("2026-03-02", Precision.DAY, date(2026, 3, 2))

PLAIN = ParticipationStatement(
    identifier=(SYSTEM, "S-0123456789"), status="candidate", patient="p-1", study="ResearchStudy/st-1"
)
UNTIL = FhirDateTime("2026-05", Precision.MONTH, date(2026, 5, 1))
FULL = replace(PLAIN, status="screening", since=SINCE, consent="Consent/c-1", actual_arm="L1")
ENDED = replace(PLAIN, status="off-study", until=UNTIL)


def test_only_what_is_known_is_written() -> None:
    assert build_research_subject(PLAIN) == {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": "https://example.org/subjects", "value": "S-0123456789"}],
        "status": "candidate",
        "study": {"reference": "ResearchStudy/st-1"},
        "individual": {"reference": "Patient/p-1"},
    }


def test_period_consent_and_arm_are_written_where_known() -> None:
    assert build_research_subject(FULL) == {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": "https://example.org/subjects", "value": "S-0123456789"}],
        "status": "screening",
        "period": {"start": "2026-03-02"},
        "study": {"reference": "ResearchStudy/st-1"},
        "individual": {"reference": "Patient/p-1"},
        "actualArm": "L1",
        "consent": {"reference": "Consent/c-1"},
    }


def test_the_end_of_participation_is_written_where_known() -> None:
    assert build_research_subject(ENDED)["period"] == {"end": "2026-05"}


def test_a_conditional_study_reference_stands_until_the_study_has_an_id() -> None:
    study = conditional_reference("ResearchStudy", ("https://example.org/studies", "X1"))
    body = build_research_subject(replace(PLAIN, study=study))
    assert body["study"] == {"reference": "ResearchStudy?identifier=https%3A%2F%2Fexample.org%2Fstudies%7CX1"}


@pytest.mark.parametrize("status", R4_STATUSES)
def test_every_r4_status_can_be_written_and_is_read_back(status: str) -> None:
    statement = replace(PLAIN, status=status)
    assert read_research_subject(build_research_subject(statement), identifier_system=SYSTEM) == statement


@pytest.mark.parametrize("status", ["bogus", "active", "on-study-followup", "", "Candidate", "enrolled"])
def test_a_status_the_model_library_accepts_but_r4_does_not_know_is_refused(status: str) -> None:
    with pytest.raises(InvariantError, match=r"ResearchSubject"):
        build_research_subject(replace(PLAIN, status=status))


@pytest.mark.parametrize("patient", ["", "Patient/1", "a b", "x" * 65, "a?b"])
def test_a_patient_without_a_fhir_id_is_refused(patient: str) -> None:
    with pytest.raises(InvariantError, match="no FHIR id"):
        build_research_subject(replace(PLAIN, patient=patient))


@pytest.mark.parametrize("study", ["st-1", "Patient/1", "ResearchStudy", "http://h/ResearchStudy/1", ""])
def test_a_study_reference_of_another_shape_is_refused(study: str) -> None:
    with pytest.raises(InvariantError, match="literal ResearchStudy"):
        build_research_subject(replace(PLAIN, study=study))


def test_a_consent_reference_of_another_type_is_refused() -> None:
    with pytest.raises(InvariantError, match="literal Consent"):
        build_research_subject(replace(PLAIN, consent="Observation/1"))


@pytest.mark.parametrize("statement", [PLAIN, FULL, ENDED, replace(FULL, until=UNTIL)])
def test_what_is_built_is_read_back_unchanged(statement: ParticipationStatement) -> None:
    assert read_research_subject(build_research_subject(statement), identifier_system=SYSTEM) == statement


def test_a_start_with_time_and_zone_is_read_back_unchanged() -> None:
    instant = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    since = FhirDateTime("2026-03-02T08:30:00Z", Precision.TIME, date(2026, 3, 2), instant)
    statement = replace(PLAIN, since=since)
    assert read_research_subject(build_research_subject(statement), identifier_system=SYSTEM) == statement


def test_what_others_added_is_not_ours_to_read() -> None:
    body = {
        **build_research_subject(PLAIN),
        "id": "rs-1",
        "meta": {"versionId": "4", "tag": [{"system": "https://h.example", "code": "x"}]},
        "assignedArm": "control",
        "extension": [{"url": "https://h.example/x", "valueString": "y"}],
    }
    body["identifier"] = [{"system": "https://h.example/ids", "value": "9"}, *body["identifier"]]
    assert read_research_subject(body, identifier_system=SYSTEM) == PLAIN


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"status": "bogus"}, RejectionReason.UNKNOWN_STATUS, "ResearchSubject.status"),
        ({"status": 7}, RejectionReason.UNKNOWN_STATUS, "ResearchSubject.status"),
        ({"resourceType": "Patient"}, RejectionReason.INVALID_RESOURCE, "ResearchSubject"),
        ({"identifier": []}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.identifier"),
        ({"identifier": "x"}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.identifier"),
        (
            {"identifier": [{"system": SYSTEM, "value": "a"}, {"system": SYSTEM, "value": "b"}]},
            RejectionReason.INVALID_RESOURCE,
            "ResearchSubject.identifier",
        ),
        ({"individual": {"display": "x"}}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.individual"),
        (
            {"individual": {"reference": "Group/1"}},
            RejectionReason.INVALID_RESOURCE,
            "ResearchSubject.individual",
        ),
        ({"study": None}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.study"),
        ({"period": {"start": "soon"}}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.period.start"),
        ({"period": {"start": "2026-01-02T10:00:00"}}, RejectionReason.NAIVE_TIME, "ResearchSubject.period.start"),
        ({"period": {"end": "2026-13"}}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.period.end"),
        ({"period": "2026"}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.period.start"),
        ({"consent": {"reference": 3}}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.consent"),
        ({"actualArm": {}}, RejectionReason.INVALID_RESOURCE, "ResearchSubject.actualArm"),
        ({"implicitRules": "https://x"}, RejectionReason.IMPLICIT_RULES, "ResearchSubject.implicitRules"),
        ({"modifierExtension": [{}]}, RejectionReason.MODIFIER_EXTENSION, "ResearchSubject.modifierExtension"),
    ],
)
def test_a_subject_we_cannot_understand_is_rejected_with_reason_and_path(
    change: dict[str, object], reason: RejectionReason, path: str
) -> None:
    read = read_research_subject({**build_research_subject(PLAIN), **change}, identifier_system=SYSTEM)
    assert isinstance(read, Rejection)
    assert (read.reason, read.path) == (reason, path)
