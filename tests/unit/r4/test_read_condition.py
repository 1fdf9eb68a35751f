"""Condition -> Diagnosis: present, past, refuted; how sure; since when."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4.clinic import (
    LEUKAEMIA,
    LOCAL,
    MODIFIER,
    SNOMED,
    causes,
    changed,
    coded,
    day,
    on,
    only,
    read,
    utc,
)

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
PROBLEM: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "c-1",
    "meta": {"versionId": "1"},
    "clinicalStatus": coded(CLINICAL, "active"),
    "verificationStatus": coded(VERIFICATION, "confirmed"),
    "category": [coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
    "code": coded(SNOMED, "91855006"),
    "subject": {"reference": "Patient/p-1"},
    "onsetDateTime": "2025-11-03",
    "recordedDate": "2025-11-05T10:00:00Z",
}


def diagnosis(resource: dict[str, Any]) -> Diagnosis:
    (fact,) = read(resource).facts
    assert isinstance(fact, Diagnosis)
    return fact


def test_a_problem_is_read_with_both_statuses_and_its_times() -> None:
    reading = read(PROBLEM)
    assert (reading.patient, reading.rejections) == ("p-1", ())
    assert reading.facts == (
        Diagnosis(
            source=reading.source,
            path="Condition.code",
            concepts=(LEUKAEMIA,),
            codings=(Coding(SNOMED, "91855006"),),
            clinical_status="active",
            verification_status="confirmed",
            onset=on("2025-11-03"),
            abatement=None,
            recorded=utc("2025-11-05T10:00:00Z"),
        ),
    )


@pytest.mark.parametrize("code", ["active", "recurrence", "relapse", "inactive", "remission", "resolved"])
def test_every_clinical_status_is_read(code: str) -> None:
    assert diagnosis(changed(PROBLEM, clinicalStatus=coded(CLINICAL, code))).clinical_status == code


@pytest.mark.parametrize("code", ["unconfirmed", "provisional", "differential", "confirmed", "refuted"])
def test_every_verification_status_that_is_no_error_is_read_refuted_too(code: str) -> None:
    assert diagnosis(changed(PROBLEM, verificationStatus=coded(VERIFICATION, code))).verification_status == code


def test_entered_in_error_retracts() -> None:
    reading = read(
        changed(PROBLEM, verificationStatus=coded(VERIFICATION, "entered-in-error"), clinicalStatus=None)
    )
    assert reading.retracts
    assert (reading.patient, reading.facts, reading.excluded_by) == ("p-1", (), Exclusion.RETRACTED)


def test_statuses_may_be_absent() -> None:
    fact = diagnosis(changed(PROBLEM, clinicalStatus=None, verificationStatus=None))
    assert (fact.clinical_status, fact.verification_status) == (None, None)


def test_codes_of_other_systems_may_stand_beside_hl7s() -> None:
    both = {"coding": [{"system": LOCAL, "code": "A"}, {"system": CLINICAL, "code": "relapse"}]}
    assert diagnosis(changed(PROBLEM, clinicalStatus=both)).clinical_status == "relapse"


@pytest.mark.parametrize(
    "status",
    [
        {"coding": [{"code": "active"}]},
        {"text": "active"},
        coded("http://hl7.org/fhir/condition-clinical", "active"),
        coded(CLINICAL, "bogus"),
        coded(VERIFICATION, "confirmed"),
        {"coding": [{"system": CLINICAL, "code": "active"}, {"system": CLINICAL, "code": "resolved"}]},
    ],
    ids=["no system", "text", "old system", "unknown code", "wrong system", "two codes"],
)
def test_a_clinical_status_that_is_not_one_of_hl7s_codes_is_rejected(status: dict[str, Any]) -> None:
    rejection = only(read(changed(PROBLEM, clinicalStatus=status)))
    assert (rejection.reason, rejection.path) == (RejectionReason.UNKNOWN_STATUS, "Condition.clinicalStatus")
    assert (rejection.concepts, rejection.effective) == ((LEUKAEMIA,), on("2025-11-03"))
    assert rejection.category == "problem-list-item"


def test_a_verification_status_that_is_not_one_of_hl7s_codes_is_rejected() -> None:
    rejection = only(read(changed(PROBLEM, verificationStatus=coded(VERIFICATION, "sure"))))
    assert (rejection.reason, rejection.path) == (
        RejectionReason.UNKNOWN_STATUS,
        "Condition.verificationStatus",
    )


class TestTimes:
    def test_onset_may_be_a_period_and_a_partial_date(self) -> None:
        fact = diagnosis(changed(PROBLEM, onsetDateTime=None, onsetPeriod={"start": "2025-11-03"}))
        assert fact.onset == Effective(day("2025-11-03"), None, is_period=True)

    @pytest.mark.parametrize(
        ("abatement", "expected"),
        [
            ({"abatementDateTime": "2026-01-15"}, on("2026-01-15")),
            (
                {"abatementPeriod": {"end": "2026-01-15"}},
                Effective(None, day("2026-01-15"), is_period=True),
            ),
        ],
    )
    def test_an_abated_problem_keeps_when_it_ended(self, abatement: dict[str, Any], expected: Effective) -> None:
        fact = diagnosis(changed(PROBLEM, clinicalStatus=coded(CLINICAL, "resolved"), **abatement))
        assert (fact.abated, fact.abatement) == (True, expected)

    @pytest.mark.parametrize(
        ("change", "detail"),
        [
            ({"abatementString": "last spring"}, "string"),
            ({"abatementAge": {"value": 9}}, "Age"),
            ({"abatementRange": {"low": {"value": 8}}}, "Range"),
        ],
    )
    def test_an_abatement_without_a_date_still_says_that_it_ended(
        self, change: dict[str, Any], detail: str
    ) -> None:
        reading = read(changed(PROBLEM, **change))
        fact = diagnosis(changed(PROBLEM, **change))
        assert (fact.abated, fact.abatement) == (True, None)
        assert causes(reading) == [(RejectionReason.UNSUPPORTED_VALUE, "Condition.abatement", detail)]

    @pytest.mark.parametrize(
        ("change", "reason", "path", "detail"),
        [
            ({"onsetAge": {"value": 9}}, RejectionReason.UNSUPPORTED_VALUE, "Condition.onset", "Age"),
            ({"onsetRange": {}}, RejectionReason.UNSUPPORTED_VALUE, "Condition.onset", "Range"),
            ({"onsetString": "as a child"}, RejectionReason.UNSUPPORTED_VALUE, "Condition.onset", "string"),
            ({"onsetDateTime": "2026-01-01T10:00:00"}, RejectionReason.NAIVE_TIME, "Condition.onset", "no-zone"),
            ({"onsetDateTime": "3 Nov"}, RejectionReason.INVALID_RESOURCE, "Condition.onset", "time"),
            (
                {"onsetDateTime": "2026-01-01", "onsetAge": {"value": 9}},
                RejectionReason.INVALID_RESOURCE,
                "Condition.onset",
                "several",
            ),
        ],
    )
    def test_an_onset_that_cannot_be_used_is_a_rejected_part(
        self, change: dict[str, Any], reason: RejectionReason, path: str, detail: str
    ) -> None:
        resource = {**changed(PROBLEM, onsetDateTime=None), **change}
        assert causes(read(resource)) == [(reason, path, detail)]
        assert read(resource).rejections[0].concepts == (), "the problem itself is known"
        assert diagnosis(resource).onset is None

    def test_a_problem_that_begins_after_the_reading_is_refused(self) -> None:
        rejection = only(read(changed(PROBLEM, onsetDateTime="2026-03-03")))
        assert (rejection.reason, rejection.path) == (RejectionReason.FUTURE_TIME, "Condition.onset")
        assert rejection.concepts == (LEUKAEMIA,)

    def test_a_problem_that_begins_on_the_day_of_the_reading_is_read(self) -> None:
        assert diagnosis(changed(PROBLEM, onsetDateTime="2026-03-02")).onset == on("2026-03-02")

    def test_an_end_that_lies_ahead_is_kept_as_such(self) -> None:
        fact = diagnosis(changed(PROBLEM, abatementDateTime="2026-06-01"))
        assert (fact.abated, fact.abatement) == (True, on("2026-06-01"))

    def test_a_problem_may_carry_no_time_at_all(self) -> None:
        fact = diagnosis(changed(PROBLEM, onsetDateTime=None, recordedDate=None))
        assert (fact.onset, fact.abatement, fact.abated, fact.recorded) == (None, None, False, None)

    @pytest.mark.parametrize(
        ("recorded", "reason"),
        [
            ("2026-03-04T00:00:00Z", RejectionReason.FUTURE_TIME),
            ("2025-11-05T10:00:00", RejectionReason.NAIVE_TIME),
        ],
    )
    def test_a_recording_time_that_cannot_be_used_is_a_rejected_part(
        self, recorded: str, reason: RejectionReason
    ) -> None:
        resource = changed(PROBLEM, recordedDate=recorded)
        assert [part[:2] for part in causes(read(resource))] == [(reason, "Condition.recordedDate")]
        assert diagnosis(resource).recorded is None


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        (coded(LOCAL, "NEW"), "not-in-map"),
        (coded("https://other.example", "1"), "unknown-system"),
        ({"coding": [{"code": "1"}]}, "no-system"),
        ({"text": "leukaemia"}, "no-code"),
        (None, "no-code"),
    ],
)
def test_a_problem_nobody_can_name_is_a_gap_with_category_and_time(
    code: dict[str, Any] | None, detail: str
) -> None:
    rejection = only(read(changed(PROBLEM, code=code)))
    assert (rejection.reason, rejection.path, rejection.detail) == (
        RejectionReason.UNMAPPED_CODE,
        "Condition.code",
        detail,
    )
    assert (rejection.category, rejection.effective) == ("problem-list-item", on("2025-11-03"))


def test_a_problem_nobody_asks_for_need_not_be_understood() -> None:
    strange = changed(PROBLEM, code=coded(SNOMED, "38341003"), modifierExtension=MODIFIER)
    assert read(strange).excluded_by is Exclusion.CODE_NOT_NEEDED


def test_a_retraction_counts_whatever_else_it_says() -> None:
    wrong = coded(VERIFICATION, "entered-in-error")
    assert read(changed(PROBLEM, verificationStatus=wrong, modifierExtension=MODIFIER)).retracts


@pytest.mark.parametrize(
    ("code", "rule"),
    [(coded(SNOMED, "38341003"), Exclusion.CODE_NOT_NEEDED), (coded(LOCAL, "ZZ"), Exclusion.CODE_UNMATCHED)],
)
def test_a_problem_nobody_asks_for_is_left_out(code: dict[str, Any], rule: Exclusion) -> None:
    reading = read(changed(PROBLEM, code=code))
    assert (reading.excluded_by, reading.rejections, reading.patient) == (rule, (), "p-1")


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Condition.modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "Condition.implicitRules"),
        ({"subject": None}, RejectionReason.INVALID_RESOURCE, "Condition.subject"),
        ({"clinicalStatus": "active"}, RejectionReason.INVALID_RESOURCE, "Condition.clinicalStatus"),
    ],
)
def test_what_cannot_be_understood_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(PROBLEM, **change)))
    assert (rejection.reason, rejection.path) == (reason, path)
