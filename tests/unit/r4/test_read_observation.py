"""An Observation gives one finding per needed value, and loses nothing silently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.source import Exclusion, RejectionReason, ResourceVersion
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.laboratory import (
    CONTEXT,
    CYTOMETRY,
    LOCAL,
    LOINC,
    MARROW,
    MODIFIER,
    SNOMED,
    WRITTEN,
    amount,
    coded,
    finding,
    observation,
    quantity,
    read,
    rejection,
)

VALUE = {"valueQuantity": amount(1, "mg/dL")}
MINUTES_AFTER = "2026-03-02T15:31:00-06:00"


def test_a_result_becomes_a_finding_with_everything_it_rests_on() -> None:
    reading = read(observation(meta={"versionId": "7", "lastUpdated": "2026-03-01T09:00:00Z"}, **VALUE))
    fact = finding(reading)
    assert reading.patient == "p1"
    assert (fact.source.type, fact.source.id, fact.source.version) == ("Observation", "o1", "7")
    assert fact.source.last_updated is not None
    assert fact.source.last_updated.text == "2026-03-01T09:00:00Z"
    assert fact.concepts == ("creatinine",)
    assert fact.codings == (Coding(LOINC, "2160-0"),)
    assert (fact.status, fact.category) == ("final", "laboratory")
    assert fact.effective is not None
    assert fact.effective.start is not None
    assert fact.effective.start.text == WRITTEN
    assert (fact.reported, fact.standard) == (quantity("1", "mg/dL"), quantity("1", "mg/dL"))
    assert (fact.method, fact.specimen, fact.specimen_reference) == (None, None, None)


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_an_error_or_a_cancellation_voids_what_was_read_before(status: str) -> None:
    for code in (None, coded(LOINC, "unneeded"), coded("https://elsewhere.example", "x")):
        reading = read(observation(code, status=status, **VALUE))
        assert (reading.excluded_by, reading.retracts, reading.patient) == (Exclusion.RETRACTED, True, "p1")
        assert reading.facts == ()


@pytest.mark.parametrize("status", ["registered", "preliminary", "final", "amended", "corrected", "unknown"])
def test_every_other_status_is_kept_for_the_rules_to_judge(status: str) -> None:
    assert finding(read(observation(status=status, **VALUE))).status == status


@pytest.mark.parametrize("status", ["bogus", "Final", None])
def test_a_status_outside_the_code_list_is_refused(status: str | None) -> None:
    refused = rejection(read(observation(status=status, **VALUE)))
    assert (refused.reason, refused.path) == (RejectionReason.UNKNOWN_STATUS, "Observation.status")
    assert refused.concepts == ("creatinine",)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (coded(LOINC, "9999-9"), Exclusion.CODE_NOT_NEEDED),
        (coded(LOINC, "3151-8"), Exclusion.CODE_NOT_NEEDED),  # known, but no criterion uses it
        (coded(LOCAL, "COMMENT"), Exclusion.CODE_UNMATCHED),
        (
            {"coding": [{"system": LOCAL, "code": "?"}, {"system": LOINC, "code": "9999-9"}]},
            Exclusion.CODE_NOT_NEEDED,
        ),
    ],
)
def test_a_code_nobody_needs_is_left_out_by_rule(code: dict[str, Any], rule: Exclusion) -> None:
    reading = read(observation(code, **VALUE))
    assert (reading.excluded_by, reading.facts, reading.rejections) == (rule, (), ())


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        (coded(LOCAL, "NEW"), "not-in-map"),
        (coded("https://elsewhere.example", "x"), "unknown-system"),
        ({"coding": [{"code": "2160-0"}]}, "no-system"),
        ({"text": "Creatinine"}, "no-code"),
        ({}, "no-code"),
    ],
)
def test_a_code_that_cannot_be_placed_is_refused_with_category_and_time(code: dict[str, Any], detail: str) -> None:
    refused = rejection(read({**observation(**VALUE), "code": code}))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.UNMAPPED_CODE,
        "Observation.code",
        detail,
    )
    assert refused.category == "laboratory"
    assert refused.effective is not None


def test_a_mapped_local_code_is_read_like_a_standard_one() -> None:
    assert finding(read(observation(coded(LOCAL, "CREA"), **VALUE))).concepts == ("creatinine",)


def test_two_codes_of_one_reading_give_one_finding() -> None:
    """US Core codes SpO2 with both 59408-5 and 2708-6."""
    both = {"coding": [*coded(LOINC, "59408-5")["coding"], *coded(LOINC, "2708-6")["coding"]]}
    fact = finding(read(observation(both, valueQuantity=amount(97, "%"))))
    assert fact.concepts == ("saturation",)
    assert len(fact.codings) == 2


def test_two_codes_whose_units_differ_leave_the_number_unusable() -> None:
    both = {"coding": [*coded(LOINC, "59408-5")["coding"], *coded(LOINC, "8480-6")["coding"]]}
    refused = rejection(read(observation(both, valueQuantity=amount(97, "%"))))
    assert (refused.reason, refused.detail) == (RejectionReason.UNKNOWN_UNIT, "no-rule")


def test_what_the_code_says_of_the_measurement_is_kept() -> None:
    fact = finding(read(observation(coded(LOINC, "59410-1"), valueQuantity=amount(97, "%"))))
    assert fact.qualifiers == {"room-air"}


@pytest.mark.parametrize(
    ("elements", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Observation.modifierExtension"),
        ({"implicitRules": "https://x"}, RejectionReason.IMPLICIT_RULES, "Observation.implicitRules"),
        ({"subject": None}, RejectionReason.INVALID_RESOURCE, "Observation.subject"),
        ({"effectiveDateTime": "2026-03-01T08:15:00"}, RejectionReason.NAIVE_TIME, "Observation.effective"),
        ({"effectiveDateTime": "in March"}, RejectionReason.INVALID_RESOURCE, "Observation.effective"),
        ({"effectiveDateTime": MINUTES_AFTER}, RejectionReason.FUTURE_TIME, "Observation.effective"),
        ({"effectiveInstant": WRITTEN}, RejectionReason.INVALID_RESOURCE, "Observation.effective"),
        ({"effectivePeriod": {"start": WRITTEN}}, RejectionReason.INVALID_RESOURCE, "Observation.effective"),
        (
            {"effectiveDateTime": None, "effectiveTiming": {"event": [WRITTEN]}},
            RejectionReason.UNSUPPORTED_VALUE,
            "Observation.effective",
        ),
    ],
)
def test_what_changes_the_meaning_of_the_whole_is_refused_with_its_concept(
    elements: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    refused = rejection(read(observation(**{**VALUE, **elements})))
    assert (refused.reason, refused.path, refused.concepts) == (reason, path, ("creatinine",))


def test_a_period_and_a_partial_date_are_kept_as_written() -> None:
    period = finding(read(observation(effectiveDateTime=None, effectivePeriod={"start": "2026-02"}, **VALUE)))
    assert period.effective is not None
    assert period.effective.is_period
    assert (
        finding(read(observation(effectiveDateTime=None, effectiveInstant=WRITTEN, **VALUE))).effective is not None
    )
    assert finding(read(observation(effectiveDateTime=None, **VALUE))).effective is None


def test_method_and_specimen_are_concepts_where_they_can_be() -> None:
    fact = finding(
        read(
            observation(
                method=coded(SNOMED, "726449005"),
                specimen={"reference": "#s"},
                contained=[{"resourceType": "Specimen", "id": "s", "type": coded(SNOMED, "119359002")}],
                **VALUE,
            )
        )
    )
    assert (fact.method, fact.specimen, fact.specimen_reference) == ((CYTOMETRY,), (MARROW,), None)


@pytest.mark.parametrize(
    ("specimen", "concepts", "reference"),
    [
        ({"reference": "Specimen/9"}, None, "Specimen/9"),
        ({"reference": "https://lab.example/fhir/Specimen/9"}, None, "Specimen/9"),
        ({"reference": "https://other.example/Specimen/9"}, (), None),
        ({"display": "bone marrow"}, (), None),
        ({"reference": "#missing"}, (), None),
    ],
)
def test_a_specimen_elsewhere_is_kept_as_a_reference(
    specimen: dict[str, Any], concepts: tuple[str, ...] | None, reference: str | None
) -> None:
    reading = read(observation(specimen=specimen, method=coded(LOCAL, "?"), **VALUE))
    fact = finding(reading)
    assert (fact.method, fact.specimen, fact.specimen_reference) == ((), concepts, reference)
    assert reading.references == ((reference,) if reference else ())


def test_another_patient_than_the_one_asked_for_is_refused() -> None:
    refused = rejection(read(observation(**VALUE), PageContext(patient="p2")))
    assert (refused.reason, refused.path) == (RejectionReason.WRONG_PATIENT, "Observation.subject")


def test_an_observation_of_no_patient_is_left_out() -> None:
    assert read(observation(subject={"reference": "Group/g"}, **VALUE)).excluded_by is Exclusion.OTHER_PATIENT


def test_a_second_content_of_one_version_can_be_told() -> None:
    one, other = (read(observation(valueQuantity=amount(n, "mg/dL"), meta={"versionId": "1"})) for n in (1, 2))
    assert one.source.version == other.source.version == "1"
    assert one.source.content != other.source.content


def test_without_version_and_time_the_content_is_the_version() -> None:
    source: ResourceVersion = read(observation(**VALUE)).source
    assert source.version == f"sha256:{source.content}"
    again = read(observation(meta={"lastUpdated": "2026-03-01T09:00:00Z"}, **VALUE)).source
    assert again.version == "2026-03-01T09:00:00Z"


def test_full_validation_refuses_what_the_quick_reader_does_not_look_at() -> None:
    strange = observation(favourite="x", **VALUE)
    assert finding(read(strange)).concepts == ("creatinine",)
    refused = rejection(read(strange, context=replace(CONTEXT, validate_full=True)))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.INVALID_RESOURCE,
        "Observation",
        "extra_forbidden",
    )
