"""Which side of a result is told where it was graded in both directions.

Knows: grades of one result by several terms. Does not know: how they were found, tables, files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, ToxicityGrade


def told_side(grades: Sequence[ToxicityGrade], measurement: Measurement) -> tuple[ToxicityGrade, bool]:
    """Choose which of several grades of one result is told.

    Does not average nor add: a result is out of range on one side only, and the other grades are 0 or open there.

    Args:
        grades: 1..*; of one result, each by another term.
        measurement: The result, for its limits of normal.

    Returns:
        The grade of the side that is out of range: a certain grade from 1 on before one that is open, the side of
        its limits of normal first, then the highest. Where no side is, what is open on either one, worst case and
        everything needed together; else grade 0. Then whether it is the answer of one direction.

    Source:
        clinical review, section 4: low and high of one result are terms of their own.
    """
    if len(grades) == 1:
        return grades[0], True
    out = [each for each in grades if each.grade]
    if out:
        side = _side(measurement)
        return max(out, key=lambda each: (each.direction is side, each.grade or 0, each.worst)), True
    open_ones = [each for each in grades if each.status is GradeStatus.UNGRADABLE]
    if not open_ones:
        return grades[0], len({each.direction for each in grades}) == 1
    worst = max(open_ones, key=lambda each: each.worst)
    needed = tuple(dict.fromkeys(need for each in open_ones for need in each.needed))
    return replace(worst, needed=needed), len({each.direction for each in open_ones}) == 1


def _side(measurement: Measurement) -> Direction | None:
    """Give the side of its limits of normal a result lies on; None inside, without limits, or where censored."""
    value = measurement.reported.value
    if measurement.reported.comparator is not None:
        return None
    if measurement.lln is not None and value < measurement.lln:
        return Direction.LOW
    return Direction.HIGH if measurement.uln is not None and value > measurement.uln else None
