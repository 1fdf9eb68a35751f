"""MedicationAdministration -> Exposure: what was given, when, how much; nothing guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.clinic import (
    INTRAVENOUS,
    MODIFIER,
    RXNORM,
    SNOMED,
    STEROID,
    UCUM,
    changed,
    coded,
    day,
    on,
    only,
    read,
    utc,
)

GIVEN: dict[str, Any] = {
    "resourceType": "MedicationAdministration",
    "id": "ma-1",
    "meta": {"versionId": "2"},
    "status": "completed",
    "medicationCodeableConcept": coded(RXNORM, "8640"),
    "subject": {"reference": "Patient/p-1"},
    "effectiveDateTime": "2026-02-20T08:00:00Z",
    "dosage": {
        "text": "20 mg IV",
        "route": coded(SNOMED, "47625008"),
        "dose": {"value": 20.50, "unit": "mg", "system": UCUM, "code": "mg"},
        "rateRatio": {
            "numerator": {"value": 10, "system": UCUM, "code": "mL"},
            "denominator": {"value": 1, "system": UCUM, "code": "h"},
        },
    },
}
DOSE_PATH = "MedicationAdministration.dosage"


def exposure(resource: dict[str, Any]) -> Exposure:
    (fact,) = read(resource).facts
    assert isinstance(fact, Exposure)
    return fact


def test_an_administration_is_read_with_drug_time_dose_rate_and_route() -> None:
    reading = read(GIVEN)
    assert reading.patient == "p-1"
    assert reading.rejections == ()
    assert reading.facts == (
        Exposure(
            source=reading.source,
            path="MedicationAdministration.medication",
            concepts=(STEROID,),
            codings=(Coding(RXNORM, "8640"),),
            status="completed",
            medication_reference=None,
            effective=Effective(utc("2026-02-20T08:00:00Z")),
            dose=Quantity(Decimal("20.5"), "mg"),
            rate=(Quantity(Decimal(10), "mL"), Quantity(Decimal(1), "h")),
            route=(INTRAVENOUS,),
        ),
    )
    assert (reading.source.type, reading.source.id, reading.source.version) == (
        "MedicationAdministration",
        "ma-1",
        "2",
    )


@pytest.mark.parametrize("status", ["in-progress", "not-done", "on-hold", "completed", "stopped", "unknown"])
def test_every_status_that_is_no_error_is_read_and_kept(status: str) -> None:
    assert exposure(changed(GIVEN, status=status)).status == status


def test_why_it_was_not_done_is_kept() -> None:
    fact = exposure(changed(GIVEN, status="not-done", statusReason=[coded(SNOMED, "373147003")]))
    assert fact.reasons == (Coding(SNOMED, "373147003"),)


def test_entered_in_error_retracts_whatever_else_it_says() -> None:
    reading = read(changed(GIVEN, status="entered-in-error", medicationCodeableConcept=None))
    assert reading.retracts
    assert reading.excluded_by is Exclusion.RETRACTED
    assert reading.patient == "p-1"


@pytest.mark.parametrize("status", ["bogus", "Completed", "", None])
def test_a_status_r4_does_not_know_is_rejected(status: str | None) -> None:
    rejection = only(read(changed(GIVEN, status=status)))
    assert rejection.reason is RejectionReason.UNKNOWN_STATUS
    assert rejection.path == "MedicationAdministration.status"
    assert rejection.concepts == (STEROID,)
    assert rejection.effective == Effective(utc("2026-02-20T08:00:00Z"))


class TestWhen:
    def test_a_period_keeps_both_sides(self) -> None:
        resource = changed(
            GIVEN, effectiveDateTime=None, effectivePeriod={"start": "2026-02-20", "end": "2026-02-21"}
        )
        assert exposure(resource).effective == Effective(day("2026-02-20"), day("2026-02-21"), is_period=True)

    def test_an_administration_without_a_time_is_kept_undated(self) -> None:
        assert exposure(changed(GIVEN, effectiveDateTime=None)).effective is None

    @pytest.mark.parametrize(
        ("change", "reason", "path"),
        [
            ({"effectiveDateTime": "2026-02-20T08:00:00"}, RejectionReason.NAIVE_TIME, ""),
            ({"effectiveDateTime": "yesterday"}, RejectionReason.INVALID_RESOURCE, ""),
            ({"effectivePeriod": {"start": "2026-02-20"}}, RejectionReason.INVALID_RESOURCE, ""),
            (
                {"effectiveDateTime": None, "effectivePeriod": {"start": "2026-02-20", "end": "2026-02-19"}},
                RejectionReason.INVALID_RESOURCE,
                "",
            ),
            (
                {"effectiveDateTime": None, "effectivePeriod": {"start": "soon"}},
                RejectionReason.INVALID_RESOURCE,
                ".start",
            ),
        ],
    )
    def test_a_time_that_cannot_be_used_is_a_rejected_part_of_a_known_exposure(
        self, change: dict[str, Any], reason: RejectionReason, path: str
    ) -> None:
        reading = read(changed(GIVEN, **change))
        (fact,) = reading.facts
        (part,) = reading.rejections
        assert isinstance(fact, Exposure)
        assert fact.effective is None
        assert (part.reason, part.path) == (reason, f"MedicationAdministration.effective{path}")
        assert part.concepts == (), "the exposure itself is known"

    def test_what_lies_ahead_of_the_reading_is_refused(self) -> None:
        rejection = only(read(changed(GIVEN, effectiveDateTime="2026-03-02T21:30:01Z")))
        assert (rejection.reason, rejection.path) == (
            RejectionReason.FUTURE_TIME,
            "MedicationAdministration.effective",
        )
        assert rejection.concepts == (STEROID,)

    def test_the_very_moment_of_reading_is_not_the_future(self) -> None:
        assert read(changed(GIVEN, effectiveDateTime="2026-03-02T21:30:00Z")).rejections == ()


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, ".modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, ".implicitRules"),
        (
            {"dosage": {"modifierExtension": MODIFIER}},
            RejectionReason.MODIFIER_EXTENSION,
            ".dosage.modifierExtension",
        ),
        ({"subject": None}, RejectionReason.INVALID_RESOURCE, ".subject"),
        ({"subject": {"display": "Somebody"}}, RejectionReason.INVALID_RESOURCE, ".subject"),
    ],
)
def test_what_changes_the_meaning_or_names_nobody_is_refused(
    change: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    rejection = only(read(changed(GIVEN, **change)))
    assert (rejection.reason, rejection.path) == (reason, f"MedicationAdministration{path}")


def test_a_refusal_still_says_what_it_would_have_been_about() -> None:
    rejection = only(read(changed(GIVEN, modifierExtension=MODIFIER)))
    assert rejection.concepts == (STEROID,)
    assert rejection.effective == Effective(utc("2026-02-20T08:00:00Z"))


def test_a_drug_nobody_asks_for_need_not_be_understood() -> None:
    strange = changed(GIVEN, medicationCodeableConcept=coded(RXNORM, "3002"), modifierExtension=MODIFIER)
    assert read(strange).excluded_by is Exclusion.CODE_NOT_NEEDED


def test_a_retraction_counts_even_if_its_patient_cannot_be_named() -> None:
    reading = read(changed(GIVEN, status="entered-in-error", subject=None, modifierExtension=MODIFIER))
    assert (reading.retracts, reading.patient) == (True, None)


def test_another_patient_than_the_one_asked_for_is_refused() -> None:
    rejection = only(read(GIVEN, PageContext(patient="p-2")))
    assert (rejection.reason, rejection.path) == (
        RejectionReason.WRONG_PATIENT,
        "MedicationAdministration.subject",
    )


def test_a_group_as_subject_is_left_out() -> None:
    assert read(changed(GIVEN, subject={"reference": "Group/g"})).excluded_by is Exclusion.OTHER_PATIENT


@pytest.mark.parametrize(
    "change",
    [
        {"status": 5},
        {"status": None, "dosage": []},
        {"medicationReference": "Medication/1"},
        {"effectivePeriod": "2026"},
        {"contained": {}},
        {"dosage": {"dose": {"value": "20"}}},
    ],
)
def test_wrong_json_types_are_rejections_not_exceptions(change: dict[str, Any]) -> None:
    reading = read(changed(GIVEN, **change))
    assert reading.rejections
    assert all(part.path.startswith("MedicationAdministration") for part in reading.rejections)


def test_a_day_is_kept_as_a_day() -> None:
    assert exposure(changed(GIVEN, effectiveDateTime="2026-02-20")).effective == on("2026-02-20")
