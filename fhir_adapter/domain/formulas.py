"""The closed list of clinical formulas, computed without rounding.

Knows: formulas, constants, units of inputs and outputs, for whom each is valid. Does not know: which findings
are current, limits. Inputs are positive; the caller checks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.intervals import EXACT
from fhir_adapter.domain.operators import FormulaId

Inputs = Mapping[str, Decimal]

GFR_UNIT: Final = "mL/min/{1.73_m2}"
AREA_UNIT: Final = "m2"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaCard:
    """What is known of one formula.

    Attributes:
        source: Where it stands.
        unit: UCUM unit of the result.
        inputs: Input name -> UCUM unit it is computed in.
        falling: Inputs whose rise lowers the result; all others raise it.
        from_age: 0..1; completed years [a] from which it is valid.
        below_age: 0..1; completed years [a] from which it is no longer valid.
        needs_sex: True where it differs by sex.
    """

    source: str
    unit: str
    inputs: Mapping[str, str]
    falling: frozenset[str] = frozenset()
    from_age: int | None = None
    below_age: int | None = None
    needs_sex: bool = False


_BODY: Final = {"height": "cm", "weight": "kg"}
_CREATININE: Final = frozenset({"creatinine"})

CARDS: Final[Mapping[FormulaId, FormulaCard]] = {
    FormulaId.BEDSIDE_SCHWARTZ: FormulaCard(
        source="Schwartz 2009, bedside equation; rules sheet D1, valid from 1 to below 18 years",
        unit=GFR_UNIT,
        inputs={"creatinine": "mg/dL", "height": "cm"},
        falling=_CREATININE,
        from_age=1,
        below_age=18,
    ),
    FormulaId.INDEXED_CLEARANCE: FormulaCard(
        source="rules sheet D3: clearance [mL/min] x 1.73 / body surface area [m2]",
        unit=GFR_UNIT,
        inputs={"clearance": "mL/min", **_BODY},
        falling=frozenset(_BODY),
    ),
    FormulaId.CKD_EPI_2021: FormulaCard(
        source="CKD-EPI 2021; rules sheet D5, adults, supportive only",
        unit=GFR_UNIT,
        inputs={"creatinine": "mg/dL"},
        falling=_CREATININE,
        from_age=18,
        needs_sex=True,
    ),
    FormulaId.CKID_U25: FormulaCard(
        source="CKiD U25 (Pierce, Kidney Int 2021); clinical review PUT-10, from 18 to 25 years, supportive only",
        unit=GFR_UNIT,
        inputs={"creatinine": "mg/dL", "height": "cm"},
        falling=_CREATININE,
        from_age=18,
        below_age=26,
        needs_sex=True,
    ),
    FormulaId.BSA_MOSTELLER: FormulaCard(source="Mosteller 1987; rules sheet D6", unit=AREA_UNIT, inputs=_BODY),
    FormulaId.BSA_HAYCOCK: FormulaCard(source="Haycock 1978; rules sheet D7", unit=AREA_UNIT, inputs=_BODY),
    FormulaId.BSA_DUBOIS: FormulaCard(source="DuBois 1916; rules sheet D8, adults", unit=AREA_UNIT, inputs=_BODY),
}


def compute_schwartz(*, creatinine: Decimal, height: Decimal, is_molar: bool) -> Decimal:
    """Compute the estimated glomerular filtration rate of a child.

    Args:
        creatinine: Serum creatinine in the unit family it was reported in [mg/dL, or umol/L if molar].
        height: Body height [cm].
        is_molar: True for umol/L: that family has its own printed factor, which is no conversion of the other.

    Returns:
        eGFR [mL/min/{1.73_m2}].

    Source:
        rules sheet D1, with golden values.

    >>> compute_schwartz(creatinine=Decimal("0.4"), height=Decimal("100"), is_molar=False)
    Decimal('103.25')
    >>> compute_schwartz(creatinine=Decimal("0.5"), height=Decimal("100"), is_molar=False)
    Decimal('82.60')
    """
    factor = Decimal("36.5") if is_molar else Decimal("0.413")
    return EXACT.divide(EXACT.multiply(factor, height), creatinine)


def compute_indexed(*, clearance: Decimal, area: Decimal) -> Decimal:
    """Index a measured clearance to 1.73 m2 of body surface.

    Args:
        clearance: Measured creatinine clearance, not indexed [mL/min].
        area: Body surface area [m2].

    Returns:
        Clearance [mL/min/{1.73_m2}].

    Source:
        rules sheet D3; clinical review, PUT-10: only where the unit is mL/min.

    >>> compute_indexed(clearance=Decimal("30"), area=Decimal("0.6"))
    Decimal('86.5')
    """
    return EXACT.divide(EXACT.multiply(clearance, Decimal("1.73")), area)


def compute_ckd_epi_2021(*, creatinine: Decimal, age: int, is_female: bool) -> Decimal:
    """Compute the CKD-EPI 2021 estimate; supportive only.

    Args:
        creatinine: Serum creatinine [mg/dL].
        age: Completed years [a], from 18.
        is_female: By administrative gender.

    Returns:
        eGFR [mL/min/{1.73_m2}].

    Source:
        rules sheet D5.

    >>> round(compute_ckd_epi_2021(creatinine=Decimal("0.9"), age=20, is_female=False), 2)
    Decimal('125.39')
    """
    kappa, alpha = (Decimal("0.7"), Decimal("-0.241")) if is_female else (Decimal("0.9"), Decimal("-0.302"))
    ratio = EXACT.divide(creatinine, kappa)
    low = EXACT.power(min(ratio, Decimal(1)), alpha)
    high = EXACT.power(max(ratio, Decimal(1)), Decimal("-1.200"))
    aged = EXACT.power(Decimal("0.9938"), Decimal(age))
    result = EXACT.multiply(EXACT.multiply(EXACT.multiply(Decimal(142), low), high), aged)
    return EXACT.multiply(result, Decimal("1.012")) if is_female else result


def compute_ckid_u25(*, creatinine: Decimal, height: Decimal, is_female: bool) -> Decimal:
    """Compute the CKiD U25 estimate of a young adult; supportive only.

    Args:
        creatinine: Serum creatinine [mg/dL].
        height: Body height [cm].
        is_female: By administrative gender.

    Returns:
        eGFR [mL/min/{1.73_m2}], with the factors from 18 years.

    Source:
        clinical review, PUT-10: K 50.8 male, 41.4 female; K x height [m] / creatinine.

    >>> compute_ckid_u25(creatinine=Decimal("0.8"), height=Decimal("170"), is_female=False)
    Decimal('107.95')
    """
    factor = Decimal("41.4") if is_female else Decimal("50.8")
    return EXACT.divide(EXACT.multiply(factor, height.scaleb(-2)), creatinine)


def _mosteller(height: Decimal, weight: Decimal) -> Decimal:
    return EXACT.sqrt(EXACT.divide(EXACT.multiply(height, weight), Decimal(3600)))


def _haycock(height: Decimal, weight: Decimal) -> Decimal:
    return _power_law(Decimal("0.024265"), (height, Decimal("0.3964")), (weight, Decimal("0.5378")))


def _dubois(height: Decimal, weight: Decimal) -> Decimal:
    return _power_law(Decimal("0.007184"), (height, Decimal("0.725")), (weight, Decimal("0.425")))


def _power_law(factor: Decimal, *terms: tuple[Decimal, Decimal]) -> Decimal:
    for base, exponent in terms:
        factor = EXACT.multiply(factor, EXACT.power(base, exponent))
    return factor


_AREAS: Final[Mapping[FormulaId, Callable[[Decimal, Decimal], Decimal]]] = {
    FormulaId.BSA_MOSTELLER: _mosteller,
    FormulaId.BSA_HAYCOCK: _haycock,
    FormulaId.BSA_DUBOIS: _dubois,
}


def is_area(formula: FormulaId) -> bool:
    """Say whether a formula gives a body surface area."""
    return formula in _AREAS


def compute_area(formula: FormulaId, *, height: Decimal, weight: Decimal) -> Decimal:
    """Compute the body surface area.

    Args:
        formula: One of the body surface formulas; any other is taken as Mosteller, the default.
        height: Body height [cm].
        weight: Body weight [kg].

    Returns:
        Body surface area [m2].

    Source:
        rules sheet D6-D8, with golden values.

    >>> round(compute_area(FormulaId.BSA_MOSTELLER, height=Decimal(170), weight=Decimal(70)), 4)
    Decimal('1.8181')
    >>> round(compute_area(FormulaId.BSA_HAYCOCK, height=Decimal(170), weight=Decimal(70)), 4)
    Decimal('1.8257')
    """
    return _AREAS.get(formula, _mosteller)(height, weight)
