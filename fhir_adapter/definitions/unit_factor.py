"""Exact factors of the conversions a unit rule lists, each checked to be sound.

Knows: which pairs of units may be converted and how. Does not know: files, findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fhir_adapter.definitions.file_terminology import AcceptedUnit, MolarMass, UnitRuleRow
from fhir_adapter.definitions.ucum import CLARIFYING, COUNTING, EQUIVALENT, UnitIdentity, identify, scale_of
from fhir_adapter.errors import UnitError

TEMPERATURES = {
    ("[degF]", "Cel"): (Fraction(5, 9), Fraction(32)),
    ("K", "Cel"): (Fraction(1), Fraction("273.15")),
}
"""(unit, standard) -> factor and the number subtracted before it. Source: UCUM 2.2, section 22."""

REFUSED_BY_NAME = {
    frozenset({"mL/min", "mL/min/{1.73_m2}"}): "a clearance is not indexed to body surface by renaming its unit",
    frozenset({"mg/kg", "%"}): "a dose per body weight is not a percentage",
}
"""Pairs a UCUM library converts without complaint and that would be dangerous here; refused in every form."""

LABORATORY_SPELLINGS = frozenset({"K/uL", "K/mm3", "M/uL", "G/L", "T/L", "[IU]/L", "mU/L", "uU/mL"})
"""What laboratories mean by these depends on what is measured, and UCUM reads something else.

Thousands, millions, 10*9 and 10*12 of cells; an enzyme's international unit, which is 1 umol/min; a hormone's
unit, which is no catalytic activity. Each still has to be declared for a rule, with its source.
"""


@dataclass(frozen=True, slots=True)
class UnitFactor:
    """How one reported unit becomes the standard unit: subtract the offset, multiply by the factor."""

    unit: str
    factor: Fraction
    offset: Fraction
    family: str


def compute_factors(row: UnitRuleRow) -> tuple[UnitFactor, ...]:
    """Compute the factor of every unit a rule accepts.

    Args:
        row: The rule as written.

    Returns:
        The standard unit first, then the accepted units as listed; units kept as they are have no factor.

    Raises:
        UnitError: A unit is not UCUM, or a conversion is not sound; the message starts with the unit.

    Source:
        design contracts, Facts: annotations and basis are part of a unit's identity.

    >>> row = UnitRuleRow(id="hgb", standard="g/dL", accepts=[{"unit": "g/L"}], source="UCUM")
    >>> compute_factors(row)[1].factor
    Fraction(1, 10)
    """
    family = row.family.value if row.family is not None else identify(row.standard).family
    factors = {row.standard: UnitFactor(row.standard, Fraction(1), Fraction(0), family)}
    seen = {row.standard}
    for accepted in row.accepts:
        if accepted.unit in seen:
            raise UnitError(f"{accepted.unit}: listed twice, or the standard unit itself")
        seen.add(accepted.unit)
        if accepted.as_is:
            identify(accepted.unit)
        elif accepted.alias_of is not None:
            factors[accepted.unit] = _alias(accepted, factors)
        else:
            factors[accepted.unit] = _converted(accepted, row)
    return tuple(factors.values())


def _alias(accepted: AcceptedUnit, factors: dict[str, UnitFactor]) -> UnitFactor:
    target = factors.get(accepted.alias_of or "")
    if target is None:
        raise UnitError(f"{accepted.unit}: alias_of {accepted.alias_of} is not listed before it")
    _refuse_by_name(accepted.unit, target.unit)
    if accepted.source is None:
        raise UnitError(f"{accepted.unit}: an alias needs a source")
    if accepted.unit not in LABORATORY_SPELLINGS and _is_other_unit(accepted.unit, target.unit):
        raise UnitError(f"{accepted.unit}: is itself a UCUM unit and means something other than {target.unit}")
    family = accepted.family.value if accepted.family is not None else target.family
    return UnitFactor(accepted.unit, target.factor, target.offset, family)


def _is_other_unit(unit: str, target: str) -> bool:
    try:
        identity = identify(unit)
    except UnitError:
        return False
    same = identity.without(COUNTING) == identify(target).without(COUNTING)
    return not (same and scale_of(unit) == scale_of(target))


def _converted(accepted: AcceptedUnit, row: UnitRuleRow) -> UnitFactor:
    _refuse_by_name(accepted.unit, row.standard)
    identity = _bare_identity(accepted) if accepted.annotated else identify(accepted.unit)
    family = accepted.family.value if accepted.family is not None else identity.family
    if (accepted.unit, row.standard) in TEMPERATURES:
        factor, offset = TEMPERATURES[accepted.unit, row.standard]
        return UnitFactor(accepted.unit, factor, offset, family)
    bridge = _bridge(identity, identify(row.standard), row.molar)
    if bridge is None:
        raise UnitError(f"{accepted.unit}: {_difference(identity, identify(row.standard), row.standard)}")
    return UnitFactor(
        accepted.unit, scale_of(accepted.unit) * bridge / scale_of(row.standard), Fraction(0), family
    )


def _bare_identity(accepted: AcceptedUnit) -> UnitIdentity:
    """Give the identity without the annotations that only say what is counted; there must be one."""
    identity = identify(accepted.unit)
    bare = identity.without(CLARIFYING)
    if bare == identity or accepted.source is None:
        raise UnitError(
            f"{accepted.unit}: annotated means an annotation that says what is counted, with its source"
        )
    return bare


def _bridge(unit: UnitIdentity, standard: UnitIdentity, molar: MolarMass | None) -> Fraction | None:
    """Give what stands between two kinds of unit: 1, molar mass, valence; None = nothing may."""
    if unit == standard:
        return Fraction(1)
    if molar is None:
        return None
    valence = None if molar.valence is None else Fraction(molar.valence)
    marks = {mark for mark, _ in unit.marks ^ standard.marks}
    if marks and (marks != {EQUIVALENT} or valence is None):
        return None
    bridge = Fraction(1)
    if valence is not None and marks:
        bridge = 1 / valence if (EQUIVALENT, 1) in unit.marks else valence
    if unit.below != standard.below:
        return None
    grams = Fraction(molar.g_per_mol)
    families = (unit.family, standard.family)
    steps = {("mass", "molar"): 1 / grams, ("molar", "mass"): grams, ("molar", "molar"): Fraction(1)}
    return bridge * steps[families] if families in steps else None


def _refuse_by_name(unit: str, standard: str) -> None:
    reason = REFUSED_BY_NAME.get(frozenset({unit, standard}))
    if reason is not None:
        raise UnitError(f"{unit}: never converts to {standard}: {reason}")


def _difference(unit: UnitIdentity, standard: UnitIdentity, name: str) -> str:
    if unit.marks != standard.marks:
        marks = sorted({mark for mark, _ in unit.marks ^ standard.marks})
        return f"does not convert to {name}: {', '.join(marks)} is part of the unit's identity"
    if {unit.family, standard.family} == {"mass", "molar"} and unit.below == standard.below:
        return f"mass and amount of substance convert to each other only with `molar` ({name})"
    return f"does not convert to {name}: different dimension or basis"
