"""What grading says of results whose limits, baseline, age or clinical part is not known.

The numbers of CTCAE itself are tested in tests/unit/definitions/test_shipped_scale.py.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Operator, UnknownReason
from fhir_adapter.domain.toxicity.grade import grade_combination, grade_measurement
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import (
    AgeCondition,
    ClinicalInput,
    GradeRule,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Raise,
    Reference,
    Term,
    UnitFamily,
)
from tests.ctcae_cases import measured

ENZYME = ConceptId("enzyme")
SYMPTOMS = InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=True)


def above(times: str, of: Reference) -> MultipleCondition:
    return MultipleCondition(operator=Operator.GREATER, times=Decimal(times), of=of)


TERM = Term(
    name="Enzyme increased",
    meddra="1",
    soc="Investigations",
    direction=Direction.HIGH,
    hematologic=False,
    concepts=(ENZYME,),
    wording={1: ">ULN", 3: ">3 x ULN; symptoms", 4: "Life-threatening", 5: "Death"},
    rules=(
        GradeRule(grade=3, any_of=((above("3", Reference.ULN),), (above("2", Reference.ULN), SYMPTOMS))),
        GradeRule(grade=1, any_of=((above("1", Reference.ULN),),)),
    ),
    raised=(Raise(input=ClinicalInput.BLEEDING, to=4),),
)


def grade(value: str, given: str = "", term: Term = TERM) -> ToxicityGrade:
    return grade_measurement(term, measured(value, "U/L", given))


def test_a_grade_that_is_certain_needs_nothing() -> None:
    assert grade("301", "uln 100, lln 10") == ToxicityGrade(
        term="Enzyme increased",
        direction=Direction.HIGH,
        status=GradeStatus.GRADED,
        grade=3,
        worst=3,
        within_range=False,
    )


def test_a_normal_result_is_grade_0_and_not_ungradable() -> None:
    graded = grade("100", "uln 100, lln 10")
    assert (graded.status, graded.grade, graded.within_range) == (GradeStatus.GRADED, 0, True)


def test_without_upper_limit_the_worst_possible_grade_is_told() -> None:
    assert grade("100") == ToxicityGrade(
        term="Enzyme increased",
        direction=Direction.HIGH,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=3,
        reason=UnknownReason.NO_REFERENCE_RANGE,
        needed=(Needed.ULN,),
    )


def test_unknown_symptoms_leave_the_lower_grade_as_the_least() -> None:
    graded = grade("250", "uln 100")
    assert (graded.status, graded.grade, graded.worst) == (GradeStatus.AT_LEAST, 1, 3)
    assert (graded.reason, graded.needed) == (UnknownReason.NEEDS_ATTESTATION, (Needed.SYMPTOMS,))


def test_whether_a_result_is_within_its_range_is_known_only_with_both_limits() -> None:
    assert grade("50", "uln 100").within_range is None
    assert grade("<50", "uln 100, lln 10").within_range is None
    assert grade("<10", "uln 100, lln 10").within_range is False
    assert grade("10", "uln 100, lln 10").within_range is True
    assert grade("9", "uln 100, lln 10").within_range is False


def test_a_recorded_clinical_fact_lifts_only_what_is_graded_and_says_so() -> None:
    lifted = grade("101", "uln 100, bleeding")
    assert (lifted.grade, lifted.notes) == (4, ("bleeding recorded: at least grade 4",))
    normal = grade("100", "uln 100, bleeding")
    assert (normal.grade, normal.notes) == (0, ())
    assert grade("101", "uln 100, no bleeding").grade == 1


def test_a_clinical_fact_lifts_what_may_be_grade_0_only_in_its_worst_case() -> None:
    graded = grade("101", "bleeding")
    assert (graded.status, graded.worst, graded.needed) == (GradeStatus.UNGRADABLE, 4, (Needed.ULN,))


def test_a_term_without_numbers_is_never_graded_by_one() -> None:
    graded = grade("500", "uln 100", replace(TERM, rules=()))
    assert (graded.status, graded.worst, graded.needed) == (GradeStatus.UNGRADABLE, 4, (Needed.CLINICAL,))


def test_a_number_no_measurement_can_have_is_ungradable() -> None:
    graded = grade("NaN", "uln 100")
    assert (graded.status, graded.needed) == (GradeStatus.UNGRADABLE, (Needed.UNCENSORED_VALUE,))


def test_numbers_made_for_an_age_grade_nobody_else() -> None:
    adults = replace(TERM, age=AgeCondition(from_years=18, below_years=65))
    assert grade("301", "uln 100, age 18", adults).grade == 3
    assert grade("301", "uln 100, age 64", adults).grade == 3
    for other in ("17", "65"):
        assert grade("50", f"uln 100, age {other}", adults).needed == (Needed.CLINICAL,)
        assert grade("50", f"uln 100, age {other}", adults).by_person
    assert not grade("50", "uln 100", adults).by_person  # the age is what is missing
    unknown = grade("50", "uln 100", adults)
    assert (unknown.status, unknown.worst, unknown.needed) == (GradeStatus.UNGRADABLE, 3, (Needed.AGE,))


FIRST, SECOND = ConceptId("first"), ConceptId("second")
BOTH = replace(
    TERM,
    name="Both",
    direction=None,
    concepts=(FIRST, SECOND),
    combined=True,
    families=(UnitFamily(id="plain", printed="1", factors={"1": Fraction(1)}),),
    raised=(),
    rules=(
        GradeRule(
            grade=3,
            any_of=(
                (
                    NumberCondition(operator=Operator.LESS, numbers={"1": Decimal(1)}, concept=FIRST),
                    NumberCondition(operator=Operator.GREATER, numbers={"1": Decimal(38)}, concept=SECOND),
                    SYMPTOMS,
                ),
            ),
        ),
    ),
)


def number(value: str, **inputs: bool) -> Measurement:
    answers = {ClinicalInput(name): answer for name, answer in inputs.items()}
    return Measurement(reported=Quantity(Decimal(value), None), inputs=answers)


def both(first: Measurement | None, second: Measurement | None) -> ToxicityGrade:
    results = {concept: one for concept, one in ((FIRST, first), (SECOND, second)) if one is not None}
    return grade_combination(BOTH, results)


def test_two_results_are_graded_together() -> None:
    assert both(number("0.5"), number("39", symptoms=True)).grade == 3
    assert both(number("1"), number("39", symptoms=True)).grade == 0
    assert both(number("0.5"), number("38", symptoms=True)).grade == 0


def test_a_missing_result_is_not_taken_as_normal() -> None:
    assert both(number("0.5", symptoms=True), None).needed == (Needed.RESULT,)
    assert both(None, number("39", symptoms=True)).needed == (Needed.RESULT,)
    assert both(None, None) == ToxicityGrade(
        term="Both",
        direction=None,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=3,
        reason=UnknownReason.MISSING,
        needed=(Needed.RESULT,),
    )


def test_a_missing_result_does_not_matter_where_the_other_decides() -> None:
    assert both(number("1"), None).grade == 0


def test_answers_that_contradict_each_other_are_no_answer() -> None:
    graded = both(number("0.5", symptoms=False), number("39", symptoms=True))
    assert (graded.status, graded.needed) == (GradeStatus.UNGRADABLE, (Needed.SYMPTOMS,))


def test_one_result_of_a_combination_is_that_of_its_first_concept_only() -> None:
    """0.5 is a low first result; it says nothing of the second one."""
    alone = grade_measurement(BOTH, number("0.5", symptoms=True))
    assert (alone.status, alone.worst, alone.needed) == (GradeStatus.UNGRADABLE, 3, (Needed.RESULT,))


def test_a_result_that_is_refused_still_says_whether_it_is_within_its_range() -> None:
    refused = replace(TERM, refused=Needed.ALBUMIN)
    assert grade("50", "uln 100, lln 10", refused).within_range is True
    assert grade("101", "uln 100, lln 10", refused).within_range is False


def test_everything_that_two_alternatives_and_two_grades_rest_on_is_needed() -> None:
    rule = GradeRule(grade=3, any_of=((above("3", Reference.ULN),), (above("5", Reference.LLN),)))
    asked = GradeRule(grade=2, any_of=((InputCondition(input=ClinicalInput.DURATION, holds=True, widens=True),),))
    assert grade("50", "", replace(TERM, rules=(rule,))).needed == (Needed.ULN, Needed.LLN)
    both = grade("50", "", replace(TERM, rules=(rule, asked)))
    assert (both.worst, both.needed) == (3, (Needed.ULN, Needed.LLN, Needed.DURATION))


def test_a_recorded_fact_never_lowers_a_grade_and_the_highest_of_several_counts() -> None:
    raised = (Raise(input=ClinicalInput.BLEEDING, to=2), Raise(input=ClinicalInput.SEIZURE, to=4))
    lifting = replace(TERM, raised=raised)
    assert grade("301", "uln 100, bleeding", lifting).grade == 3
    lifted = grade("101", "uln 100, bleeding, seizure", lifting)
    assert (lifted.grade, lifted.notes) == (
        4,
        ("bleeding recorded: at least grade 2", "seizure recorded: at least grade 4"),
    )
    at_least = grade("250", "uln 100, bleeding", lifting)
    assert (at_least.status, at_least.grade, at_least.worst) == (GradeStatus.AT_LEAST, 2, 3)
