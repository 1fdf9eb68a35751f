"""What holds for every result under every term of CTCAE 5.0."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import load_scale
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Scale, Term
from tests.ctcae_cases import cases, term_of


@cache
def scale() -> Scale:
    return load_scale(mapping_roots(), "ctcae-v5")


GRADED = tuple(term for term in scale().terms if term.rules)
NUMBERS = st.decimals(min_value=0, max_value=400, places=2)
MAYBE = st.none() | NUMBERS
INPUTS = st.dictionaries(st.sampled_from(ClinicalInput), st.booleans(), max_size=4)


@st.composite
def measurements(
    draw: st.DrawFn, term: Term, *, complete: bool = False, standard: st.SearchStrategy[Decimal] | None = None
) -> Measurement:
    units = [unit for family in term.families for unit in family.factors] or ["U/L"]
    limit = NUMBERS if complete else MAYBE
    comparator = None if complete else draw(st.none() | st.sampled_from(Comparator))
    answers = {each: draw(st.booleans()) for each in term.widening} if complete else draw(INPUTS)
    return Measurement(
        reported=Quantity(draw(NUMBERS), draw(st.sampled_from(units)), comparator),
        standard=draw(standard) if standard is not None else None,
        lln=draw(limit),
        uln=draw(limit),
        baseline=draw(limit),
        baseline_lln=draw(limit),
        baseline_uln=draw(limit),
        inputs=answers,
        age_years=draw(st.integers(0, 80)) if complete else draw(st.none() | st.integers(0, 80)),
    )


TERMS = st.sampled_from(GRADED)


@settings(max_examples=50)
@given(st.data(), TERMS)
def test_every_result_has_a_grade_or_a_reason(data: st.DataObject, term: Term) -> None:
    grade = grade_measurement(term, data.draw(measurements(term)))
    assert (grade.grade is None) is (grade.status is GradeStatus.UNGRADABLE)
    assert (grade.reason is None) is (grade.needed == ()) is (grade.status is GradeStatus.GRADED)
    assert 0 <= (grade.grade or 0) <= grade.worst <= 4
    if grade.status is GradeStatus.AT_LEAST:
        assert 1 <= (grade.grade or 0) < grade.worst


@settings(max_examples=50)
@given(st.data(), TERMS, NUMBERS)
def test_grades_never_fall_as_the_value_moves_out(data: st.DataObject, term: Term, other: Decimal) -> None:
    """Knowing no baseline, a value that is certainly normal is grade 0 (PUT-4 f): known ones are compared."""
    one = data.draw(measurements(term, complete=True))
    assume(term.direction is not None)
    values = sorted((one.reported.value, other), reverse=term.direction is Direction.LOW)
    near, far = (
        grade_measurement(term, replace(one, reported=Quantity(value, one.reported.unit))) for value in values
    )
    assert near.worst <= far.worst
    assert (near.grade or 0) <= (far.grade or 0) or far.grade is None


@settings(max_examples=50)
@given(st.data(), TERMS)
def test_what_is_not_known_never_hides_the_grade_it_would_have(data: st.DataObject, term: Term) -> None:
    """Taking any one fact away gives a range of grades that holds the one it had."""
    whole = data.draw(measurements(term, complete=True))
    known = grade_measurement(term, whole)
    assume(known.status is GradeStatus.GRADED and known.grade)
    poorer = (
        replace(whole, lln=None),
        replace(whole, uln=None),
        replace(whole, inputs={}),
        replace(whole, age_years=None),
        replace(whole, baseline_lln=None),
        replace(whole, baseline_uln=None),
    )
    less = grade_measurement(term, data.draw(st.sampled_from(poorer)))
    assert (less.grade or 0) <= (known.grade or 0) <= less.worst


@settings(max_examples=50)
@given(st.data(), st.sampled_from([term for term in GRADED if term.families]), NUMBERS)
def test_a_grade_is_the_same_in_every_unit_of_a_family(data: st.DataObject, term: Term, printed: Decimal) -> None:
    one = data.draw(measurements(term, complete=True))
    family = data.draw(st.sampled_from(term.families))
    grades = {
        (grade.status, grade.grade, grade.worst)
        for unit, factor in family.factors.items()
        if factor.numerator < 10**9
        for grade in (
            grade_measurement(
                term,
                replace(
                    one,
                    reported=Quantity(printed * factor.denominator / Decimal(factor.numerator), unit),
                    standard=printed,
                ),
            ),
        )
    }
    assert len(grades) == 1


@settings(max_examples=50)
@given(st.data(), TERMS)
def test_the_short_way_grades_every_result_as_the_long_one(data: st.DataObject, term: Term) -> None:
    standard = data.draw(st.none() | st.just(NUMBERS))
    one = data.draw(measurements(term, complete=data.draw(st.booleans()), standard=standard))
    if standard is not None and data.draw(st.booleans()):
        one = replace(one, standard=one.reported.value)
    assert grade_quickly(term, one) == grade_measurement(term, one)


def test_the_short_way_grades_every_case_as_the_long_one() -> None:
    for case in cases():
        term = term_of(scale(), case)
        for one in (case.measurement, replace(case.measurement, standard=case.measurement.reported.value)):
            assert grade_quickly(term, one) == grade_measurement(term, one), case.line
