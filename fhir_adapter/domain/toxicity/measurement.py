"""One result with everything its grade can depend on.

Knows: what is measured, its limits of normal, its baseline. Does not know: where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.toxicity.scale import ClinicalInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One result to be graded.

    Limits and baseline are in the standard unit, or in the reported unit where `standard` is None.

    Attributes:
        reported: As reported [UCUM unit]; a comparator means a censored value.
        standard: 0..1; the same in the concept's standard unit.
        lln: 0..1; lower limit of normal of the same result.
        uln: 0..1; upper limit of normal of the same result.
        baseline: 0..1; an earlier result, never this one.
        baseline_lln: 0..1; lower limit of normal of the baseline result.
        baseline_uln: 0..1; upper limit of normal of the baseline result.
        inputs: What a person said; an input that is absent is unknown.
        age_years: 0..1; completed years at the time of the result [a].
    """

    reported: Quantity
    standard: Decimal | None = None
    lln: Decimal | None = None
    uln: Decimal | None = None
    baseline: Decimal | None = None
    baseline_lln: Decimal | None = None
    baseline_uln: Decimal | None = None
    inputs: Mapping[ClinicalInput, bool] = field(default_factory=dict)
    age_years: int | None = None


def as_upper_bound(measurement: Measurement) -> Measurement | None:
    """Read a result as what another one of the same unit cannot exceed: neutrophils are part of leukocytes.

    Does not carry over limits of normal and baseline, which are not the other's.

    Args:
        measurement: The greater result, for example leukocytes without differential.

    Returns:
        The other result as censored value; None where the greater result has no upper end.

    Source:
        clinical review, section 4, row "platelets, neutrophils, WBC".
    """
    reported = measurement.reported
    if reported.comparator in {Comparator.GREATER, Comparator.GREATER_OR_EQUAL}:
        return None
    comparator = reported.comparator or Comparator.LESS_OR_EQUAL
    return replace(
        measurement,
        reported=Quantity(reported.value, reported.unit, comparator),
        lln=None,
        uln=None,
        baseline=None,
        baseline_lln=None,
        baseline_uln=None,
    )
