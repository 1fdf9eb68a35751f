"""How much was given, how fast, by which route."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import RejectionReason
from tests.unit.r4.clinic import (
    LOCAL,
    SNOMED,
    UCUM,
    changed,
    coded,
    read,
)
from tests.unit.r4.test_read_medication_administration import DOSE_PATH, GIVEN, exposure


class TestHowMuch:
    def test_no_dosage_says_nothing(self) -> None:
        fact = exposure(changed(GIVEN, dosage=None))
        assert (fact.dose, fact.rate, fact.route) == (None, None, None)

    def test_a_dose_in_words_is_not_read(self) -> None:
        fact = exposure(changed(GIVEN, dosage={"text": "500 mg daily"}))
        assert (fact.dose, fact.rate, fact.route) == (None, None, None)

    def test_a_rate_may_be_one_quantity(self) -> None:
        rate = {"rateQuantity": {"value": 30, "system": UCUM, "code": "ug/kg/min"}}
        assert exposure(changed(GIVEN, dosage=rate)).rate == (Quantity(Decimal(30), "ug/kg/min"), None)

    def test_a_route_that_is_not_mapped_differs_from_no_route(self) -> None:
        assert exposure(changed(GIVEN, dosage={"route": coded(SNOMED, "1")})).route == ()

    @pytest.mark.parametrize(
        ("dosage", "reason", "path"),
        [
            ({"dose": {"value": 20, "unit": "mg"}}, RejectionReason.MISSING_UNIT, ".dose.code"),
            (
                {"dose": {"value": 20, "system": LOCAL, "code": "mg"}},
                RejectionReason.UNKNOWN_UNIT,
                ".dose.system",
            ),
            ({"dose": {"system": UCUM, "code": "mg"}}, RejectionReason.VALUE_ABSENT, ".dose.value"),
            (
                {"dose": {"value": 20, "comparator": "~", "system": UCUM, "code": "mg"}},
                RejectionReason.UNKNOWN_STATUS,
                ".dose.comparator",
            ),
            (
                {"rateRatio": {"numerator": {"value": 1, "system": UCUM, "code": "mg"}}},
                RejectionReason.INVALID_RESOURCE,
                ".rate",
            ),
            (
                {
                    "rateRatio": {
                        "numerator": {"value": 1, "unit": "mg"},
                        "denominator": {"value": 1, "system": UCUM, "code": "h"},
                    }
                },
                RejectionReason.MISSING_UNIT,
                ".rate.numerator.code",
            ),
            ({"rateQuantity": {"value": 1}}, RejectionReason.MISSING_UNIT, ".rate.code"),
            (
                {"rateQuantity": {"value": 1, "system": UCUM, "code": "mg/h"}, "rateRatio": {}},
                RejectionReason.INVALID_RESOURCE,
                ".rate",
            ),
        ],
    )
    def test_a_dose_or_rate_that_cannot_be_used_is_a_rejected_part(
        self, dosage: dict[str, Any], reason: RejectionReason, path: str
    ) -> None:
        reading = read(changed(GIVEN, dosage=dosage))
        (fact,) = reading.facts
        (part,) = reading.rejections
        assert isinstance(fact, Exposure)
        assert (fact.dose, fact.rate) == (None, None)
        assert (part.reason, part.path) == (reason, DOSE_PATH + path)
        assert part.concepts == (), "the exposure itself is known"
