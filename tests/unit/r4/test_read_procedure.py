"""Procedure -> Intervention: what was done, or not done, when and where on the body."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4.clinic import (
    LOCAL,
    MARROW,
    MODIFIER,
    SNOMED,
    TRANSPLANT,
    causes,
    changed,
    coded,
    day,
    on,
    only,
    read,
)

DONE: dict[str, Any] = {
    "resourceType": "Procedure",
    "id": "pr-1",
    "status": "completed",
    "code": coded(SNOMED, "234336002"),
    "subject": {"reference": "Patient/p-1"},
    "performedDateTime": "2025-10-31",
    "bodySite": [coded(SNOMED, "14016003"), {"text": "left"}],
}


def intervention(resource: dict[str, Any]) -> Intervention:
    (fact,) = read(resource).facts
    assert isinstance(fact, Intervention)
    return fact


def test_a_procedure_is_read_with_status_time_and_site() -> None:
    reading = read(DONE)
    assert (reading.patient, reading.rejections) == ("p-1", ())
    assert reading.facts == (
        Intervention(
            source=reading.source,
            path="Procedure.code",
            concepts=(TRANSPLANT,),
            codings=(Coding(SNOMED, "234336002"),),
            status="completed",
            performed=on("2025-10-31"),
            body_site=(MARROW,),
        ),
    )


ELSEWHERE = coded(LOCAL, "ZZ")
"""A site the hospital's map marks as having no counterpart."""


@pytest.mark.parametrize(
    ("sites", "elsewhere"),
    [
        ([ELSEWHERE], True),
        ([ELSEWHERE, ELSEWHERE], True),
        ([ELSEWHERE, coded(SNOMED, "14016003")], False),
        ([ELSEWHERE, coded(LOCAL, "NEW")], False),  # nobody mapped it: it may be any
        ([coded(SNOMED, "12738006")], False),
        ([{"text": "left"}], False),
        ([], False),
    ],
)
def test_a_site_the_hospital_says_has_no_counterpart_is_elsewhere(
    sites: list[dict[str, Any]], elsewhere: bool
) -> None:
    assert intervention(changed(DONE, bodySite=sites or None)).elsewhere is elsewhere


@pytest.mark.parametrize(
    "status", ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown"]
)
def test_every_status_that_is_no_error_is_read_and_kept(status: str) -> None:
    assert intervention(changed(DONE, status=status)).status == status


def test_entered_in_error_retracts() -> None:
    reading = read(changed(DONE, status="entered-in-error"))
    assert (reading.retracts, reading.excluded_by) == (True, Exclusion.RETRACTED)


@pytest.mark.parametrize("status", ["done", "aborted", None])
def test_a_status_r4_does_not_know_is_rejected(status: str | None) -> None:
    rejection = only(read(changed(DONE, status=status)))
    assert (rejection.reason, rejection.path) == (RejectionReason.UNKNOWN_STATUS, "Procedure.status")
    assert (rejection.concepts, rejection.effective) == ((TRANSPLANT,), on("2025-10-31"))


def test_a_period_keeps_both_sides() -> None:
    fact = intervention(
        changed(DONE, performedDateTime=None, performedPeriod={"start": "2025-10-30", "end": "2025-10-31"})
    )
    assert fact.performed == Effective(day("2025-10-30"), day("2025-10-31"), is_period=True)


def test_a_procedure_without_a_time_is_kept_undated() -> None:
    assert intervention(changed(DONE, performedDateTime=None)).performed is None
    assert read(changed(DONE, performedDateTime=None)).rejections == ()


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({"performedString": "last year"}, RejectionReason.UNSUPPORTED_VALUE, "string"),
        ({"performedAge": {"value": 7}}, RejectionReason.UNSUPPORTED_VALUE, "Age"),
        ({"performedRange": {}}, RejectionReason.UNSUPPORTED_VALUE, "Range"),
        ({"performedDateTime": "2025-10-31T08:00:00"}, RejectionReason.NAIVE_TIME, "no-zone"),
        ({"performedDateTime": "0001-01-01"}, RejectionReason.INVALID_RESOURCE, "year"),
        (
            {"performedDateTime": "2025", "performedString": "in 2025"},
            RejectionReason.INVALID_RESOURCE,
            "several",
        ),
    ],
)
def test_a_time_that_cannot_be_used_is_a_rejected_part_of_a_known_procedure(
    change: dict[str, Any], reason: RejectionReason, detail: str
) -> None:
    resource = {**changed(DONE, performedDateTime=None), **change}
    assert causes(read(resource)) == [(reason, "Procedure.performed", detail)]
    assert intervention(resource).performed is None


def test_a_procedure_that_lies_ahead_of_the_reading_is_refused() -> None:
    rejection = only(read(changed(DONE, performedDateTime="2026-03-03")))
    assert (rejection.reason, rejection.path) == (RejectionReason.FUTURE_TIME, "Procedure.performed")
    assert rejection.concepts == (TRANSPLANT,)


def test_a_retraction_counts_whatever_else_it_says() -> None:
    assert read(changed(DONE, status="entered-in-error", modifierExtension=MODIFIER, code=None)).retracts


@pytest.mark.parametrize(
    ("code", "detail"), [(coded(LOCAL, "NEW"), "not-in-map"), ({"text": "BMT"}, "no-code"), (None, "no-code")]
)
def test_a_procedure_nobody_can_name_is_a_gap_with_its_time(code: dict[str, Any] | None, detail: str) -> None:
    rejection = only(read(changed(DONE, code=code)))
    assert (rejection.reason, rejection.path, rejection.detail) == (
        RejectionReason.UNMAPPED_CODE,
        "Procedure.code",
        detail,
    )
    assert rejection.effective == on("2025-10-31")


def test_a_withheld_code_is_told_apart_from_a_missing_one() -> None:
    code = coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked")
    rejection = only(read(changed(DONE, code=code)))
    assert (rejection.reason, rejection.path, rejection.detail) == (
        RejectionReason.VALUE_ABSENT,
        "Procedure.code",
        "masked",
    )


def test_a_procedure_nobody_asks_for_is_left_out() -> None:
    assert read(changed(DONE, code=coded(SNOMED, "80146002"))).excluded_by is Exclusion.CODE_NOT_NEEDED


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Procedure.modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "Procedure.implicitRules"),
        (
            {"subject": {"reference": "https://elsewhere.example/Patient/1"}},
            RejectionReason.INVALID_RESOURCE,
            "Procedure.subject",
        ),
        ({"bodySite": {}}, RejectionReason.INVALID_RESOURCE, "Procedure.bodySite"),
    ],
)
def test_what_cannot_be_understood_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(DONE, **change)))
    assert (rejection.reason, rejection.path) == (reason, path)
