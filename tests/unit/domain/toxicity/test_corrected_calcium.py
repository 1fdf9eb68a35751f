"""Calcium is corrected with a measured albumin, in either unit system, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.toxicity.corrected_calcium import correct_calcium


@pytest.mark.parametrize(
    ("calcium", "unit", "albumin", "albumin_unit", "expected"),
    [
        ("8.0", "mg/dL", "2.0", "g/dL", "9.6"),
        ("8.0", "mg/dL", "20", "g/L", "9.6"),
        ("8.0", "mg/dL", "4.0", "g/dL", "8.0"),
        ("8.0", "mg/dL", "5.0", "g/dL", "7.2"),
        ("2.00", "mmol/L", "20", "g/L", "2.40"),
        ("2.00", "mmol/L", "2.0", "g/dL", "2.40"),
        ("2.00", "mmol/L", "45", "g/L", "1.90"),
        ("0.90", "mmol/L", "40", "g/L", "0.90"),
        ("8.0", "mg/dL", "0.9", "g/dL", "10.48"),
    ],
)
def test_calcium_is_corrected_in_its_own_unit(
    calcium: str, unit: str, albumin: str, albumin_unit: str, expected: str
) -> None:
    total, protein = Quantity(Decimal(calcium), unit), Quantity(Decimal(albumin), albumin_unit)
    done = correct_calcium(total, protein)
    assert done is not None
    assert (done.corrected.value, done.corrected.unit) == (Decimal(expected), unit)
    assert (done.total, done.albumin) == (total, protein)


CALCIUM = Quantity(Decimal("8.0"), "mg/dL")
ALBUMIN = Quantity(Decimal("2.0"), "g/dL")


@pytest.mark.parametrize(
    ("total", "albumin"),
    [
        (Quantity(Decimal("8.0"), "meq/L"), ALBUMIN),
        (Quantity(Decimal("8.0"), None), ALBUMIN),
        (Quantity(Decimal("8.0"), "mg/dL", Comparator.LESS), ALBUMIN),
        (Quantity(Decimal(0), "mg/dL"), ALBUMIN),
        (Quantity(Decimal("NaN"), "mg/dL"), ALBUMIN),
        (CALCIUM, Quantity(Decimal("2.0"), "umol/L")),
        (CALCIUM, Quantity(Decimal("2.0"), None)),
        (CALCIUM, Quantity(Decimal("2.0"), "g/dL", Comparator.LESS)),
        (CALCIUM, Quantity(Decimal(-1), "g/dL")),
    ],
)
def test_what_cannot_be_corrected_stays_uncorrected(total: Quantity, albumin: Quantity) -> None:
    assert correct_calcium(total, albumin) is None
