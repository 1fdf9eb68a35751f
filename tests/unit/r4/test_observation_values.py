"""Every value[x] of Observation gives the expected value or the expected refusal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.facts import CodedValue
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.source import RejectionReason
from tests.unit.r4.laboratory import (
    DETECTED,
    INTERPRETATION,
    LOCAL,
    LOINC,
    NCIT,
    NOT_DETECTED,
    SNOMED,
    UCUM,
    amount,
    coded,
    finding,
    observation,
    quantity,
    read,
    rejection,
)

VIRUS = coded(LOINC, "5009-6")
LANSKY = coded(NCIT, "C38144")
ABSENT_EXTENSION = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}


@pytest.mark.parametrize(
    ("written", "reported", "standard"),
    [
        ("1.50", Quantity(Decimal("1.50"), "mg/dL"), Quantity(Decimal("1.50"), "mg/dL")),
        ("0", Quantity(Decimal(0), "mg/dL"), Quantity(Decimal(0), "mg/dL")),
        ("-0.5", Quantity(Decimal("-0.5"), "mg/dL"), Quantity(Decimal("-0.5"), "mg/dL")),
        (
            "0.123456789012345678901",
            Quantity(Decimal("0.123456789012345678901"), "mg/dL"),
            Quantity(Decimal("0.123456789012345678901"), "mg/dL"),
        ),
        ("1.5E1", Quantity(Decimal(15), "mg/dL"), Quantity(Decimal(15), "mg/dL")),
    ],
)
def test_a_number_keeps_the_digits_it_was_written_with(
    written: str, reported: Quantity, standard: Quantity
) -> None:
    text = (
        '{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},'
        '"code":{"coding":[{"system":"http://loinc.org","code":"2160-0"}]},'
        f'"valueQuantity":{{"value":{written},"system":"{UCUM}","code":"mg/dL"}}}}'
    )
    fact = finding(read(text))
    assert (fact.reported, fact.standard) == (reported, standard)
    assert isinstance(fact.reported, Quantity)
    assert fact.reported.value.as_tuple().digits == reported.value.as_tuple().digits
    assert fact.path == "Observation.value"


def test_a_quantity_is_converted_exactly_and_kept_as_reported() -> None:
    fact = finding(read(observation(valueQuantity=amount(88.4, "umol/L", comparator="<"))))
    assert fact.reported == Quantity(Decimal("88.4"), "umol/L", Comparator.LESS)
    assert fact.standard == Quantity(Decimal(1), "mg/dL", Comparator.LESS)


@pytest.mark.parametrize("sign", ["<", "<=", ">=", ">"])
def test_a_comparator_survives(sign: str) -> None:
    fact = finding(read(observation(valueQuantity=amount(5, "mg/dL", comparator=sign))))
    assert isinstance(fact.reported, Quantity)
    assert fact.reported.comparator == Comparator(sign)


@pytest.mark.parametrize(
    ("value", "reason", "path", "detail"),
    [
        (amount("1.5", "mg/dL"), "INVALID_RESOURCE", "Observation.value.value", "number"),
        (amount(True, "mg/dL"), "INVALID_RESOURCE", "Observation.value.value", "number"),
        (amount({}, "mg/dL"), "INVALID_RESOURCE", "Observation.value.value", "number"),
        (amount(10**45, "mg/dL"), "UNSUPPORTED_VALUE", "Observation.value.value", "number-size"),
        (amount(1e300, "mg/dL"), "UNSUPPORTED_VALUE", "Observation.value.value", "number-size"),
        (amount(1, "mg/dL", comparator="~"), "UNKNOWN_STATUS", "Observation.value.comparator", ""),
        (amount(1, "mg/dL", comparator=""), "UNKNOWN_STATUS", "Observation.value.comparator", ""),
        (amount(1, "g/L"), "UNKNOWN_UNIT", "Observation.value.code", "not-listed"),
        ({"value": 1, "unit": "mg/dL"}, "MISSING_UNIT", "Observation.value.code", "text-only"),
        ({"value": 1}, "MISSING_UNIT", "Observation.value.code", "no-unit"),
        ({"value": 1, "code": "mg/dL"}, "MISSING_UNIT", "Observation.value.code", "no-system"),
        ({"value": 1, "system": UCUM}, "MISSING_UNIT", "Observation.value.code", "no-unit"),
        (
            {"value": 1, "system": LOCAL, "code": "mg/dL"},
            "UNKNOWN_UNIT",
            "Observation.value.system",
            "no-ucum",
        ),
        ({"unit": "mg/dL", "system": UCUM, "code": "mg/dL"}, "VALUE_ABSENT", "Observation.value.value", "none"),
        (ABSENT_EXTENSION, "VALUE_ABSENT", "Observation.value.value", "masked"),
        ({"code": "mg/dL", "_value": ABSENT_EXTENSION}, "VALUE_ABSENT", "Observation.value.value", "masked"),
    ],
)
def test_a_quantity_that_cannot_be_used_is_refused_with_its_concept(
    value: dict[str, Any], reason: str, path: str, detail: str
) -> None:
    refused = rejection(read(observation(valueQuantity=value)))
    assert (refused.reason.value, refused.path, refused.detail) == (reason, path, detail)
    assert refused.concepts == ("creatinine",)
    assert refused.category == "laboratory"
    assert refused.effective is not None


@pytest.mark.parametrize("unit", ["mL/min/1.73.m2", "mL/min/mmHg", "mL/min", "mL/min/1.73m2"])
def test_t6_units_that_look_like_an_indexed_clearance_are_refused(unit: str) -> None:
    """T6: `mL/min/1.73.m2` parses as UCUM but means (mL/min/1.73)*m2."""
    refused = rejection(read(observation(coded(LOINC, "77147-7"), valueQuantity=amount(61, unit))))
    assert (refused.reason, refused.detail) == (RejectionReason.UNKNOWN_UNIT, "not-listed")


def test_t7_an_oxygen_fraction_is_never_taken_for_a_percentage() -> None:
    """T7: FiO2 as 0.21 of a pure fraction is not 0.21 %."""
    reading = read(
        observation(
            coded(LOINC, "59408-5"),
            valueQuantity=amount(97, "%"),
            component=[{"code": coded(LOINC, "3150-0"), "valueQuantity": amount(0.21, "1")}],
        )
    )
    (fact,) = reading.facts
    assert getattr(fact, "components", None) == ()
    (refused,) = reading.rejections
    assert (refused.reason, refused.path, refused.concepts) == (
        RejectionReason.UNKNOWN_UNIT,
        "Observation.component[0].value.code",
        ("inspired-oxygen",),
    )


@pytest.mark.parametrize("number", ["0,5", "10\u0445106", "\uff11.5", "1.5 "])
def test_t8_a_number_is_never_dug_out_of_a_text(number: str) -> None:
    """T8: decimal commas and look-alike letters; only JSON numbers are numbers."""
    assert rejection(read(observation(valueQuantity=amount(number, "mg/dL")))).detail == "number"
    assert rejection(read(observation(valueString=number))).reason is RejectionReason.UNSUPPORTED_VALUE


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        ({"valueInteger": 70}, Quantity(Decimal(70), None)),
        ({"valueQuantity": {"value": 70}}, Quantity(Decimal(70), None)),
        ({"valueQuantity": {"value": 70, "unit": "%"}}, Quantity(Decimal(70), None)),
        ({"valueQuantity": amount(70, "{score}")}, Quantity(Decimal(70), "{score}")),
    ],
)
def test_t14_a_score_is_read_from_an_integer_and_from_a_quantity(
    value: dict[str, Any], reported: Quantity
) -> None:
    """T14: Lansky has no LOINC in mCODE; it is NCIt C38144 with valueInteger."""
    fact = finding(read(observation(LANSKY, **value)))
    assert fact.reported == reported
    assert fact.standard == quantity("70", "{score}")


def test_a_score_may_stand_in_the_answer_code() -> None:
    fact = finding(read(observation(LANSKY, valueCodeableConcept=coded(NCIT, "C69423"))))
    assert fact.standard == quantity("70", "{score}")
    assert fact.reported == CodedValue((Coding(NCIT, "C69423"),), None, ("lansky-70",))  # type: ignore[arg-type]


def test_a_score_may_stand_in_the_interpretation_alone() -> None:
    fact = finding(read(observation(LANSKY, interpretation=[coded(NCIT, "C69424")])))
    assert fact.standard == quantity("80", "{score}")
    assert fact.path == "Observation.interpretation"


def test_two_answer_codes_of_different_scores_give_no_number() -> None:
    both = {"coding": [*coded(NCIT, "C69423")["coding"], *coded(NCIT, "C69424")["coding"]]}
    assert finding(read(observation(LANSKY, valueCodeableConcept=both))).standard is None


@pytest.mark.parametrize(
    ("written", "reason", "detail"),
    [
        ('"70"', "INVALID_RESOURCE", "number"),
        ("70.0", "INVALID_RESOURCE", "integer"),
        ("7e1", "INVALID_RESOURCE", "integer"),
        ("2147483648", "INVALID_RESOURCE", "integer"),
    ],
)
def test_an_integer_that_is_none_is_refused(written: str, reason: str, detail: str) -> None:
    text = (
        '{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},'
        f'"code":{{"coding":[{{"system":"{NCIT}","code":"C38144"}}]}},"valueInteger":{written}}}'
    )
    refused = rejection(read(text))
    assert (refused.reason.value, refused.path, refused.detail) == (reason, "Observation.value", detail)


def test_an_integer_has_no_unit_where_the_concept_needs_one() -> None:
    refused = rejection(read(observation(valueInteger=2)))
    assert (refused.reason, refused.path) == (RejectionReason.MISSING_UNIT, "Observation.value")


def test_a_quantity_is_refused_where_the_concept_carries_none() -> None:
    refused = rejection(read(observation(VIRUS, valueQuantity=amount(5, "%"))))
    assert (refused.reason, refused.detail) == (RejectionReason.UNKNOWN_UNIT, "no-rule")


@pytest.mark.parametrize(
    ("value", "answers"),
    [
        ({"valueCodeableConcept": coded(SNOMED, "260373001")}, (DETECTED,)),
        ({"valueCodeableConcept": {"text": "not found"}}, (NOT_DETECTED,)),
        ({"valueCodeableConcept": {"text": "positive"}}, (DETECTED,)),
        ({"valueCodeableConcept": {"text": "Positive"}}, ()),
        ({"valueCodeableConcept": coded(SNOMED, "1")}, ()),
        ({"valueString": "not found"}, (NOT_DETECTED,)),
        ({"valueString": "maybe"}, ()),
        ({"interpretation": [coded(INTERPRETATION, "NEG")]}, (NOT_DETECTED,)),
    ],
)
def test_an_answer_means_what_its_code_or_exact_text_says(value: dict[str, Any], answers: tuple[str, ...]) -> None:
    fact = finding(read(observation(VIRUS, **value)))
    assert isinstance(fact.reported, CodedValue)
    assert fact.reported.answers == answers
    assert fact.standard is None


def test_the_code_of_an_answer_outranks_its_text() -> None:
    answer = {**coded(SNOMED, "260373001"), "text": "not found"}
    fact = finding(read(observation(VIRUS, valueCodeableConcept=answer)))
    assert isinstance(fact.reported, CodedValue)
    assert fact.reported.answers == (DETECTED,)


def test_an_interpretation_is_kept_beside_a_value() -> None:
    fact = finding(
        read(observation(valueQuantity=amount(1, "mg/dL"), interpretation=[coded(INTERPRETATION, "POS")]))
    )
    assert fact.interpretation == (DETECTED,)


def test_an_interpretation_without_a_meaning_is_no_value() -> None:
    refused = rejection(read(observation(VIRUS, interpretation=[coded(INTERPRETATION, "?")])))
    assert (refused.reason, refused.detail) == (RejectionReason.VALUE_ABSENT, "none")


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_kept(value: bool) -> None:
    assert finding(read(observation(VIRUS, valueBoolean=value))).reported is value


@pytest.mark.parametrize(
    ("element", "value", "detail"),
    [
        ("valueRange", {"low": amount(1, "mg/dL")}, "Range"),
        ("valueRatio", {"numerator": amount(1, "mg/dL")}, "Ratio"),
        ("valueSampledData", {"period": 1, "dimensions": 1}, "SampledData"),
        ("valueTime", "08:00:00", "time"),
        ("valueDateTime", "2026-01-01", "dateTime"),
        ("valuePeriod", {"start": "2026-01-01"}, "Period"),
        ("valueString", "1.5 mg/dL", "string"),
    ],
)
def test_a_value_of_a_type_that_carries_no_finding_is_refused_by_name(
    element: str, value: Any, detail: str
) -> None:
    refused = rejection(read(observation(**{element: value})))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.UNSUPPORTED_VALUE,
        "Observation.value",
        detail,
    )


def test_two_values_at_once_are_refused() -> None:
    refused = rejection(read(observation(VIRUS, valueBoolean=True, valueString="x")))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.INVALID_RESOURCE,
        "Observation.value",
        "several",
    )
