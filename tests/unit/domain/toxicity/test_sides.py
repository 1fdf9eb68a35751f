"""A result graded in both directions is told once, by the side that is out of range."""

from __future__ import annotations

from decimal import Decimal

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from fhir_adapter.domain.toxicity.sides import told_side


def result(
    value: str, lln: str | None = None, uln: str | None = None, sign: Comparator | None = None
) -> Measurement:
    return Measurement(
        reported=Quantity(Decimal(value), "mmol/L", sign),
        lln=None if lln is None else Decimal(lln),
        uln=None if uln is None else Decimal(uln),
    )


def graded(direction: Direction | None, grade: int, *, at_least: bool = False, worst: int = 4) -> ToxicityGrade:
    status = GradeStatus.AT_LEAST if at_least else GradeStatus.GRADED
    return ToxicityGrade(
        term=f"{direction}", direction=direction, status=status, grade=grade, worst=worst if at_least else grade
    )


def ungradable(direction: Direction, worst: int, *needed: Needed) -> ToxicityGrade:
    return ToxicityGrade(
        term=f"{direction}",
        direction=direction,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=worst,
        reason=UnknownReason.NO_REFERENCE_RANGE,
        needed=needed,
    )


LOW_0, HIGH_0 = graded(Direction.LOW, 0), graded(Direction.HIGH, 0)


def test_one_grade_is_told_as_it_is() -> None:
    assert told_side([LOW_0], result("4")) == (LOW_0, True)


def test_nothing_out_of_range_is_grade_0_of_no_side() -> None:
    assert told_side([LOW_0, HIGH_0], result("4", "3", "5")) == (LOW_0, False)


def test_two_terms_of_one_direction_in_order_have_that_direction() -> None:
    assert told_side([HIGH_0, HIGH_0], result("4")) == (HIGH_0, True)


def test_the_side_out_of_range_is_told_whichever_stands_first() -> None:
    low = graded(Direction.LOW, 2)
    assert told_side([low, HIGH_0], result("2")) == (low, True)
    assert told_side([HIGH_0, low], result("2")) == (low, True)


def test_a_grade_that_is_certain_counts_before_a_side_that_is_open() -> None:
    low = graded(Direction.LOW, 2, at_least=True)
    assert told_side([ungradable(Direction.HIGH, 4, Needed.ULN), low], result("2")) == (low, True)


def test_of_two_sides_graded_the_one_beyond_its_own_limit_is_told() -> None:
    low, high = graded(Direction.LOW, 1), graded(Direction.HIGH, 2)
    assert told_side([low, high], result("4.5", "5", "10"))[0] is low
    assert told_side([low, high], result("11", "5", "10"))[0] is high


def test_of_two_sides_graded_the_one_beyond_its_own_limit_is_told_although_its_grade_is_lower() -> None:
    low, high = graded(Direction.LOW, 2), graded(Direction.HIGH, 1)
    assert told_side([low, high], result("10.1", "5", "10"))[0] is high
    assert told_side([low, high], result("10.1", None, "10"))[0] is high
    assert told_side([low, high], result("10", "5", "10"))[0] is low
    assert told_side([low, high], result("4.5"))[0] is low
    assert told_side([graded(Direction.LOW, 1), graded(Direction.HIGH, 2)], result("5", "5", "10"))[0].grade == 2


def test_of_two_grades_of_one_side_the_higher_one_is_told_before_the_worse_case() -> None:
    certain, open_one = graded(Direction.HIGH, 3), graded(Direction.HIGH, 1, at_least=True)
    assert told_side([open_one, certain], result("9"))[0] is certain


def test_of_two_sides_graded_without_such_a_limit_the_higher_grade_is_told() -> None:
    low, high = graded(Direction.LOW, 1), graded(Direction.HIGH, 2)
    assert told_side([low, high], result("4.5"))[0] is high
    assert told_side([low, high], result("7", "5", "10"))[0] is high
    assert told_side([low, high], result("4.5", "5", "10", Comparator.GREATER))[0] is high


def test_of_two_grades_alike_the_one_with_the_worse_case_is_told() -> None:
    certain, open_one = graded(Direction.HIGH, 2), graded(Direction.HIGH, 2, at_least=True)
    assert told_side([certain, open_one], result("9"))[0] is open_one


def test_a_side_that_is_open_is_told_before_one_in_order() -> None:
    low = ungradable(Direction.LOW, 3, Needed.LLN)
    assert told_side([low, HIGH_0], result("4")) == (low, True)


def test_two_open_sides_are_told_together_with_the_worse_case() -> None:
    low, high = ungradable(Direction.LOW, 1, Needed.LLN), ungradable(Direction.HIGH, 2, Needed.ULN, Needed.LLN)
    told, one_side = told_side([low, high], result("4"))
    assert (told.worst, told.needed, one_side) == (2, (Needed.LLN, Needed.ULN), False)
