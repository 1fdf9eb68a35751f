"""Assess `Compare`: a current finding against a limit, or against a multiple of its upper limit of normal.

Knows: limits, ratios to ULN. Does not know: which findings are current.
"""

from __future__ import annotations

from decimal import Decimal

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.evidence import of_finding, of_limit
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.intervals import EXACT, interval_of, is_measurable, lies
from fhir_adapter.domain.judgement import Side, judge_current, side_of
from fhir_adapter.domain.operators import Compare
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Limit, UnknownReason
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.reference_range import find_upper_limit
from fhir_adapter.domain.scene import Scene


def assess_compare(node: Compare, scene: Scene) -> Answer:
    """Say whether the current finding lies on this side of the limit.

    Args:
        node: Query, limit, whether the limit is a multiple of the result's own ULN.
        scene: What it is assessed against.

    Returns:
        MET, NOT_MET, or UNKNOWN: CENSORED where a comparator leaves it open, NO_REFERENCE_RANGE without a
        ULN for this patient, UNMAPPED for an answer that is no number, UNIT_UNUSABLE for another unit.

    Source:
        rules sheet A.11; design contracts, Criteria and verdicts.
    """

    def judge(finding: Finding) -> Side:
        return _side(finding, node, scene)

    def cite(finding: Finding) -> tuple[Evidence, ...]:
        upper = find_upper_limit(finding, scene) if node.times_uln else None
        return (of_limit(finding, upper.quantity, upper.path),) if upper is not None else ()

    return judge_current(node, node.query, scene, judge, node.on_conflict, cite)


def _side(finding: Finding, node: Compare, scene: Scene) -> Side:
    standard = number_in(finding)
    if isinstance(standard, Cause):
        return standard
    limit = _limit_for(finding, standard, node, scene)
    if isinstance(limit, Cause):
        return limit
    return side_of(lies(interval_of(standard), node.limit.operator, limit), finding)


def _limit_for(finding: Finding, standard: Quantity, node: Compare, scene: Scene) -> Decimal | Cause:
    if not node.times_uln:
        if standard.unit != node.limit.unit:
            return wrong_unit(finding, node.limit)
        return node.limit.value
    upper = find_upper_limit(finding, scene)
    if upper is None or not is_measurable(upper.quantity.value):
        problem = f" ({finding.range_problem})" if finding.range_problem else ""
        note = f"no upper limit of normal for this patient{problem}"
        return Cause(reason=UnknownReason.NO_REFERENCE_RANGE, note=note, evidence=(of_finding(finding),))
    if standard.unit != upper.quantity.unit:
        return wrong_unit(finding, node.limit)
    return EXACT.multiply(node.limit.value, upper.quantity.value)


def number_in(finding: Finding) -> Quantity | Cause:
    """Give a finding's standardised number, or why it has none that can be compared."""
    if finding.standard is None:
        note = "the result is not a number with a usable unit"
        return Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=(of_finding(finding),))
    if not is_measurable(finding.standard.value):
        note = "the number cannot be a measurement"
        return Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=(of_finding(finding),))
    return finding.standard


def wrong_unit(finding: Finding, limit: Limit) -> Cause:
    """Say that a finding's unit is not that of the limit it is compared with."""
    note = f"the result is not in {limit.unit}"
    return Cause(reason=UnknownReason.UNIT_UNUSABLE, note=note, evidence=(of_finding(finding),))
