"""Total calcium corrected for albumin: the scale grades the corrected value only.

Knows: the formula in both unit systems. Does not know: which albumin belongs to which calcium.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.intervals import EXACT, is_measurable
from fhir_adapter.domain.quantity import Quantity


@dataclass(frozen=True, slots=True)
class _Form:
    """The formula in one unit of calcium: how much per unit of missing albumin, and the albumin it starts from."""

    per_unit: Decimal
    normal: Decimal
    from_grams_per_litre: Decimal


_FORMS: Final = {
    "mg/dL": _Form(Decimal("0.8"), Decimal("4.0"), Decimal("0.1")),
    "mmol/L": _Form(Decimal("0.02"), Decimal(40), Decimal(1)),
}
_GRAMS_PER_LITRE: Final = {"g/L": Decimal(1), "g/dL": Decimal(10)}


@dataclass(frozen=True, slots=True)
class CorrectedCalcium:
    """Corrected total calcium, in the unit of the measured one, and the albumin it was corrected with."""

    corrected: Quantity
    total: Quantity
    albumin: Quantity


def correct_calcium(total: Quantity, albumin: Quantity) -> CorrectedCalcium | None:
    """Correct total calcium for albumin.

    Does not take a normal albumin for granted, nor decide whether the albumin is of the same sample.

    Args:
        total: Uncorrected total calcium [mg/dL or mmol/L].
        albumin: Albumin of the same sample [g/dL or g/L].

    Returns:
        The corrected value; None for a censored value, another unit, or an albumin that is not positive.

    Source:
        rules sheet D9 (Payne 1973, doi 10.1136/bmj.4.5893.643): Ca + 0.8 x (4.0 - albumin) in mg/dL and g/dL,
        Ca + 0.02 x (40 - albumin) in mmol/L and g/L.

    >>> done = correct_calcium(Quantity(Decimal("1.90"), "mmol/L"), Quantity(Decimal(25), "g/L"))
    >>> done.corrected
    Quantity(value=Decimal('2.20'), unit='mmol/L', comparator=None)
    """
    form = _FORMS.get(total.unit or "")
    grams = _GRAMS_PER_LITRE.get(albumin.unit or "")
    if form is None or grams is None or not (_is_usable(total) and _is_usable(albumin)):
        return None
    level = EXACT.multiply(EXACT.multiply(albumin.value, grams), form.from_grams_per_litre)
    missing = EXACT.subtract(form.normal, level)
    value = EXACT.add(total.value, EXACT.multiply(form.per_unit, missing))
    return CorrectedCalcium(Quantity(value, total.unit), total, albumin)


def _is_usable(quantity: Quantity) -> bool:
    return quantity.comparator is None and is_measurable(quantity.value) and quantity.value > 0
